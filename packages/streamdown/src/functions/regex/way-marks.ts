import { NumberSet } from '../../values/number-set.ts'

/** The ways that were gone in a text: from an instruction at a place. */
export class WayMarks {
  readonly #perPlace: number
  readonly #gone = new NumberSet()
  readonly #matched = new NumberSet()

  /** `perPlace`: how many ways go from each place. */
  constructor(perPlace: number) {
    this.#perPlace = perPlace
  }

  /** The number of a way. */
  way(mark: number, place: number): number {
    return place * this.#perPlace + mark
  }

  /** Whether a way is gone for the first time. */
  isFirst(way: number): boolean {
    return this.#gone.add(way)
  }

  /** Whether a way is known to match. */
  hasMatched(way: number): boolean {
    return this.#matched.has(way)
  }

  /** Notes that ways match. */
  match(ways: readonly number[]): void {
    for (const way of ways) this.#matched.add(way)
  }

  /** Ways that may be gone again. */
  forget(ways: readonly number[]): void {
    for (const way of ways) this.#gone.delete(way)
  }
}
