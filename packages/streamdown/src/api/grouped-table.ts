import { type Aggregates, namedAggregates, type Results } from './aggregation.ts'
import { type Order, type RankColumn, type Ranked, topRequest } from './columns.ts'
import { callerPlace } from './draft/place.ts'
import type { RelationDraft } from './draft/relation-draft.ts'
import type { Duration } from './duration.ts'
import { Table } from './table.ts'
import type { Flatten, Picked, With } from './types/row.ts'
import { Windowed, windowedDraft } from './windowed.ts'
import type { Emit, Window, WindowMode, WindowOptions } from './windows.ts'

/**
 * A table's rows by columns. `G` are the columns of the group, `K` those of the table's key, `T` whether the table's
 * rows change, `M` whether the group's results do: groups of a final table that name its window are complete when the window is.
 */
export class GroupedTable<R, G extends keyof R, out K, out T, out M> {
  declare readonly '~key': K
  declare readonly '~mode': T
  readonly #input: RelationDraft
  readonly #by: readonly string[]

  /** @internal */
  constructor(input: RelationDraft, by: readonly string[]) {
    this.#input = input
    this.#by = by
  }

  /** One row a group. */
  aggregate<const A extends Aggregates<R, G>>(aggregates: A): Table<Flatten<Picked<R, G> & Results<A>>, G, M> {
    return new Table({
      is: 'aggregate',
      input: this.#input,
      by: this.#by,
      aggregates: namedAggregates(aggregates),
      place: callerPlace(),
    })
  }

  /** Puts each group's rows into windows by their event time. */
  window<W, E extends Emit = never, L extends Duration = never>(
    window: Window<W>,
    options?: WindowOptions<E, L>,
  ): Windowed<R, G, W, T extends 'final' ? WindowMode<E, L> : 'updates'> {
    return new Windowed(windowedDraft(this.#input, this.#by, window, options))
  }

  /** The first `count` rows of each group by an order. */
  top<const O extends readonly (Order<R> | Ranked)[]>(count: number, ...order: O): Table<With<R, RankColumn<O>>, K, M> {
    return new Table({ is: 'top', input: this.#input, by: this.#by, ...topRequest(count, order), place: callerPlace() })
  }

  /** The newest row of each group. */
  latest(): Table<R, G, 'updates'> {
    return new Table({ is: 'latest', input: this.#input, by: this.#by, place: callerPlace() })
  }
}
