import assert from 'node:assert/strict'
import { test } from 'node:test'
import { batchFromRows, ordinalsOf, rowsOf, watermarksOf, weightsOf } from '../batch/values.ts'
import { resolveFunction } from '../functions/resolve.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { evaluateConstant } from './constant.ts'
import { testContext } from './context.fixture.ts'
import { compileProjection } from './projection.ts'

const rules = { division: 'flink', functions: 'flink' } as const

const literal = (type: DataType, value: Value): Expression => ({ is: 'literal', type, value, nullable: value === null })
const column = (schema: Schema, name: string): Expression => {
  const index = schema.findIndex(f => f.name === name)
  const found = schema[index]
  assert.ok(found !== undefined)
  return { is: 'column', index, name, type: found.type, nullable: found.nullable }
}
function call(name: string, ...args: Expression[]): Expression {
  const resolution = resolveFunction(
    name,
    args.map(a => ({ type: a.type, nullable: a.nullable, ...(a.is === 'literal' ? { literal: a.value } : {}) })),
    rules,
  )
  assert.equal(resolution.is, 'resolved', `${name}: ${JSON.stringify(resolution)}`)
  if (resolution.is !== 'resolved') throw new Error(name)
  const cast = args.map((input, i): Expression => {
    const type = resolution.casts[i]
    return type === undefined
      ? input
      : { is: 'cast', input, type, nullable: input.nullable, attempt: false, rule: 'flink' }
  })
  return { is: 'call', name: resolution.name, args: cast, type: resolution.type, nullable: resolution.nullable }
}

function run(schema: Schema, rows: Value[][], filter: Expression | undefined, outputs: Expression[]) {
  const compiled = runOnce(schema, rows, filter, outputs, 0)
  assert.deepEqual(runOnce(schema, rows, filter, outputs, Infinity), compiled)
  return compiled
}

function runOnce(
  schema: Schema,
  rows: Value[][],
  filter: Expression | undefined,
  outputs: Expression[],
  interpreted: number,
) {
  const context = testContext()
  const { memory } = context
  const projection = compileProjection({ input: schema, filter, outputs, context, interpreted })
  const { output, failed, selection } = projection.run(batchFromRows(memory, schema, rows))
  return {
    rows: rowsOf(memory, output),
    selection: Array.from(memory.i32(selection, output.rows)),
    failed: Array.from(memory.i32(failed.rows, failed.count)),
    codes: Array.from(memory.u8(failed.codes, failed.count)),
    messages: failed.messages,
  }
}

const bids: Schema = [
  field('auction', types.bigint, false),
  field('price', types.bigint),
  field('channel', types.string),
]

test('filter and arithmetic', () => {
  const auction = column(bids, 'auction')
  const price = column(bids, 'price')
  const filter = call('=', call('%', auction, literal(types.int, 123)), literal(types.int, 0))
  const result = run(
    bids,
    [
      [123n, 10n, 'a'],
      [124n, 20n, 'b'],
      [246n, null, 'a long channel name'],
      [0n, 2n ** 62n, null],
    ],
    filter,
    [auction, call('/', call('*', price, literal(types.int, 908)), literal(types.int, 1000)), column(bids, 'channel')],
  )
  assert.deepEqual(result.rows, [
    [123n, 9n, 'a'],
    [246n, null, 'a long channel name'],
  ])
  assert.deepEqual(result.failed, [3])
  assert.deepEqual(result.codes, [3])
  assert.deepEqual(result.selection, [0, 2])
})

test('rows that fail are listed and the others pass through', () => {
  const result = run(
    bids,
    [
      [1n, 1n, 'x'],
      [0n, 1n, 'y'],
      [2n, 10n, 'z'],
    ],
    undefined,
    [column(bids, 'channel'), call('/', column(bids, 'price'), column(bids, 'auction'))],
  )
  assert.deepEqual(result.rows, [
    ['x', 1n],
    ['z', 5n],
  ])
  assert.deepEqual(result.failed, [1])
  assert.deepEqual(result.codes, [2])
})

test('CASE and AND skip what would fail', () => {
  const auction = column(bids, 'auction')
  const quotient = call('/', literal(types.bigint, 10n), auction)
  const guarded = call('and', call('<>', auction, literal(types.int, 0)), call('>', quotient, literal(types.int, 3)))
  const chosen: Expression = {
    is: 'case',
    branches: [{ when: call('=', auction, literal(types.int, 0)), then: literal(types.bigint, -1n) }],
    otherwise: quotient,
    type: types.bigint,
    nullable: false,
  }
  const result = run(
    bids,
    [
      [0n, 1n, 'x'],
      [2n, 1n, 'y'],
      [5n, 1n, 'z'],
    ],
    undefined,
    [guarded, chosen],
  )
  assert.deepEqual(result.rows, [
    [false, -1n],
    [true, 5n],
    [false, 2n],
  ])
  assert.deepEqual(result.failed, [])
})

