import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '../../run/clock.ts'
import { compareValues } from '../../types/compare-values.ts'
import { type DataType, field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { coded, drain, open, relationOf, sourceOf } from '../relation.fixture.ts'
import { datagen } from './datagen.ts'

const START = 1_700_000_000_123_456n

async function rowsOf(
  schema: Schema,
  options: Readonly<Record<string, string>>,
  reading: { readonly maxRows?: number; readonly position?: string; readonly start?: bigint } = {},
): Promise<readonly (readonly Value[])[]> {
  const clock = new VirtualClock(reading.start ?? START)
  const relation = relationOf(datagen, schema, { 'rows-per-second': '0', ...options })
  const reader = await open(sourceOf(datagen, relation), relation, { ...reading, clock })
  return drain(reader, reading).rows
}

const valuesOf = async (
  type: DataType,
  options: Readonly<Record<string, string>>,
  rows = 2000,
): Promise<readonly Value[]> => {
  const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [`fields.x.${name}`, value]))
  return (await rowsOf([field('x', type)], { 'number-of-rows': String(rows), ...named })).map(row => row[0] ?? null)
}

const extremes = (values: readonly Value[]): readonly [Value, Value] => {
  const sorted = values.filter(value => value !== null).sort(compareValues)
  return [sorted[0] ?? null, sorted.at(-1) ?? null]
}

const everything: Schema = [
  field('b', types.boolean),
  field('i', types.int),
  field('l', types.bigint),
  field('d', types.double),
  field('m', types.decimal(38, 10)),
  field('s', types.string),
  field('y', types.bytes),
  field('t', types.timestamp(3)),
  field('a', types.array(types.int)),
  field('p', types.map(types.string, types.bigint)),
  field('r', types.row([field('u', types.smallint), field('v', types.string)])),
]

test('the same seed makes the same rows, whatever is read at once; another seed makes others', async () => {
  const options = { 'number-of-rows': '50', seed: '7', 'fields.t.max-past': '1 h', 'fields.s.var-len': 'true' }
  const rows = await rowsOf(everything, options)
  assert.equal(rows.length, 50)
  assert.deepEqual(await rowsOf(everything, options, { maxRows: 1 }), rows)
  assert.deepEqual(await rowsOf(everything, options, { maxRows: 7 }), rows)
  const others = await rowsOf(everything, { ...options, seed: '8' })
  everything.forEach((_, column) => {
    if (column > 0) assert.notDeepEqual(others[0]?.[column], rows[0]?.[column])
  })
})

test('a reader goes on from a position with the same rows, also at another time', async () => {
  const options = { 'number-of-rows': '20', 'rows-per-second': '0', 'fields.t.max-past': '1 d' }
  const clock = new VirtualClock(START)
  const relation = relationOf(datagen, everything, options)
  const reader = await open(sourceOf(datagen, relation), relation, { clock })
  const before = drain(reader, { rows: 12 }).rows
  const after = await rowsOf(everything, options, { position: reader.position(), start: START + 86_400_000_000n })
  assert.deepEqual([...before, ...after], await rowsOf(everything, options))
  await assert.rejects(
    rowsOf(everything, options, { position: 'x' }),
    coded('DSD7001', /'x' is no position of datagen/),
  )
})

test('numbers keep within their bounds and reach them', async () => {
  assert.deepEqual(extremes(await valuesOf(types.int, { min: '-3', max: '4' })), [-3, 4])
  assert.deepEqual(extremes(await valuesOf(types.bigint, { min: '9223372036854775806' })), [
    2n ** 63n - 2n,
    2n ** 63n - 1n,
  ])
  assert.deepEqual(extremes(await valuesOf(types.tinyint, {}, 5000)), [-128, 127])
  assert.deepEqual(extremes(await valuesOf(types.decimal(5, 2), { min: '-1.5', max: '-1.47' })), [-150n, -147n])
  const [low, high] = extremes(await valuesOf(types.double, { min: '-0.5', max: '1.5' }))
  assert.ok(Number(low) >= -0.5 && Number(low) < -0.49 && Number(high) < 1.5 && Number(high) > 1.49)
  for (const value of await valuesOf(types.double, {})) assert.ok(Number.isFinite(value) && Number(value) >= 0)
  for (const value of await valuesOf(types.real, { max: '2' })) assert.equal(value, Math.fround(Number(value)))
})

