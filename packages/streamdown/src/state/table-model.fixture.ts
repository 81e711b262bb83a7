import type { Column } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues } from '../batch/values.ts'
import type { DataType, Field } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { Matches, StateTableSpec } from './state-table.ts'

/** Numbers from a seed, for tests that make many rows. */
export interface Random {
  /** An integer in [0, bound). */
  below(bound: number): number
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return {
    below(bound) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor(((state >>> 8) / 2 ** 24) * bound)
    },
  }
}

const texts = [
  '',
  'a',
  'twelve bytes',
  'thirteen bytes',
  'a text that is rather long, number one',
  'a text that is rather long, number two',
]

/** A random value out of about `variety`, NULL now and then. */
export function randomValue(random: Random, type: DataType, variety: number): Value {
  if (random.below(8) === 0) return null
  const n = random.below(variety)
  switch (type.is) {
    case 'int':
      return n
    case 'bigint':
    case 'timestamp':
      return n === 0 ? -(2n ** 63n) : n === 1 ? 2n ** 63n - 1n : BigInt(n - 3)
    case 'boolean':
      return n % 2 === 0
    case 'double':
      return [0, -0, Number.NaN, Number.POSITIVE_INFINITY, -1.5][n] ?? n / 4
    case 'decimal':
      return n % 3 === 0 ? 10n ** 29n + BigInt(n) : n % 3 === 1 ? -(10n ** 29n) - BigInt(n) : BigInt(n)
    default:
      return texts[n] ?? `text ${n} of many`
  }
}

export function rowOf(random: Random, fields: readonly Field[], variety = 6): Value[] {
  return fields.map(each => randomValue(random, each.type, variety))
}

export function columnsOf(memory: Memory, fields: readonly Field[], rows: readonly (readonly Value[])[]): Column[] {
  return fields.map((each, index) =>
    columnFromValues(
      memory,
      each.type,
      rows.map(row => row[index] ?? null),
    ),
  )
}

export function pairsOf(memory: Memory, { pairs, probe, slots }: Matches): number[][] {
  const probes = memory.i32(probe, pairs)
  return Array.from(memory.i32(slots, pairs), (slot, index) => [probes[index] ?? -1, slot])
}

/** Text that is equal for rows that are equal as keys. */
export function canonical(values: readonly Value[]): string {
  return values
    .map(value => {
      if (typeof value === 'bigint') return `${value}n`
      if (typeof value === 'number') return Object.is(value, -0) ? '0' : String(value)
      return JSON.stringify(value)
    })
    .join()
}

/** The ascending order of two non-null values as the engine has it. */
export function compareAscending(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') {
    // Code points order as their UTF-8 bytes do.
    const [x, y] = [Array.from(a), Array.from(b)].map(text => text.map(each => each.codePointAt(0) ?? 0))
    const at = x?.findIndex((point, index) => point !== y?.[index]) ?? -1
    return at < 0 ? (x?.length ?? 0) - (y?.length ?? 0) : (x?.[at] ?? 0) - (y?.[at] ?? -1)
  }
  if (Number.isNaN(a) || Number.isNaN(b)) return (Number.isNaN(a) ? 1 : 0) - (Number.isNaN(b) ? 1 : 0)
  if (a === null || b === null) throw new RangeError('null')
  return a < b ? -1 : a > b ? 1 : 0
}

export interface ModelRow {
  slot: number
  readonly values: Value[]
}

/** What a state table does, done with arrays. */
export class TableModel {
  readonly #spec: StateTableSpec
  rows: ModelRow[] = []

  constructor(spec: StateTableSpec) {
    this.#spec = spec
  }

  keyOf(values: readonly Value[]): string {
    return canonical(values.slice(0, this.#spec.keys))
  }

  find(key: readonly Value[]): ModelRow | undefined {
    const wanted = canonical(key)
    return this.rows.find(row => this.keyOf(row.values) === wanted)
  }

  findOrInsert(key: readonly Value[]): { row: ModelRow; fresh: boolean } {
    const row = this.find(key)
    if (row !== undefined) return { row, fresh: false }
    return { row: this.insert([...key, ...this.#spec.fields.slice(key.length).map(() => null)], -1), fresh: true }
  }

  insert(values: readonly Value[], slot: number): ModelRow {
    const row = { slot, values: [...values] }
    this.rows.push(row)
    return row
  }

  matches(key: readonly Value[], nullsMatch: boolean): ModelRow[] {
    if (!nullsMatch && key.includes(null)) return []
    const wanted = canonical(key)
    return this.rows.filter(row => this.keyOf(row.values) === wanted)
  }

  remove(row: ModelRow): void {
    this.rows.splice(this.rows.indexOf(row), 1)
  }
}
