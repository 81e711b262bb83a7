interface Cached {
  readonly bytes: Uint8Array
  readonly module: WebAssembly.Module
}

/** By a hash of the bytes; of those that share one the last. */
const modules = new Map<number, Cached>()
const MAX_MODULES = 1000

/** One module for equal bytes: workers and queries of the same shape share its compiled code. */
export function moduleOf(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  const hash = hashOf(bytes)
  const known = modules.get(hash)
  if (known !== undefined && sameBytes(known.bytes, bytes)) return known.module
  const module = new WebAssembly.Module(bytes)
  if (modules.size >= MAX_MODULES) modules.clear()
  modules.set(hash, { bytes, module })
  return module
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193)
  return hash
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
