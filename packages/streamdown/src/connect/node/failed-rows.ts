import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import { int32s, rowsOf } from '../../batch/values.ts'
import { jsonTextOf } from '../../formats/value-text.ts'
import type { Field } from '../../types/data-type.ts'
import type { DeadLetters } from '../source.ts'

/** Rows of a batch of columns that turned out to hold what they cannot, each with the first problem found. */
export class FailedRows {
  readonly #problems = new Map<number, string>()

  add(row: number, problem: string): void {
    if (!this.#problems.has(row)) this.#problems.set(row, problem)
  }

  /** The batch without them; they become dead letters, as JSON with NULL for what could not be held. */
  bury(
    memory: Memory,
    batch: Batch,
    fields: readonly Field[],
    dead: DeadLetters,
    place: { readonly source: string; position(row: number): string },
  ): Batch {
    if (this.#problems.size === 0) return batch
    const values = rowsOf(memory, batch)
    for (const [row, problem] of this.#problems) {
      const parts = fields.map(
        ({ name, type }, index) => `${JSON.stringify(name)}:${jsonTextOf(type, values[row]?.[index] ?? null, false)}`,
      )
      dead.add({
        source: place.source,
        position: place.position(row),
        raw: new TextEncoder().encode(`{${parts.join(',')}}`),
        code: 'DSD4001',
        problem,
      })
    }
    const kept = Array.from({ length: batch.rows }, (_, row) => row).filter(row => !this.#problems.has(row))
    return { ...takeRows(memory, batch, int32s(memory, kept), kept.length), ordinals: 0, firstOrdinal: 0n }
  }
}
