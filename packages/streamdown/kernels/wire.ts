// Strings of a column on their way out of and into a memory: long views carry an offset in place of an address.

/** Bytes that the long views of non-null rows take in a column's string heap. */
export function wire_string_bytes(views: usize, validity: usize, rows: i32): i64 {
  let bytes: i64 = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    if (validity != 0 && load<u8>(validity + i) == 0) continue
    const length = load<u32>(views + (i << 4))
    if (length > 12) bytes += <i64>length
  }
  return bytes
}

/** Writes views with offsets to `out` and their bytes to `heap`; a NULL row's view is empty. */
export function wire_encode_views(views: usize, validity: usize, rows: i32, out: usize, heap: usize): void {
  let offset: usize = 0
  for (let i: usize = 0; i < <usize>rows; i++) {
    const from = views + (i << 4)
    const to = out + (i << 4)
    if (validity != 0 && load<u8>(validity + i) == 0) {
      v128.store(to, i64x2.splat(0))
      continue
    }
    v128.store(to, v128.load(from))
    const length = <usize>load<u32>(from)
    if (length <= 12) continue
    memory.copy(heap + offset, <usize>load<u32>(from, 12), length)
    store<u32>(to, 0, 8)
    store<u32>(to, <u32>offset, 12)
    offset += length
  }
}

/** Turns offsets back into addresses, in place. Returns 0 when a view points outside of the heap. */
export function wire_decode_views(views: usize, rows: i32, heap: usize, heapBytes: usize): i32 {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const at = views + (i << 4)
    const length = <usize>load<u32>(at)
    if (length <= 12) continue
    const offset = <usize>load<u32>(at, 12)
    if (offset > heapBytes || length > heapBytes - offset) return 0
    store<u32>(at, 0, 8)
    store<u32>(at, <u32>(heap + offset), 12)
  }
  return 1
}
