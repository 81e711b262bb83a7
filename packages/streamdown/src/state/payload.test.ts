import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues, readValue } from '../batch/values.ts'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { StateTable, StateTableSpec } from './state-table.ts'
import { createStateTable } from './table.ts'

/** A table with one BIGINT key and these columns as payload. */
const specOf = (
  payload: readonly (typeof types.bigint | typeof types.int | typeof types.string)[],
): StateTableSpec => ({
  name: 't',
  fields: [field('k', types.bigint), ...payload.map((type, index) => field(`p${index}`, type))],
  keys: 1,
  unique: false,
  payload: payload.length,
})

/** Inserts rows `from` to `to`, some thousand at a time; returns their slots. */
function fill(memory: Memory, table: StateTable, from: number, to: number, rowOf: (row: number) => Value[]): number[] {
  const slots: number[] = []
  for (let at = from; at < to; at += 3000) {
    const mark = memory.mark()
    const rows = Array.from({ length: Math.min(3000, to - at) }, (_, index) => [
      BigInt(at + index),
      ...rowOf(at + index),
    ])
    const columns = table.spec.fields.map(({ type }, index) =>
      columnFromValues(
        memory,
        type,
        rows.map(row => row[index] ?? null),
      ),
    )
    slots.push(...memory.i32(table.insert(columns, rows.length), rows.length))
    memory.release(mark)
  }
  return slots
}

function valuesOf(memory: Memory, table: StateTable, slots: readonly number[], index: number): Value[] {
  const mark = memory.mark()
  const at = memory.chunk(slots.length * 4)
  memory.i32(at, slots.length).set(slots)
  const column = table.gather(at, slots.length, index)
  const values = slots.map((_, row) => readValue(memory, column, row))
  memory.release(mark)
  return values
}

test('integers of a page take the narrowest width, whatever comes behind them', () => {
  const memory = createMemory()
  const low = -(2n ** 63n)
  const high = 2n ** 63n - 1n
  /** A value by the number of its row; 70,000 rows are more than a page. */
  const kinds: readonly ((row: number) => Value)[] = [
    () => 1n,
    row => BigInt(row),
    row => -BigInt(row) * 1000n,
    row => (row === 5000 ? high : 7n),
    row => (row % 2 === 0 ? low : high),
    row => low + BigInt(row),
    row => (row < 40_000 ? null : BigInt(row % 100)),
    row => (row === 69_000 ? null : 3n),
    () => null,
  ]
  const table = createStateTable(memory, specOf(kinds.map(() => types.bigint)))
  const rows = 70_000
  const slots = fill(memory, table, 0, rows, row => kinds.map(kind => kind(row)))
  for (const [index, kind] of kinds.entries()) {
    const expected = Array.from({ length: rows }, (_, row) => kind(row))
    assert.deepEqual(valuesOf(memory, table, slots, index + 1), expected, `column ${index}`)
  }
  const ints = createStateTable(memory, specOf([types.int]))
  const extremes = [-(2 ** 31), 2 ** 31 - 1, 0, -1, null]
  const intSlots = fill(memory, ints, 0, 5, row => [extremes[row] ?? null])
  assert.deepEqual(valuesOf(memory, ints, intSlots, 1), extremes)
})

test('a column that is always the same takes no memory, a narrow one little', () => {
  const memory = createMemory()
  const rows = 131_072
  const bytesWith = (payload: number, value: (row: number) => bigint): number => {
    const table = createStateTable(memory, specOf(new Array<typeof types.bigint>(payload).fill(types.bigint)))
    fill(memory, table, 0, rows, row => new Array<bigint>(payload).fill(value(row)))
    return table.bytes()
  }
  const page = 2 ** 17
  const one = bytesWith(1, () => 12_345_678_901n)
  assert.ok(bytesWith(9, () => 12_345_678_901n) - one < page)
  // Values in a range of 100 are a byte each.
  const narrow = bytesWith(9, row => 10n ** 12n + BigInt(row % 100)) - one
  assert.ok(narrow >= 9 * rows && narrow < 9 * rows + 4 * page, `${narrow} bytes`)
})

