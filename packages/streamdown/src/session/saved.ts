import { record, recordsIn, type StoredRecord } from '../checkpoint/records.ts'
import type { StoredBytes } from '../checkpoint/stored-bytes.ts'
import type { FeedTime, KeptRows, WeightedRow } from '../connect/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { type SavedSnapshot, type Snapshot, savedSnapshots, snapshotRecords } from '../run/snapshot.ts'
import { base64Bytes, base64Text } from '../values/base64.ts'
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
  if (value instanceof Uint8Array) return { $: 'x', v: base64Text(value) } satisfies Tagged
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
      return base64Bytes(text)
    case 'd':
      return Number(text)
    default:
      return value
  }
}

/** The first record: all but the rows. */
interface HeadText extends Omit<Contents, 'stores' | 'deadLetters'> {
  readonly times: Readonly<Record<string, FeedTime | null>>
}

/** Rows of a table or view, or dead letters, of which there may be several such parts. */
type PartText =
  | { readonly table: string; readonly rows: readonly WeightedRow[] }
  | { readonly letters: readonly DeadLetter[] }

/** How long the text of a part may grow before the next one begins; a longer row is a part of its own. */
const PART_LENGTH = 1 << 20

/**
 * Records: what the session knows, rows and dead letters in parts, then the jobs' snapshots. They are made as they are
 * asked for, so that no more than a part is in memory twice.
 */
export function* sessionRecords({ jobs, stores, deadLetters, ...known }: SessionSnapshot): Iterable<Uint8Array> {
  const times = Object.fromEntries(Object.entries(stores).map(([name, { time = null }]) => [name, time]))
  yield* record(JSON.stringify({ ...known, times } satisfies HeadText, tag))
  for (const [name, { rows }] of Object.entries(stores))
    for (const part of listsOf(rows)) yield* record(`{"table":${JSON.stringify(name)},"rows":${part}}`)
  for (const part of listsOf(deadLetters)) yield* record(`{"letters":${part}}`)
  for (const [name, snapshot] of Object.entries(jobs)) yield* snapshotRecords(name, snapshot)
}

/** JSON lists of the items one after the other, each of about `PART_LENGTH`. */
function* listsOf(items: Iterable<unknown>): Iterable<string> {
  let texts: string[] = []
  let length = 0
  for (const item of items) {
    const text = JSON.stringify(item, tag)
    texts.push(text)
    length += text.length
    if (length < PART_LENGTH) continue
    yield `[${texts.join(',')}]`
    texts = []
    length = 0
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`
}

/** @throws StreamdownError DSD7001 when they are not what `sessionRecords` gave. */
export function savedSession(stored: StoredBytes): SavedSession {
  try {
    const records = recordsIn(stored)[Symbol.iterator]()
    const first = records.next()
    if (first.done === true) throw new RangeError('there are none')
    const { times, ...known } = JSON.parse(first.value.text, untag) as HeadText
    const rows = new Map<string, WeightedRow[]>(Object.keys(times).map(name => [name, []]))
    const deadLetters: DeadLetter[] = []
    const snapshots: StoredRecord[] = []
    for (let next = records.next(); next.done !== true; next = records.next()) {
      if (!isPart(next.value.text)) {
        snapshots.push(next.value)
        continue
      }
      const part = JSON.parse(next.value.text, untag) as PartText
      if ('letters' in part) for (const letter of part.letters) deadLetters.push(letter)
      else for (const row of part.rows) rows.get(part.table)?.push(row)
    }
    const stores = Object.fromEntries(
      [...rows].map(([name, all]) => {
        const time = times[name] ?? null
        return [name, time === null ? { rows: all } : { rows: all, time }]
      }),
    )
    return { ...known, stores, deadLetters, jobs: savedSnapshots(stored, snapshots) }
  } catch (error) {
    throw new StreamdownError('DSD7001', 'these bytes are not a session snapshot', { cause: error })
  }
}

const isPart = (text: string): boolean => text.startsWith('{"table":') || text.startsWith('{"letters":')
