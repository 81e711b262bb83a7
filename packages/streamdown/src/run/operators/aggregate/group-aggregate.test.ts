import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MemoryOptions } from '../../../batch/linear-memory.ts'
import { type Random, randomOf, randomValue } from '../../../state/table-model.fixture.ts'
import { field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, tableOf, textOf } from '../operator-harness.fixture.ts'
import { aggregateInput } from './aggregate-input.ts'
import { type ListRow, listResult, OVERFLOW } from './aggregate-list-results.ts'
import { listNonNull } from './aggregate-lists.ts'
import { aggregateNode, call, harnessOf, inputNode, memoryModes } from './aggregate-model.fixture.ts'

const schema = [
  field('k', types.bigint),
  field('s', types.string),
  field('i', types.int),
  field('b', types.bigint),
  field('d', types.double),
  field('m', types.decimal(12, 2)),
  field('yes', types.boolean),
  field('y', types.double),
  field('never', types.int, false),
  field('also', types.boolean),
]

const ofAllKinds = [
  call(schema, 'count', []),
  call(schema, 'count', ['i']),
  call(schema, 'sum', ['i']),
  call(schema, 'sum', ['b'], { filter: 'yes' }),
  call(schema, 'sum', ['m']),
  call(schema, 'sum', ['never']),
  call(schema, 'avg', ['m']),
  call(schema, 'avg', ['i']),
  call(schema, 'min', ['b']),
  call(schema, 'max', ['s']),
  call(schema, 'min', ['m'], { filter: 'yes' }),
  call(schema, 'max', ['d']),
  call(schema, 'count', ['s'], { distinct: true }),
  call(schema, 'sum', ['i'], { distinct: true, filter: 'yes' }),
  call(schema, 'count', ['i'], { distinct: true }),
  call(schema, 'count', ['b'], { distinct: true, filter: 'yes' }),
  call(schema, 'sum', ['b'], { distinct: true, filter: 'also' }),
  call(schema, 'bool_and', ['yes']),
  call(schema, 'bool_or', ['yes']),
  call(schema, 'bit_or', ['i']),
  call(schema, 'bit_xor', ['b']),
  call(schema, 'string_agg', ['s'], { orderBy: ['s'] }),
  call(schema, 'array_agg', ['i'], { orderBy: ['i', 's'] }),
  call(schema, 'mode', ['i']),
  call(schema, 'median', ['d']),
]

/** Aggregates whose result depends on arrival; over rows that are only added. */
const ofArrival = [
  call(schema, 'first_value', ['s']),
  call(schema, 'last_value', ['b']),
  call(schema, 'any_value', ['d']),
  call(schema, 'arg_max', ['s', 'i']),
  call(schema, 'array_agg', ['i']),
]

const fields = schema.map(each => (each.nullable ? each : field('never', types.int, false)))

function randomRow(random: Random): Value[] {
  return fields.map(({ type, nullable }) => {
    if (!nullable) return random.below(5)
    if (type.is === 'boolean') return random.below(3) === 0 ? null : random.below(2) === 0
    if (type.is === 'double') return random.below(5) === 0 ? null : random.below(8) / 4
    return randomValue(random, type, 6)
  })
}

/** What the aggregate gives over rows in order of arrival, computed from the rows at once. */
function recompute(node: ReturnType<typeof aggregateNode>, rows: readonly (readonly Value[])[]): Map<string, number> {
  const input = aggregateInput(node, node.input.schema)
  const groups = new Map<string, { key: Value[]; rows: (readonly Value[])[] }>()
  if (node.keys.length === 0) groups.set(textOf([]), { key: [], rows: [] })
  for (const row of rows) {
    const key = node.keys.map(column => row[column] ?? null)
    const text = textOf(key)
    const group = groups.get(text) ?? { key, rows: [] }
    groups.set(text, group)
    group.rows.push(row)
  }
  const results: { values: Value[]; weight: number }[] = []
  for (const { key, rows: own } of groups.values()) {
    const values = input.calls.map(each => {
      const nonNull = listNonNull(each)
      const counted = own.filter(row => {
        if (each.filter !== undefined && row[each.filter] !== true) return false
        return nonNull.every(column => row[column] !== null)
      })
      const listed = counted.map(
        (row, i): ListRow => ({
          args: each.args.map(column => row[column] ?? null),
          order: each.orderBy.map(({ column }) => row[column] ?? null),
          ordinal: BigInt(i),
        }),
      )
      const argumentTypes = each.args.map(column => schema[column]?.type ?? types.null)
      const { name, type, distinct } = each.call
      return listResult({ name, type, distinct, argumentTypes, orderBy: each.orderBy }, listed)
    })
    if (!values.includes(OVERFLOW))
      results.push({ values: [...key, ...values.map(value => (typeof value === 'symbol' ? null : value))], weight: 1 })
  }
  return tableOf(results)
}

