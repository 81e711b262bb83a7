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

export const encodeSession = (saved: SavedSession): Uint8Array => new TextEncoder().encode(JSON.stringify(saved, tag))

export function decodeSession(bytes: Uint8Array): SavedSession {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), untag) as SavedSession
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