test('texts of every length, and one that comes again is stored once', () => {
  const memory = createMemory()
  const table = createStateTable(memory, specOf([types.string, types.string]))
  const lengths = [0, 1, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 33, 254, 255, 256, 300, 5000, 70_000]
  const texts = lengths.map((length, index) => String.fromCharCode(97 + index).repeat(length))
  const own = (row: number): Value[] => [row % 7 === 3 ? null : (texts[row % 20] ?? null), `text of row ${row}`]
  const rows = 2000
  const slots = fill(memory, table, 0, rows, own)
  for (const index of [1, 2]) {
    const expected = Array.from({ length: rows }, (_, row) => own(row)[index - 1] ?? null)
    assert.deepEqual(valuesOf(memory, table, slots, index), expected)
  }
  // Once at the beginning, while the page has no cache yet, and again: far from 100 times 76,000 bytes.
  assert.ok(table.bytes() < 5 * 76_000 + 2 ** 20, `${table.bytes()} bytes`)
})

test('rows that go in the order in which they came give their memory back', () => {
  const memory = createMemory()
  const before = memory.stateBytes()
  const table = createStateTable(memory, specOf([types.bigint, types.string]))
  const own = (row: number): Value[] => [BigInt(row), `this is the text of row number ${row}`]
  const waves: number[][] = []
  const sizes: number[] = []
  for (let wave = 0; wave < 20; wave++) {
    waves.push(fill(memory, table, wave * 30_000, (wave + 1) * 30_000, own))
    const old = waves.length > 3 ? waves.shift() : undefined
    if (old !== undefined) {
      const mark = memory.mark()
      const gone = memory.chunk(old.length * 4)
      memory.i32(gone, old.length).set(old)
      table.remove(gone, old.length)
      memory.release(mark)
    }
    sizes.push(table.bytes())
    assert.equal(memory.stateBytes() - before, table.bytes())
  }
  // But for where in a page the first row that is left stands.
  assert.ok(Math.max(...sizes.slice(10)) <= 1.2 * Math.max(...sizes.slice(0, 10)), `it grows no further: ${sizes}`)
  const kept = waves.flat()
  assert.deepEqual(
    valuesOf(memory, table, kept, 2),
    Array.from({ length: 90_000 }, (_, row) => own(510_000 + row)[1]),
  )
  const mark = memory.mark()
  const all = table.all()
  table.remove(all.slots, all.rows)
  memory.release(mark)
  assert.equal(table.rows, 0)
  const slots = fill(memory, table, 0, 10, own)
  assert.deepEqual(valuesOf(memory, table, slots, 1), [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n])
  table.clear()
  assert.equal(memory.stateBytes() - before, table.bytes())
  assert.ok(table.bytes() < 2000)
})

test('rows of a page of which most are gone move, and keep their place among the others', () => {
  const memory = createMemory()
  const table = createStateTable(memory, specOf([types.bigint, types.string]))
  const own = (row: number): Value[] => [BigInt(row % 3), `text of row ${row}`]
  const slots = fill(memory, table, 0, 6000, own)
  const mark = memory.mark()
  const gone = slots.filter((_, row) => row % 10 !== 0)
  const at = memory.chunk(gone.length * 4)
  memory.i32(at, gone.length).set(gone)
  table.remove(at, gone.length)
  memory.release(mark)
  const before = table.bytes()
  const moved = new Map<number, number>()
  table.moveSparse(({ from, to, rows }) => {
    const news = memory.i32(to, rows)
    for (const [index, slot] of memory.i32(from, rows).entries()) moved.set(slot, news[index] ?? -1)
  })
  assert.deepEqual(
    [...moved.keys()],
    slots.filter((_, row) => row % 10 === 0),
  )
  table.moveSparse(() => assert.fail('there is no such page any more'))
  const later = fill(memory, table, 6000, 6010, own)
  const rows = Array.from({ length: 600 }, (_, index) => index * 10)
  assert.deepEqual(
    valuesOf(memory, table, [...moved.values(), ...later], 2),
    [...rows, 6000, 6001, 6002, 6003, 6004, 6005, 6006, 6007, 6008, 6009].map(row => own(row)[1]),
  )
  // As they came: of one key group, and so all that have the key of one.
  const start = memory.mark()
  const all = table.all()
  const keys = memory.i64(table.gather(all.slots, all.rows, 0).data, all.rows)
  assert.deepEqual(
    [...keys].sort((a, b) => Number(a - b)),
    [...rows.map(BigInt), ...later.map((_, n) => BigInt(6000 + n))],
  )
  assert.ok(table.bytes() < before / 2)
  memory.release(start)
})

test('only a multimap without an order has a payload, and nothing scatters into it', () => {
  const memory = createMemory()
  assert.throws(() => createStateTable(memory, { ...specOf([types.int]), unique: true }), /has a payload/)
  const table = createStateTable(memory, specOf([types.int]))
  const slots = memory.chunk(4)
  assert.throws(() => table.scatter(slots, 0, 1, columnFromValues(memory, types.int, [])), { code: 'DSD9002' })
})
