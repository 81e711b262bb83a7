import { CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues, int32s, int64s } from '../../../batch/values.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { Output } from '../../operator.ts'
import { OVERFLOW } from '../aggregate/aggregate-list-results.ts'
import { deadSchema } from '../dead.ts'
import type { Result } from './over-accumulators.ts'

/** A row that leaves: where it lies, what the calls give, undefined for one that has no result that fits its type. */
export interface LeavingRow {
  readonly slot: number
  readonly results: readonly Value[] | undefined
  readonly weight: 1 | -1
  readonly ordinal: bigint
}

/** Results that all fit their types. */
export function fitting(results: readonly Result[]): readonly Value[] | undefined {
  const values: Value[] = []
  for (const result of results) {
    if (result === OVERFLOW) return undefined
    values.push(result)
  }
  return values
}

/**
 * Sends rows of an OVER with their results, in the given order; those without a result go to the dead letters, and are
 * taken back from there. `outputs` gives the columns of the node's input for a vector of slots.
 */
export function sendRows(
  memory: Memory,
  schema: Schema,
  rows: readonly LeavingRow[],
  outputs: (slots: Pointer, rows: number) => readonly Column[],
  watermark: bigint,
  out: Output,
): void {
  const batch = (chunk: readonly LeavingRow[], columnsAfter: (width: number) => readonly Column[]) => {
    const slots = int32s(
      memory,
      chunk.map(({ slot }) => slot),
    )
    const columns = outputs(slots, chunk.length)
    const retracts = chunk.some(({ weight }) => weight < 0)
    return {
      rows: chunk.length,
      columns: [...columns, ...columnsAfter(columns.length)],
      weights: retracts
        ? int32s(
            memory,
            chunk.map(({ weight }) => weight),
          )
        : 0,
      watermarks: 0,
      watermark,
      ordinals: int64s(
        memory,
        chunk.map(({ ordinal }) => ordinal),
      ),
      firstOrdinal: chunk[0]?.ordinal ?? 0n,
    }
  }
  const dead = rows.filter(({ results }) => results === undefined)
  inChunks(memory, dead, chunk => {
    const after = (width: number) =>
      deadSchema(schema)
        .slice(width)
        .map(({ name, type }) => {
          const value =
            name === 'code'
              ? 'DSD4003'
              : name === 'message'
                ? 'a result over the rows around it does not fit its type'
                : null
          return columnFromValues(
            memory,
            type,
            Array.from({ length: chunk.length }, () => value),
          )
        })
    out.side('dead', batch(chunk, after))
  })
  const live = dead.length === 0 ? rows : rows.filter(({ results }) => results !== undefined)
  inChunks(memory, live, chunk => {
    const after = (width: number) =>
      schema.slice(width).map(({ type }, i) =>
        columnFromValues(
          memory,
          type,
          chunk.map(({ results }) => results?.[i] ?? null),
        ),
      )
    out.emit(batch(chunk, after))
  })
}

function inChunks<Row>(memory: Memory, rows: readonly Row[], each: (chunk: readonly Row[]) => void): void {
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const mark = memory.mark()
    each(rows.slice(from, from + CHUNK_ROWS))
    memory.release(mark)
  }
}