test('text has the length asked for, the type says or 100, or a random one up to it', async () => {
  const lengths = async (type: DataType, options: Readonly<Record<string, string>>) =>
    new Set((await valuesOf(type, options, 300)).map(value => (typeof value === 'string' ? value.length : -1)))
  assert.deepEqual(await lengths(types.string, {}), new Set([100]))
  assert.deepEqual(await lengths(types.string, { length: '7' }), new Set([7]))
  assert.deepEqual(await lengths({ is: 'string', length: 10 }, {}), new Set([10]))
  assert.deepEqual([...(await lengths(types.string, { length: '4', 'var-len': 'true' }))].sort(), [1, 2, 3, 4])
  const [bytes] = await valuesOf(types.bytes, { length: '5' }, 1)
  assert.ok(bytes instanceof Uint8Array && bytes.length === 5)
})

test('null-rate is the share of NULLs', async () => {
  const nulls = (await valuesOf(types.int, { 'null-rate': '0.25' }, 8000)).filter(value => value === null).length
  assert.ok(Math.abs(nulls / 8000 - 0.25) < 0.02, String(nulls))
  assert.ok((await valuesOf(types.int, { 'null-rate': '1' }, 10)).every(value => value === null))
})

test('columns are drawn apart from each other', async () => {
  const rows = await rowsOf([field('a', types.bigint), field('b', types.bigint)], { 'number-of-rows': '1000' })
  assert.equal(new Set(rows.flat()).size, 2000)
})

test('a sequence counts, and the source ends behind the shortest', async () => {
  const schema = [
    field('a', types.bigint),
    field('b', types.string),
    field('c', types.decimal(4, 1)),
    field('d', types.double),
  ]
  const sequence = (name: string, start: number, end: number) => ({
    [`fields.${name}.kind`]: 'sequence',
    [`fields.${name}.start`]: String(start),
    [`fields.${name}.end`]: String(end),
  })
  const options = { ...sequence('a', -1, 10), ...sequence('b', 5, 7), ...sequence('c', 1, 9), ...sequence('d', 0, 5) }
  assert.deepEqual(await rowsOf(schema, options), [
    [-1n, '5', 10n, 0],
    [0n, '6', 20n, 1],
    [1n, '7', 30n, 2],
  ])
  assert.equal((await rowsOf(schema, { ...options, 'number-of-rows': '2' })).length, 2)
  assert.equal(sourceOf(datagen, relationOf(datagen, schema, options)).bounded, true)
  assert.equal(sourceOf(datagen, relationOf(datagen, schema)).bounded, false)
})

test("times show the row's time, cut to their precision, less a random past", async () => {
  const schema = [
    field('t', types.timestamp(6)),
    field('m', types.timestampLtz(3)),
    field('d', types.date),
    field('c', types.time(0)),
  ]
  const clock = new VirtualClock(START)
  const relation = relationOf(datagen, schema, { 'rows-per-second': '2', 'fields.m.max-past': '10 s' })
  const reader = await open(sourceOf(datagen, relation), relation, { clock })
  clock.advance(86_400_000_000n)
  const { rows } = drain(reader, { rows: 100 })
  assert.deepEqual(rows[0]?.slice(2), [19675, 80_000_000_000n])
  assert.deepEqual(
    rows.map(row => row[0]),
    rows.map((_, index) => START + BigInt(index) * 500_000n),
  )
  const pasts = rows.map((row, index) => Number(START + BigInt(index) * 500_000n - BigInt(String(row[1]))))
  assert.ok(pasts.every(past => past >= 0 && past <= 10_001_000) && new Set(pasts).size > 90)
  assert.ok(rows.every(row => BigInt(String(row[1])) % 1000n === 0n))
})

