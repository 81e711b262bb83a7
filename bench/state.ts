// Lookups in state tables on one core: keys a second, by key form and number of keys. Not a test: run it by hand.
import { CHUNK_ROWS, type Column } from '../packages/streamdown/src/batch/batch.ts'
import { createMemory } from '../packages/streamdown/src/batch/linear-memory.ts'
import type { Memory } from '../packages/streamdown/src/batch/memory.ts'
import { columnFromValues } from '../packages/streamdown/src/batch/values.ts'
import type { StateTable, StateTableSpec } from '../packages/streamdown/src/state/state-table.ts'
import { createStateTable } from '../packages/streamdown/src/state/table.ts'
import { type DataType, field, types } from '../packages/streamdown/src/types/data-type.ts'

const chunks = 64

/** Chunks of keys drawn at random from `count`. */
function keysOf(memory: Memory, type: DataType, count: number): Column[] {
  let state = 12345
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * count)
  }
  return Array.from({ length: chunks }, () => {
    if (type.is === 'bigint') {
      const data = memory.chunk(CHUNK_ROWS * 8)
      const values = memory.i64(data, CHUNK_ROWS)
      for (let i = 0; i < CHUNK_ROWS; i++) values[i] = BigInt(next())
      return { type, data, validity: 0 }
    }
    return columnFromValues(
      memory,
      type,
      Array.from({ length: CHUNK_ROWS }, () => `customer number ${next()}`),
    )
  })
}

function rate(name: string, rows: number, work: () => void): void {
  const times: number[] = []
  for (let round = 0; round < 7; round++) {
    // CPU time: other work on the machine counts for less.
    const started = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(started)
    times.push((user + system) / 1000)
  }
  const best = Math.min(...times)
  console.log(`${name.padEnd(56)} ${(rows / best / 1000).toFixed(1).padStart(8)} M/s`)
}

function fill(memory: Memory, table: StateTable, type: DataType, count: number, extra: number): void {
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    const mark = memory.mark()
    const rows = Math.min(CHUNK_ROWS, count - from)
    const values = Array.from({ length: rows }, (_, i) =>
      type.is === 'bigint' ? BigInt(from + i) : `customer number ${from + i}`,
    )
    const column = columnFromValues(memory, type, values)
    table.findOrInsert(
      Array.from({ length: extra }, () => column),
      rows,
    )
    memory.release(mark)
  }
}

for (const [form, type, keys] of [
  ['one BIGINT', types.bigint, 1],
  ['two BIGINT', types.bigint, 2],
  ['three BIGINT', types.bigint, 3],
  ['one STRING', types.string, 1],
] as const) {
  for (const count of [1_000, 100_000, 1_000_000]) {
    const memory = createMemory()
    const spec: StateTableSpec = {
      name: 't',
      fields: [
        ...Array.from({ length: keys }, (_, i) => field(`k${i}`, type)),
        field('count', types.bigint),
        field('sum', types.bigint),
      ],
      keys,
      unique: true,
    }
    const table = createStateTable(memory, spec)
    fill(memory, table, type, count, keys)
    const probes = keysOf(memory, type, count)
    rate(`find or insert, ${form}, ${count} keys`, chunks * CHUNK_ROWS, () => {
      for (const probe of probes) {
        const mark = memory.mark()
        table.findOrInsert(
          Array.from({ length: keys }, () => probe),
          CHUNK_ROWS,
        )
        memory.release(mark)
      }
    })
    console.log(`${''.padEnd(56)} ${(table.bytes() / count).toFixed(0).padStart(8)} bytes a key`)
  }
}

{
  const memory = createMemory()
  const table = createStateTable(memory, {
    name: 'timers',
    fields: [field('k', types.bigint), field('time', types.bigint)],
    keys: 1,
    unique: false,
    order: [{ field: 1, descending: false, nullsFirst: false }],
  })
  const keys = keysOf(memory, types.bigint, 1000)
  const times = keysOf(memory, types.bigint, 1_000_000_000)
  rate('ordered insert, then all removed, 1000 keys', chunks * CHUNK_ROWS, () => {
    const mark = memory.mark()
    for (const [index, key] of keys.entries()) table.insert([key, times[index] ?? key], CHUNK_ROWS)
    const all = table.all()
    table.remove(all.slots, all.rows)
    memory.release(mark)
  })
}

{
  const memory = createMemory()
  const table = createStateTable(memory, {
    name: 'rows',
    fields: [field('k', types.bigint), field('v', types.bigint)],
    keys: 1,
    unique: false,
  })
  const keys = keysOf(memory, types.bigint, 2 ** 40)
  rate('5,000,000 rows inserted and removed', 5_000_000, () => {
    for (let rows = 0; rows < 5_000_000; rows += CHUNK_ROWS) {
      const mark = memory.mark()
      const key = keys[(rows / CHUNK_ROWS) % chunks] as Column
      table.insert([key, key], CHUNK_ROWS)
      memory.release(mark)
    }
    const mark = memory.mark()
    const all = table.all()
    table.remove(all.slots, all.rows)
    memory.release(mark)
  })
}
