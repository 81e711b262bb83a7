import { kernelsBase64 } from './kernels.generated.ts'

let module: WebAssembly.Module | undefined

/** The compiled kernels; compiled once a thread. */
export function kernelsModule(): WebAssembly.Module {
  module ??= new WebAssembly.Module(bytesOfBase64(kernelsBase64))
  return module
}

function bytesOfBase64(text: string): Uint8Array {
  const characters = atob(text)
  const bytes = new Uint8Array(characters.length)
  for (let i = 0; i < characters.length; i++) bytes[i] = characters.charCodeAt(i)
  return bytes
}
