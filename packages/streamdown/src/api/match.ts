import { callerPlace } from './draft/place.ts'
import type { MatchRelation, PatternStep, RelationDraft } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { codeGiven } from './given.ts'
import { Stream } from './stream.ts'
import type { Flatten, NotAPromise } from './types/row.ts'

/** How many rows a step takes: one if not said. */
export type Quantity = 'maybe' | { readonly atLeast: number; readonly atMost?: number } | { readonly times: number }

/** What a step matched. */
export type Step<R, Q> = [Q] extends [never] ? R : Q extends 'maybe' ? R | undefined : R[]

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
      [...this.#steps, { name, how: 'next', predicate, quantity, place: callerPlace() }],
      this.#within,
    )
  }

  /** A later row must match; rows before it that do not are passed over. With a quantity: before each of its rows. */
  followedBy<const N extends string, const Q extends Quantity = never>(
    name: N,
    predicate: (row: R, soFar: Partial<S>) => boolean,
    quantity?: Q,
  ): Pattern<R, K, Flatten<S & { [P in N]: Step<R, Q> }>> {
    return new Pattern(
      this.#input,
      this.#by,
      [...this.#steps, { name, how: 'followedBy', predicate, quantity, place: callerPlace() }],
      this.#within,
    )
  }

  /** From the first to the last row less than so long. What is not finished by then is `timedOut`. */
  within(time: Duration): Pattern<R, K, S> {
    return new Pattern(this.#input, this.#by, this.#steps, time)
  }

  /** One row for each match. Matches of a key do not overlap: the next begins behind the last row of the one before. */
  select<T extends object & NotAPromise>(
    arrow: (matched: S, key: K) => T,
  ): Stream<Flatten<T>> & { readonly timedOut: Stream<Partial<S>> } {
    const place = callerPlace()
    const of: MatchRelation = {
      is: 'match',
      input: this.#input,
      by: this.#by,
      steps: this.#steps,
      ...(this.#within === undefined ? {} : { within: durationMicros(this.#within) }),
      place,
    }
    const matched = new Stream<Flatten<T>>({
      is: 'matched',
      of,
      arrow: { arrow: codeGiven('select() wants an arrow over the matched rows', arrow), place },
      place,
    })
    return Object.assign(matched, { timedOut: new Stream<Partial<S>>({ is: 'timedOut', of, place }) })
  }
}
