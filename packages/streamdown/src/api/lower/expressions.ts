import { commonOfArguments } from '../../functions/common-type.ts'
import { literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { visit } from '../../plan/expressions/walk.ts'
import { callFunction } from '../../sql/bind/calls.ts'
import { castTo } from '../../sql/bind/cast.ts'
import { argumentOf, ExpressionBinder } from '../../sql/bind/expressions.ts'
import { integerLiteral } from '../../sql/bind/literals.ts'
import { fail } from '../../sql/bind/problem.ts'
import { tableScope } from '../../sql/bind/scope.ts'
import { parseExpression } from '../../sql/parse/parse.ts'
import { presets } from '../../sql/settings.ts'
import { type DataType, types } from '../../types/data-type.ts'
import { Decimal } from '../../values/decimal.ts'
import { valueOfType } from '../../values/from-javascript.ts'
import { Timestamp } from '../../values/timestamp.ts'
import type { ExpressionDraft, LiteralValue } from '../draft/expression-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { RowType } from '../schema/row-type.ts'
import { lowerArrow } from './arrows.ts'
import { functionName, type LowerContext } from './context.ts'
import { columnNamed, expressionOf, type Lowered } from './lowered.ts'

/** A bound expression, and its type as programs see it. */
export interface Bound {
  readonly value: Expression
  readonly type: ColumnType<unknown>
}

const nowhere = { start: 0, end: 0 }

/** Binds an expression of the API over the columns of a relation. */
export function lowerExpression(context: LowerContext, input: Lowered, draft: ExpressionDraft): Bound {
  switch (draft.is) {
    case 'column':
      return lowerColumn(input, draft.path)
    case 'literal':
      return typed(literalOf(draft.value, undefined), [])
    case 'call':
      return lowerCall(context, input, draft.name, draft.args)
    case 'case': {
      const when = lowerCondition(context, input, draft.when)
      const otherwise = draft.otherwise ?? { is: 'literal', value: null }
      const [a, b] = lowerTogether(context, input, [draft.then, otherwise])
      if (a === undefined || b === undefined) return fail('DSD9002', 'CASE without branches.')
      const common = commonOfArguments([argumentOf(a.value), argumentOf(b.value)], context.bind.functionRules)
      if (common === undefined) return fail('DSD2004', 'The branches of when() have different types.')
      const then = castTo(a.value, common, context.bind.settings)
      const no = castTo(b.value, common, context.bind.settings)
      const nullable = then.nullable || no.nullable
      return typed({ is: 'case', branches: [{ when, then }], otherwise: no, type: common, nullable }, [a, b])
    }
    case 'cast': {
      const value = castTo(
        lowerExpression(context, input, draft.input).value,
        draft.type.type,
        context.bind.settings,
        draft.attempt,
      )
      return { value, type: new ColumnType(value.type, { ...draft.type.facts, nullable: value.nullable }) }
    }
    case 'function':
      return fail('DSD5007', `${draft.of.name} stands in sql\`...\` and query\`...\`, before its arguments.`)
    case 'sql':
      return lowerFragment(context, input, draft)
    case 'arrow':
      return lowerArrow(context, input, draft)
  }
}

/** A condition: BOOLEAN, or NULL. */
export function lowerCondition(context: LowerContext, input: Lowered, draft: ExpressionDraft): Expression {
  const { value } = lowerExpression(context, input, draft)
  if (value.type.is !== 'boolean' && value.type.is !== 'null')
    fail('DSD2004', `A condition is BOOLEAN, this is ${value.type.is.toUpperCase()}.`)
  return castTo(value, types.boolean, context.bind.settings)
}

function lowerColumn(input: Lowered, path: readonly string[]): Bound {
  const [first = '', ...fields] = path
  const whole = input.columns.find(({ name }) => name === path.join('.'))
  const start = whole ?? columnNamed(input, first)
  let bound: Bound = { value: expressionOf(input, start), type: start.type }
  for (const field of whole === undefined ? fields : []) bound = fieldOf(bound, field)
  return bound
}

function fieldOf({ value, type }: Bound, name: string): Bound {
  const fields = value.type.is === 'row' ? value.type.fields : []
  const index = fields.findIndex(field => field.name === name)
  const field = fields[index]
  if (field === undefined)
    return fail('DSD2002', `There is no column '${name}' in it. Columns: ${fields.map(one => one.name).join(', ')}.`)
  const nullable = value.nullable || field.nullable
  const inner = type instanceof RowType ? type.fields[name] : undefined
  return {
    value: { is: 'field', input: value, index, type: field.type, nullable },
    type: new ColumnType(field.type, { ...inner?.facts, nullable }),
  }
}

function lowerCall(context: LowerContext, input: Lowered, name: string, args: readonly ExpressionDraft[]): Bound {
  const bound = lowerTogether(context, input, args)
  return typed(
    callFunction(
      context.bind,
      name,
      bound.map(({ value }) => value),
      nowhere,
    ),
    bound,
  )
}

/** Values beside others take their type: `5` beside a DECIMAL is one, '2026-01-01' beside a TIMESTAMP is one. */
function lowerTogether(context: LowerContext, input: Lowered, drafts: readonly ExpressionDraft[]): readonly Bound[] {
  const others = drafts.map(draft => (draft.is === 'literal' ? undefined : lowerExpression(context, input, draft)))
  const beside = others.find(bound => bound !== undefined)?.value.type
  return drafts.map((draft, i) => {
    const bound = others[i]
    if (bound !== undefined) return bound
    return draft.is === 'literal'
      ? typed(literalOf(draft.value, beside), [])
      : fail('DSD9002', 'A draft was not bound.')
  })
}

/** A value of the program as a literal of the plan. Numbers are INT where they are whole, else DOUBLE. */
function literalOf(value: LiteralValue, beside: DataType | undefined): Expression {
  if (value === null) return literal(null, types.null)
  if (beside !== undefined) {
    if (
      beside.is === 'decimal' &&
      typeof value !== 'boolean' &&
      !(value instanceof Date) &&
      !(value instanceof Uint8Array)
    )
      return decimalLiteral(value)
    if (beside.is === 'timestamp' && (typeof value === 'string' || value instanceof Date)) {
      return literal(Timestamp.from(value).micros, { ...beside, precision: 6 })
    }
    if ((beside.is === 'date' || beside.is === 'time') && (typeof value === 'string' || value instanceof Date)) {
      return literal(valueOfType(beside, false, value, 'value'), beside)
    }
    if (beside.is === 'double' && typeof value === 'number') return literal(value, types.double)
  }
  switch (typeof value) {
    case 'string':
      return literal(value, types.string)
    case 'boolean':
      return literal(value, types.boolean)
    case 'bigint':
      return literal(value, types.bigint)
    case 'number':
      return Number.isSafeInteger(value) && !Object.is(value, -0)
        ? integerLiteral(BigInt(value), presets.flink)
        : literal(value, types.double)
    default:
      if (value instanceof Date) return literal(Timestamp.from(value).micros, types.timestamp(6))
      return value instanceof Uint8Array
        ? literal(value, types.bytes)
        : decimalLiteral(new Decimal(value.unscaled, value.scale))
  }
}

function decimalLiteral(
  value: string | number | bigint | { readonly unscaled: bigint; readonly scale: number },
): Expression {
  const decimal = typeof value === 'object' ? new Decimal(value.unscaled, value.scale) : Decimal.from(value)
  const digits = (decimal.unscaled < 0n ? -decimal.unscaled : decimal.unscaled).toString().length
  return literal(decimal.unscaled, types.decimal(Math.max(digits, decimal.scale, 1), decimal.scale))
}

/** BIGINT made of columns that read as numbers reads as a number. */
function typed(value: Expression, from: readonly Bound[]): Bound {
  const fromBigint = from.some(
    ({ value: part, type }) => part.type.is === 'bigint' && type.facts.readsAsNumber !== true && part.is !== 'literal',
  )
  const readsAsNumber = value.type.is === 'bigint' && value.is !== 'literal' && !fromBigint
  return { value, type: new ColumnType(value.type, { nullable: value.nullable, readsAsNumber }) }
}

/**
 * SQL text over the relation's columns; what stood between its pieces are parameters. Its BIGINT reads as a number
 * unless it reads or makes one that does not: the type that the program says is trusted.
 */
function lowerFragment(context: LowerContext, input: Lowered, draft: Extract<ExpressionDraft, { is: 'sql' }>): Bound {
  const text = draft.pieces.reduce((before, piece, i) => {
    const hole = draft.holes[i - 1]
    return `${before}${hole?.is === 'function' ? functionName(context, hole.of) : `$${i}`}${piece}`
  })
  const holes = draft.holes.map(hole => (hole.is === 'function' ? undefined : lowerExpression(context, input, hole)))
  const schema = input.columns.map(({ name, type: { type, nullable } }) => ({ name, type, nullable }))
  const visible = tableScope(schema, undefined, undefined)
  const scope = {
    ...visible,
    schema: input.node.schema,
    columns: visible.columns.map((one, i) => ({ ...one, index: input.columns[i]?.index ?? 0 })),
  }
  const binder = new ExpressionBinder(context.bind, scope, e =>
    e.is === 'parameter' ? holes[Number(e.name) - 1]?.value : undefined,
  )
  const value = binder.bind(parseExpression(text))
  let exact = false
  visit(value, part => {
    if (part.is === 'cast' && part.type.is === 'bigint') exact = true
    if (part.is === 'column' && part.type.is === 'bigint')
      exact ||= input.columns.find(one => one.index === part.index)?.type.facts.readsAsNumber !== true
  })
  return {
    value,
    type: new ColumnType(value.type, { nullable: value.nullable, readsAsNumber: value.type.is === 'bigint' && !exact }),
  }
}
