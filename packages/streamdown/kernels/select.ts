// Rows of columns: taken by index, joined, and their key groups.

import { hashRows } from './column'

/** u32 a row: the hash of the key that the columns are. Its lowest byte is the key group. */
export function hash_columns(columns: usize, count: i32, rows: i32, out: usize): void {
  hashRows(columns, <usize>count, <usize>rows, out)
}

/** u8 a row: the key group, of u32 hashes. */
export function key_groups(hashes: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<u8>(out + i, load<u8>(hashes + (i << 2)))
}

/** `out[i] = data[selection[i]]` for values of `1 << bits` bytes; a negative index gives zeroes. */
export function take_values(data: usize, bits: i32, selection: usize, rows: i32, out: usize): void {
  const count = <usize>rows
  switch (bits) {
    case 0:
      for (let i: usize = 0; i < count; i++) {
        const row = load<i32>(selection + (i << 2))
        store<u8>(out + i, row < 0 ? 0 : load<u8>(data + <usize>row))
      }
      break
    case 1:
      for (let i: usize = 0; i < count; i++) {
        const row = load<i32>(selection + (i << 2))
        store<u16>(out + (i << 1), row < 0 ? 0 : load<u16>(data + (<usize>row << 1)))
      }
      break
    case 2:
      for (let i: usize = 0; i < count; i++) {
        const row = load<i32>(selection + (i << 2))
        store<u32>(out + (i << 2), row < 0 ? 0 : load<u32>(data + (<usize>row << 2)))
      }
      break
    case 3:
      for (let i: usize = 0; i < count; i++) {
        const row = load<i32>(selection + (i << 2))
        store<u64>(out + (i << 3), row < 0 ? 0 : load<u64>(data + (<usize>row << 3)))
      }
      break
    default:
      for (let i: usize = 0; i < count; i++) {
        const row = load<i32>(selection + (i << 2))
        const to = out + (i << 4)
        v128.store(to, row < 0 ? i64x2.splat(0) : v128.load(data + (<usize>row << 4)))
      }
  }
}

/** Validity of taken rows: 0 where the index is negative or the row is NULL (`validity` may be 0). Returns the NULLs. */
export function take_validity(validity: usize, selection: usize, rows: i32, out: usize): i32 {
  let nulls = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const row = load<i32>(selection + (i << 2))
    const valid: u8 = row < 0 ? 0 : validity == 0 ? 1 : load<u8>(validity + <usize>row)
    if (valid == 0) nulls++
    store<u8>(out + i, valid)
  }
  return nulls
}

/** `out[i] = first + selection[i]`: ordinals of taken rows. */
export function take_sequence(first: i64, selection: usize, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), first + <i64>load<i32>(selection + (i << 2)))
}

/** `out[i] = first + i` as i64. */
export function sequence(first: i64, rows: i32, out: usize): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), first + <i64>i)
}

export function fill_i32(out: usize, rows: i32, value: i32): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i32>(out + (i << 2), value)
}

export function fill_i64(out: usize, rows: i32, value: i64): void {
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), value)
}

/** Whether all bytes are not 0. */
export function all_set(bytes: usize, rows: i32): i32 {
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (load<u8>(bytes + i) == 0) return 0
  }
  return 1
}
