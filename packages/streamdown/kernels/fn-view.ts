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
  for (let i = 0; i < size; i++) {
    const byte = load<u8>(data + i)
    if (i < 8) low |= <u64>byte << (i << 3)
    else high |= <u32>byte << ((i - 8) << 3)
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
