import { type Aggregates, namedAggregates, type Results } from './aggregation.ts'
import { type Order, type RankColumn, type Ranked, topRequest } from './columns.ts'
import { callerPlace } from './draft/place.ts'
import type { RelationDraft, WindowedDraft } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { objectGiven, refuse } from './given.ts'
import type { TopKey } from './grouped.ts'
import { Stream } from './stream.ts'
import { Table } from './table.ts'
import type { Flatten, Picked, With } from './types/row.ts'
import type { Emit, Window, WindowOptions } from './windows.ts'

/**
 * Rows in windows. `G` are the columns of the key (never: no key), `W` the columns that the window adds, `M` whether
 * results may change after they were written.
 */
export class Windowed<R, G, W, out M> {
  declare readonly '~mode': M
  declare readonly '~window': W
  readonly #draft: WindowedDraft
  /** Rows that came after a window of theirs had closed, with how many windows they missed of how many. */
  readonly late: Stream<Flatten<R & LateColumns>>

  /** @internal */
  constructor(draft: WindowedDraft) {
    this.#draft = draft
    this.late = new Stream({ is: 'late', windowed: draft, place: draft.place })
  }

  /** Each key of each window by itself. */
  by<N extends keyof R & string>(...key: readonly [N, ...N[]]): Windowed<R, G | N, W, M> {
    return new Windowed({ ...this.#draft, by: [...this.#draft.by, ...key] })
  }

  /** One row a window and key, written when the window closes. */
  aggregate<const A extends Aggregates<R, (G & string) | Names<W>>>(
    aggregates: A,
  ): Table<Flatten<Picked<R, G> & W & Results<A>>, G | Names<W>, M> {
    const { input, by } = this.#draft
    return new Table({
      is: 'aggregate',
      input,
      by,
      windowed: this.#draft,
      aggregates: namedAggregates(aggregates),
      place: callerPlace(),
    })
  }

  /** The first `count` rows of each window and key by an order, written when the window closes. */
  top<const O extends readonly (Order<R> | Ranked)[]>(
    count: number,
    ...order: O
  ): Table<Flatten<With<R, W> & RankColumn<O>>, TopKey<G | Names<W>, O>, M> {
    const { input, by } = this.#draft
    return new Table({ is: 'top', input, by, windowed: this.#draft, ...topRequest(count, order), place: callerPlace() })
  }
}

/** The names of columns, written out in hovers. */
type Names<W> = { [N in keyof W & string]: N }[keyof W & string]

export interface LateColumns {
  windows_missed: number
  windows_total: number
}

/** @internal */
export function windowedDraft<W>(
  input: RelationDraft,
  by: readonly string[],
  window: Window<W>,
  options: WindowOptions<Emit, Duration> | undefined,
): WindowedDraft {
  const { draft: windowing } = objectGiven("window() wants a window such as tumble('1 minute')", window)
  if (windowing === undefined) refuse("window() wants a window such as tumble('1 minute')", window)
  const emit = options?.emit
  return {
    input,
    by,
    windowing,
    keepOpenMicros: options?.keepOpen === undefined ? 0n : durationMicros(options.keepOpen),
    ...(emit === undefined ? {} : { emit: emit === 'changes' ? emit : durationMicros(emit.every) }),
    place: callerPlace(),
  }
}
