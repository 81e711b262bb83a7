import type { Inquiry } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import type { Clock } from './clock.ts'

type Rows = readonly (readonly Value[])[]

/**
 * Answers that may be used again, the least recently used pushed out first. It is no state: what was answered is in the
 * journal, so a program that starts again may start with an empty one.
 */
export class AnswerCache {
  readonly #maxRows: number
  readonly #expire: bigint | undefined
  readonly #clock: Clock
  /** From the least recently used to the most. */
  readonly #answers = new Map<string, { readonly rows: Rows; readonly until: bigint | undefined }>()
  #rows = 0

  constructor({ maxRows, expire }: NonNullable<Inquiry['cache']>, clock: Clock) {
    this.#maxRows = maxRows
    this.#expire = expire
    this.#clock = clock
  }

  get(key: string): Rows | undefined {
    const found = this.#answers.get(key)
    if (found === undefined) return undefined
    this.#answers.delete(key)
    if (found.until !== undefined && found.until <= this.#clock.now()) {
      this.#rows -= weight(found.rows)
      return undefined
    }
    this.#answers.set(key, found)
    return found.rows
  }

  put(key: string, rows: Rows): void {
    const before = this.#answers.get(key)
    if (before !== undefined) this.#rows -= weight(before.rows)
    this.#answers.delete(key)
    this.#answers.set(key, { rows, until: this.#expire === undefined ? undefined : this.#clock.now() + this.#expire })
    this.#rows += weight(rows)
    for (const [oldest, { rows: old }] of this.#answers) {
      if (this.#rows <= this.#maxRows) break
      this.#answers.delete(oldest)
      this.#rows -= weight(old)
    }
  }
}

/** An answer without rows takes a place too. */
const weight = (rows: Rows): number => Math.max(1, rows.length)
