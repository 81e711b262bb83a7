import type { StateSnapshot, TableSnapshot } from '../state/state-table.ts'
import type { Field } from '../types/data-type.ts'

/** All state of a running program between two steps, portable to any number of workers. */
export interface EngineSnapshot {
  readonly step: bigint
  readonly ordinal: bigint
  readonly now: bigint
  /** `source/partition` -> position. */
  readonly positions: Readonly<Record<string, string>>
  /** Event time trackers by vertex id. */
  readonly trackers: Readonly<Record<number, string>>
  /** How far the inputs of each vertex have come together, by its id. */
  readonly watermarks: Readonly<Record<number, string>>
  /** Operators by vertex id. */
  readonly operators: Readonly<Record<number, StateSnapshot>>
  /** What the sinks have prepared up to this step, by vertex id; absent where the engine runs without. */
  readonly sinks?: Readonly<Record<number, string>>
  readonly plan: string
  /** How many workers took turns in memory when it was taken; absent while all were in it. */
  readonly partitions?: number
}

/** Puts the workers' snapshots of one operator together: key groups are disjoint. */
export function mergeStates(states: readonly StateSnapshot[]): StateSnapshot {
  const [first, ...others] = states
  if (first === undefined) return { tables: [], values: {} }
  const tables = first.tables.map((table): TableSnapshot => {
    const groups = new Map(table.groups)
    for (const other of others) {
      const same = other.tables.find(({ name }) => name === table.name)
      for (const [group, bytes] of same?.groups ?? []) groups.set(group, bytes)
    }
    return { ...table, groups }
  })
  return { tables, values: Object.assign({}, ...[...others].reverse().map(({ values }) => values), first.values) }
}

/** The part of an operator's state that a worker owns. */
export function ownedState(state: StateSnapshot, owns: (keyGroup: number) => boolean): StateSnapshot {
  const tables = state.tables.map(table => ({
    ...table,
    groups: new Map([...table.groups].filter(([group]) => owns(group))),
  }))
  return { tables, values: state.values }
}

interface TableHeader {
  readonly name: string
  readonly fields: readonly Field[]
  readonly groups: readonly { readonly group: number; readonly at: number; readonly length: number }[]
}

const MAGIC = 0x44_53_44_31 // DSD1

export function encodeSnapshot({ step, ordinal, now, operators, ...rest }: EngineSnapshot): Uint8Array {
  return encodeStates(operators, { ...rest, step: String(step), ordinal: String(ordinal), now: String(now) })
}

export function decodeSnapshot(bytes: Uint8Array): EngineSnapshot {
  const { operators, rest } = decodeStates(bytes)
  const { step, ordinal, now, ...others } = rest as Omit<EngineSnapshot, 'step' | 'ordinal' | 'now' | 'operators'> & {
    step: string
    ordinal: string
    now: string
  }
  return { ...others, step: BigInt(step), ordinal: BigInt(ordinal), now: BigInt(now), operators }
}

/** States of operators by vertex id: one length-prefixed JSON header, with `rest` in it, then the key groups' bytes. */
export function encodeStates(states: Readonly<Record<number, StateSnapshot>>, rest: object = {}): Uint8Array {
  const blobs: Uint8Array[] = []
  let size = 0
  const operators = Object.entries(states).map(([id, { tables, values }]) => ({
    id,
    values,
    tables: tables.map(
      ({ name, fields, groups }): TableHeader => ({
        name,
        fields,
        groups: [...groups].map(([group, bytes]) => {
          const at = size
          blobs.push(bytes)
          size += bytes.length
          return { group, at, length: bytes.length }
        }),
      }),
    ),
  }))
  const header = new TextEncoder().encode(JSON.stringify({ ...rest, operators }))
  const out = new Uint8Array(8 + header.length + size)
  const view = new DataView(out.buffer)
  view.setUint32(0, MAGIC)
  view.setUint32(4, header.length)
  out.set(header, 8)
  let at = 8 + header.length
  for (const blob of blobs) {
    out.set(blob, at)
    at += blob.length
  }
  return out
}

export function decodeStates(bytes: Uint8Array): {
  readonly operators: Readonly<Record<number, StateSnapshot>>
  readonly rest: object
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8 || view.getUint32(0) !== MAGIC) throw new RangeError('not a snapshot of Data-Streamdown')
  const length = view.getUint32(4)
  const blobs = bytes.subarray(8 + length)
  const { operators: headers, ...rest } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as {
    operators: { id: string; values: Record<string, string>; tables: TableHeader[] }[]
  }
  const operators: Record<number, StateSnapshot> = {}
  for (const { id, values, tables } of headers) {
    operators[Number(id)] = {
      values,
      tables: tables.map(({ name, fields, groups }) => ({
        name,
        fields,
        groups: new Map(groups.map(({ group, at, length }) => [group, blobs.slice(at, at + length)])),
      })),
    }
  }
  return { operators, rest }
}
