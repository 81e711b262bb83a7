import { aggregateFunction, aggregateFunctions, resolveAggregate } from '../../functions/aggregates.ts'
import type { UserFunction } from '../../functions/user/user-function.ts'
import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { expressionKey, plainKey } from '../../plan/expressions/walk.ts'
import { types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import { didYouMean } from '../../values/nearest.ts'
import { plain } from '../../values/numeric.ts'
import type { Call, Expression as Syntax } from '../parse/ast.ts'
import { wantedQuantile } from './approximate-quantile.ts'
import { castTo } from './cast.ts'
import { refuseChance } from './chance.ts'
import type { BindContext } from './context.ts'
import { argumentOf } from './expressions.ts'
import { finishedJson, jsonAggregateName } from './json-aggregates.ts'
import { isJsonMaker } from './json-calls.ts'
import { fail, notYet } from './problem.ts'
import { isFixed, type Rows, readsOuter } from './rows.ts'
import { sortDirection } from './sorting.ts'
import { callName } from './syntax.ts'
import { callOf, numberOf, userArguments } from './user-calls.ts'

type UserAggregate = Extract<UserFunction, { kind: 'aggregate' }>

const orderedSets = new Set(['percentile_cont', 'percentile_disc', 'approx_percentile', 'mode'])

/** An aggregate over the rows before grouping. `everyGroupHasRows`: there are keys, so no group is empty. */
export function bindAggregate(rows: Rows, call: Call, everyGroupHasRows: boolean): AggregateCall {
  const { context, binder } = rows
  const name = callName(call)
  const own = context.catalog.findFunction(name)
  if (own?.is === 'userFunction' && own.function.kind === 'aggregate')
    return userAggregateCall(rows, own.function, call)
  const definition = aggregateFunction(name)
  if (definition === undefined)
    return fail(
      'DSD2003',
      `There is no aggregate ${name}.${didYouMean(
        name,
        aggregateFunctions.map(f => f.name.toUpperCase()),
      )}`,
      call.at,
    )
  const isSet = orderedSets.has(definition.name)
  const isApproximate = definition.name === 'approx_percentile'
  const within = call.withinGroup.map(item => ({
    by: binder.bind(item.value),
    ...sortDirection(item, context.settings),
  }))
  const inside = call.orderBy.map(item => ({ by: binder.bind(item.value), ...sortDirection(item, context.settings) }))
  const orderBy = [...within, ...inside].filter(({ by }) => !isFixed(by))
  const written = call.args.flatMap(({ value }) => {
    if (value.is === 'star')
      return value.of === undefined
        ? []
        : value.of.is !== 'column'
          ? [binder.bind(value.of)]
          : [binder.bind({ is: 'row', explicit: true, elements: [value], names: undefined, at: value.at })]
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${name} takes no table.`, value.at)
    const bound = binder.bind(value)
    return [isJsonMaker(call) && isJsonMaker(value) ? castTo(bound, types.json, context.settings) : bound]
  })
  const quantile = isApproximate ? wantedQuantile(context, written, within, call) : undefined
  const args = isSet ? [...(isApproximate ? [] : written), ...within.map(item => item.by)] : written
  const condition = filterOf(rows, call)
  const filter = call.nulls === 'IGNORE' && args[0] !== undefined ? andNotNull(args[0], condition) : condition
  const read = [...args, ...(filter === undefined ? [] : [filter]), ...orderBy.map(item => item.by)]
  if (read.some(readsOuter)) {
    // Of outer columns alone: by the standard it is an aggregate of the query around.
    if (read.every(isFixed))
      notYet('An aggregate of the query around this one', 'Aggregate there, or in a subquery in FROM.', call.at)
    rows.carry(read)
  }
  const resolved = resolveAggregate(
    jsonAggregateName(call),
    args.map(argumentOf),
    call.distinct,
    context.aggregateRules,
    everyGroupHasRows && filter === undefined,
  )
  if (resolved === undefined)
    return fail(
      'DSD2004',
      `${name} does not take (${args.map(arg => typeText(arg.type)).join(', ')}). It is ${definition.usage}.`,
      call.at,
    )
  if (resolved.name === 'percentile') {
    const [value, fraction] = castArguments(context, args, resolved.casts)
    if (orderBy.length > 0 || value === undefined || fraction === undefined)
      return fail('DSD2012', 'PERCENTILE takes no ORDER BY: it orders the values.', call.at)
    return {
      name: 'percentile_cont',
      args: [fraction, value],
      distinct: call.distinct,
      ...(filter === undefined ? {} : { filter }),
      orderBy: [{ by: value, descending: false, nullsFirst: false }],
      type: resolved.type,
      nullable: resolved.nullable,
    }
  }
  return {
    name: resolved.name,
    args: castArguments(context, args, resolved.casts),
    distinct: call.distinct,
    ...(filter === undefined ? {} : { filter }),
    ...(orderBy.length === 0 || isApproximate ? {} : { orderBy }),
    ...(quantile === undefined ? {} : { quantile }),
    type: resolved.type,
    nullable: resolved.nullable,
  }
}

function filterOf({ context, binder, plan }: Rows, call: Call): Expression | undefined {
  if (call.filter === undefined) return undefined
  const condition = binder.condition(call.filter, 'FILTER')
  refuseChance(context, plan, [condition])
  return condition
}

/** The user's own: a fold over the rows, whose state is text; what it stands for is made of it afterwards. */
function userAggregateCall(rows: Rows, user: UserAggregate, call: Call): AggregateCall {
  const { context, binder } = rows
  if (call.withinGroup.length > 0) fail('DSD2012', `${user.name} takes no WITHIN GROUP.`, call.at)
  const args = userArguments(binder, user, call)
  const filter = filterOf(rows, call)
  const orderBy = call.orderBy
    .map(item => ({ by: binder.bind(item.value), ...sortDirection(item, context.settings) }))
    .filter(({ by }) => !isFixed(by))
  return {
    name: 'fold',
    args,
    distinct: call.distinct,
    ...(filter === undefined ? {} : { filter }),
    ...(orderBy.length === 0 ? {} : { orderBy }),
    type: types.string,
    nullable: true,
    fold: user,
  }
}

/** What an aggregate's value stands for: for the user's own the result of its state. */
export function finished(context: BindContext, call: Syntax, value: Expression): Expression {
  if (call.is !== 'call') return value
  const own = context.catalog.findFunction(callName(call))
  return own?.is === 'userFunction' && own.function.kind === 'aggregate'
    ? callOf(own.function.finish, [value], call.at)
    : finishedJson(context, call, value)
}

function castArguments(
  context: BindContext,
  args: readonly Expression[],
  casts: readonly Expression['type'][],
): readonly Expression[] {
  return args.map((arg, i) => castTo(arg, casts[i] ?? arg.type, context.settings))
}

const andNotNull = (value: Expression, condition: Expression | undefined): Expression => {
  const present = test('is_not_null', value)
  return condition === undefined ? present : test('and', condition, present)
}

/** Equal for calls that give the same. */
export function aggregateKey(call: AggregateCall): string {
  const { name, args, distinct, filter, orderBy = [], type, fold, quantile } = call
  const order = orderBy.map(({ by, descending, nullsFirst }) => `${expressionKey(by)}${descending}${nullsFirst}`)
  return `${name}${fold === undefined ? '' : numberOf(fold)}:${distinct}:${plainKey(type)}(${args.map(expressionKey).join()})${filter === undefined ? '' : expressionKey(filter)}[${order.join()}]${quantile === undefined ? '' : plainKey(quantile)}`
}

/** COUNT(*). */
export const countRows: AggregateCall = {
  name: 'count',
  args: [],
  distinct: false,
  type: types.bigint,
  nullable: false,
}

/** The value over no rows, for a subquery that finds none. */
export function ofNoRows(call: AggregateCall): Expression {
  const zero = aggregateFunction(call.name)?.ofNothing === 'zero'
  if (!zero) return literal(null, call.type)
  if (call.type.is === 'numeric') return literal(plain(0n), call.type)
  return literal(call.type.is === 'bigint' || call.type.is === 'decimal' ? 0n : 0, call.type)
}
