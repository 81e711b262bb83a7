import type { Decimal } from '../values/decimal.ts'
import type { AggregateDraft, OverDraft } from './draft/expression-draft.ts'
import { callerPlace } from './draft/place.ts'
import { columnDraft, type Filter, operandDraft } from './expression.ts'
import { filterDraft } from './filter.ts'
import { codeGiven, objectGiven } from './given.ts'
import type { ColumnType } from './schema/column-type.ts'
import { typeGiven } from './schema/column-type.ts'
import type { At, Columns, NullOf, Numeric, Ordered } from './types/row.ts'

declare const gives: unique symbol
declare const over: unique symbol
declare const folds: unique symbol

/** A column computed from the rows around each row: what `over` takes. */
export class OverColumn<out T, in R> {
  declare readonly [gives]: T
  declare readonly [over]: (row: R) => void
  /** @internal */
  readonly draft: AggregateDraft | OverDraft

  /** @internal */
  constructor(draft: AggregateDraft | OverDraft) {
    this.draft = draft
  }
}

/** A column computed from all rows of a group. `T` is what it gives, `R` the columns that it needs. */
export class Aggregate<out T, in R> extends OverColumn<T, R> {
  declare readonly [folds]: true
  /** @internal */
  declare readonly draft: AggregateDraft
}

/** What an aggregate or an over column gives. */
export type ResultOf<A> = A extends OverColumn<infer T, never> ? T : never

/** Only the rows that pass count. A group in which none does gives NULL (`count` 0). */
export interface Where<R> {
  readonly where: Filter<R>
}

/** How many rows. */
export function count<R>(options?: Where<R>): Aggregate<number, R> {
  return aggregate('count', [], { where: options?.where, readsAsNumber: true })
}

/** How many different values, NULL not counted. */
export function countDistinct<R, C extends keyof Columns<R> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<number, R> {
  return aggregate('count', [column], { where: options?.where, readsAsNumber: true, distinct: true })
}

/** The sum, exact for integers and decimals; NULL when there is no value. */
export function sum<R, C extends keyof Columns<R, Numeric> & string>(column: C): Aggregate<At<R, C>, R>
export function sum<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options: Where<R>,
): Aggregate<At<R, C> | null, R>
export function sum<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<At<R, C> | null, R> {
  return aggregate('sum', [column], { where: options?.where })
}

type Mean<V> = (NonNullable<V> extends Decimal ? Decimal : number) | NullOf<V>

/** The mean: a DOUBLE, of decimals a DECIMAL. */
export function avg<R, C extends keyof Columns<R, Numeric> & string>(column: C): Aggregate<Mean<At<R, C>>, R>
export function avg<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options: Where<R>,
): Aggregate<Mean<At<R, C>> | null, R>
export function avg<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<Mean<At<R, C>> | null, R> {
  return aggregate('avg', [column], { where: options?.where })
}

/** The smallest value. */
export function min<R, C extends keyof Columns<R, Ordered> & string>(column: C): Aggregate<At<R, C>, R>
export function min<R, C extends keyof Columns<R, Ordered> & string>(
  column: C,
  options: Where<R>,
): Aggregate<At<R, C> | null, R>
export function min<R, C extends keyof Columns<R, Ordered> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<At<R, C> | null, R> {
  return aggregate('min', [column], { where: options?.where })
}

/** The greatest value. */
export function max<R, C extends keyof Columns<R, Ordered> & string>(column: C): Aggregate<At<R, C>, R>
export function max<R, C extends keyof Columns<R, Ordered> & string>(
  column: C,
  options: Where<R>,
): Aggregate<At<R, C> | null, R>
export function max<R, C extends keyof Columns<R, Ordered> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<At<R, C> | null, R> {
  return aggregate('max', [column], { where: options?.where })
}

/** The standard deviation of a sample; NULL for fewer than two values. */
export function stddev<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<number | null, R> {
  return aggregate('stddev_samp', [column], { where: options?.where })
}

/** The variance of a sample; NULL for fewer than two values. */
export function variance<R, C extends keyof Columns<R, Numeric> & string>(
  column: C,
  options?: Where<R>,
): Aggregate<number | null, R> {
  return aggregate('var_samp', [column], { where: options?.where })
}

export interface FoldOptions<R, T> {
  /**
   * Undoes a `step` with the same row: needed over a table that changes. The rows of a step may come in any order, so what
   * `step` and `retract` make must not depend on it; one that throws on a row throws in both.
   */
  readonly retract?: (state: T, row: R) => NoInfer<T>
  /** Puts two states together: sessions that become one then need not keep their rows. */
  readonly merge?: (state: T, other: T) => NoInfer<T>
}

/**
 * An aggregate of your own: `step` takes what was made so far and the next row, in arrival order. Its state is kept
 * as a value of `type`. Over a table that changes it needs `retract`, and is refused without.
 */
export function fold<R, T>(
  type: ColumnType<T>,
  initial: NoInfer<T>,
  step: (state: T, row: R) => NoInfer<T>,
  options: FoldOptions<R, T> = {},
): Aggregate<T, R> {
  const { retract, merge } = objectGiven('The options of fold() are an object', options)
  return new Aggregate({
    is: 'aggregate',
    name: 'fold',
    args: [],
    distinct: false,
    readsAsNumber: false,
    fold: {
      type: typeGiven('fold()', type),
      initial,
      step: codeGiven('fold() wants an arrow of the state and a row', step),
      retract,
      merge,
    },
    place: callerPlace(),
  })
}

/** The value of a column in the row `back` places earlier; NULL where there is none. Only in `over`. */
export function lag<R, C extends keyof Columns<R> & string>(column: C, back = 1): OverColumn<At<R, C> | null, R> {
  return new OverColumn({ is: 'over', name: 'lag', args: [columnDraft(column), { is: 'literal', value: back }] })
}

interface AggregateOptions<R> {
  readonly where: Filter<R> | undefined
  readonly readsAsNumber?: boolean
  readonly distinct?: boolean
}

function aggregate<T, R>(name: string, columns: readonly string[], options: AggregateOptions<R>): Aggregate<T, R> {
  return new Aggregate({
    is: 'aggregate',
    name,
    args: columns.map(operandDraft),
    distinct: options.distinct ?? false,
    readsAsNumber: options.readsAsNumber ?? false,
    ...(options.where === undefined ? {} : { filter: filterDraft(options.where) }),
    place: callerPlace(),
  })
}
