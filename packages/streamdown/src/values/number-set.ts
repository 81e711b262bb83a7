const PAGE_NUMBERS = 4096

/** A set of whole numbers from 0 to 2^53, a bit each, in pages where there are some: cheap where they lie together. */
export class NumberSet {
  readonly #pages = new Map<number, Uint32Array>()
  #number = -1
  #page: Uint32Array = new Uint32Array(0)

  /** Whether it was not in the set. */
  add(value: number): boolean {
    this.#turnTo(value)
    const word = (value % PAGE_NUMBERS) >>> 5
    const bit = 1 << (value % 32)
    const before = this.#page[word] ?? 0
    this.#page[word] = before | bit
    return (before & bit) === 0
  }

  has(value: number): boolean {
    const page = this.#pages.get(Math.floor(value / PAGE_NUMBERS))
    return page !== undefined && ((page[(value % PAGE_NUMBERS) >>> 5] ?? 0) & (1 << (value % 32))) !== 0
  }

  delete(value: number): void {
    this.#turnTo(value)
    const word = (value % PAGE_NUMBERS) >>> 5
    this.#page[word] = (this.#page[word] ?? 0) & ~(1 << (value % 32))
  }

  #turnTo(value: number): void {
    const number = Math.floor(value / PAGE_NUMBERS)
    if (number === this.#number) return
    const known = this.#pages.get(number)
    this.#page = known ?? new Uint32Array(PAGE_NUMBERS / 32)
    if (known === undefined) this.#pages.set(number, this.#page)
    this.#number = number
  }
}
