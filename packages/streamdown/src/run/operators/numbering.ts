import type { RankNode } from '../../plan/nodes/node.ts'

export interface Numbered {
  readonly number: number
  readonly copies: number
}

const none: readonly Numbered[] = []

/**
 * ROW_NUMBER, RANK or DENSE_RANK over the rows of a partition in order: which numbers in [from, to] each row gets. A row
 * of weight n is n rows: n row numbers, one rank.
 */
export class Numbering {
  readonly #function: RankNode['function']
  readonly #from: number
  readonly #to: number
  #rows = 0
  #rank = 0
  #dense = 0
  #group: number | undefined
  #beyond = false

  constructor(of: RankNode['function'], from: number, to: number) {
    this.#function = of
    this.#from = from
    this.#to = to
  }

  /** Begins a partition. */
  start(): void {
    this.#rows = 0
    this.#rank = 0
    this.#dense = 0
    this.#group = undefined
    this.#beyond = false
  }

  /** The last row was wholly after `to`. */
  get beyond(): boolean {
    return this.#beyond
  }

  /** No row that follows can be in [from, to], whatever it is. */
  get done(): boolean {
    return this.#beyond || (this.#function === 'row_number' && this.#rows >= this.#to)
  }

  /** `group`: equal for rows that tie. */
  next(weight: number, group: number): readonly Numbered[] {
    const first = this.#rows + 1
    this.#rows += weight
    if (this.#function === 'row_number') {
      this.#beyond = first > this.#to
      const low = Math.max(first, this.#from)
      const high = Math.min(this.#rows, this.#to)
      if (low > high) return none
      return Array.from({ length: high - low + 1 }, (_, at) => ({ number: low + at, copies: 1 }))
    }
    if (group !== this.#group) {
      this.#group = group
      this.#rank = first
      this.#dense += 1
    }
    const number = this.#function === 'rank' ? this.#rank : this.#dense
    this.#beyond = number > this.#to
    return number < this.#from || this.#beyond ? none : [{ number, copies: weight }]
  }
}
