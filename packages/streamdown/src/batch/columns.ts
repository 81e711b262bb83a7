import { type Physical, physicalCodes, physicalOf, widthOf } from '../types/physical.ts'
import type { Column, Pointer } from './batch.ts'
import type { Memory } from './memory.ts'

const bits: Record<number, number> = { 1: 0, 2: 1, 4: 2, 8: 3, 16: 4 }

/** log2 of the bytes of one value. */
export const widthBitsOf = (physical: Physical): number => bits[widthOf(physical)] ?? 0

/** Descriptors of columns for kernels, in chunk memory: data, validity, physical code, 0, as u32. */
export function describeColumns(memory: Memory, columns: readonly Column[]): Pointer {
  const at = memory.chunk(columns.length * 16)
  const view = memory.view()
  for (const [index, column] of columns.entries()) {
    const place = at + index * 16
    view.setUint32(place, column.data, true)
    view.setUint32(place + 4, column.validity, true)
    view.setUint32(place + 8, physicalCodes[physicalOf(column.type)], true)
    view.setUint32(place + 12, 0, true)
  }
  return at
}
