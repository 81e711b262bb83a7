import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NO_WATERMARK } from '../../../batch/batch.ts'
import type { MemoryOptions } from '../../../batch/linear-memory.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import { WindowNode } from '../../../plan/nodes/node.ts'
import { randomOf } from '../../../state/table-model.fixture.ts'
import { field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, OperatorHarness, tableOf } from '../operator-harness.fixture.ts'
import { aggregateInput } from './aggregate-input.ts'
import { aggregateNode, call, harnessOf, inputNode, memoryModes } from './aggregate-model.fixture.ts'
import { createSlicedAggregate, slicedWindow } from './sliced-aggregate.ts'

const source = [
  field('k', types.bigint),
  field('d', types.double),
  field('s', types.string),
  field('v', types.bigint),
  field('t', types.timestamp(3)),
]
const TIME = 4

interface Hop {
  readonly size: bigint
  readonly slide: bigint
  readonly offset: bigint
}

/** Windows that are whole slides, windows that are not, and windows with an offset. */
const hops: readonly Hop[] = [
  { size: 20n, slide: 10n, offset: 0n },
  { size: 50n, slide: 10n, offset: 3n },
  { size: 25n, slide: 10n, offset: 0n },
  { size: 30n, slide: 20n, offset: -7n },
]

const callsThatLetGo = ({ schema }: WindowNode): AggregateNode['calls'] => [
  call(schema, 'count', []),
  call(schema, 'sum', ['v']),
  call(schema, 'avg', ['d']),
  call(schema, 'var_pop', ['d']),
]

function nodeOf(hop: Hop, calls?: (window: WindowNode) => AggregateNode['calls'], key = 2): AggregateNode {
  const window = WindowNode.create(inputNode(source), { kind: 'hop', ...hop }, TIME, 'close')
  const { schema } = window
  const own = calls?.(window) ?? [
    call(schema, 'count', []),
    call(schema, 'count', ['v']),
    call(schema, 'sum', ['v']),
    call(schema, 'min', ['v']),
    call(schema, 'max', ['s']),
    call(schema, 'avg', ['d']),
    call(schema, 'first_value', ['s']),
  ]
  // window_end, k, window_start, s: the keys stand in another order than the state's.
  return aggregateNode(window, [6, 0, 5, key], own, { start: 2, end: 0, allowedLateness: 0n, changes: false })
}

const floorTo = (t: bigint, step: bigint, offset: bigint): bigint => {
  const rest = (t - offset) % step
  return t - (rest < 0n ? rest + step : rest)
}

/** The copies that a window function makes of a row, earliest window first. */
function copiesOf(row: FedRow, { size, slide, offset }: Hop): FedRow[] {
  const t = row.values[TIME]
  if (typeof t !== 'bigint') return []
  const copies: FedRow[] = []
  for (let start = floorTo(t - size, slide, offset) + slide; start <= t; start += slide) {
    copies.push({ ...row, values: [...row.values, start, start + size, start + size - 1000n] })
  }
  return copies
}

/** `takesBack`: some rows leave again, at their own time or when they are late for windows. */
function randomRows(seed: number, takesBack: boolean): FedRow[] {
  const random = randomOf(seed)
  const there: FedRow[] = []
  const doubles = [0, 2.25, -1.5, null]
  const pick = (below: number, of: (n: number) => Value): Value =>
    random.below(6) === 0 ? null : of(random.below(below))
  let newest = -200n
  return Array.from({ length: 5 + random.below(120) }, (_, i): FedRow => {
    const watermark = i === 0 ? NO_WATERMARK : newest - 15n
    if (takesBack && there.length > 0 && random.below(3) === 0) {
      const [gone] = there.splice(random.below(there.length), 1)
      return { input: 0, values: gone?.values ?? [], weight: -1, watermark, ordinal: BigInt(i) }
    }
    const t = newest + BigInt(random.below(70) - 60)
    const time = random.below(20) === 0 ? null : t
    if (time !== null && t > newest - 40n && random.below(3) > 0) newest += BigInt(random.below(8))
    if (time !== null && t > newest) newest = t
    const values = [
      pick(3, BigInt),
      doubles[random.below(doubles.length)] ?? null,
      pick(4, n => `a text of more than twelve bytes ${n}`),
      pick(9, n => BigInt(n - 4)),
      time,
    ]
    const row = { input: 0, values, watermark, ordinal: BigInt(i) }
    there.push(row)
    return row
  })
}

