const PAGE_WAYS = 4096

/**
 * The ways that were gone in a text: from an instruction at a place. In pages, as far as searches come: texts may be
 * long, and one may be searched many times.
 */
export class WayMarks {
  readonly #perPlace: number
  readonly #gone = new Pages()
  readonly #matched = new Pages()

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

/** A set of numbers. */
class Pages {
  readonly #pages = new Map<number, Uint32Array>()
  #number = -1
  #page: Uint32Array = new Uint32Array(0)

  /** Whether it was not in the set. */
  add(way: number): boolean {
    this.#turnTo(way)
    const word = (way % PAGE_WAYS) >>> 5
    const bit = 1 << (way & 31)
    const before = this.#page[word] ?? 0
    this.#page[word] = before | bit
    return (before & bit) === 0
  }

  has(way: number): boolean {
    const page = this.#pages.get(Math.floor(way / PAGE_WAYS))
    return page !== undefined && ((page[(way % PAGE_WAYS) >>> 5] ?? 0) & (1 << (way & 31))) !== 0
  }

  delete(way: number): void {
    this.#turnTo(way)
    const word = (way % PAGE_WAYS) >>> 5
    this.#page[word] = (this.#page[word] ?? 0) & ~(1 << (way & 31))
  }

  #turnTo(way: number): void {
    const number = Math.floor(way / PAGE_WAYS)
    if (number === this.#number) return
    const known = this.#pages.get(number)
    this.#page = known ?? new Uint32Array(PAGE_WAYS / 32)
    if (known === undefined) this.#pages.set(number, this.#page)
    this.#number = number
  }
}
