import { base64Bytes } from '../values/base64.ts'
import { kernelsBase64 } from './kernels.generated.ts'

let module: WebAssembly.Module | undefined

/** The compiled kernels; compiled once a thread. */
export function kernelsModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(base64Bytes(kernelsBase64))
  return module
}
