import { record, recordsIn, type StoredRecord } from '../checkpoint/records.ts'
import { type StoredBytes, storedIn } from '../checkpoint/stored-bytes.ts'
import type { StateSnapshot } from '../state/state-table.ts'
import { joined } from '../values/bytes.ts'
import { mergeStates, type StateHeader, stateIn, stateRecord } from './state-records.ts'

/** A running program between two steps, but for the state of its operators; portable to any number of workers. */
export interface SnapshotHead {
  readonly step: bigint
  readonly ordinal: bigint
  readonly now: bigint
  /** `source/partition` -> position. */
  readonly positions: Readonly<Record<string, string>>
  /** Event time trackers by vertex id. */
  readonly trackers: Readonly<Record<number, string>>
  /** How far the inputs of each vertex have come together, by its id. */
  readonly watermarks: Readonly<Record<number, string>>
  /** What the sinks have prepared up to this step, by vertex id; absent where the engine runs without. */
  readonly sinks?: Readonly<Record<number, string>>
  readonly plan: string
  /** What its session has counted. */
  readonly counts?: { readonly rowsOut: number; readonly late: number; readonly dead: number }
  /** How many workers took turns in memory when it was taken; absent while all were in it. */
  readonly partitions?: number
}

/** The state of an operator on one worker. */
export interface StatePart {
  readonly vertex: number
  readonly state: StateSnapshot
}

/** As an engine gives it: states are made one by one as they are asked for, all of them before the next step. */
export interface Snapshot extends SnapshotHead {
  states(): Iterable<StatePart>
}

/** As it was kept: of the states that is read which a worker takes. */
export interface SavedSnapshot extends SnapshotHead {
  /** Bytes of an operator's rows. */
  stateBytes(vertex: number): number
  /** Of these key groups, from all workers that there were; undefined where the operator has none. */
  stateOf(vertex: number, owns: (keyGroup: number) => boolean): StateSnapshot | undefined
}

interface HeadText extends Omit<SnapshotHead, 'step' | 'ordinal' | 'now'> {
  readonly step: string
  readonly ordinal: string
  readonly now: string
}

/** What the text of a record says: a snapshot begins, or a state of the one that has begun. */
type Header = { readonly snapshot: string; readonly head: HeadText } | StateHeader

/** Records of a snapshot, which has a name among others. */
export function* snapshotRecords(name: string, { states, ...head }: Snapshot): Iterable<Uint8Array> {
  const { step, ordinal, now, ...rest } = head
  const header: Header = {
    snapshot: name,
    head: { ...rest, step: String(step), ordinal: String(ordinal), now: String(now) },
  }
  yield* record(JSON.stringify(header))
  for (const { vertex, state } of states()) yield* stateRecord(vertex, state)
}

/** Snapshots by name. `stored` is read when their states are asked for. */
export function savedSnapshots(
  stored: StoredBytes,
  records: Iterable<StoredRecord>,
): ReadonlyMap<string, SavedSnapshot> {
  const snapshots = new Map<string, SavedSnapshot>()
  let states: SavedState[] = []
  for (const { text, at } of records) {
    const header = JSON.parse(text) as Header
    if ('snapshot' in header) {
      states = []
      snapshots.set(header.snapshot, savedSnapshot(header.head, states, stored))
    } else states.push({ header, at })
  }
  return snapshots
}

interface SavedState {
  readonly header: StateHeader
  readonly at: number
}

function savedSnapshot(
  { step, ordinal, now, ...rest }: HeadText,
  states: readonly SavedState[],
  stored: StoredBytes,
): SavedSnapshot {
  const of = (vertex: number): readonly SavedState[] => states.filter(({ header }) => header.vertex === vertex)
  return {
    ...rest,
    step: BigInt(step),
    ordinal: BigInt(ordinal),
    now: BigInt(now),
    stateBytes: vertex =>
      of(vertex)
        .flatMap(({ header }) => header.tables.flatMap(({ groups }) => groups))
        .reduce((sum, { length }) => sum + length, 0),
    stateOf: (vertex, owns) => {
      const parts = of(vertex)
      return parts.length === 0
        ? undefined
        : mergeStates(parts.map(({ header, at }) => stateIn(stored, header, at, owns)))
    },
  }
}

/** One snapshot as a whole in memory. */
export const encodeSnapshot = (snapshot: Snapshot): Uint8Array => joined([...snapshotRecords('', snapshot)])

/** @throws RangeError when the bytes are none. */
export function decodeSnapshot(bytes: Uint8Array): SavedSnapshot {
  const stored = storedIn(bytes)
  const [snapshot] = savedSnapshots(stored, recordsIn(stored)).values()
  if (snapshot === undefined) throw new RangeError('not a snapshot of Data-Streamdown')
  return snapshot
}
