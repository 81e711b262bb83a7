import { MemoryFeed, type WeightedRow } from '../connect/memory.ts'
import { jsonTextOf } from '../formats/value-text.ts'
import type { Field } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'

/** A record that could not be decoded, or a row that made an operator fail. */
export interface DeadLetter {
  readonly program: string
  /** The source, or the operator. */
  readonly where: string
  readonly step: bigint
  /** The clock of the step, µs. */
  readonly at: bigint
  readonly code: string
  readonly problem: string
  /** Of a record: where it was read, and its bytes. */
  readonly position?: string
  readonly raw?: Uint8Array
  /** Of a row: its columns and values. */
  readonly columns?: readonly Field[]
  readonly row?: readonly Value[]
}

/** How many are kept, and how large they may be together; the newest one is kept whatever its size. */
export const KEPT_LETTERS = 10_000
const KEPT_BYTES = 64 << 20

/**
 * The dead letters of programs that run beside each other. The newest are kept to be looked at; who reads them without
 * end gets each one, by the feed. A letter whose row is taken back is no longer kept; who has read it has read it.
 */
export class DeadLetterLog {
  readonly feed = new MemoryFeed()
  #kept: DeadLetter[] = []
  #bytes = 0

  letters(): readonly DeadLetter[] {
    return this.#kept
  }

  /** As rows of a table of connector `dead-letters`. */
  rows(): readonly WeightedRow[] {
    return this.#kept.map(letter => this.rowOf(letter))
  }

  /** In the order of `deadLetterSchema`. */
  rowOf(letter: DeadLetter): WeightedRow {
    const { at, program, where, step, code, problem, position = null, raw = null } = letter
    const milliseconds = (at / 1000n) * 1000n
    const values = [milliseconds, program, where, step, code, problem, position, raw, rowText(letter) ?? null]
    return { values, weight: 1 }
  }

  /** So many wait for who reads them that no more should come meanwhile. */
  get isFull(): boolean {
    return this.feed.unread > KEPT_LETTERS
  }

  add(letters: readonly DeadLetter[]): void {
    for (const letter of letters) {
      this.#kept.push(letter)
      this.#bytes += sizeOf(letter)
    }
    let gone = 0
    for (const letter of this.#kept) {
      const left = this.#kept.length - gone
      if (left <= KEPT_LETTERS && (this.#bytes <= KEPT_BYTES || left <= 1)) break
      this.#bytes -= sizeOf(letter)
      gone += 1
    }
    if (gone > 0) this.#kept.splice(0, gone)
  }

  /** The newest letter of that row is not there any more. */
  takeBack(letter: DeadLetter): void {
    const row = rowKey(letter.row ?? [])
    const at = this.#kept.findLastIndex(
      other =>
        other.program === letter.program &&
        other.where === letter.where &&
        other.code === letter.code &&
        rowKey(other.row ?? []) === row,
    )
    const [gone] = at < 0 ? [] : this.#kept.splice(at, 1)
    if (gone !== undefined) this.#bytes -= sizeOf(gone)
  }
}

/** Roughly the bytes that it takes in memory. */
function sizeOf({ problem, raw, row = [] }: DeadLetter): number {
  let bytes = 200 + 2 * problem.length + (raw?.length ?? 0)
  for (const value of row) bytes += typeof value === 'string' ? 2 * value.length : 16
  return bytes
}

/** The row as JSON, by its columns. */
export function rowText({ columns, row }: DeadLetter): string | undefined {
  if (row === undefined || columns === undefined) return undefined
  return jsonTextOf({ is: 'row', fields: columns }, row, false)
}
