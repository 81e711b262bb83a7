import { record, recordsIn } from '../checkpoint/records.ts'
import type { StoredBytes } from '../checkpoint/stored-bytes.ts'
import type { KeptRows } from '../connect/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { type SavedSnapshot, type Snapshot, savedSnapshots, snapshotRecords } from '../run/snapshot.ts'
import type { DeadLetter } from './dead-letters.ts'

/** What a session knows but for its jobs: the statements that built it, and the tables' rows. */
interface Contents {
  readonly statements: readonly string[]
  readonly now: bigint
  readonly stores: Readonly<Record<string, KeptRows>>
  readonly deadLetters: readonly DeadLetter[]
}

/** What a session's snapshot holds. */
export interface SessionSnapshot extends Contents {
  readonly jobs: Readonly<Record<string, Snapshot>>
}

/** One that was kept; its jobs' states are read as jobs are restored. */
export interface SavedSession extends Contents {
  readonly jobs: ReadonlyMap<string, SavedSnapshot>
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

/** Records: what the session knows, then the jobs' snapshots. They are made as they are asked for. */
export function* sessionRecords({ jobs, ...contents }: SessionSnapshot): Iterable<Uint8Array> {
  yield* record(JSON.stringify(contents, tag))
  for (const [name, snapshot] of Object.entries(jobs)) yield* snapshotRecords(name, snapshot)
}

/** @throws StreamdownError DSD7001 when they are not what `sessionRecords` gave. */
export function savedSession(stored: StoredBytes): SavedSession {
  try {
    const [first, ...snapshots] = recordsIn(stored)
    if (first === undefined) throw new RangeError('there are none')
    const contents = JSON.parse(first.text, untag) as Contents
    return { ...contents, jobs: savedSnapshots(stored, snapshots) }
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