/** Random changes: rows come, and some that are there go; cut into steps and chunks, with a restart now and then. */
function drive(
  seed: number,
  keys: readonly number[],
  appendOnly: boolean,
  workers: number,
  memory: MemoryOptions = {},
): void {
  const random = randomOf(seed)
  const calls = appendOnly ? [...ofAllKinds, ...ofArrival] : ofAllKinds
  const node = aggregateNode(inputNode(schema), keys, calls)
  const harness = harnessOf(node, appendOnly, workers, memory)
  const living: Value[][] = []
  const steps = 1 + random.below(5)
  for (let step = 0; step < steps; step++) {
    const fed: FedRow[] = []
    for (let i = random.below(12); i >= 0; i--) {
      const taken = appendOnly || random.below(3) > 0 ? undefined : living.splice(random.below(living.length), 1)[0]
      if (taken !== undefined) {
        fed.push({ input: 0, values: taken, weight: -1 })
        continue
      }
      const values = randomRow(random)
      living.push(values)
      fed.push({ input: 0, values })
    }
    harness.step(fed, {}, 1 + random.below(6))
    if (random.below(3) === 0) harness.restart(1 + random.below(workers))
    const changes = harness.main
    assert.deepEqual(harness.table(changes), recompute(node, living), `seed ${seed}, step ${step}`)
  }
}

for (const [name, keys] of [
  ['one key', [0]],
  ['two keys', [0, 1]],
  ['a text key', [1]],
  ['no key', []],
] as const) {
  for (const appendOnly of [true, false]) {
    test(`groups by ${name} over ${appendOnly ? 'added rows' : 'changing rows'} equal a recomputation`, () => {
      fc.assert(
        fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, workers) => {
          drive(seed, keys, appendOnly, keys.length === 0 ? 1 : workers)
        }),
        { numRuns: 60 },
      )
    })
  }
}

for (const [mode, memory] of Object.entries(memoryModes)) {
  test(`groups in a memory ${mode}`, () => {
    for (let seed = 0; seed < 10; seed++) drive(seed, [0, 1], seed % 2 === 0, 1, memory)
  })
}

test('a group gives its old row and its new row, old first, only when they differ', () => {
  const node = aggregateNode(inputNode(schema), [0], [call(schema, 'max', ['i'])])
  const harness = harnessOf(node, true)
  const row = (k: bigint, i: number): FedRow => ({ input: 0, values: [k, null, i, null, null, null, null, null, 0] })
  harness.step([row(1n, 5), row(2n, 1), row(1n, 4)])
  harness.step([row(1n, 3)])
  harness.step([row(1n, 9), row(2n, 2)])
  assert.deepEqual(
    harness.main.map(({ values, weight, ordinal }) => [...values, weight, ordinal]),
    [
      [1n, 5, 1, 0n],
      [2n, 1, 1, 1n],
      [1n, 5, -1, 4n],
      [1n, 9, 1, 4n],
      [2n, 1, -1, 5n],
      [2n, 2, 1, 5n],
    ],
  )
})

test('without keys one row is there over no input, also after a restart', () => {
  const node = aggregateNode(inputNode(schema), [], [call(schema, 'count', []), call(schema, 'sum', ['i'])])
  const harness = harnessOf(node, false)
  harness.step([])
  assert.deepEqual(
    harness.main.map(({ values, weight }) => [...values, weight]),
    [[0n, null, 1]],
  )
  harness.restart(1)
  harness.step([])
  assert.equal(harness.main.length, 1)
})

test('a sum that does not fit withholds its group until it fits again', () => {
  const node = aggregateNode(inputNode(schema), [0], [{ ...call(schema, 'sum', ['b']), type: types.bigint }])
  const harness = harnessOf(node, false)
  const row = (b: bigint, weight = 1): FedRow => ({
    input: 0,
    values: [1n, null, null, b, null, null, null, null, 0],
    weight,
  })
  const most = 2n ** 63n - 1n
  harness.step([row(most)])
  harness.step([row(1n)])
  harness.restart(1)
  harness.step([row(5n)])
  harness.step([row(1n, -1), row(5n, -1)])
  assert.deepEqual(
    harness.main.map(({ values, weight }) => [...values, weight]),
    [
      [1n, most, 1],
      [1n, most, -1],
      [1n, most, 1],
    ],
  )
  assert.deepEqual(
    harness.sides.get('dead')?.map(({ values, weight }) => [...values.slice(0, 3), weight]),
    [
      [1n, null, 'DSD4003', 1],
      [1n, null, 'DSD4003', -1],
    ],
  )
})

