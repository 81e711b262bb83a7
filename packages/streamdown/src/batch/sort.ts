import type { SortKey } from '../plan/nodes/node.ts'
import type { Column, Pointer } from './batch.ts'
import { describeColumns } from './columns.ts'
import type { Memory } from './memory.ts'
import { int32s } from './values.ts'

type Direction = Pick<SortKey, 'descending' | 'nullsFirst'>

/** A direction as the kernels take it. */
export const orderFlags = ({ descending, nullsFirst }: Direction): number => (descending ? 1 : 0) + (nullsFirst ? 2 : 0)

/**
 * Row numbers (i32) in the order of the keys; rows that tie keep their order. NaN stands behind every number, text is
 * ordered by its UTF-8 bytes. `columns[i]` belongs to `keys[i]`.
 */
export function sortedRows(
  memory: Memory,
  columns: readonly Column[],
  keys: readonly Direction[],
  rows: number,
): Pointer {
  const out = memory.chunk(rows * 4)
  const mark = memory.mark()
  const flags = int32s(memory, keys.map(orderFlags))
  memory.kernels.sort_rows(describeColumns(memory, columns), flags, columns.length, rows, out)
  memory.release(mark)
  return out
}