test('rows come at their rate', async () => {
  const clock = new VirtualClock(START)
  const schema = [field('x', types.int)]
  const relation = relationOf(datagen, schema, { 'rows-per-second': '10', 'number-of-rows': '12' })
  const reader = await open(sourceOf(datagen, relation), relation, { clock })
  const taken = (): number => drain(reader).rows.length
  assert.equal(taken(), 1)
  assert.equal(reader.state(), 'waiting')
  clock.advance(250_000n)
  assert.equal(taken(), 2)
  clock.advance(500_000n)
  assert.equal(taken(), 5)
  clock.advance(10_000_000n)
  assert.equal(taken(), 4)
  assert.equal(reader.state(), 'ended')
  await reader.ready()
})

test('only the columns of the scan are made, also a field of a ROW', async () => {
  const clock = new VirtualClock(START)
  const relation = relationOf(datagen, everything, { 'rows-per-second': '0', 'number-of-rows': '3' })
  const source = sourceOf(datagen, relation)
  const all = drain(await open(source, relation, { clock })).rows
  const u = everything[10]?.type
  assert.ok(u?.is === 'row')
  const scan = { schema: [field('l', types.bigint), field('u', types.smallint)] }
  const [reader] = await source.open({
    scan: {
      is: 'scan',
      relation,
      ...scan,
      columns: [
        { column: 2, path: [] },
        { column: 10, path: [0] },
      ],
    },
    schema: relation.schema,
    positions: new Map(),
    clock,
  })
  assert.ok(reader !== undefined)
  assert.deepEqual(
    drain(reader).rows,
    all.map(row => [row[2], Array.isArray(row[10]) ? row[10][0] : undefined]),
  )
})

test('options that do not fit are refused with their names', () => {
  const refuse = (type: DataType, options: Readonly<Record<string, string>>, message: RegExp): void => {
    const relation = relationOf(datagen, [field('x', type)], options)
    assert.throws(() => sourceOf(datagen, relation), coded('DSD3002', message))
  }
  refuse(types.int, { 'rows-per-second': 'many' }, /option 'rows-per-second' is 'many'; it takes a whole number from 0/)
  refuse(types.int, { 'fields.x.kind': 'odd' }, /option 'fields.x.kind' is 'odd'; it takes 'random', 'sequence'/)
  refuse(types.int, { 'fields.y.min': '1' }, /has no option 'fields.y.min'/)
  refuse(types.int, { 'fields.x.kind': 'sequence', 'fields.x.start': '1' }, /needs option 'fields.x.end'/)
  refuse(
    types.int,
    { 'fields.x.kind': 'sequence', 'fields.x.start': '5', 'fields.x.end': '4' },
    /'fields.x.end' is '4'/,
  )
  refuse(types.tinyint, { 'fields.x.kind': 'sequence', 'fields.x.start': '5', 'fields.x.end': '128' }, /to 127/)
  refuse(types.tinyint, { 'fields.x.max': '128' }, /'fields.x.max' is '128'; it takes a whole number from -128 to 127/)
  refuse(types.int, { 'fields.x.min': '5', 'fields.x.max': '4' }, /'fields.x.max' is '4'/)
  refuse(types.double, { 'fields.x.min': 'low' }, /'fields.x.min' is 'low'; it takes a number/)
  refuse(types.decimal(3, 1), { 'fields.x.max': '100' }, /'fields.x.max' is '100'/)
  refuse(types.int, { 'fields.x.null-rate': '1.5' }, /'fields.x.null-rate' is '1.5'; it takes a number from 0 to 1/)
  refuse(types.json, {}, /makes no random values of type JSON/)
  refuse(
    types.boolean,
    { 'fields.x.kind': 'sequence', 'fields.x.start': '0', 'fields.x.end': '1' },
    /no sequential values/,
  )
})
