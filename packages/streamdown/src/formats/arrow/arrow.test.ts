import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as arrow from '@uwdata/flechette'
import fc from 'fast-check'
import { anyOf } from '../../batch/any-values.fixture.ts'
import { createMemory } from '../../batch/linear-memory.ts'
import type { Memory } from '../../batch/memory.ts'
import { batchFromRows, rowsOf } from '../../batch/values.ts'
import { type DataType, field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { batchFromArrow, schemaOfArrow } from './read.ts'
import { arrowFromBatches } from './write.ts'

const allTypes: readonly DataType[] = [
  types.null,
  types.boolean,
  types.tinyint,
  types.smallint,
  types.int,
  types.bigint,
  types.real,
  types.double,
  types.decimal(38, 4),
  types.string,
  types.bytes,
  types.date,
  types.time(6),
  types.timestamp(6),
  types.timestampLtz(6),
  types.row([field('a', types.int), field('b', types.array(types.string)), field('c', types.decimal(20, 2))]),
  types.array(types.row([field('x', types.double), field('y', types.bytes)])),
  types.map(types.string, types.array(types.bigint)),
]
const schema: Schema = allTypes.map((type, index) => field(`c${index}`, type))
const rows = fc.array(fc.tuple(...allTypes.map(type => fc.option(anyOf(type), { freq: 4 }))), { maxLength: 10 })

const fail = (row: number, problem: string): never => assert.fail(`row ${row}: ${problem}`)

/** Rows [from, from + rows) of all columns. */
function rowsAt(
  memory: Memory,
  table: arrow.Table,
  from: number,
  rows: number,
  failed: (row: number, problem: string) => void = fail,
) {
  const wanted = schemaOfArrow(table).map((each, index) => ({ index, field: each }))
  return rowsOf(memory, batchFromArrow(memory, table, wanted, from, rows, failed))
}

for (const heapStart of [0, 2 ** 31]) {
  test(`batches leave as an Arrow table and come back, heap from ${heapStart}`, () => {
    const memory = createMemory({ heapStart })
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        const mark = memory.mark()
        const table = arrowFromBatches(memory, schema, [
          batchFromRows(memory, schema, first),
          batchFromRows(memory, schema, second),
        ])
        const all = [...first, ...second]
        assert.deepEqual(schemaOfArrow(table), schema)
        assert.deepEqual(rowsAt(memory, table, 0, all.length), all)
        const bytes = arrow.tableToIPC(table, { format: 'stream' })
        const read = arrow.tableFromIPC(bytes ?? new Uint8Array(0))
        assert.deepEqual(rowsAt(memory, read, 0, all.length), all)
        const cut = Math.floor(all.length / 2)
        assert.deepEqual(rowsAt(memory, read, cut, all.length - cut), all.slice(cut))
        memory.release(mark)
      }),
      { numRuns: 40 },
    )
  })
}

test('columns without NULL are copied as they are', () => {
  const memory = createMemory()
  const plain: Schema = [field('a', types.bigint), field('b', types.double), field('c', types.timestamp(6))]
  const values: Value[][] = Array.from({ length: 100 }, (_, i) => [2n ** 62n + BigInt(i), i / 3, BigInt(i)])
  const table = arrowFromBatches(memory, plain, [batchFromRows(memory, plain, values)])
  assert.deepEqual(rowsAt(memory, table, 10, 50), values.slice(10, 60))
})

const columnOf = (values: readonly unknown[], type: arrow.DataType): arrow.Table =>
  arrow.tableFromColumns({ x: arrow.columnFromArray([...values], type) })

/** A column of string views, which the library reads but does not build. */
function viewColumn(short: string, long: string): arrow.Table {
  const type = arrow.utf8View()
  const ArrowBatch = arrow.batchType(type)
  const values = new Uint8Array(32)
  const view = new DataView(values.buffer)
  view.setUint32(0, short.length, true)
  values.set(new TextEncoder().encode(short), 4)
  view.setUint32(16, long.length, true)
  const options = { length: 2, nullCount: 0, type, values, validity: new Uint8Array(0) }
  const batch = new ArrowBatch({ ...options, data: [new TextEncoder().encode(long)] })
  return arrow.tableFromColumns({ x: new arrow.Column([batch], type) })
}

