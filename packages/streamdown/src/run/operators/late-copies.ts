import type { Batch, Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import { int32s } from '../../batch/values.ts'
import { types } from '../../types/data-type.ts'
import type { Output } from '../operator.ts'
import { ordinalColumn } from './hidden.ts'

/**
 * Sends the rows whose byte in `onTime` is 0 to the late stream, with how many windows they missed of how many. The
 * copies that a window function made of one row stand together with one ordinal: the first that is late stands for all.
 */
export function emitLateCopies(memory: Memory, batch: Batch, onTime: Pointer, out: Output): void {
  const ordinals = memory.i64(ordinalColumn(memory, batch), batch.rows)
  const mask = memory.u8(onTime, batch.rows)
  const selection: number[] = []
  const missed: number[] = []
  const total: number[] = []
  for (let row = 0; row < batch.rows; ) {
    const first = row
    let lost = 0
    let firstLost = -1
    for (; row < batch.rows && ordinals[row] === ordinals[first]; row++) {
      if (mask[row] !== 0) continue
      if (firstLost < 0) firstLost = row
      lost++
    }
    if (lost === 0) continue
    selection.push(firstLost)
    missed.push(lost)
    total.push(row - first)
  }
  if (selection.length === 0) return
  const late = takeRows(memory, batch, int32s(memory, selection), selection.length)
  out.side('late', {
    ...late,
    columns: [
      ...late.columns,
      { type: types.int, data: int32s(memory, missed), validity: 0 },
      { type: types.int, data: int32s(memory, total), validity: 0 },
    ],
  })
}
