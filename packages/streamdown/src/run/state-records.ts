import { record, recordsIn } from '../checkpoint/records.ts'
import { type StoredBytes, storedIn } from '../checkpoint/stored-bytes.ts'
import type { StateSnapshot, TableSnapshot } from '../state/state-table.ts'
import type { Field } from '../types/data-type.ts'

/** The text of a record whose bytes are the key groups of an operator's tables. */
export interface StateHeader {
  readonly vertex: number
  readonly values: Readonly<Record<string, string>>
  readonly tables: readonly TableHeader[]
}

interface TableHeader {
  readonly name: string
  readonly fields: readonly Field[]
  /** `at` counts from the first byte of the record's. */
  readonly groups: readonly GroupPlace[]
}

interface GroupPlace {
  readonly group: number
  readonly at: number
  readonly length: number
}

export function stateRecord(vertex: number, { tables, values }: StateSnapshot): Iterable<Uint8Array> {
  const blobs: Uint8Array[] = []
  let size = 0
  const header: StateHeader = {
    vertex,
    values,
    tables: tables.map(({ name, fields, groups }) => ({
      name,
      fields,
      groups: [...groups].map(([group, bytes]) => {
        const at = size
        blobs.push(bytes)
        size += bytes.length
        return { group, at, length: bytes.length }
      }),
    })),
  }
  return record(JSON.stringify(header), blobs)
}

/** What a record says, its bytes from `at` on, of the key groups that are wanted. */
export function stateIn(
  stored: StoredBytes,
  { values, tables }: StateHeader,
  at: number,
  owns: (keyGroup: number) => boolean,
): StateSnapshot {
  return {
    values,
    tables: tables.map(({ name, fields, groups }) => ({
      name,
      fields,
      groups: groupsIn(
        stored,
        groups.filter(({ group }) => owns(group)),
        at,
      ),
    })),
  }
}

/** States of operators by vertex id, of records in memory. */
export function statesIn(bytes: Uint8Array): ReadonlyMap<number, StateSnapshot> {
  const stored = storedIn(bytes)
  const states = new Map<number, StateSnapshot>()
  for (const { text, at } of recordsIn(stored)) {
    const header = JSON.parse(text) as StateHeader
    states.set(
      header.vertex,
      stateIn(stored, header, at, () => true),
    )
  }
  return states
}

/** Groups that lie one behind the other are read at once. */
function groupsIn(stored: StoredBytes, places: readonly GroupPlace[], base: number): Map<number, Uint8Array> {
  const groups = new Map<number, Uint8Array>()
  for (let first = 0; first < places.length; ) {
    let next = first
    let length = 0
    const from = places[first]?.at ?? 0
    for (let place = places[next]; place !== undefined && place.at === from + length; place = places[next]) {
      length += place.length
      next += 1
    }
    const bytes = stored.read(base + from, length)
    for (const { group, at, length: own } of places.slice(first, next)) {
      groups.set(group, bytes.subarray(at - from, at - from + own))
    }
    first = next
  }
  return groups
}

/** Puts the workers' states of one operator together: key groups are disjoint. */
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
