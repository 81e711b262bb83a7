import type { Decimal } from '../values/decimal.ts'
import type { Timestamp } from '../values/timestamp.ts'
import type { ExpressionDraft } from './draft/expression-draft.ts'
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
import { refuse, textGiven } from './given.ts'
import type { ColumnType } from './schema/column-type.ts'
import { typeGiven } from './schema/column-type.ts'
import type { Columns, Input, NullOf, Numeric } from './types/row.ts'

/** What may stand right of an arithmetic operator: DECIMAL takes a value or another DECIMAL, never a DOUBLE unseen. */
type NumericOther<R, V> =
  NonNullable<V> extends Decimal
    ? Input<Decimal> | Expression<Decimal | null, R>
    : number | bigint | Expression<number | bigint | null, R>

type Calculated<R, C, V, X> = Expression<
  NumericResult<NonNullable<ValueOf<R, C, V>>, X> | NullOf<ValueOf<R, C, V>> | NullFrom<X>,
  R
>
type NumericResult<V, X> = V extends Decimal
  ? Decimal
  : V extends bigint
    ? X extends Expression<number | null, never>
      ? number
      : bigint
    : number

export function add<
  R,
  C extends keyof Columns<R, Numeric> & string = never,
  V extends Numeric | null = never,
  X extends NumericOther<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Calculated<R, C, V, X> {
  return new Expression(call('+', operandDraft(left), valueDraft(right)))
}

export function sub<
  R,
  C extends keyof Columns<R, Numeric> & string = never,
  V extends Numeric | null = never,
  X extends NumericOther<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Calculated<R, C, V, X> {
  return new Expression(call('-', operandDraft(left), valueDraft(right)))
}

export function mul<
  R,
  C extends keyof Columns<R, Numeric> & string = never,
  V extends Numeric | null = never,
  X extends NumericOther<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Calculated<R, C, V, X> {
  return new Expression(call('*', operandDraft(left), valueDraft(right)))
}

/** SQL's division: of integers it gives an integer. */
export function div<
  R,
  C extends keyof Columns<R, Numeric> & string = never,
  V extends Numeric | null = never,
  X extends NumericOther<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Calculated<R, C, V, X> {
  return new Expression(call('/', operandDraft(left), valueDraft(right)))
}

/** The remainder; it has the sign of the left side. */
export function mod<
  R,
  C extends keyof Columns<R, Numeric> & string = never,
  V extends Numeric | null = never,
  X extends NumericOther<R, ValueOf<R, C, V>> = never,
>(left: Operand<R, C, V>, right: X): Calculated<R, C, V, X> {
  return new Expression(call('%', operandDraft(left), valueDraft(right)))
}

/** The minus sign. */
export function neg<R, C extends keyof Columns<R, Numeric> & string = never, V extends Numeric | null = never>(
  value: Operand<R, C, V>,
): Expression<ValueOf<R, C, V>, R> {
  return new Expression(call('negate', operandDraft(value)))
}

export function abs<R, C extends keyof Columns<R, Numeric> & string = never, V extends Numeric | null = never>(
  value: Operand<R, C, V>,
): Expression<ValueOf<R, C, V>, R> {
  return new Expression(call('abs', operandDraft(value)))
}

export function floor<R, C extends keyof Columns<R, Numeric> & string = never, V extends Numeric | null = never>(
  value: Operand<R, C, V>,
): Expression<ValueOf<R, C, V>, R> {
  return new Expression(call('floor', operandDraft(value)))
}

export function ceil<R, C extends keyof Columns<R, Numeric> & string = never, V extends Numeric | null = never>(
  value: Operand<R, C, V>,
): Expression<ValueOf<R, C, V>, R> {
  return new Expression(call('ceil', operandDraft(value)))
}

/** Rounded to `digits` behind the point (negative: before it). */
export function round<R, C extends keyof Columns<R, Numeric> & string = never, V extends Numeric | null = never>(
  value: Operand<R, C, V>,
  digits = 0,
): Expression<ValueOf<R, C, V>, R> {
  return new Expression(call('round', operandDraft(value), valueDraft(digits)))
}

export function upper<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
): Expression<string | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('upper', operandDraft(text)))
}

export function lower<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
): Expression<string | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('lower', operandDraft(text)))
}

