import type { Program } from './program.ts'

/**
 * Text that two programs share when they are planned alike: whether one goes on from the other's state. Nodes that
 * several reach are written once; functions by their text; what a connector was handed is not part of it.
 */
export function fingerprint(program: Program): string {
  const numbers = new Map<object, number>()
  const written = (_key: string, value: unknown): unknown => {
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return String(value)
    if (value instanceof Uint8Array) return `bytes ${value.join()}`
    if (value === null || typeof value !== 'object') return value
    const known = numbers.get(value)
    if (known !== undefined) return { '#': known }
    numbers.set(value, numbers.size)
    if (value instanceof Map) return [...value]
    if (value instanceof Set) return [...value]
    if (Array.isArray(value)) return value
    const { handle, ...rest } = value as { readonly handle?: unknown }
    return handle === undefined ? value : rest
  }
  return JSON.stringify(program, written)
}
