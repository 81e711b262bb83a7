import { pendingDraft } from './draft/pending.ts'
import type { RelationDraft } from './draft/relation-draft.ts'
import type { Duration } from './duration.ts'
import { Stream } from './stream.ts'
import type { Flatten, NotAPromise } from './types/row.ts'

/** How many rows a step takes: one if not said. */
export type Quantity = 'maybe' | { readonly atLeast: number; readonly atMost?: number } | { readonly times: number }

/** What a step matched. */
export type Step<R, Q> = [Q] extends [never] ? R : Q extends 'maybe' ? R | undefined : R[]

interface PatternStep {
  readonly name: string
  /** `next`: the very next row; `followedBy`: rows between that do not match are passed over. */
  readonly how: 'start' | 'next' | 'followedBy'
  readonly predicate: (row: never, soFar: never) => boolean
  readonly quantity: Quantity | undefined
}

/** A pattern being described. `S` are the steps so far. */
export class Pattern<R, K, S> {
  readonly #input: RelationDraft
  readonly #by: readonly string[]
  readonly #steps: readonly PatternStep[]
  readonly #within: Duration | undefined

  /** @internal */
  constructor(input: RelationDraft, by: readonly string[], steps: readonly PatternStep[], within?: Duration) {
    this.#input = input
    this.#by = by
    this.#steps = steps
    this.#within = within
  }

  /** The very next row must match. */
  next<const N extends string, const Q extends Quantity = never>(
    name: N,
    predicate: (row: R, soFar: Partial<S>) => boolean,
    quantity?: Q,
  ): Pattern<R, K, Flatten<S & { [P in N]: Step<R, Q> }>> {
    return new Pattern(
      this.#input,
      this.#by,
      [...this.#steps, { name, how: 'next', predicate, quantity }],
      this.#within,
    )
  }

  /** A later row must match; rows between are passed over. */
  followedBy<const N extends string, const Q extends Quantity = never>(
    name: N,
    predicate: (row: R, soFar: Partial<S>) => boolean,
    quantity?: Q,
  ): Pattern<R, K, Flatten<S & { [P in N]: Step<R, Q> }>> {
    return new Pattern(
      this.#input,
      this.#by,
      [...this.#steps, { name, how: 'followedBy', predicate, quantity }],
      this.#within,
    )
  }

  /** From the first to the last row at most so long. */
  within(time: Duration): Pattern<R, K, S> {
    return new Pattern(this.#input, this.#by, this.#steps, time)
  }

  /** One row for each match. */
  select<T extends object & NotAPromise>(
    arrow: (matched: S, key: K) => T,
  ): Stream<Flatten<T>> & { readonly timedOut: Stream<Partial<S>> } {
    const draft = pendingDraft(
      'match',
      'join() of a stream with itself finds pairs',
      this.#input,
      this.#by,
      this.#steps,
      this.#within,
      arrow,
    )
    return Object.assign(new Stream<Flatten<T>>(draft), { timedOut: new Stream<Partial<S>>(draft) })
  }
}