/** Without blanks at both ends. */
export function trim<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
): Expression<string | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('trim', operandDraft(text)))
}

/** Characters (code points) in the text. */
export function length<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
): Expression<number | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('char_length', operandDraft(text)))
}

/** `count` characters from the 1-based `start`. */
export function substring<R, C extends keyof Columns<R, string> & string = never, V extends string | null = never>(
  text: Operand<R, C, V>,
  start: number,
  count: number,
): Expression<string | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('substring', operandDraft(text), valueDraft(start), valueDraft(count)))
}

/** The texts one after the other; where a column is meant among the later ones write `col('name')`. */
export function concat<
  R,
  C extends keyof Columns<R, string> & string = never,
  V extends string | null = never,
  X extends string | null = never,
>(
  first: Operand<R, C, V>,
  ...others: readonly (string | Expression<X, R>)[]
): Expression<string | NullOf<ValueOf<R, C, V>> | NullOf<NoInfer<X>>, R> {
  return new Expression(call('||', operandDraft(first), ...others.map(valueDraft)))
}

/** The first that is not NULL. */
export function coalesce<
  R,
  C extends keyof Columns<R> & string = never,
  V = never,
  X extends Other<R, ValueOf<R, C, V>> = never,
>(first: Operand<R, C, V>, ...others: readonly X[]): Expression<NonNullable<ValueOf<R, C, V>> | NullFrom<X>, R> {
  return new Expression(call('coalesce', operandDraft(first), ...others.map(valueDraft)))
}

/** NULL where the value equals `other`. */
export function nullif<R, C extends keyof Columns<R> & string = never, V = never>(
  value: Operand<R, C, V>,
  other: Other<R, ValueOf<R, C, V>>,
): Expression<ValueOf<R, C, V> | null, R> {
  return new Expression(call('nullif', operandDraft(value), valueDraft(other)))
}

type Branch<R> = Input<string> | number | bigint | boolean | null | Date | Decimal | Expression<unknown, R>
type BranchValue<X> = X extends Expression<infer V, never> ? V : X

function conditionDraft(condition: unknown): ExpressionDraft {
  return condition instanceof Expression
    ? condition.draft
    : refuse("when() wants a condition such as gt('total', 5)", condition)
}

/** CASE: `then` where the condition is true, `otherwise` where it is false or NULL. */
export function when<R, const A extends Branch<R>, const B extends Branch<R>>(
  condition: Expression<boolean | null, R>,
  then: A,
  otherwise: B,
): Expression<BranchValue<A> | BranchValue<B>, R> {
  return new Expression({
    is: 'case',
    when: conditionDraft(condition),
    then: valueDraft(then),
    otherwise: valueDraft(otherwise),
  })
}

/** The value as another type; one that does not fit makes the row fail. */
export function cast<R, T>(
  value: Operand<R, keyof Columns<R> & string, unknown>,
  type: ColumnType<T>,
): Expression<T | null, R> {
  return new Expression({ is: 'cast', input: operandDraft(value), type: typeGiven('cast', type), attempt: false })
}

/** The value as another type, NULL where it does not fit. */
export function tryCast<R, T>(
  value: Operand<R, keyof Columns<R> & string, unknown>,
  type: ColumnType<T>,
): Expression<T | null, R> {
  return new Expression({ is: 'cast', input: operandDraft(value), type: typeGiven('tryCast', type), attempt: true })
}

type TimeField = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'dow' | 'doy' | 'epoch'

/** A part of a time, in UTC. */
export function extract<R, C extends keyof Columns<R, Date> & string = never, V extends Date | null = never>(
  field: TimeField,
  time: Operand<R, C, V>,
): Expression<number | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(
    call('extract', valueDraft(textGiven('extract() wants a part of a time', field).toUpperCase()), operandDraft(time)),
  )
}

/** The time cut down to a unit, in UTC. */
export function truncate<R, C extends keyof Columns<R, Date> & string = never, V extends Date | null = never>(
  unit: TimeField,
  time: Operand<R, C, V>,
): Expression<Timestamp | NullOf<ValueOf<R, C, V>>, R> {
  return new Expression(call('date_trunc', valueDraft(unit), operandDraft(time)))
}
