import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MemoryOptions } from '../../../batch/linear-memory.ts'
import { column } from '../../../plan/expressions/build.ts'
import { type Frame, type OverCall, OverNode, ScanNode } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { callsInput } from '../aggregate/aggregate-input.ts'
import { type EmittedRow, type FedRow, OperatorHarness } from '../operator-harness.fixture.ts'
import { createOver } from './over.ts'
import { createOverInOrder } from './over-in-order.ts'

const schema: Schema = [field('p', types.int), field('ts', types.timestamp(3)), field('x', types.int)]
const x = column(schema, 2)
const SECOND = 1_000_000n

const frame = (unit: Frame['unit'], start: Frame['start'], end: Frame['end'] = 0): Frame => ({
  unit,
  start,
  end,
  exclude: 'none',
})
const sum = (of: Frame): OverCall => ({
  name: 'sum',
  args: [x],
  distinct: false,
  type: types.int,
  nullable: true,
  frame: of,
})
const lag: OverCall = { ...sum(frame('rows', 'unbounded')), name: 'lag', window: 'lag', count: 1 }

type Read = (rows: number) => void
type Make = (emit: OverNode['emit'], calls: readonly OverCall[], appendOnly?: boolean) => OperatorHarness

const memories: readonly MemoryOptions[] = [{}, { growAlways: true }, { heapStart: 2 ** 31 }]

/** The test in each kind of memory. */
function inMemories(name: string, body: (over: Make) => void): void {
  for (const memory of memories)
    test(`${name} ${JSON.stringify(memory)}`, () =>
      body((emit, calls, appendOnly = true) => over(emit, calls, appendOnly, memory)))
}

function over(
  emit: OverNode['emit'],
  calls: readonly OverCall[],
  appendOnly: boolean,
  memory: MemoryOptions,
  read: Read = () => {},
): OperatorHarness {
  const input = ScanNode.create({
    name: 't',
    schema,
    connector: 'memory',
    options: {},
    primaryKey: [],
    changes: 'retract',
  })
  const orderBy = [{ column: 1, descending: false, nullsFirst: true }]
  const node = OverNode.create(input, {
    partitionBy: [0],
    orderBy,
    calls,
    emit,
    ties: emit === 'arrival' ? 'arrival' : 'peers',
  })
  const prepared = callsInput(calls, schema)
  return new OperatorHarness(
    context =>
      emit === 'update'
        ? createOver(node, prepared, countingReads(context, read), { schema, appendOnly })
        : createOverInOrder(node, prepared, context),
    [{ schema, routeBy: [0] }],
    1,
    memory,
  )
}

/** Tells of how many rows are read by their places. */
function countingReads(context: OperatorContext, read: Read): OperatorContext {
  const counting = (table: StateTable): StateTable =>
    new Proxy(table, {
      get: (_, name) => {
        const value: unknown = Reflect.get(table, name, table)
        if (typeof value !== 'function') return value
        if (name !== 'slotAt') return value.bind(table)
        return (...args: Parameters<StateTable['slotAt']>) => {
          read(args[2])
          return table.slotAt(...args)
        }
      },
    })
  return { ...context, table: spec => counting(context.table(spec)) }
}

const row = (p: number, seconds: number, value: number | null, rest: Partial<FedRow> = {}): FedRow => ({
  input: 0,
  values: [p, BigInt(seconds) * SECOND, value],
  ...rest,
})

/** `+1 3 10 30`: the weight, partition, second and what follows. */
const shown = (rows: readonly EmittedRow[]): string[] =>
  rows.map(({ weight, values: [p, ts, ...others] }) =>
    [weight > 0 ? `+${weight}` : weight, p, Number(ts) / 1e6, ...others.map(value => value ?? '-')].join(' '),
  )

const at = (seconds: number): { readonly watermarks: readonly bigint[] } => ({ watermarks: [BigInt(seconds) * SECOND] })

