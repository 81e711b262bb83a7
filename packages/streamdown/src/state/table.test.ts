import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Column } from '../batch/batch.ts'
import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../batch/values.ts'
import { type Field, field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { type Place, places } from './places.fixture.ts'
import type { StateTable, StateTableSpec } from './state-table.ts'
import { createStateTable } from './table.ts'
import { canonical, columnsOf, pairsOf, randomOf, rowOf, TableModel } from './table-model.fixture.ts'

const payload: readonly Field[] = [field('text', types.string), field('n', types.int), field('more', types.string)]

const specs: Record<string, StateTableSpec> = {
  'a BIGINT key': {
    name: 't',
    fields: [field('k', types.bigint), ...payload],
    keys: 1,
    unique: true,
  },
  'two BIGINT keys': {
    name: 't',
    fields: [field('k', types.bigint), field('l', types.bigint), ...payload],
    keys: 2,
    groupBy: 1,
    unique: true,
  },
  'three BIGINT keys': {
    name: 't',
    fields: [field('k', types.bigint), field('from', types.timestamp(3)), field('to', types.timestamp(3)), ...payload],
    keys: 3,
    groupBy: 1,
    unique: true,
  },
  'keys of other types': {
    name: 't',
    fields: [field('s', types.string), field('d', types.double), field('m', types.decimal(30, 2)), ...payload],
    keys: 3,
    unique: true,
  },
  'no key': { name: 't', fields: payload, keys: 0, unique: true },
}

/** The same with all but the keys as payload, and a field of each way to keep one. */
const withPayload = (spec: StateTableSpec): StateTableSpec => {
  const more = [types.bigint, types.double, types.decimal(30, 2), types.timestamp(3), types.boolean]
  const fields = [...spec.fields, ...more.map((type, index) => field(`p${index}`, type))]
  return { ...spec, fields, unique: false, payload: fields.length - spec.keys }
}

const nameOf = (spec: StateTableSpec): string =>
  spec.unique ? 'unique table' : spec.payload === undefined ? 'multimap' : 'multimap with a payload'

for (const [mode, placeOf] of Object.entries(places)) {
  for (const [form, unique] of Object.entries(specs)) {
    for (const spec of [unique, { ...unique, unique: false }, withPayload(unique)]) {
      test(`${nameOf(spec)} with ${form}, ${mode}`, () => {
        const { memory, turn } = placeOf()
        const before = memory.stateBytes()
        fc.assert(
          fc.property(fc.integer(), seed => {
            const mark = memory.mark()
            const table = createStateTable(memory, spec)
            drive({ memory, turn }, table, seed, 12)
            table.clear()
            memory.release(mark)
          }),
          { numRuns: mode === 'plain' ? 4 : 2 },
        )
        assert.ok(memory.stateBytes() - before < 4 * 2000, 'an empty table is small')
      })
    }
  }
}

/** Random batches of operations on a table and a model, compared after each. */
function drive({ memory, turn }: Place, table: StateTable, seed: number, steps: number): void {
  const { spec } = table
  const random = randomOf(seed)
  const model = new TableModel(spec)
  const keys = spec.fields.slice(0, spec.keys)
  for (let step = 0; step < steps; step++) {
    const mark = memory.mark()
    const rows = Array.from({ length: random.below(60) }, () => rowOf(random, spec.fields))
    const keyColumns = columnsOf(memory, keys, rows)
    if (spec.unique) {
      const { slots, fresh, addresses, inserted } = table.findOrInsert(keyColumns, rows.length)
      const expected = rows.map(row => model.findOrInsert(row.slice(0, spec.keys)))
      assert.deepEqual(
        [...memory.u8(fresh, rows.length)],
        expected.map(each => (each.fresh ? 1 : 0)),
      )
      assert.equal(inserted, expected.filter(each => each.fresh).length)
      const own = memory.u32(table.addresses(slots, rows.length), rows.length)
      assert.deepEqual([...memory.u32(addresses, rows.length)], [...own], 'addresses hold, pages that moved included')
      for (const [index, { row }] of expected.entries()) row.slot = memory.i32(slots, rows.length)[index] ?? -1
      for (let index = spec.keys; index < spec.fields.length; index++) {
        const values = rows.map(row => row[index] ?? null)
        table.scatter(
          slots,
          rows.length,
          index,
          columnFromValues(memory, spec.fields[index]?.type ?? types.null, values),
        )
        for (const [at, { row }] of expected.entries()) row.values[index] = values[at] ?? null
      }
    } else {
      const slots = table.insert(columnsOf(memory, spec.fields, rows), rows.length)
      for (const [index, row] of rows.entries()) model.insert([...row], memory.i32(slots, rows.length)[index] ?? -1)
      const changed = rows.map(() => rowOf(random, spec.fields))
      const inserted = new Map(model.rows.map(row => [row.slot, row]))
      for (let index = spec.keys; index < spec.fields.length - (spec.payload ?? 0); index++) {
        const values = changed.map(row => row[index] ?? null)
        const type = spec.fields[index]?.type ?? types.null
        table.scatter(slots, rows.length, index, columnFromValues(memory, type, values))
        for (const [at, slot] of [...memory.i32(slots, rows.length)].entries()) {
          const row = inserted.get(slot)
          if (row !== undefined) row.values[index] = values[at] ?? null
        }
      }
    }
    turn()
    const probes = Array.from({ length: 30 }, () => rowOf(random, spec.fields))
    check(memory, table, model, columnsOf(memory, keys, probes), probes)
    const gone = model.rows.filter(() => random.below(step % 4 === 3 ? 1.2 : 5) === 0)
    table.remove(
      int32s(
        memory,
        gone.map(row => row.slot),
      ),
      gone.length,
    )
    for (const row of gone) model.remove(row)
    if (!spec.unique && model.rows.length > 0) {
      const key = model.rows[random.below(model.rows.length)]?.values.slice(0, spec.keys) ?? []
      const own = model.matches(key, true)
      table.removeKey(
        int32s(
          memory,
          own.map(row => row.slot),
        ),
        own.length,
      )
      for (const row of own) model.remove(row)
    }
    if (step === 5) memory.kernels.table_set_sequence(table.address, 0xfffffff0)
    turn()
    checkAll(memory, table, model)
    if (step % 5 === 4) checkRestored(memory, table, model)
    memory.release(mark)
  }
}

function check(memory: Memory, table: StateTable, model: TableModel, keys: readonly Column[], probes: Value[][]): void {
  if (table.spec.unique) {
    const found = table.find(keys, probes.length)
    assert.deepEqual(
      [...memory.i32(found, probes.length)],
      probes.map(probe => model.find(probe.slice(0, table.spec.keys))?.slot ?? -1),
    )
    return
  }
  for (const nullsMatch of [true, false]) {
    const expected = probes.flatMap((probe, index) =>
      model.matches(probe.slice(0, table.spec.keys), nullsMatch).map(row => [index, row.slot]),
    )
    assert.deepEqual(pairsOf(memory, table.matches(keys, probes.length, nullsMatch)), expected)
    const cursor = table.matchCursor(keys, probes.length, nullsMatch)
    const portions: number[][] = []
    for (;;) {
      const portion = pairsOf(memory, cursor.next(7))
      if (portion.length === 0) break
      portions.push(...portion)
    }
    assert.deepEqual(portions, expected)
  }
}

function valuesAt(memory: Memory, table: StateTable): Value[][] {
  const { slots, rows } = table.all()
  const columns = table.spec.fields.map((_, index) => table.gather(slots, rows, index))
  return Array.from({ length: rows }, (_, row) => columns.map(column => readValue(memory, column, row)))
}

const sorted = (rows: readonly (readonly Value[])[]): string[] => rows.map(row => canonical(row)).sort()

function checkAll(memory: Memory, table: StateTable, model: TableModel): void {
  assert.equal(table.rows, model.rows.length)
  const stored = valuesAt(memory, table)
  assert.deepEqual(sorted(stored), sorted(model.rows.map(row => row.values)))
  // Insertion order within a key, and so within a group.
  const byKey = (rows: readonly (readonly Value[])[]) =>
    Map.groupBy(
      rows.map(row => canonical(row)),
      (_, index) => canonical(rows[index]?.slice(0, table.spec.keys) ?? []),
    )
  const expected = byKey(model.rows.map(row => row.values))
  for (const [key, rows] of byKey(stored)) assert.deepEqual(rows, expected.get(key))
}

function checkRestored(memory: Memory, table: StateTable, model: TableModel): void {
  const snapshot = table.snapshot()
  const workers = [createMemory(), createMemory(), createMemory()]
  const parts = workers.map((worker, index) => {
    const part = createStateTable(worker, table.spec)
    part.restore(snapshot, group => group % workers.length === index)
    assert.deepEqual(
      [...part.snapshot().groups.keys()].every(group => group % workers.length === index),
      true,
    )
    return part
  })
  const rows = parts.flatMap((part, index) => valuesAt(workers[index] ?? memory, part))
  assert.deepEqual(sorted(rows), sorted(model.rows.map(row => row.values)))
  const together = createStateTable(memory, table.spec)
  for (const part of parts) together.restore(part.snapshot(), () => true)
  checkAll(memory, together, model)
  assert.deepEqual([...together.snapshot().groups], [...snapshot.groups])
  together.clear()
}

test('bytes are exact: what a table says is what the heap gave', () => {
  const memory = createMemory()
  const before = memory.stateBytes()
  const table = createStateTable(memory, specs['keys of other types'] as StateTableSpec)
  const random = randomOf(7)
  for (let step = 0; step < 20; step++) {
    const mark = memory.mark()
    const rows = Array.from({ length: 500 }, () => rowOf(random, table.spec.fields, 100_000))
    const { slots } = table.findOrInsert(columnsOf(memory, table.spec.fields.slice(0, 3), rows), rows.length)
    const texts = rows.map(row => `a text that is long enough ${canonical(row)}`)
    table.scatter(slots, rows.length, 3, columnFromValues(memory, types.string, texts))
    assert.equal(memory.stateBytes() - before, table.bytes())
    const all = table.all()
    table.remove(all.slots, step % 5 === 4 ? all.rows : Math.floor(all.rows / 3))
    assert.equal(memory.stateBytes() - before, table.bytes())
    memory.release(mark)
  }
  table.clear()
  assert.equal(memory.stateBytes() - before, table.bytes())
  assert.ok(table.bytes() < 2000)
})

test('memory of rows that went comes back while others stay', () => {
  const memory = createMemory()
  const spec: StateTableSpec = {
    name: 't',
    fields: [field('window', types.bigint), field('v', types.bigint)],
    keys: 1,
    unique: false,
  }
  const table = createStateTable(memory, spec)
  const waves: number[][] = []
  let most = 0
  for (let wave = 0; wave < 30; wave++) {
    const mark = memory.mark()
    const slots: number[] = []
    for (let part = 0; part < 10; part++) {
      const key = columnFromValues(memory, types.bigint, new Array<bigint>(4000).fill(BigInt(wave)))
      slots.push(...memory.i32(table.insert([key, key], 4000), 4000))
    }
    waves.push(slots)
    if (wave === 2) most = table.bytes()
    const old = waves.length > 2 ? waves.shift() : undefined
    if (old !== undefined) table.remove(int32s(memory, old), old.length)
    memory.release(mark)
  }
  assert.ok(table.bytes() <= most, 'no more than three windows need')
  const mark = memory.mark()
  const [older = [], newer = []] = waves
  table.remove(int32s(memory, [...older, ...newer.slice(10)]), older.length + newer.length - 10)
  assert.ok(table.bytes() < most / 2, 'one page is left')
  const all = table.all()
  assert.deepEqual([...memory.i32(all.slots, all.rows)], newer.slice(0, 10))
  table.clear()
  memory.release(mark)
})

test('two million rows of one key and of many are removed in linear time', () => {
  const memory = createMemory()
  const spec: StateTableSpec = {
    name: 't',
    fields: [field('k', types.bigint), field('v', types.bigint)],
    keys: 1,
    unique: false,
  }
  const table = createStateTable(memory, spec)
  const rows = 4096
  for (let round = 0; round < 500; round++) {
    const mark = memory.mark()
    const keys = Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 1n : BigInt(round * rows + i)))
    const key = columnFromValues(memory, types.bigint, keys)
    table.insert([key, key], rows)
    memory.release(mark)
  }
  const mark = memory.mark()
  const all = table.all()
  assert.equal(all.rows, 500 * rows)
  table.remove(all.slots, all.rows)
  memory.release(mark)
  assert.equal(table.rows, 0)
  assert.ok(table.bytes() < 4_000_000)
})

