import {
  call,
  Expression,
  type NullFrom,
  type Operand,
  type Other,
  operandDraft,
  type ValueOf,
  valueDraft,
} from './expression.ts'
import { oneOf } from './filter.ts'
import type { Columns, Input, NullOf, Ordered } from './types/row.ts'

/** SQL's comparison: NULL when either side is. */
type Compared<R, C, V, X> = Expression<boolean | NullOf<ValueOf<R, C, V>> | NullFrom<X>, R>

/** Equal. */
export function eq<
  R,
  C extends keyof Columns<R> & string = never,
  V = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('=', operandDraft(left), valueDraft(right)))
}

/** Not equal. */
export function ne<
  R,
  C extends keyof Columns<R> & string = never,
  V = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('<>', operandDraft(left), valueDraft(right)))
}

/** Greater than. */
export function gt<
  R,
  C extends keyof Columns<R, Ordered> & string = never,
  V extends Ordered | null = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('>', operandDraft(left), valueDraft(right)))
}

/** Greater than or equal. */
export function gte<
  R,
  C extends keyof Columns<R, Ordered> & string = never,
  V extends Ordered | null = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('>=', operandDraft(left), valueDraft(right)))
}

/** Less than. */
export function lt<
  R,
  C extends keyof Columns<R, Ordered> & string = never,
  V extends Ordered | null = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('<', operandDraft(left), valueDraft(right)))
}

/** Less than or equal. */
export function lte<
  R,
  C extends keyof Columns<R, Ordered> & string = never,
  V extends Ordered | null = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Compared<R, C, V, X> {
  return new Expression(call('<=', operandDraft(left), valueDraft(right)))
}

/** Within both ends, which count. */
export function between<R, C extends keyof Columns<R, Ordered> & string = never, V extends Ordered | null = never>(
  value: Operand<R, C, V>,
  low: Other<R, ValueOf<R, C, V>>,
  high: Other<R, ValueOf<R, C, V>>,
): Expression<boolean | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('between', operandDraft(value), valueDraft(low), valueDraft(high)))
}

/** One of the values. */
export function isIn<R, C extends keyof Columns<R> & string = never, V = never>(
  value: Operand<R, C, V>,
  values: readonly Input<NonNullable<ValueOf<R, C, V>>>[],
): Expression<boolean | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(oneOf(operandDraft(value), values))
}

/** SQL's LIKE: `%` is any text, `_` any one character. */
export function like<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
  pattern: string,
): Expression<boolean | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('like', operandDraft(text), valueDraft(pattern)))
}

export function isNull<R, C extends keyof Columns<R> & string = never, V = never>(
  value: Operand<R, C, V>,
): Expression<boolean, R> {
  return new Expression(call('is_null', operandDraft(value)))
}

export function isNotNull<R, C extends keyof Columns<R> & string = never, V = never>(
  value: Operand<R, C, V>,
): Expression<boolean, R> {
  return new Expression(call('is_not_null', operandDraft(value)))
}

/** All of them, by SQL's three-valued logic. */
export function and<R>(...conditions: readonly Expression<boolean | null, R>[]): Expression<boolean | null, R> {
  return new Expression(call('and', ...conditions.map(valueDraft)))
}

/** Any of them, by SQL's three-valued logic. */
export function or<R>(...conditions: readonly Expression<boolean | null, R>[]): Expression<boolean | null, R> {
  return new Expression(call('or', ...conditions.map(valueDraft)))
}

/** The opposite; NULL stays NULL. */
export function not<R>(condition: Expression<boolean | null, R>): Expression<boolean | null, R> {
  return new Expression(call('not', valueDraft(condition)))
}
