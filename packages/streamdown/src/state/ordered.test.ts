import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../batch/values.ts'
import { type DataType, field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { places } from './places.fixture.ts'
import type { StateTable, StateTableSpec } from './state-table.ts'
import { createStateTable } from './table.ts'
import {
  canonical,
  columnsOf,
  compareAscending,
  type ModelRow,
  pairsOf,
  randomOf,
  randomValue,
  rowOf,
  TableModel,
} from './table-model.fixture.ts'

const fields = [
  field('k', types.bigint),
  field('time', types.bigint),
  field('text', types.string),
  field('d', types.double),
  field('m', types.decimal(38, 0)),
]

const specs: Record<string, StateTableSpec> = {
  'a time': ordered([{ field: 1, descending: false, nullsFirst: false }]),
  'a time, newest first': ordered([{ field: 1, descending: true, nullsFirst: true }]),
  'a text, then a number': ordered([
    { field: 2, descending: false, nullsFirst: true },
    { field: 3, descending: true, nullsFirst: false },
  ]),
  'a double, newest last': ordered([{ field: 3, descending: false, nullsFirst: true }]),
  'a decimal from the highest': ordered([{ field: 4, descending: true, nullsFirst: false }]),
  insertion: ordered([]),
}

function ordered(order: StateTableSpec['order'] & object): StateTableSpec {
  return { name: 't', fields, keys: 1, unique: false, order }
}

function compareRows(spec: StateTableSpec, a: readonly Value[], b: readonly Value[]): number {
  for (const { field: index, descending, nullsFirst } of spec.order ?? []) {
    const [x, y] = [a[index] ?? null, b[index] ?? null]
    if (x === null || y === null) {
      if (x === y) continue
      return (x === null) === nullsFirst ? -1 : 1
    }
    const result = compareAscending(x, y)
    if (result !== 0) return descending ? -result : result
  }
  return 0
}

const inOrder = (spec: StateTableSpec, rows: ModelRow[]): ModelRow[] =>
  rows.toSorted((a, b) => compareRows(spec, a.values, b.values))

for (const [mode, placeOf] of Object.entries(places)) {
  for (const [name, spec] of Object.entries(specs)) {
    test(`rows ordered by ${name}, ${mode}`, () => {
      const { memory, turn } = placeOf()
      const before = memory.stateBytes()
      fc.assert(
        fc.property(fc.integer(), seed => {
          const random = randomOf(seed)
          const table = createStateTable(memory, spec)
          const model = new TableModel(spec)
          for (let step = 0; step < 10; step++) {
            const mark = memory.mark()
            const rows = Array.from({ length: random.below(120) }, () => rowOf(random, fields, 5))
            const slots = table.insert(columnsOf(memory, fields, rows), rows.length)
            for (const [index, row] of rows.entries()) model.insert(row, memory.i32(slots, rows.length)[index] ?? -1)
            turn()
            check(
              memory,
              table,
              model,
              Array.from({ length: 12 }, () => rowOf(random, fields, 5)),
            )
            const gone = model.rows.filter(() => random.below(step % 4 === 3 ? 1.1 : 3) === 0)
            table.remove(
              int32s(
                memory,
                gone.map(row => row.slot),
              ),
              gone.length,
            )
            for (const row of gone) model.remove(row)
            if (step === 6) memory.kernels.table_set_sequence(table.address, 0xffffffe0)
            if (step === 4) checkRestored(memory, table, model)
            memory.release(mark)
          }
          table.clear()
        }),
        { numRuns: 2 },
      )
      assert.ok(memory.stateBytes() - before < 2 * 2000, 'an empty table is small')
    })
  }
}

function check(memory: Memory, table: StateTable, model: TableModel, probes: Value[][]): void {
  const { spec } = table
  const keys = columnsOf(memory, fields.slice(0, 1), probes)
  const rowsOf = (probe: readonly Value[], nullsMatch = true) =>
    inOrder(spec, model.matches(probe.slice(0, 1), nullsMatch))
  const expected = (pick: (rows: ModelRow[], index: number) => ModelRow[], nullsMatch = true) =>
    probes.flatMap((probe, index) => pick(rowsOf(probe, nullsMatch), index).map(row => [index, row.slot]))

  assert.deepEqual(
    pairsOf(memory, table.matches(keys, probes.length, true)),
    expected(rows => rows),
  )
  assert.deepEqual(
    pairsOf(memory, table.matches(keys, probes.length, false)),
    expected(rows => rows, false),
  )
  assert.deepEqual(
    pairsOf(memory, table.firstOf(keys, probes.length, 3)),
    expected(rows => rows.slice(0, 3)),
  )
  assert.deepEqual(
    pairsOf(memory, table.lastOf(keys, probes.length, 3)),
    expected(rows => rows.slice(-3)),
  )
  assert.deepEqual(
    [...memory.i32(table.countOf(keys, probes.length), probes.length)],
    probes.map(probe => rowsOf(probe).length),
  )
  const at = int32s(
    memory,
    probes.map((_, index) => index * 2),
  )
  assert.deepEqual(
    [...memory.i32(table.slotAt(keys, at, probes.length), probes.length)],
    probes.map((probe, index) => rowsOf(probe)[index * 2]?.slot ?? -1),
  )

  const live = model.rows
  const slots = int32s(
    memory,
    live.map(row => row.slot),
  )
  const of = (row: ModelRow) => rowsOf(row.values)
  const numbers = (at: number) => [...memory.i32(at, live.length)]
  assert.deepEqual(
    numbers(table.positionOf(slots, live.length)),
    live.map(row => of(row).indexOf(row)),
  )
  assert.deepEqual(
    numbers(table.nextOf(slots, live.length)),
    live.map(row => of(row)[of(row).indexOf(row) + 1]?.slot ?? -1),
  )
  assert.deepEqual(
    numbers(table.previousOf(slots, live.length)),
    live.map(row => of(row)[of(row).indexOf(row) - 1]?.slot ?? -1),
  )

  const [order] = spec.order ?? []
  if (order === undefined) return
  const type: DataType = fields[order.field]?.type ?? types.null
  const random = randomOf(live.length)
  const bounds = probes.map(() => [randomValue(random, type, 5), randomValue(random, type, 5)] as const)
  const lower = columnFromValues(
    memory,
    type,
    bounds.map(([low]) => low),
  )
  const upper = columnFromValues(
    memory,
    type,
    bounds.map(([, high]) => high),
  )
  for (const [useLower, useUpper] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ]) {
    const found = table.rangeOf(keys, probes.length, {
      ...(useLower ? { lower } : {}),
      ...(useUpper ? { upper } : {}),
      nullsMatch: true,
    })
    assert.deepEqual(
      pairsOf(memory, found),
      expected((rows, index) => {
        const [low, high] = bounds[index] ?? [null, null]
        if ((useLower && low === null) || (useUpper && high === null)) return []
        return rows.filter((row): boolean => {
          const value: Value = row.values[order.field] ?? null
          if (value === null) return false
          return (!useLower || compareAscending(value, low) >= 0) && (!useUpper || compareAscending(value, high) <= 0)
        })
      }),
    )
  }
}