test('other Arrow types come in exactly', () => {
  const memory = createMemory()
  const read = (table: arrow.Table) => rowsAt(memory, table, 0, table.numRows).map(([x]) => x)
  const typeOf = (table: arrow.Table) => schemaOfArrow(table)[0]?.type
  const unsigned = columnOf([2n ** 64n - 1n, null], arrow.uint64())
  assert.deepEqual(typeOf(unsigned), types.decimal(20, 0))
  assert.deepEqual(read(unsigned), [2n ** 64n - 1n, null])
  assert.deepEqual(read(columnOf([255, 0], arrow.uint8())), [255, 0])
  assert.deepEqual(read(columnOf([2 ** 32 - 1], arrow.uint32())), [4294967295n])
  assert.deepEqual(read(columnOf(['a', 'b', 'a', null], arrow.dictionary(arrow.utf8()))), ['a', 'b', 'a', null])
  assert.deepEqual(read(columnOf(['a', null], arrow.largeUtf8())), ['a', null])
  assert.deepEqual(read(viewColumn('a', 'a text of more than twelve bytes')), ['a', 'a text of more than twelve bytes'])
  assert.deepEqual(
    read(
      columnOf(
        [
          [1, 2],
          [3, 4],
        ],
        arrow.fixedSizeList(arrow.int32(), 2),
      ),
    ),
    [
      [1, 2],
      [3, 4],
    ],
  )
  assert.deepEqual(read(columnOf([1, 1, 1, 2], arrow.runEndEncoded(arrow.int32(), arrow.int32()))), [1, 1, 1, 2])
  assert.deepEqual(read(columnOf([1500], arrow.timestamp(arrow.TimeUnit.MILLISECOND))), [1_500_000n])
  assert.deepEqual(
    read(columnOf([new Float64Array([1, 2, 3000])], arrow.interval(arrow.IntervalUnit.MONTH_DAY_NANO))),
    [{ months: 1, days: 2, micros: 3n }],
  )
})

test('intervals leave as months, days and nanoseconds', () => {
  const memory = createMemory()
  const intervals: Schema = [field('i', types.interval)]
  const values: Value[][] = [[{ months: -3, days: 7, micros: 86_400_000_001n }], [null]]
  const table = arrowFromBatches(memory, intervals, [batchFromRows(memory, intervals, values)])
  assert.deepEqual(rowsAt(memory, table, 0, 2), values)
  const long = batchFromRows(memory, intervals, [[{ months: 0, days: 0, micros: 2n ** 62n }]])
  assert.throws(() => arrowFromBatches(memory, intervals, [long]), { code: 'DSD4003' })
})

test('nanoseconds with a remainder fail their row', () => {
  const memory = createMemory()
  const type = arrow.timestamp(arrow.TimeUnit.NANOSECOND)
  const nanos = (count: bigint) => {
    const ArrowBatch = arrow.batchType(type, { useBigIntTimestamp: true })
    const values = BigInt64Array.of(count)
    const batch = new ArrowBatch({ length: 1, nullCount: 0, type, values, validity: new Uint8Array(0) })
    return arrow.tableFromColumns({ x: new arrow.Column([batch], type) })
  }
  assert.deepEqual(rowsAt(memory, nanos(1_700_000_000_123_456_000n), 0, 1), [[1_700_000_000_123_456n]])
  const problems: string[] = []
  rowsAt(memory, nanos(1_700_000_000_123_456_789n), 0, 1, (row, problem) => problems.push(`${row}: ${problem}`))
  assert.deepEqual(problems, [
    '0: column "x": 1700000000123456789 nanoseconds are not whole microseconds, which is what times hold',
  ])
})
