const modules = new Map<string, WebAssembly.Module>()
const MAX_MODULES = 1000

/** One module for equal bytes: workers and queries of the same shape share its compiled code. */
export function moduleOf(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  let key = ''
  for (let i = 0; i < bytes.length; i += 8192) key += String.fromCharCode(...bytes.subarray(i, i + 8192))
  const known = modules.get(key)
  if (known !== undefined) return known
  const made = new WebAssembly.Module(bytes)
  if (modules.size >= MAX_MODULES) modules.clear()
  modules.set(key, made)
  return made
}