inMemories('rows leave in the order of event time, across partitions, once the watermark has passed them', over => {
  const harness = over('watermark', [sum(frame('range', 'unbounded')), lag])
  harness.step([row(1, 4, 10), row(2, 1, 5), row(1, 2, 1), row(1, 4, 100)], at(2))
  assert.deepEqual(shown(harness.main), ['+1 2 1 5 5 -'])
  harness.step([row(1, 3, 3)], at(4))
  assert.deepEqual(shown(harness.main).slice(1), ['+1 1 2 1 1 -', '+1 1 3 3 4 1'])
  harness.restart(2)
  harness.step([row(2, 6, 7)], { ended: true })
  // The two rows of second 4 are peers: each sees both.
  assert.deepEqual(shown(harness.main).slice(3).sort(), ['+1 1 4 10 114 3', '+1 1 4 100 114 10', '+1 2 6 7 12 5'])
})

inMemories('rows behind the watermark are late', over => {
  const harness = over('watermark', [sum(frame('rows', 'unbounded'))])
  harness.step([row(1, 5, 1, { watermark: 3n * SECOND }), row(1, 2, 2, { watermark: 3n * SECOND })], at(3))
  harness.step([], { ended: true })
  assert.deepEqual(shown(harness.main), ['+1 1 5 1 1'])
  assert.deepEqual(
    (harness.sides.get('late') ?? []).map(({ values }) => values),
    [[1, 2n * SECOND, 2, 1, 1]],
  )
})

inMemories('by the processing clock each row leaves as it comes', over => {
  const harness = over('arrival', [sum(frame('rows', -1)), lag])
  harness.step([row(1, 0, 1), row(1, 0, 2), row(2, 0, 5), row(1, 0, 4)])
  assert.deepEqual(shown(harness.main), ['+1 1 0 1 1 -', '+1 1 0 2 3 1', '+1 2 0 5 5 -', '+1 1 0 4 6 2'])
  harness.restart(2)
  harness.step([row(1, 1, 8)])
  assert.deepEqual(shown(harness.main).slice(4), ['+1 1 1 8 12 4'])
})

inMemories('a frame of ten seconds forgets what is older, a partition that is quiet too', over => {
  const harness = over('watermark', [sum(frame('range', -10n * SECOND))])
  const sizes: number[] = []
  for (let second = 0; second < 2000; second += 20) {
    const rows = Array.from({ length: 50 }, (_, i) => row(second * 100 + i, second, 1))
    harness.step(rows, at(second + 1))
    sizes.push(harness.stateBytes())
  }
  assert.ok(Math.max(...sizes.slice(10)) <= Math.max(...sizes.slice(0, 10)), sizes.join(' '))
})

inMemories('a change takes back the rows that it reaches, and no others', over => {
  const harness = over('update', [sum(frame('rows', -1, 1))], false)
  harness.step([1, 2, 3, 4, 5, 6].map(second => row(1, second, second)))
  assert.equal(harness.main.length, 6)
  harness.step([row(1, 3, 3, { weight: -1 })])
  assert.deepEqual(shown(harness.main).slice(6), [
    '-1 1 3 3 9',
    '-1 1 2 2 6',
    '+1 1 2 2 7',
    '-1 1 4 4 12',
    '+1 1 4 4 11',
  ])
  harness.restart(2)
  harness.step([row(1, 7, 7), row(2, 1, 1), row(2, 1, 1, { weight: -1 })])
  assert.deepEqual(shown(harness.main).slice(11), ['-1 1 6 6 11', '+1 1 6 6 18', '+1 1 7 7 13'])
})

inMemories('of equal rows the one that came first leaves first, however steps are cut', over => {
  const changes = [row(1, 1, 7), row(1, 1, 7), row(1, 1, 7, { weight: -1 }), row(1, 1, 3), row(1, 1, 7)]
  const cut = over('update', [lag], false)
  for (const change of changes) cut.step([change])
  const whole = over('update', [lag], false)
  whole.step(changes)
  assert.deepEqual(cut.table(), whole.table())
  // Left: the second and the last 7 with the 3 between them.
  assert.deepEqual([...whole.table().values()], [1, 1, 1])
  assert.deepEqual(shown(whole.main).sort(), ['+1 1 1 3 7', '+1 1 1 7 -', '+1 1 1 7 3'])
})