function checkRestored(memory: Memory, table: StateTable, model: TableModel): void {
  const other = createMemory()
  const restored = createStateTable(other, table.spec)
  restored.restore(table.snapshot(), () => true)
  const key = (value: Value) => columnFromValues(other, types.bigint, [value])
  for (const value of new Set(model.rows.map(row => row.values[0] ?? null))) {
    const { slots, pairs } = restored.matches([key(value)], 1, true)
    const columns = fields.map((_, index) => restored.gather(slots, pairs, index))
    assert.deepEqual(
      Array.from({ length: pairs }, (_, row) => canonical(columns.map(column => readValue(other, column, row)))),
      inOrder(table.spec, model.matches([value], true)).map(row => canonical(row.values)),
    )
  }
  assert.equal(memory.kernels.table_rows(table.address), model.rows.length)
}

for (const [mode, placeOf] of Object.entries(places)) {
  test(`a tree of many rows stays in order while rows come and go, ${mode}`, () => {
    const { memory, turn } = placeOf()
    const spec: StateTableSpec = {
      name: 't',
      fields: [field('time', types.bigint)],
      keys: 0,
      unique: false,
      order: [{ field: 0, descending: false, nullsFirst: false }],
    }
    for (const arrival of ['rising', 'falling', 'mixed'] as const) {
      const table = createStateTable(memory, spec)
      const random = randomOf(3)
      let rows: { time: bigint; slot: number; at: number }[] = []
      let arrived = 0
      for (let step = 0; step < 30; step++) {
        const mark = memory.mark()
        const times = Array.from({ length: 2000 }, (_, i) => {
          const n = BigInt(step * 2000 + i)
          return arrival === 'rising' ? n : arrival === 'falling' ? -n : BigInt(random.below(30_000))
        })
        const slots = memory.i32(table.insert([columnFromValues(memory, types.bigint, times)], 2000), 2000).slice()
        turn()
        for (const [i, time] of times.entries()) rows.push({ time, slot: slots[i] ?? -1, at: arrived++ })
        rows.sort((a, b) => Number(a.time - b.time) || a.at - b.at)
        // Now and then the earliest go, as timers do, else every other one.
        const gone = rows.filter((_, i) => (step % 3 === 2 ? i < rows.length - 500 : i % 2 === step % 2))
        table.remove(
          int32s(
            memory,
            gone.map(row => row.slot),
          ),
          gone.length,
        )
        const left = new Set(gone)
        rows = rows.filter(row => !left.has(row))
        const { pairs, slots: inTable } = table.matches([], 1, true)
        assert.deepEqual(
          [...memory.i32(inTable, pairs)],
          rows.map(row => row.slot),
        )
        const all = int32s(
          memory,
          rows.map(row => row.slot),
        )
        assert.deepEqual(
          [...memory.i32(table.positionOf(all, rows.length), rows.length)],
          rows.map((_, i) => i),
        )
        memory.release(mark)
      }
      table.clear()
      assert.ok(table.bytes() < 2000)
    }
  })

  test(`ordered unique tables hold a row for each key and value, ${mode}`, () => {
    const { memory, turn } = placeOf()
    const spec: StateTableSpec = {
      name: 't',
      fields: [field('k', types.int), field('count', types.bigint), field('v', types.string)],
      keys: 1,
      unique: true,
      order: [{ field: 2, descending: true, nullsFirst: false }],
    }
    const table = createStateTable(memory, spec)
    const random = randomOf(11)
    const known = new Map<string, { slot: number; row: Value[] }>()
    for (let step = 0; step < 40; step++) {
      const mark = memory.mark()
      const rows = Array.from({ length: 50 }, () => [
        randomValue(random, types.int, 4),
        randomValue(random, types.string, 40),
      ])
      const columns = columnsOf(memory, [field('k', types.int), field('v', types.string)], rows)
      const before = [...memory.i32(table.find(columns, 50), 50)]
      assert.deepEqual(
        before,
        rows.map(row => known.get(canonical(row))?.slot ?? -1),
      )
      turn()
      const { slots, fresh } = table.findOrInsert(columns, 50)
      const [found, news] = [[...memory.i32(slots, 50)], [...memory.u8(fresh, 50)]]
      for (const [index, row] of rows.entries()) {
        const there = known.get(canonical(row))
        assert.equal(news[index], there === undefined ? 1 : 0)
        if (there === undefined) known.set(canonical(row), { slot: found[index] ?? -1, row })
        else assert.equal(found[index], there.slot)
      }
      const gone = [...known].filter(() => random.below(6) === 0)
      table.remove(
        int32s(
          memory,
          gone.map(([, { slot }]) => slot),
        ),
        gone.length,
      )
      for (const [key] of gone) known.delete(key)
      const keys = [0, 1, 2, 3, null]
      const { pairs, slots: inTable } = table.matches([columnFromValues(memory, types.int, keys)], 5, true)
      assert.deepEqual(
        [...memory.i32(inTable, pairs)],
        keys.flatMap(key =>
          [...known.values()]
            .filter(({ row }) => row[0] === key)
            .sort((a, b) => {
              const [x, y] = [a.row[1] ?? null, b.row[1] ?? null]
              return x === null ? 1 : y === null ? -1 : -compareAscending(x, y)
            })
            .map(({ slot }) => slot),
        ),
      )
      if (step % 10 === 9) {
        const other = createStateTable(createMemory(), spec)
        other.restore(table.snapshot(), () => true)
        assert.deepEqual([...other.snapshot().groups], [...table.snapshot().groups])
      }
      memory.release(mark)
    }
  })
}
