import { Decimal } from '../values/decimal.ts'
import type { ExpressionDraft, LiteralValue } from './draft/expression-draft.ts'
import { callerPlace } from './draft/place.ts'
import { piecesGiven, refuse, textGiven } from './given.ts'
import type { At, Columns, Input } from './types/row.ts'
import { SqlFunction } from './user-functions.ts'

declare const gives: unique symbol
declare const needs: unique symbol

/**
 * A value computed from a row by SQL's rules: compiled, pushed into sources, written by `toSQL()`.
 * `T` is what it gives (with `null` where it may be NULL), `R` the columns that it needs.
 */
export class Expression<out T, in R> {
  declare readonly [gives]: T
  declare readonly [needs]: (row: R) => void
  /** @internal */
  readonly draft: ExpressionDraft

  /** @internal */
  constructor(draft: ExpressionDraft) {
    this.draft = draft
  }
}

/** A column by name, or an expression. Its constraints list the columns that fit. */
export type Operand<R, C, V> = C | Expression<V, R>

/** What an operand gives: `V` is never where it is a column. Not to be inferred from what is wanted of it. */
export type ValueOf<R, C, V> = [NoInfer<V>] extends [never] ? At<R, NoInfer<C>> : NoInfer<V>

/** What stands to the right of an operand of type `V`: a value, or an expression of the same kind. */
export type Other<R, V> = Input<NonNullable<V>> | Expression<Comparable<NonNullable<V>> | null, R>

/** Types that SQL compares with `V` without a cast. */
export type Comparable<V> = V extends number | bigint
  ? number | bigint
  : V extends string
    ? string
    : V extends Date
      ? Date
      : V

/** What a value or an expression on the right of an operator adds to the result: NULL, if it may be NULL. */
export type NullFrom<O> =
  O extends Expression<infer V, never> ? (null extends V ? null : never) : null extends O ? null : never

/** An arrow over the row, or an expression, that decides whether a row is kept. */
export type Filter<R> = ((row: R) => boolean) | Expression<boolean | null, R>

/** A column, outright: where a string would be read as a value. */
export function col<R, C extends keyof Columns<R> & string>(column: C): Expression<At<R, C>, R> {
  return new Expression<At<R, C>, R>(columnDraft(column))
}

/** A value, outright: where a string would be read as a column. */
export function lit<const V extends LiteralValue>(value: V): Expression<V, unknown> {
  if (!isLiteral(value)) return refuse('lit() wants a value', value)
  return new Expression<V, unknown>({ is: 'literal', value })
}

/**
 * A piece of SQL with its type said: `` sql<boolean>`total > ${limit}` ``. Values between the pieces become parameters,
 * expressions are put in as they are, functions of yours by name.
 */
export function sql<T>(
  pieces: TemplateStringsArray,
  ...holes: readonly (LiteralValue | Expression<unknown, never> | SqlFunction)[]
): Expression<T, unknown> {
  const drafts = holes.map(valueDraft)
  return new Expression<T, unknown>({
    is: 'sql',
    pieces: piecesGiven('sql', pieces),
    holes: drafts,
    place: callerPlace(),
  })
}

/** @internal `'customer.name'` is a path into a nested row. */
export const columnDraft = (column: string): ExpressionDraft => ({
  is: 'column',
  path: textGiven("A column's name is wanted", column).split('.'),
})

/** @internal Where a column is chosen, a string is a column. */
export function operandDraft(operand: unknown): ExpressionDraft {
  return typeof operand === 'string' ? columnDraft(operand) : valueDraft(operand)
}

/** @internal Where a value is wanted, a string is a value. */
export function valueDraft(value: unknown): ExpressionDraft {
  if (value instanceof Expression) return value.draft
  if (value instanceof SqlFunction) return { is: 'function', of: value.function }
  if (isLiteral(value)) return { is: 'literal', value }
  return refuse('A value or an expression is wanted', value)
}

function isLiteral(value: unknown): value is LiteralValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return true
    case 'object':
      return value === null || value instanceof Date || value instanceof Decimal || value instanceof Uint8Array
    default:
      return false
  }
}

/** @internal */
export const call = (name: string, ...args: readonly ExpressionDraft[]): ExpressionDraft => ({ is: 'call', name, args })