inMemories('a result that does not fit is a dead letter until it fits', over => {
  const harness = over('update', [sum(frame('rows', 'unbounded'))], false)
  const big = 2 ** 31 - 1
  harness.step([row(1, 1, big), row(1, 2, 1), row(1, 3, -1)])
  assert.deepEqual(shown(harness.main), [`+1 1 1 ${big} ${big}`, `+1 1 3 -1 ${big}`])
  const dead = (harness.sides.get('dead') ?? []).map(({ values, weight }) => [weight, values[2], values[4]])
  assert.deepEqual(dead, [[1, 1, 'DSD4003']])
  harness.step([row(1, 1, big, { weight: -1 })])
  assert.deepEqual(harness.table(harness.sides.get('dead')), new Map())
  assert.deepEqual(shown(harness.main).slice(2), [
    `-1 1 1 ${big} ${big}`,
    '+1 1 2 1 1',
    `-1 1 3 -1 ${big}`,
    '+1 1 3 -1 0',
  ])
})

test('a change looks at the rows around it alone, where a frame is told by values or groups', () => {
  const n = 2000
  for (const [of, others] of [
    [frame('range', -2n * SECOND), 3],
    [frame('range', -1n * SECOND, SECOND), 3],
    [frame('groups', -1), 2],
    [frame('range', 0), 1],
  ] as const) {
    for (const appendOnly of [true, false]) {
      let read = 0
      const harness = over('update', [sum(of)], appendOnly, {}, rows => {
        read += rows
      })
      harness.step(Array.from({ length: n }, (_, i) => row(1, i, 1)))
      read = 0
      const before = harness.main.length
      harness.step([row(1, n / 2, 1)])
      assert.ok(read > 0 && read < 40, `${of.unit} ${String(of.start)}: ${read} rows`)
      // The new row and its old peer, and the other rows in whose frames they are, with one more.
      const added = harness.main.slice(before).filter(({ weight }) => weight > 0)
      assert.equal(added.length, others + 1)
    }
  }
})

test('a change reads on from the row before it, until what rows come to is what it was', () => {
  const n = 2000
  const running = (name: string, rest: Partial<OverCall> = {}): OverCall => ({
    ...sum(frame('range', 'unbounded')),
    name,
    ...rest,
  })
  const count = running('count', { args: [], type: types.bigint })
  const mean = running('avg', { type: types.double })
  const first = running('first_value', { window: 'first_value' })
  const number = running('row_number', { window: 'row_number', args: [], type: types.bigint })
  const updateAt = (second: number): readonly FedRow[] => [row(1, second, 1, { weight: -1 }), row(1, second, 0)]
  for (const [name, calls, change, most] of [
    ['a row behind the last', [sum(frame('range', 'unbounded')), mean, number], [row(1, n, 5)], 40],
    ['a row before the last ten', [sum(frame('rows', 'unbounded')), mean], updateAt(n - 10), 40],
    ['a count', [count, number, lag], updateAt(n / 2), 100],
    ['a sum up to three rows before', [running('sum', { frame: frame('rows', 'unbounded', -3) })], [row(1, n, 5)], 60],
    ['a sum from the row on', [running('sum', { frame: frame('rows', 0, 'unbounded') })], [row(1, -1, 5)], 60],
    ['a sum of later peers', [running('sum', { frame: frame('range', 0, 'unbounded') })], [row(1, -1, 5)], 60],
    ['a maximum that stays behind', [running('max', { frame: frame('rows', 2, 'unbounded') })], updateAt(n / 2), 120],
    ['a maximum that stays', [running('max')], updateAt(n / 2), 100],
    ['a first value', [first], updateAt(n / 2), 100],
    ['a sum that is made up for', [sum(frame('range', 'unbounded'))], [...updateAt(9), row(1, 9, 1)], 100],
  ] as const) {
    let read = 0
    const harness = over('update', calls, false, {}, rows => {
      read += rows
    })
    harness.step(Array.from({ length: n }, (_, i) => row(1, i, 1)))
    read = 0
    harness.step(change)
    assert.ok(read > 0 && read < most, `${name}: ${read} rows`)
  }
})
