// Views as the function kernels read and write them.

import { chunk_alloc } from './heap'

@inline
export function sizeOf(view: usize): i32 {
  return load<i32>(view)
}

@inline
export function bytesOf(view: usize): usize {
  return load<i32>(view) <= 12 ? view + 4 : <usize>load<u32>(view, 12)
}

/** A view of `size` bytes at `data`; short ones are copied in, with zeros behind them. */
export function writeView(out: usize, data: usize, size: i32): void {
  if (size > 12) {
    const prefix = load<u32>(data)
    store<i32>(out, size)
    store<u32>(out, prefix, 4)
    store<u32>(out, 0, 8)
    store<u32>(out, <u32>data, 12)
    return
  }
  let low: u64 = 0
  let high: u32 = 0
  // The last bytes are read as a word that ends with them: it may overlap the first, and never reads past the end.
  if (size > 8) {
    low = load<u64>(data)
    high = load<u32>(data + size - 4) >> ((12 - size) << 3)
  } else if (size == 8) {
    low = load<u64>(data)
  } else if (size >= 4) {
    low = load<u32>(data) | (<u64>load<u32>(data + size - 4) << ((size - 4) << 3))
  } else {
    for (let i = 0; i < size; i++) low |= <u64>load<u8>(data + i) << (i << 3)
  }
  store<i32>(out, size)
  store<u64>(out, low, 4)
  store<u32>(out, high, 12)
}

/** A view of bytes that will be overwritten: long ones are copied to chunk memory. */
export function copyView(out: usize, data: usize, size: i32): void {
  if (size <= 12) {
    writeView(out, data, size)
    return
  }
  const copy = chunk_alloc(size)
  memory.copy(copy, data, size)
  writeView(out, copy, size)
}
