import { all, any, literal, not } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { type DataType, type Field, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { BinaryOperator, InList, Like, Quantified, Span, Expression as Syntax } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import { commonOf, type ExpressionBinder, fieldsOf } from './expressions.ts'
import { fail, notYet } from './problem.ts'

/** The operator on bound operands; `<>` of rows and the pattern operators are made of others. */
export function operate(
  binder: ExpressionBinder,
  op: BinaryOperator,
  left: Expression,
  right: Expression,
  at: Span,
): Expression {
  switch (op) {
    case '=':
    case '<>': {
      const pairs = rowPairs(left, right, at)
      if (pairs === undefined) return binder.call(op, [left, right], at)
      const equal = all(pairs.map(([l, r]) => operate(binder, '=', l, r, at)))
      return op === '=' ? equal : not(equal)
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const type = alignedRow(binder, left, right, at)
      const [a, b] = type === undefined ? [left, right] : [cast(binder, left, type), cast(binder, right, type)]
      return binder.call(op, [a, b], at)
    }
    case '<=>':
      return binder.call('is_not_distinct_from', [left, right], at)
    case '~':
    case '!~': {
      const match = binder.call('regexp_like', [left, right], at)
      return op === '~' ? match : not(match)
    }
    case '~*':
    case '!~*': {
      const match = binder.call('regexp_like', [left, right, literal('i', types.string)], at)
      return op === '~*' ? match : not(match)
    }
    case '~~':
    case '!~~': {
      const match = binder.call('like', [left, right, ...defaultEscape(binder)], at)
      return op === '~~' ? match : not(match)
    }
    case '~~*':
    case '!~~*': {
      const match = binder.call('ilike', [left, right, ...defaultEscape(binder)], at)
      return op === '~~*' ? match : not(match)
    }
    case '||': {
      // To PostgreSQL a NULL is an array without elements, or an element.
      const lists = binder.context.functionRules.functions === 'postgres'
      const ofList = lists && (left.type.is === 'array' || right.type.is === 'array')
      return binder.call(ofList ? 'array_cat' : op, [left, right], at)
    }
    case 'OVERLAPS':
      return overlaps(binder, left, right, at)
    case '^@':
      return binder.call('starts_with', [left, right], at)
    case '+':
    case '-':
      if (movesInZone(binder, left, right)) return inZone(binder, op, left, right, at)
      if (op === '+' && movesInZone(binder, right, left)) return inZone(binder, op, right, left, at)
      return binder.call(op, [left, right], at)
    default:
      return binder.call(op, [left, right], at)
  }
}

/**
 * Two periods, each of two ends in any order, or of a start and a length. In Flink a period holds both of its ends, in
 * PostgreSQL its end is no part of it unless it is its start.
 */
function overlaps(binder: ExpressionBinder, left: Expression, right: Expression, at: Span): Expression {
  const [from, to] = periodOf(binder, left, at)
  const [start, end] = periodOf(binder, right, at)
  const within = (op: '<' | '<=', a: Expression, b: Expression): Expression => operate(binder, op, a, b, at)
  if (binder.context.functionRules.functions !== 'postgres')
    return all([within('<=', from, end), within('<=', start, to)])
  return any([operate(binder, '=', from, start, at), all([within('<', from, end), within('<', start, to)])])
}

function periodOf(binder: ExpressionBinder, row: Expression, at: Span): readonly [Expression, Expression] {
  const [first, second, ...more] = row.type.is === 'row' ? fieldsOf(row) : []
  if (first === undefined || second === undefined || more.length > 0)
    fail('DSD2004', 'OVERLAPS compares two periods: (start, end) OVERLAPS (start, length).', at)
  const other = second.type.is === 'interval' ? operate(binder, '+', first, second, at) : second
  return [binder.call('least', [first, other], at), binder.call('greatest', [first, other], at)]
}

/** PostgreSQL adds the days of an interval in the session's zone: on a day of change they last 23 or 25 hours. */
const movesInZone = ({ context }: ExpressionBinder, time: Expression, by: Expression): boolean =>
  context.functionRules.functions === 'postgres' &&
  context.settings.timezone !== 'UTC' &&
  time.type.is === 'timestamp' &&
  time.type.zoned &&
  by.type.is === 'interval'

const inZone = (binder: ExpressionBinder, op: '+' | '-', time: Expression, by: Expression, at: Span): Expression =>
  binder.call(op === '+' ? 'date_add' : 'date_subtract', [time, by], at)

export function inList(binder: ExpressionBinder, { value, list, negated, at }: InList): Expression {
  const left = binder.bind(value)
  const items = list.map(item => binder.bind(item))
  const found =
    rowPairs(left, items[0] ?? left, at) === undefined
      ? binder.call('in', [left, ...items], at)
      : any(items.map(item => operate(binder, '=', left, item, at)))
  return negated ? not(found) : found
}

function defaultEscape(binder: ExpressionBinder): readonly Expression[] {
  return binder.context.settings.like_escape === 'backslash' ? [literal('\\', types.string)] : []
}

export function like(
  binder: ExpressionBinder,
  { kind, value, pattern, escape: written, negated, at }: Like,
): Expression {
  const name = { LIKE: 'like', ILIKE: 'ilike', SIMILAR: 'similar_to', RLIKE: 'regexp_like' }[kind]
  const escapes = written === undefined ? (kind === 'RLIKE' ? [] : defaultEscape(binder)) : [binder.bind(written)]
  for (const mark of escapes)
    if (mark.is === 'literal' && typeof mark.value === 'string' && Array.from(mark.value).length > 1)
      fail('DSD2006', `ESCAPE '${mark.value}' has more than one character.`, mark.at ?? at)
  const match = binder.call(name, [binder.bind(value), binder.bind(pattern), ...escapes], at)
  return negated ? not(match) : match
}

/** `x op ANY (a, b)` is x op a OR x op b; ALL is AND. */
export function quantified(binder: ExpressionBinder, e: Quantified): Expression {
  if (e.right.is === 'query')
    return notYet(`${e.op} ${e.quantifier} of a subquery here`, 'Use IN, EXISTS, or a join.', e.at)
  const elements = listed(e.right)
  const left = binder.bind(e.left)
  const combine = (operands: readonly Expression[]) => (e.quantifier === 'ANY' ? any(operands) : all(operands))
  if (elements === undefined) {
    if (e.right.is === 'null') return literal(null, types.boolean)
    if (e.right.is === 'string') {
      const array = castTo(
        literal(e.right.value, types.string),
        types.array(left.type),
        binder.context.settings,
        false,
        e.at,
      )
      return overArray(binder, e, left, array)
    }
    return overArray(binder, e, left, binder.bind(e.right))
  }
  // An array of untyped NULLs is one of text, as in PostgreSQL.
  const untyped = e.right.is === 'array' && elements.length > 0 && elements.every(({ is }) => is === 'null')
  if (untyped && left.type.is !== 'string')
    fail('DSD2004', `${typeText(left.type)} cannot be compared with elements of type STRING. Use CAST.`, e.at)
  const each = elements.map(element => {
    const right = binder.bind(element)
    switch (e.op) {
      case 'LIKE':
      case 'ILIKE':
      case 'SIMILAR':
      case 'RLIKE': {
        const name = { LIKE: 'like', ILIKE: 'ilike', SIMILAR: 'similar_to', RLIKE: 'regexp_like' }[e.op]
        const match = binder.call(name, [left, right, ...(e.op === 'RLIKE' ? [] : defaultEscape(binder))], e.at)
        return e.negated ? not(match) : match
      }
      default:
        return operate(binder, e.op, left, right, e.at)
    }
  })
  return combine(each)
}

const relations: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

function overArray(binder: ExpressionBinder, e: Quantified, left: Expression, array: Expression): Expression {
  if (e.op === '=' && e.quantifier === 'ANY') return binder.call('array_contains', [array, left], e.at)
  if (e.op === '<>' && e.quantifier === 'ALL') return not(binder.call('array_contains', [array, left], e.at))
  if (relations.has(e.op) && !e.negated) {
    const name = e.quantifier === 'ANY' ? 'array_any' : 'array_all'
    return binder.call(name, [literal(e.op, types.string), left, array], e.at)
  }
  return notYet(`${e.op} ${e.quantifier} of an array column`, 'Use a comparison, or UNNEST.', e.at)
}

function listed(e: Syntax): readonly Syntax[] | undefined {
  if (e.is === 'row' && !e.explicit) return e.elements
  if (e.is === 'array') return e.elements
  if (e.is === 'cast' && e.value.is === 'array' && e.type.is === 'arrayType') {
    const { element } = e.type
    return e.value.elements.map(value => ({ is: 'cast', value, type: element, orNull: e.orNull, at: value.at }))
  }
  return undefined
}

/** The type in which two rows are ordered, where literals in one of them read as the other's type does. */
function alignedRow(binder: ExpressionBinder, left: Expression, right: Expression, at: Span): DataType | undefined {
  const pairs = rowPairs(left, right, at)
  if (pairs === undefined || left.type.is !== 'row') return undefined
  const fields: Field[] = []
  for (const [i, [l, r]] of pairs.entries()) {
    const type = alignedRow(binder, l, r, at) ?? commonOf([l, r], binder.context)
    const field = left.type.fields[i]
    if (type === undefined || field === undefined) return undefined
    fields.push({ name: field.name, type, nullable: l.nullable || r.nullable })
  }
  return types.row(fields)
}

const cast = (binder: ExpressionBinder, e: Expression, type: DataType): Expression =>
  castTo(e, type, binder.context.settings, false, e.at)

/** The fields of two rows side by side; undefined when they are no rows. */
function rowPairs(
  left: Expression,
  right: Expression,
  at: Span,
): readonly (readonly [Expression, Expression])[] | undefined {
  if (left.type.is !== 'row' || right.type.is !== 'row') return undefined
  const [l, r] = [fieldsOf(left), fieldsOf(right)]
  if (l.length !== r.length) fail('DSD2004', `Rows of ${l.length} and ${r.length} fields cannot be compared.`, at)
  return l.map((value, i) => [value, r[i]!] as const)
}
