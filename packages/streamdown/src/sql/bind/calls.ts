import { isAggregate } from '../../functions/aggregates.ts'
import { findFunction } from '../../functions/registry.ts'
import { resolveFunction } from '../../functions/resolve.ts'
import { column, literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { isTotal } from '../../plan/expressions/facts.ts'
import { replaceColumns } from '../../plan/expressions/walk.ts'
import { type DataType, type Schema, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { SqlFunctionEntry } from '../catalog.ts'
import type { Call, Span, Expression as Syntax } from '../parse/ast.ts'
import { leftOut, placedArguments, spread } from './arguments.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { elementsCall } from './elements.ts'
import { argumentOf, ExpressionBinder } from './expressions.ts'
import { hypotheticalSet } from './hypothetical-sets.ts'
import { isJsonMaker, jsonCall } from './json-calls.ts'
import { fail } from './problem.ts'
import { callName } from './syntax.ts'
import { plainType } from './types.ts'
import { withUnit } from './unit-names.ts'
import { userCall } from './user-calls.ts'

/** A call of a registered function, its arguments cast as the signature wants. */
export function callFunction(context: BindContext, name: string, args: readonly Expression[], at: Span): Expression {
  const resolution = resolveFunction(name, args.map(argumentOf), context.functionRules)
  switch (resolution.is) {
    case 'resolved': {
      const { lenient } = context
      const attempt = lenient && !isTotal(resolution.name)
      const cast = args.map((arg, i) => {
        const type = resolution.casts[i]
        return type === undefined ? arg : castTo(arg, type, context.settings, lenient, arg.at)
      })
      return {
        is: 'call',
        name: resolution.name,
        args: cast,
        type: resolution.type,
        nullable: resolution.nullable || attempt || cast.some((arg, i) => arg.nullable && args[i]?.nullable === false),
        ...(attempt ? { attempt } : {}),
        at,
      }
    }
    case 'unknown': {
      const cast = typeNamed(context, name)
      if (cast !== undefined && args.length !== 1) return fail('DSD2004', `${name}(…) as a cast takes one value.`, at)
      if (cast !== undefined) return castTo(args[0]!, cast, context.settings, false, at)
      const near = resolution.nearest
      return fail(
        'DSD2003',
        `There is no function ${name}.${near === undefined ? '' : ` Did you mean ${near.toUpperCase()}?`}`,
        at,
      )
    }
    case 'mismatch':
      return fail(
        'DSD2004',
        `${name.toUpperCase()} does not take (${args.map(arg => typeText(arg.type)).join(', ')}). It takes ${resolution.takes.join('; ')}.`,
        at,
      )
  }
}

/** PostgreSQL lets a type's name be called as its cast: DATE('2020-01-01'). */
function typeNamed(context: BindContext, name: string): DataType | undefined {
  return context.settings.functions === 'postgres' ? plainType(name.toUpperCase(), context.settings) : undefined
}

const windowFunctions = new Set(['TUMBLE', 'HOP', 'SESSION', 'CUMULATE'])
const windowParts = /^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/

/** A call in an expression that is neither an aggregate nor a window function of the query around it. */
export function bindCall(binder: ExpressionBinder, written: Call): Expression {
  const call = spread(written)
  const { context } = binder
  const instead = hypotheticalSet(call) ?? withUnit(call, binder.scope, context)
  if (instead !== undefined) return binder.bind(instead)
  const name = callName(call)
  if (call.over !== undefined)
    return fail('DSD2009', `${name} OVER (…) stands in the select list, QUALIFY or ORDER BY only.`, call.at)
  const own = context.catalog.findFunction(name)
  if (own?.is === 'function') return inlineFunction(binder, own, call)
  if (own?.function.kind === 'scalar') return userCall(binder, own.function, call)
  if (own !== undefined)
    return fail(
      'DSD2006',
      `${own.name} is a table function: it stands in FROM, LATERAL TABLE(${own.name}(…)).`,
      call.at,
    )
  if (windowFunctions.has(name) || windowParts.test(name))
    return fail('DSD2009', `${name} needs GROUP BY ${name.replace(/_.*/, '')}(time, …) in the same query.`, call.at)
  if (isAggregate(name))
    return fail('DSD2009', `The aggregate ${name} cannot stand here; aggregates are for SELECT and HAVING.`, call.at)
  if (call.args.some(({ value }) => value.is === 'lambda')) return elementsCall(binder, call)
  const made = structured(binder, call)
  if (made !== undefined) return made
  const args = placedArguments(name, findFunction(name)?.parameterNames, call).map(argument => {
    if (argument === undefined) return leftOut()
    const { value } = argument
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${name} takes no table here.`, value.at)
    const bound = binder.bind(value)
    return isJsonMaker(call) && isJsonMaker(value) ? castTo(bound, types.json, context.settings) : bound
  })
  const json = jsonCall(binder, call, args)
  if (json !== undefined) return json
  if (name === 'CURRENT_TIMESTAMP' || name === 'LOCALTIMESTAMP') return callFunction(context, name, [], call.at)
  const bound = callFunction(context, name, args, call.at)
  return name === 'TYPEOF' && context.settings.functions === 'flink' ? declaredType(args) : bound
}

/** Flink's TYPEOF says whether the value may be NULL, which the planner knows and a row does not. */
function declaredType([value]: readonly Expression[]): Expression {
  const type = typeText(value?.type ?? types.null)
  return literal(value?.nullable === false ? `${type} NOT NULL` : type, types.string)
}

/** `point(1, 2)`: a value of the type that CREATE TYPE point AS (x INT, y INT) made. */
function structured(binder: ExpressionBinder, call: Call): Expression | undefined {
  const { context } = binder
  const [name] = call.name.parts
  if (name === undefined || call.name.parts.length > 1 || findFunction(name.text) !== undefined) return undefined
  const type = context.catalog.findType(context.names.fold(name))
  if (type?.is !== 'row') return undefined
  if (call.args.length !== type.fields.length)
    return fail('DSD2004', `${name.text} has ${type.fields.length} fields, here are ${call.args.length}.`, call.at)
  const fields = call.args.map(({ value }) => {
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${name.text} takes no table.`, value.at)
    return value
  })
  const row = binder.bind({ is: 'row', explicit: true, elements: fields, names: undefined, at: call.at })
  return castTo(row, type, context.settings, false, call.at)
}

/** CREATE FUNCTION … AS expression: the body with the arguments in place of the parameters. */
function inlineFunction(binder: ExpressionBinder, entry: SqlFunctionEntry, call: Call): Expression {
  const { context } = binder
  if (call.args.length !== entry.parameters.length)
    return fail(
      'DSD2004',
      `${entry.name} takes ${entry.parameters.length} arguments, not ${call.args.length}.`,
      call.at,
    )
  const names = entry.parameters.map(parameter => parameter.name)
  const args = placedArguments(entry.name, names, call).map((argument, i) => {
    if (argument === undefined) return fail('DSD2004', `${entry.name} lacks its argument ${names[i]}.`, call.at)
    const { value } = argument
    if (value.is === 'tableArgument' || value.is === 'descriptor')
      return fail('DSD2012', `${entry.name} takes no table.`, value.at)
    return castTo(binder.bind(value), entry.parameters[i]!.type, context.settings, false, value.at)
  })
  const schema = args.map(({ type, nullable }, i) => ({ name: entry.parameters[i]!.name, type, nullable }))
  const columns = schema.map(({ name }, index) => ({ name, table: undefined, index, plain: true }))
  const scope = { columns, schema, outer: undefined }
  const byNumber = (e: Syntax) => (e.is === 'parameter' ? schemaColumn(schema, Number(e.name) - 1) : undefined)
  const body = new ExpressionBinder(context, scope, byNumber).bind(entry.body)
  const typed = entry.returns === undefined ? body : castTo(body, entry.returns, context.settings)
  return { ...replaceColumns(typed, index => args[index]!), at: call.at }
}

/** `$1` of a function's body. */
const schemaColumn = (schema: Schema, index: number): Expression | undefined =>
  schema[index] === undefined ? undefined : column(schema, index)
