import type { RankNode } from '../../plan/nodes/node.ts'

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

  /** After `next`: the row's numbers that are wanted, none when `high` is below `low`; `copies` of the row for each. */
  low = 0
  high = -1
  copies = 1

  /** `group`: equal for rows that tie. */
  next(weight: number, group: number): void {
    const first = this.#rows + 1
    this.#rows += weight
    if (this.#function === 'row_number') {
      this.#beyond = first > this.#to
      this.low = Math.max(first, this.#from)
      this.high = Math.min(this.#rows, this.#to)
      return
    }
    if (group !== this.#group) {
      this.#group = group
      this.#rank = first
      this.#dense += 1
    }
    const number = this.#function === 'rank' ? this.#rank : this.#dense
    this.#beyond = number > this.#to
    this.low = number
    this.high = number < this.#from || this.#beyond ? number - 1 : number
    this.copies = weight
  }
}