function compare(seed: number, hop: Hop, workers: number, appendOnly = true, memory: MemoryOptions = {}): void {
  const node = nodeOf(hop, appendOnly ? undefined : callsThatLetGo)
  const input = aggregateInput(node, node.input.schema)
  const shape = { schema: input.schema, appendOnly }
  const window = slicedWindow(node, input, shape)
  assert.ok(window !== undefined)
  const sliced = new OperatorHarness(
    context => createSlicedAggregate(node, window, input, context, shape),
    [{ schema: source, routeBy: input.keys }],
    workers,
    memory,
  )
  const expanded = harnessOf(node, appendOnly, workers, memory)
  const rows = randomRows(seed, !appendOnly)
  const random = randomOf(seed ^ 0x5eed)
  for (let at = 0; at < rows.length; ) {
    const step = rows.slice(at, at + 1 + random.below(12))
    at += step.length
    const end = { watermarks: [rows[at]?.watermark ?? step.at(-1)?.watermark ?? NO_WATERMARK] }
    const chunk = 1 + random.below(6)
    sliced.step(step, end, chunk)
    expanded.step(
      step.flatMap(row => copiesOf(row, hop)),
      end,
      chunk,
    )
    if (random.below(5) > 0) continue
    const next = 1 + random.below(workers)
    sliced.restart(next)
    expanded.restart(next)
  }
  sliced.step([], { ended: true })
  expanded.step([], { ended: true })
  assert.deepEqual(tableOf(sliced.main), tableOf(expanded.main), `rows, seed ${seed}`)
  const late = (harness: OperatorHarness) => tableOf(harness.sides.get('late') ?? [])
  assert.deepEqual(late(sliced), late(expanded), `late rows, seed ${seed}`)
  if (workers > 1) return
  const order = (harness: OperatorHarness) => harness.main.map(({ values, ordinal }) => [values, ordinal])
  assert.deepEqual(order(sliced), order(expanded), `order, seed ${seed}`)
}

for (const hop of hops) {
  test(`slices of windows of ${hop.size} each ${hop.slide} from ${hop.offset} give what a row a window gives`, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, workers) => compare(seed, hop, workers)),
      { numRuns: 25 },
    )
  })

  test(`slices of windows of ${hop.size} each ${hop.slide} from ${hop.offset} let rows go`, () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 3 }), (seed, workers) => compare(seed, hop, workers, false)),
      { numRuns: 25 },
    )
  })
}

for (const [mode, memory] of Object.entries(memoryModes)) {
  test(`slices in a memory ${mode}`, () => {
    for (let seed = 0; seed < 6; seed++) compare(seed, hops[seed % hops.length] ?? hops[0]!, 1, seed % 2 === 0, memory)
  })
}

test('what depends on the window, does not merge, or is corrected later is not sliced', () => {
  const hop = hops[1] ?? hops[0]!
  const sliced = (node: AggregateNode, appendOnly = true) => {
    const input = aggregateInput(node, node.input.schema)
    return slicedWindow(node, input, { schema: input.schema, appendOnly }) !== undefined
  }
  assert.equal(sliced(nodeOf(hop)), true)
  assert.equal(sliced(nodeOf(hop, callsThatLetGo), false), true)
  assert.equal(sliced(nodeOf(hop), false), false, 'the next smallest value is not known')
  assert.equal(sliced(nodeOf(hop, undefined, 1)), false, '0 and -0 are one key')
  assert.equal(sliced(nodeOf(hop, ({ schema }) => [call(schema, 'max', ['window_start'])])), false)
  assert.equal(sliced(nodeOf(hop, ({ schema }) => [call(schema, 'count', ['v'], { distinct: true })])), false)
  assert.equal(sliced(nodeOf(hop, ({ schema }) => [call(schema, 'array_agg', ['v'])])), false)
  const node = nodeOf(hop)
  const { window } = node
  assert.ok(window !== undefined)
  assert.equal(sliced({ ...node, window: { ...window, changes: true } }), false)
  assert.equal(sliced({ ...node, window: { ...window, allowedLateness: 1n } }), false)
})