test('sums of doubles come back exactly when rows are taken back', () => {
  const node = aggregateNode(inputNode(schema), [0], [call(schema, 'sum', ['d']), call(schema, 'avg', ['d'])])
  const harness = harnessOf(node, false)
  const row = (d: number, weight = 1): FedRow => ({
    input: 0,
    values: [1n, null, null, null, d, null, null, null, 0],
    weight,
  })
  const added = [0.1, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e-300, 3]
  harness.step([row(0.5)])
  harness.step(added.map(d => row(d)))
  harness.step(added.map(d => row(d, -1)))
  const last = harness.main.at(-1)
  assert.deepEqual(last?.values, [1n, 0.5, 0.5])
})

test('a value that is taken back before it comes counts when both are there; a group keeps what it holds until then', () => {
  const node = aggregateNode(
    inputNode(schema),
    [0],
    [call(schema, 'count', []), call(schema, 'count', ['i'], { distinct: true })],
  )
  const harness = harnessOf(node, false, 3)
  const row = (k: bigint, i: number, weight = 1): FedRow => ({
    input: 0,
    values: [k, null, i, null, null, null, null, null, 0],
    weight,
  })
  // Group 1 has no rows, but one value more and one less.
  harness.step([row(1n, 7), row(1n, 8, -1)])
  harness.step([row(2n, 8), row(3n, 7)])
  harness.restart(2)
  harness.step([row(1n, 8), row(1n, 8)])
  const counts = (k: bigint, rows: bigint, values: bigint) => ({ values: [k, rows, values], weight: 1 })
  assert.deepEqual(harness.table(), tableOf([counts(1n, 2n, 2n), counts(2n, 1n, 1n), counts(3n, 1n, 1n)]))
  harness.step([row(1n, 8, -1), row(1n, 7, -1), row(2n, 8, -1)])
  harness.step([row(1n, 7)])
  assert.deepEqual(harness.table(), tableOf([counts(1n, 1n, 1n), counts(3n, 1n, 1n)]))
})

test('a fold keeps its state by group', () => {
  const fold = {
    initial: '',
    step: (state: Value, [s, i]: readonly Value[]): Value => (i === 4 ? assert.fail('four') : `${state}${s}`),
    source: '',
  }
  const folded = {
    ...call(schema, 'max', ['s']),
    name: 'fold',
    args: [...call(schema, 'arg_max', ['s', 'i']).args],
    fold,
  }
  const node = aggregateNode(inputNode(schema), [0], [folded])
  const harness = harnessOf(node, true)
  const row = (k: bigint, s: string, i = 0): FedRow => ({
    input: 0,
    values: [k, s, i, null, null, null, null, null, 0],
  })
  harness.step([row(1n, 'a'), row(2n, 'x'), row(1n, 'b')])
  harness.restart(1)
  harness.step([row(1n, 'a longer text than twelve bytes'), row(1n, 'lost', 4)])
  assert.deepEqual(
    harness.table(),
    tableOf([
      { values: [1n, 'aba longer text than twelve bytes'], weight: 1 },
      { values: [2n, 'x'], weight: 1 },
    ]),
  )
  assert.deepEqual(
    harness.sides.get('dead')?.map(({ values }) => [values[1], ...values.slice(-2)]),
    [['lost', 'DSD4007', 'four']],
  )
})

test('a fold that can retract follows rows that are taken back, and gives up the dead letters of those it fails on', () => {
  const take =
    (sign: number) =>
    (state: Value, [, i]: readonly Value[]): Value =>
      i === 4 ? assert.fail('four') : Number(state) + sign * Number(i)
  const fold = { initial: 0, step: take(1), retract: take(-1), source: '' }
  const args = [...call(schema, 'arg_max', ['s', 'i']).args]
  const node = aggregateNode(inputNode(schema), [0], [{ ...call(schema, 'max', ['i']), name: 'fold', args, fold }])
  const harness = harnessOf(node, false)
  const row = (k: bigint, i: number, weight: number): FedRow => ({
    input: 0,
    values: [k, 's', i, null, null, null, null, null, 0],
    weight,
  })
  harness.step([row(1n, 7, 1), row(1n, 5, 2), row(2n, 3, 1)])
  assert.deepEqual(
    harness.table(),
    tableOf([
      { values: [1n, 17], weight: 1 },
      { values: [2n, 3], weight: 1 },
    ]),
  )
  harness.restart(1)
  // Taken back before it comes, within a step.
  harness.step([row(1n, 9, -1), row(1n, 5, -1), row(1n, 9, 1), row(2n, 3, -1), row(1n, 4, 1)])
  assert.deepEqual(harness.table(), tableOf([{ values: [1n, 12], weight: 1 }]))
  assert.deepEqual(
    harness.sides.get('dead')?.map(({ values, weight }) => [values[2], values.at(-1), weight]),
    [[4, 'four', 1]],
  )
  harness.step([row(1n, 4, -1)])
  assert.equal(tableOf(harness.sides.get('dead') ?? []).size, 0)
  assert.deepEqual(harness.table(), tableOf([{ values: [1n, 12], weight: 1 }]))
})
