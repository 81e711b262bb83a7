// Parts of nested values in the packed encoding (src/batch/packed.ts), one row a call.

import { bytesOf, sizeOf, writeView } from './fn-view'

const LEFT: i32 = 255

/**
 * A field of a packed ROW, written to `out`: its fixed value, or a view of its bytes where they lie. `widths` is a view
 * with one byte a field up to the wanted one: the width of its value, 0 for views. 255: the field is NULL.
 */
export function fn_row_field(row: usize, widths: usize, out: usize): i32 {
  let at = bytesOf(row)
  const kinds = bytesOf(widths)
  const last = sizeOf(widths) - 1
  for (let i = 0; i <= last; i++) {
    const valid = load<u8>(at++)
    const width = <usize>load<u8>(kinds + i)
    if (valid == 0) continue
    if (width == 0) {
      const size = load<i32>(at)
      at += 4
      if (i == last) {
        writeView(out, at, size)
        return 0
      }
      at += size
    } else {
      if (i == last) {
        memory.copy(out, at, width)
        return 0
      }
      at += width
    }
  }
  return LEFT
}
