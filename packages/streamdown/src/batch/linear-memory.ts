import { StreamdownError } from '../errors/error.ts'
import { hostFunctions } from '../kernels/host.ts'
import type { Kernels } from '../kernels/kernels.ts'
import { kernelsModule } from '../kernels/load.ts'
import type { Memory } from './memory.ts'

const PAGE = 65536
/** 4 GiB minus one page, so that no end address wraps to 0. */
const ADDRESS_SPACE_PAGES = 65535

export interface MemoryOptions {
  /** Bytes that the memory may grow to; at most (and by default) 4 GiB minus 64 KiB. */
  readonly maximumBytes?: number
  /** Bytes at the start; 16 MiB by default. */
  readonly initialBytes?: number
  /** Test mode: every allocation detaches the JavaScript views. */
  readonly growAlways?: boolean
  /** Test mode: the first address of the heap, such as 2 ** 31. */
  readonly heapStart?: number
}

/** A worker's memory with an instance of the kernels in it. */
export function createMemory(options: MemoryOptions = {}, module: WebAssembly.Module = kernelsModule()): Memory {
  const heapStart = options.heapStart ?? 0
  const maximum = Math.min(Math.floor((options.maximumBytes ?? Infinity) / PAGE), ADDRESS_SPACE_PAGES)
  const initial = Math.min(Math.ceil((heapStart + (options.initialBytes ?? 16 * 1024 * 1024)) / PAGE), maximum)
  const memory = new WebAssembly.Memory({ initial, maximum: ADDRESS_SPACE_PAGES })
  const kernels = kernelsIn(memory, module)
  kernels.heap_init(heapStart, maximum, options.growAlways === true ? 1 : 0)
  return over(memory, kernels)
}

/**
 * Another heap in the same linear memory, empty. It overwrites what lies there, and its kernels know of no other: whoever
 * lets several heaps take turns puts the bytes of one away before another is used (`run/spill/frame.ts`).
 */
export function createMemoryIn(memory: WebAssembly.Memory): Memory {
  const kernels = kernelsIn(memory, kernelsModule())
  kernels.heap_init(0, ADDRESS_SPACE_PAGES, 0)
  return over(memory, kernels)
}

/**
 * A used memory made empty, for what it was used for is done: nothing may touch `used` any more. What it had grown to
 * stays.
 */
export function emptied({ memory, kernels }: Memory): Memory {
  kernels.heap_init(0, ADDRESS_SPACE_PAGES, 0)
  return over(memory, kernels)
}

function over(memory: WebAssembly.Memory, kernels: Kernels): Memory {
  let data = new DataView(memory.buffer)
  return {
    memory,
    kernels,
    chunk: bytes => kernels.chunk_alloc(checked(bytes)) >>> 0,
    chunkZeroed: bytes => kernels.chunk_zeroed(checked(bytes)) >>> 0,
    mark: () => kernels.chunk_mark() >>> 0,
    release: mark => kernels.chunk_release(mark),
    alloc: bytes => kernels.heap_alloc(checked(bytes)) >>> 0,
    free: at => kernels.heap_free(at),
    u8: (at, length) => new Uint8Array(memory.buffer, at, length),
    i32: (at, length) => new Int32Array(memory.buffer, at, length),
    u32: (at, length) => new Uint32Array(memory.buffer, at, length),
    i64: (at, length) => new BigInt64Array(memory.buffer, at, length),
    f64: (at, length) => new Float64Array(memory.buffer, at, length),
    f32: (at, length) => new Float32Array(memory.buffer, at, length),
    view() {
      const buffer = memory.buffer
      if (data.buffer !== buffer) data = new DataView(buffer)
      return data
    },
    stateBytes: () => kernels.heap_used() >>> 0,
    totalBytes: () => memory.buffer.byteLength,
  }
}

function checked(bytes: number): number {
  if (bytes >= 0 && bytes < ADDRESS_SPACE_PAGES * PAGE) return bytes
  throw new StreamdownError('DSD9001', `A worker's memory is full: no room for ${bytes} more bytes.`)
}

function kernelsIn(memory: WebAssembly.Memory, module: WebAssembly.Module): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, ...hostFunctions(memory) } })
  // Their types are declared by hand in `src/kernels`; a test holds them against the module (`signatures.test.ts`).
  return exports as unknown as Kernels
}
