import { StreamdownError } from '../errors/error.ts'

/**
 * What the kernels import from JavaScript, under `env`. An exception thrown here unwinds the kernel that called.
 * `memory` lets a function read what a kernel hands over.
 */
export function hostFunctions(_memory: WebAssembly.Memory): Record<string, (...values: never[]) => unknown> {
  return {
    memory_full(bytes: number): never {
      throw new StreamdownError('DSD9001', `A worker's memory is full: no room for ${bytes >>> 0} more bytes.`)
    },
  }
}
