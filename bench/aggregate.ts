// Aggregates on one core: rows a second of CPU time. Not a test: run it by hand.
// The peer is a Map over ready-made JavaScript objects, the same tumbling count and sum by key.
import { type Batch, CHUNK_ROWS, END_OF_TIME, NO_WATERMARK } from '../packages/streamdown/src/batch/batch.ts'
import { createMemory } from '../packages/streamdown/src/batch/linear-memory.ts'
import type { Memory } from '../packages/streamdown/src/batch/memory.ts'
import type { AggregateNode, PlanNode, WindowNode } from '../packages/streamdown/src/plan/nodes/node.ts'
import type { Operator, Output } from '../packages/streamdown/src/run/operator.ts'
import { aggregateInput } from '../packages/streamdown/src/run/operators/aggregate/aggregate-input.ts'
import {
  aggregateNode,
  call,
  inputNode,
} from '../packages/streamdown/src/run/operators/aggregate/aggregate-model.fixture.ts'
import { createGroupAggregate } from '../packages/streamdown/src/run/operators/aggregate/group-aggregate.ts'
import { createSessionAggregate } from '../packages/streamdown/src/run/operators/aggregate/session-aggregate.ts'
import { createWindowAggregate } from '../packages/streamdown/src/run/operators/aggregate/window-aggregate.ts'
import { createWindow } from '../packages/streamdown/src/run/operators/window.ts'
import { createStateTable } from '../packages/streamdown/src/state/table.ts'
import { field, types } from '../packages/streamdown/src/types/data-type.ts'

const MINUTE = 60_000_000n
/** Chunks made before and pushed over and over, with later times each round. */
const CHUNKS = 256
const ROUNDS = 24

const source = [field('k', types.bigint, false), field('v', types.bigint, false), field('t', types.timestamp(3), false)]
const time = types.timestamp(3)
const bounds = ['window_start', 'window_end', 'window_time'].map(name => field(name, time, false))

/** Sessions of a key end after ten seconds without a row. */
function sessions(): WindowNode {
  const windowing = { kind: 'session', gap: 10_000_000n, partitionBy: [0] } as const
  return { is: 'window', input: inputNode(source), windowing, time: 2, emit: 'close', schema: [...source, ...bounds] }
}

function windowed(): PlanNode {
  const windowing = { kind: 'tumble', size: MINUTE, offset: 0n } as const
  return { is: 'window', input: inputNode(source), windowing, time: 2, emit: 'close', schema: [...source, ...bounds] }
}

function contextOf(memory: Memory) {
  let tables = 0
  return {
    memory,
    table: (spec: Parameters<typeof createStateTable>[1]) =>
      createStateTable(memory, { ...spec, name: `${spec.name}${tables++}` }),
    timeZone: 'UTC',
    settings: {},
    now: () => 0n,
    random: () => 0,
    seed: 0,
    newestEventTime: () => NO_WATERMARK,
  }
}

/** Batches of keys drawn from `keys`, with values and times of `windows` minutes a round. */
function batches(memory: Memory, keys: number, windows: number): { readonly batch: Batch; readonly times: bigint[] }[] {
  let state = 12345
  const next = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
  return Array.from({ length: CHUNKS }, (_, chunk) => {
    const column = (of: (row: number) => bigint): number => {
      const data = memory.alloc(CHUNK_ROWS * 8)
      const values = memory.i64(data, CHUNK_ROWS)
      for (let row = 0; row < CHUNK_ROWS; row++) values[row] = of(row)
      return data
    }
    const times = Array.from(
      { length: CHUNK_ROWS },
      () => BigInt(Math.floor((chunk * windows) / CHUNKS)) * MINUTE + BigInt(next(60_000_000)),
    )
    const batch: Batch = {
      rows: CHUNK_ROWS,
      columns: [
        { type: types.bigint, data: column(() => BigInt(next(keys))), validity: 0 },
        { type: types.bigint, data: column(() => BigInt(next(10_000))), validity: 0 },
        { type: time, data: column(row => times[row] ?? 0n), validity: 0 },
      ],
      weights: 0,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: 0,
      firstOrdinal: 0n,
    }
    return { batch, times }
  })
}

function cpuSeconds(work: () => void): number {
  const started = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1e6
}

const line = (name: string, rows: number, seconds: number, note = ''): void =>
  console.log(`${name.padEnd(58)} ${(rows / seconds / 1e6).toFixed(1).padStart(7)} M/s  ${note}`)

/** Pushes every chunk in each round, ends a step a chunk, moves time on by the round's windows. */
function run(name: string, keys: number, windows: number, node: AggregateNode, expand: boolean): void {
  const memory = createMemory()
  const context = contextOf(memory)
  const session = node.input.is === 'window' && node.input.windowing.kind === 'session' ? node.input : undefined
  const input = aggregateInput(node, session === undefined ? node.input.schema : source)
  const shape = { schema: input.schema, appendOnly: true }
  const create = node.window === undefined ? createGroupAggregate : createWindowAggregate
  const aggregate =
    session === undefined
      ? create(node, input, context, shape)
      : createSessionAggregate(node, session, input, context, shape)
  let emitted = 0
  const sink: Output = {
    emit: batch => {
      emitted += batch.rows
    },
    side: () => undefined,
  }
  const window: Operator | undefined =
    expand && node.input.is === 'window'
      ? createWindow(node.input, context, { schema: source, appendOnly: true })
      : undefined
  const stage: Output = { emit: batch => aggregate.push(0, batch, sink), side: () => undefined }
  const chunks = batches(memory, keys, windows)
  const push = (round: number): void => {
    for (const [chunk, { batch, times }] of chunks.entries()) {
      const column = batch.columns[2]
      if (column === undefined) return
      if (round > 0) memory.kernels.add_i64(column.data, BigInt(windows) * MINUTE, CHUNK_ROWS, column.data)
      const mark = memory.mark()
      if (window === undefined) aggregate.push(0, batch, sink)
      else window.push(0, batch, stage)
      const reached = BigInt(round * windows + Math.floor((chunk * windows) / CHUNKS)) * MINUTE
      aggregate.endStep({ step: 0n, watermarks: [reached], watermark: reached, now: 0n, ended: false }, sink)
      memory.release(mark)
      if (times.length === 0) return
    }
  }
  push(0)
  let rows = 0
  const seconds = cpuSeconds(() => {
    for (let round = 1; round < ROUNDS; round++) {
      push(round)
      rows += CHUNKS * CHUNK_ROWS
    }
  })
  line(name, rows, seconds, `${emitted} rows out, ${(aggregate.stateBytes() / 1e6).toFixed(1)} MB of state`)
}