test('rows of a multimap enter its index when a search may mean them, and stand in insertion order', () => {
  const memory = createMemory()
  const table = createStateTable(memory, {
    name: 't',
    fields: [field('k', types.bigint), field('v', types.int)],
    keys: 1,
    unique: false,
  })
  const keys = 50
  const expected = new Map<number, number[]>()
  const draw = randomOf(3)
  const random = (bound: number): number => draw.below(bound)
  let next = 0
  for (let round = 0; round < 60; round++) {
    const mark = memory.mark()
    const added = Array.from({ length: 500 }, () => ({ key: random(keys), value: next++ }))
    const slots = table.insert(
      [
        columnFromValues(
          memory,
          types.bigint,
          added.map(({ key }) => BigInt(key)),
        ),
        columnFromValues(
          memory,
          types.int,
          added.map(({ value }) => value),
        ),
      ],
      added.length,
    )
    // Some go before anyone has asked for them, so that their slots are used again.
    const gone = added.flatMap((_, row) => (random(3) === 0 ? [row] : []))
    const at = memory.i32(slots, added.length).slice()
    table.remove(
      int32s(
        memory,
        gone.map(row => at[row] ?? -1),
      ),
      gone.length,
    )
    for (const [row, { key, value }] of added.entries()) {
      if (!gone.includes(row)) expected.set(key, [...(expected.get(key) ?? []), value])
    }
    // A few keys at first, over many rows; later every round.
    if (round % 7 === 0 || round > 40) {
      const asked = [random(keys), random(keys), keys + 1]
      const probe = columnFromValues(memory, types.bigint, asked.map(BigInt))
      const { pairs, probe: of, slots: found } = table.matches([probe], asked.length, false)
      const values = table.gather(found, pairs, 1)
      const met: number[][] = asked.map(() => [])
      for (const [pair, row] of memory.i32(of, pairs).entries()) {
        met[row]?.push(memory.i32(values.data, pairs)[pair] ?? -1)
      }
      assert.deepEqual(
        met,
        asked.map(key => expected.get(key) ?? []),
      )
    }
    memory.release(mark)
  }
})

