import { StreamdownError } from '../errors/error.ts'
import type { Value } from '../types/value.ts'

/** What a session's snapshot holds: the statements that built it, the tables' rows, and the jobs' states. */
export interface SavedSession {
  readonly statements: readonly string[]
  readonly now: bigint
  readonly stores: Readonly<Record<string, readonly { readonly values: readonly Value[]; readonly weight: number }[]>>
  readonly jobs: Readonly<Record<string, Uint8Array>>
}

type Tagged = { readonly $: 'n' | 'x' | 'd' | 'i'; readonly v: string }

/** JSON in which BIGINT, DECIMAL, BYTES, INTERVAL and special doubles keep every bit. */
function tag(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'n', v: String(value) } satisfies Tagged
  if (value instanceof Uint8Array) return { $: 'x', v: toBase64(value) } satisfies Tagged
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $: 'd', v: Object.is(value, -0) ? '-0' : String(value) } satisfies Tagged
  }
  return value
}

function untag(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || !('$' in value) || !('v' in value)) return value
  const text = String(value.v)
  switch (value.$) {
    case 'n':
      return BigInt(text)
    case 'x':
      return fromBase64(text)
    case 'd':
      return Number(text)
    default:
      return value
  }
}

const MAGIC = 0x44_53_44_32 // DSD2

/** A length-prefixed JSON header, then the jobs' bytes. */
export function encodeSession({ jobs, ...rest }: SavedSession): Uint8Array {
  const places: Record<string, number> = {}
  for (const [name, bytes] of Object.entries(jobs)) places[name] = bytes.length
  const header = new TextEncoder().encode(JSON.stringify({ ...rest, jobs: places }, tag))
  const size = Object.values(jobs).reduce((sum, bytes) => sum + bytes.length, 0)
  const out = new Uint8Array(8 + header.length + size)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(4, header.length)
  out.set(header, 8)
  let at = 8 + header.length
  for (const bytes of Object.values(jobs)) {
    out.set(bytes, at)
    at += bytes.length
  }
  return out
}

/** @throws StreamdownError DSD7001 when they are not what `encodeSession` gave. */
export function decodeSession(bytes: Uint8Array): SavedSession {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (view.getUint32(0) !== MAGIC) throw new RangeError('they begin with something else')
    let at = 8 + view.getUint32(4)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, at))
    const header = JSON.parse(text, untag) as Omit<SavedSession, 'jobs'> & { readonly jobs: Record<string, number> }
    const jobs: Record<string, Uint8Array> = {}
    for (const [name, length] of Object.entries(header.jobs)) {
      jobs[name] = bytes.subarray(at, at + length)
      at += length
    }
    if (at !== bytes.length) throw new RangeError(`they end at ${bytes.length}, not at ${at}`)
    return { ...header, jobs }
  } catch (error) {
    throw new StreamdownError('DSD7001', 'these bytes are not a session snapshot', { cause: error })
  }
}

/** In pieces: the arguments of one call are limited. */
function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), char => char.charCodeAt(0))