function peer(keys: number, windows: number): void {
  const memory = createMemory()
  const objects = batches(memory, keys, windows).flatMap(({ batch, times }) => {
    const k = memory.i64(batch.columns[0]?.data ?? 0, CHUNK_ROWS)
    const v = memory.i64(batch.columns[1]?.data ?? 0, CHUNK_ROWS)
    return times.map((t, row) => ({ k: Number(k[row]), v: Number(v[row]), t: Number(t / 1000n) }))
  })
  let closed = 0
  let groups = new Map<string, { n: number; sum: number }>()
  const seconds = cpuSeconds(() => {
    let current = 0
    for (const { k, v, t } of objects) {
      const start = Math.floor(t / 60_000)
      if (start !== current) {
        closed += groups.size
        groups = new Map()
        current = start
      }
      const key = `${k}/${start}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { n: 1, sum: v })
      else {
        group.n += 1
        group.sum += v
      }
    }
  })
  line(`JavaScript Map, ${keys} keys, tumbling count+sum`, objects.length, seconds, `${closed} rows out`)
}

/** Closes `count` groups by one watermark: its time, and the memory above the state. */
function closeMany(count: number): void {
  const memory = createMemory()
  const context = contextOf(memory)
  const input = windowed()
  const node = aggregateNode(
    input,
    [0, 3, 4],
    [call(input.schema, 'count', []), call(input.schema, 'sum', ['v'])],
    closing,
  )
  const layout = aggregateInput(node, input.schema)
  const aggregate = createWindowAggregate(node, layout, context, { schema: input.schema, appendOnly: true })
  let emitted = 0
  const sink: Output = {
    emit: batch => {
      emitted += batch.rows
    },
    side: () => undefined,
  }
  for (let from = 0; from < count; from += CHUNK_ROWS) {
    const mark = memory.mark()
    const constant = (value: bigint): number => {
      const data = memory.chunk(CHUNK_ROWS * 8)
      memory.kernels.fill_i64(data, CHUNK_ROWS, value)
      return data
    }
    const keys = memory.chunk(CHUNK_ROWS * 8)
    memory.kernels.sequence(BigInt(from), CHUNK_ROWS, keys)
    const columns = [keys, constant(1n), constant(5n), constant(0n), constant(MINUTE), constant(MINUTE - 1000n)]
    const batch: Batch = {
      rows: CHUNK_ROWS,
      columns: columns.map((data, i) => ({ type: input.schema[i]?.type ?? time, data, validity: 0 })),
      weights: 0,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: 0,
      firstOrdinal: BigInt(from),
    }
    aggregate.push(0, batch, sink)
    memory.release(mark)
  }
  const before = memory.totalBytes()
  const state = aggregate.stateBytes()
  const seconds = cpuSeconds(() =>
    aggregate.endStep({ step: 0n, watermarks: [END_OF_TIME], watermark: END_OF_TIME, now: 0n, ended: false }, sink),
  )
  line(
    `closing ${emitted} groups by one watermark`,
    emitted,
    seconds,
    `${(state / 1e6).toFixed(0)} MB of state, ${((memory.totalBytes() - before) / 1e6).toFixed(1)} MB more`,
  )
}

const closing = { start: 1, end: 2, allowedLateness: 0n, changes: false }
const tumbling = windowed()
const countSum = [call(tumbling.schema, 'count', []), call(tumbling.schema, 'sum', ['v'])]
for (const keys of [1_000, 100_000, 1_000_000]) {
  peer(keys, 16)
  run(`tumbling count+sum, ${keys} keys`, keys, 16, aggregateNode(tumbling, [0, 3, 4], countSum, closing), true)
  run(
    `updating count+sum, ${keys} keys`,
    keys,
    16,
    aggregateNode(tumbling.is === 'window' ? tumbling.input : tumbling, [0], countSum),
    false,
  )
}
const all = [
  ...countSum,
  call(tumbling.schema, 'min', ['v']),
  call(tumbling.schema, 'max', ['v']),
  call(tumbling.schema, 'avg', ['v']),
]
run('tumbling count+sum+min+max+avg, 1000 keys', 1_000, 16, aggregateNode(tumbling, [0, 3, 4], all, closing), true)
const distinct = [call(tumbling.schema, 'count', ['v'], { distinct: true })]
run('tumbling count distinct, 1000 keys', 1_000, 16, aggregateNode(tumbling, [0, 3, 4], distinct, closing), true)
run(
  'one group, count+sum',
  1,
  16,
  aggregateNode(tumbling.is === 'window' ? tumbling.input : tumbling, [], countSum),
  false,
)
for (const keys of [1_000, 100_000]) {
  const node = aggregateNode(sessions(), [0, 3, 4], countSum, closing)
  run(`sessions count+sum, ${keys} keys`, keys, 16, node, false)
}
closeMany(5_000_000)