test('a full memory is an error with a code', () => {
  const memory = createMemory({ maximumBytes: 24 * 1024 * 1024 })
  const table = createStateTable(memory, specs['a BIGINT key'] as StateTableSpec)
  assert.throws(
    () => {
      for (let from = 0n; ; from += 1000n) {
        const mark = memory.mark()
        const keys = Array.from({ length: 1000 }, (_, i) => from + BigInt(i))
        table.findOrInsert([columnFromValues(memory, types.bigint, keys)], 1000)
        memory.release(mark)
      }
    },
    { code: 'DSD9001' },
  )
  assert.ok(table.rows > 100_000)
})

test('a table that is used as another kind is an error with a code', () => {
  const memory = createMemory()
  const table = createStateTable(memory, specs['a BIGINT key'] as StateTableSpec)
  const key = columnFromValues(memory, types.bigint, [1n])
  assert.throws(() => table.insert([key], 1), { code: 'DSD9002' })
  assert.throws(() => table.matches([key], 1, true), { code: 'DSD9002' })
  assert.throws(() => table.firstOf([key], 1, 1), { code: 'DSD9002' })
  assert.throws(() => table.find([columnFromValues(memory, types.int, [1])], 1), { code: 'DSD9002' })
  assert.throws(() => table.restore({ name: 't', fields: [], groups: new Map() }, () => true), { code: 'DSD7001' })
})
