import { type Aggregates, namedAggregates, namedOverColumns, type OverColumns, type Results } from './aggregation.ts'
import { type Order, type RankColumn, type Ranked, topRequest } from './columns.ts'
import { callerPlace } from './draft/place.ts'
import type { FrameDraft, RelationDraft } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { codeGiven, objectGiven, textGiven } from './given.ts'
import { Pattern, type Quantity, type Step } from './match.ts'
import { type Outputs, outputStreams, type ProcessDefinition, type StateCells, type Streams } from './process.ts'
import { Stream } from './stream.ts'
import { Table } from './table.ts'
import type { Flatten, Picked, With } from './types/row.ts'
import { Windowed, windowedDraft } from './windowed.ts'
import type { Emit, Window, WindowMode, WindowOptions } from './windows.ts'

/** How far back the rows around a row reach: so many rows with the row itself, so long, or to the first row. */
export type Frame = { readonly rows: number } | { readonly last: Duration } | 'all'

function frameDraft(frame: Frame): FrameDraft {
  if (frame === 'all') return frame
  const given = objectGiven("over() wants a frame: { rows: 10 }, { last: '1 hour' } or 'all'", frame)
  if ('rows' in given) return given
  return { micros: durationMicros(given.last) }
}

/** A stream's rows by key. `G` are the columns of the key. */
export class Grouped<R, G extends keyof R> {
  readonly #input: RelationDraft
  readonly #by: readonly string[]

  /** @internal */
  constructor(input: RelationDraft, by: readonly string[]) {
    this.#input = input
    this.#by = by
  }

  /** One row a key, kept up to date. */
  aggregate<const A extends Aggregates<R, G>>(aggregates: A): Table<Flatten<Picked<R, G> & Results<A>>, G, 'updates'> {
    return new Table({
      is: 'aggregate',
      input: this.#input,
      by: this.#by,
      aggregates: namedAggregates(aggregates),
      place: callerPlace(),
    })
  }

  /** Puts each key's rows into windows by their event time. */
  window<W, E extends Emit = never, L extends Duration = never>(
    window: Window<W>,
    options?: WindowOptions<E, L>,
  ): Windowed<R, G, W, WindowMode<E, L>> {
    return new Windowed(windowedDraft(this.#input, this.#by, window, options))
  }

  /** The first `count` rows of each key by an order, kept up to date. */
  top<const O extends readonly (Order<R> | Ranked)[]>(
    count: number,
    ...order: O
  ): Table<With<R, RankColumn<O>>, TopKey<G, O>, 'updates'> {
    return new Table({ is: 'top', input: this.#input, by: this.#by, ...topRequest(count, order), place: callerPlace() })
  }

  /** The newest row of each key, by event time where there is one. */
  latest(): Table<R, G, 'updates'> {
    return new Table({ is: 'latest', input: this.#input, by: this.#by, place: callerPlace() })
  }

  /** The first row of each key, by event time where there is one; with `within`, again after so long without one. */
  first(options?: { readonly within: Duration }): Stream<R> {
    const within =
      options === undefined
        ? {}
        : { withinMicros: durationMicros(objectGiven('first() wants { within: duration }', options).within) }
    return new Stream({ is: 'first', input: this.#input, by: this.#by, ...within, place: callerPlace() })
  }

  /**
   * Adds columns computed over a row and the rows of its key before it, by event time where there is one, else as they
   * arrive. Rows leave in that order, once the watermark has passed them.
   */
  over<const O extends OverColumns<R>>(frame: Frame, columns: O): Stream<With<R, Results<O>>> {
    return new Stream({
      is: 'over',
      input: this.#input,
      by: this.#by,
      frame: frameDraft(frame),
      columns: namedOverColumns(columns),
      place: callerPlace(),
    })
  }

  /** Code of your own over the rows of a key, with state and timers. */
  process<E = never, const S extends StateCells = Record<never, never>, const O extends Outputs = Record<never, never>>(
    definition: ProcessDefinition<R, Picked<R, G>, E, S, O>,
  ): Stream<E> & { readonly outputs: Streams<O> } {
    const { row } = objectGiven('process() wants its definition, { emits, row }', definition)
    codeGiven('process() wants what it does with a row, row()', row)
    const draft = { is: 'process', input: this.#input, by: this.#by, definition, place: callerPlace() } as const
    return Object.assign(new Stream<E>(draft), { outputs: outputStreams(draft, definition.outputs) })
  }

  /** Looks for a pattern among the rows of a key: this step, then what `next` and `followedBy` say. */
  match<const N extends string, const Q extends Quantity = never>(
    name: N,
    predicate: (row: R) => boolean,
    quantity?: Q,
  ): Pattern<R, Picked<R, G>, { [P in N]: Step<R, Q> }> {
    return new Pattern(this.#input, this.#by, [
      {
        name: textGiven('match() wants a name for the step', name),
        how: 'start',
        predicate: codeGiven('match() wants an arrow over the row', predicate),
        quantity,
        place: callerPlace(),
      },
    ])
  }
}

/** Rows of a top are named by their key and place, if the place is a column. */
export type TopKey<G, O extends readonly unknown[]> = [Extract<O[number], Ranked>] extends [never]
  ? never
  : G | Extract<O[number], Ranked>['rank']
