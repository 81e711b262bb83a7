import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import type { Column, Pointer } from './batch.ts'
import type { Memory } from './memory.ts'

const FIELD_BYTES = 12

/** Columns as one column of ROW values in chunk memory; NULL where the byte at `validity` is 0. */
export function packRows(
  memory: Memory,
  type: DataType & { readonly is: 'row' },
  columns: readonly Column[],
  rows: number,
  validity: Pointer = 0,
): Column {
  const data = memory.chunk(rows * 16)
  const fields = memory.chunk(columns.length * FIELD_BYTES)
  const view = memory.view()
  columns.forEach((column, index) => {
    const physical = physicalOf(column.type)
    const at = fields + index * FIELD_BYTES
    view.setUint32(at, column.data, true)
    view.setUint32(at + 4, column.validity, true)
    view.setUint32(at + 8, isView(physical) ? 0 : widthOf(physical), true)
  })
  memory.kernels.pack_rows(fields, columns.length, rows, validity, data)
  return { type, validity, data }
}
