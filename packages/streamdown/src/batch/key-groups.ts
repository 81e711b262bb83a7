import { type Batch, type Column, columnAt, type Pointer } from './batch.ts'
import { describeColumns } from './columns.ts'
import type { Memory } from './memory.ts'

/** u32 a row: the hash of the key made of `columns`; equal keys hash alike in every table and worker. */
export function hashesOf(memory: Memory, columns: readonly Column[], rows: number): Pointer {
  const descriptors = describeColumns(memory, columns)
  const hashes = memory.chunk(rows * 4)
  memory.kernels.hash_columns(descriptors, columns.length, rows, hashes)
  return hashes
}

/** u8 a row: the key group of the key made of these columns. Rows without key columns are of group 0. */
export function keyGroupsOf(memory: Memory, batch: Batch, columns: readonly number[]): Pointer {
  const keys = columns.map(index => columnAt(batch, index))
  const groups = memory.chunk(batch.rows)
  memory.kernels.key_groups(hashesOf(memory, keys, batch.rows), batch.rows, groups)
  return groups
}
