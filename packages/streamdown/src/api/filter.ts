import { StreamdownError } from '../errors/error.ts'
import type { ExpressionDraft } from './draft/expression-draft.ts'
import { callerPlace } from './draft/place.ts'
import { call, columnDraft, Expression, type Filter, valueDraft } from './expression.ts'
import { codeGiven, listGiven, shown } from './given.ts'
import type { Input } from './types/row.ts'

/** What `where(column, operator, value)` may compare a column of type `V` with. */
export type OperatorFor<V> =
  | '='
  | '<>'
  | 'in'
  | 'not in'
  | (NonNullable<V> extends boolean ? never : '<' | '<=' | '>' | '>=' | 'between')
  | (NonNullable<V> extends string ? 'like' | 'not like' : never)

/** The value that stands to the right of an operator. */
export type OperatorValue<V, O> = O extends 'in' | 'not in'
  ? readonly Input<NonNullable<V>>[]
  : O extends 'between'
    ? readonly [low: Input<NonNullable<V>>, high: Input<NonNullable<V>>]
    : O extends 'like' | 'not like'
      ? string
      : Input<NonNullable<V>>

export type NullTest = 'is null' | 'is not null'

/** @internal */
export function filterDraft<R>(filter: Filter<R>): ExpressionDraft {
  if (filter instanceof Expression) return filter.draft
  return {
    is: 'arrow',
    arrow: codeGiven('A condition is an arrow over the row or an expression', filter),
    place: callerPlace(),
  }
}

/** @internal `where('total', '>', 5)`. */
export function comparisonDraft(column: string, operator: string, value: unknown): ExpressionDraft {
  const of = columnDraft(column)
  switch (operator) {
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return call(operator, of, valueDraft(value))
    case 'is null':
      return call('is_null', of)
    case 'is not null':
      return call('is_not_null', of)
    case 'like':
      return call('like', of, valueDraft(value))
    case 'not like':
      return call('not', call('like', of, valueDraft(value)))
    case 'in':
      return oneOf(of, listed(operator, value))
    case 'not in':
      return call('not', oneOf(of, listed(operator, value)))
    case 'between': {
      const [low, high] = listed(operator, value)
      return call('between', of, valueDraft(low), valueDraft(high))
    }
    default:
      throw new StreamdownError('DSD5007', `${shown(operator)} is not an operator of where.`)
  }
}

/** @internal No value at all is FALSE, which SQL cannot say as a list. */
export function oneOf(of: ExpressionDraft, values: readonly unknown[]): ExpressionDraft {
  return listGiven('isIn() wants a list of values', values).length === 0
    ? { is: 'literal', value: false }
    : call('in', of, ...values.map(valueDraft))
}

function listed(operator: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new StreamdownError('DSD5007', `'${operator}' wants a list of values.`)
}