test('decimals are exact', () => {
  const price = column(bids, 'price')
  const result = run(
    bids,
    [
      [1n, 9223372036854775807n, ''],
      [1n, -3n, ''],
      [1n, null, ''],
    ],
    undefined,
    [
      call('*', literal(types.decimal(3, 3), 908n), price),
      call('/', price, literal(types.decimal(2, 1), 30n)),
      call('+', price, literal(types.decimal(3, 2), 125n)),
      call('<', price, literal(types.decimal(3, 2), 125n)),
    ],
  )
  assert.deepEqual(result.rows, [
    [9223372036854775807n * 908n, (9223372036854775807n * 10n ** 6n) / 3n, 9223372036854775807n * 100n + 125n, false],
    [-2724n, -1000000n, -175n, true],
    [null, null, null, null],
  ])
})

test('text', () => {
  const channel = column(bids, 'channel')
  const result = run(
    bids,
    [
      [1n, 1n, 'apple'],
      [1n, 1n, 'a much longer apple text'],
      [1n, 1n, null],
    ],
    undefined,
    [
      call('=', channel, literal(types.string, 'apple')),
      call('like', channel, literal(types.string, '%app_e%')),
      call('like', channel, literal(types.string, '%much%apple%')),
      call('>', channel, literal(types.string, 'a much longer apple tex')),
    ],
  )
  assert.deepEqual(result.rows, [
    [true, true, false, true],
    [false, true, true, true],
    [null, null, null, null],
  ])
})

test('an expression that stands twice is evaluated once, but never out of its branch', () => {
  const auction = column(bids, 'auction')
  const quotient = call('/', column(bids, 'price'), auction)
  const guarded: Expression = {
    is: 'case',
    branches: [{ when: call('<>', auction, literal(types.int, 0)), then: quotient }],
    type: types.bigint,
    nullable: true,
  }
  const result = run(
    bids,
    [
      [0n, 5n, 'x'],
      [2n, 10n, 'y'],
    ],
    undefined,
    [guarded, guarded, call('+', auction, auction)],
  )
  assert.deepEqual(result.rows, [
    [null, null, 0n],
    [5n, 5n, 4n],
  ])
  assert.deepEqual(result.failed, [])
})

test('CURRENT_WATERMARK is that of the rows before', () => {
  const schema: Schema = [field('ts', types.timestamp(3), false)]
  const context = testContext()
  const { memory } = context
  const projection = compileProjection({
    input: schema,
    outputs: [call('current_watermark', column(schema, 'ts'))],
    context,
  })
  const rows = [[1n], [2n], [3n]]
  const moving = projection.run(batchFromRows(memory, schema, rows, { watermarks: [-(2n ** 63n), 1000n, 2000n] }))
  assert.deepEqual(rowsOf(memory, moving.output).flat(), [null, 1000n, 2000n])
  const still = projection.run(batchFromRows(memory, schema, rows, { watermark: 7000n }))
  assert.deepEqual(rowsOf(memory, still.output).flat(), [7000n, 7000n, 7000n])
})

test('weights, watermarks and ordinals go along with the rows that are kept', () => {
  const context = testContext()
  const { memory } = context
  const filter = call('=', call('%', column(bids, 'auction'), literal(types.int, 2)), literal(types.int, 0))
  const projection = compileProjection({ input: bids, filter, outputs: [column(bids, 'auction')], context })
  const input = batchFromRows(
    memory,
    bids,
    [
      [1n, 0n, ''],
      [2n, 0n, ''],
      [4n, 0n, ''],
    ],
    {
      weights: [1, -1, 3],
      watermarks: [10n, 20n, 30n],
      ordinals: [5n, 8n, 9n],
    },
  )
  const { output } = projection.run(input)
  assert.deepEqual(rowsOf(memory, output), [[2n], [4n]])
  assert.deepEqual(weightsOf(memory, output), [-1, 3])
  assert.deepEqual(watermarksOf(memory, output), [20n, 30n])
  assert.deepEqual(ordinalsOf(memory, output), [8n, 9n])
})

test('columns are handed on without a copy where every row stays', () => {
  const context = testContext()
  const { memory } = context
  const projection = compileProjection({
    input: bids,
    outputs: [column(bids, 'channel'), call('+', column(bids, 'price'), literal(types.int, 1))],
    context,
  })
  const input = batchFromRows(memory, bids, [
    [1n, 0n, 'a'],
    [2n, 2n ** 63n - 1n, 'b'],
  ])
  const failing = projection.run(input)
  assert.deepEqual(rowsOf(memory, failing.output), [['a', 1n]])
  const good = batchFromRows(memory, bids, [
    [1n, 0n, 'a'],
    [2n, 7n, 'b'],
  ])
  assert.equal(projection.run(good).output.columns[0], good.columns[2])
})

test('constants give their memory back', () => {
  const context = testContext()
  const { memory } = context
  const text = (value: string) => call('||', literal(types.string, value), literal(types.string, ' and a tail'))
  evaluateConstant(text('first'), context)
  const before = memory.stateBytes()
  for (let i = 0; i < 50; i++)
    assert.equal(
      evaluateConstant(text(`a constant of some length ${i}`), context),
      `a constant of some length ${i} and a tail`,
    )
  assert.equal(memory.stateBytes(), before)
})
