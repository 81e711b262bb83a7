import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from '../session/create.ts'
import { createStepSize, LEAST_ROWS, MOST_ROWS, STEP_MS, type StepSize } from './step-size.ts'

/** Sizes of steps whose every row takes so long; `limit`: rows that are there. */
function sizesOf(size: StepSize, clock: { ms: number }, msPerRow: number, steps: number, limit = Infinity): number[] {
  return Array.from({ length: steps }, (_, step) => {
    const rows = size.begin(BigInt(step))()
    const taken = Math.min(rows, limit)
    clock.ms += taken * msPerRow
    size.end(taken)
    return rows
  })
}

function measured(stepRows = 65_536): { readonly size: StepSize; readonly clock: { ms: number } } {
  const clock = { ms: 0 }
  return { size: createStepSize({ stepRows, seed: 1, stopwatch: { elapsedMs: () => clock.ms } }), clock }
}

test('steps of a slow dataflow get smaller, halving at most, down to one chunk', () => {
  const { size, clock } = measured()
  assert.deepEqual(sizesOf(size, clock, 1, 6), [65_536, 32_768, 16_384, 8192, 4096, LEAST_ROWS])
})

test('steps of a fast dataflow get bigger, doubling at most, up to the most', () => {
  const { size, clock } = measured()
  assert.deepEqual(sizesOf(size, clock, 1e-9, 6), [65_536, 131_072, 262_144, 524_288, MOST_ROWS, MOST_ROWS])
})

test('a dataflow of even speed settles where a step takes as long as it should', () => {
  const { size, clock } = measured()
  const perMs = 20_000
  assert.equal(sizesOf(size, clock, 1 / perMs, 8).at(-1), perMs * STEP_MS)
})

test('how long a step should take can be said', () => {
  const clock = { ms: 0 }
  const size = createStepSize({ stepRows: 65_536, seed: 1, stopwatch: { elapsedMs: () => clock.ms }, stepMs: 2 })
  const perMs = 20_000
  assert.equal(sizesOf(size, clock, 1 / perMs, 8).at(-1), perMs * 2)
})

test('a step that took all there was says nothing of larger ones', () => {
  const { size, clock } = measured()
  assert.deepEqual(sizesOf(size, clock, 1e-6, 3, 10), [65_536, 65_536, 65_536])
})

test('one slow step costs one halving', () => {
  const { size, clock } = measured()
  const perMs = 6553.6
  assert.deepEqual(sizesOf(size, clock, 1 / perMs, 2), [65_536, 65_536])
  size.begin(2n)()
  clock.ms += 1000
  size.end(65_536)
  assert.equal(size.begin(3n)(), 32_768)
})

test('steps that take their time whatever they hold are not cut to pieces, and get small again when they can be', () => {
  const { size, clock } = measured()
  const msPerRow = 1 / 10_000
  let rows = 0
  const began = clock.ms
  for (let step = 0; step < 100; step++) {
    const now = size.begin(BigInt(step))()
    rows += now
    clock.ms += 500 + now * msPerRow
    size.end(now)
  }
  const ownMs = rows * msPerRow
  assert.ok(ownMs > (clock.ms - began) / 10, `${ownMs} of ${clock.ms - began} ms are for the rows`)
  assert.ok(sizesOf(size, clock, msPerRow, 100).at(-1) === STEP_MS / msPerRow)
})

test('a session measures its steps unless their size is said or the clock is virtual', async () => {
  const environment = await createNodeEnvironment()
  const rowsOfSteps = async (options: Parameters<typeof createSession>[0], msPerLook: number): Promise<number[]> => {
    let ms = 0
    const stopwatch = {
      elapsedMs: () => {
        ms += msPerLook
        return ms
      },
    }
    const session = await createSession(options, { ...environment, stopwatch })
    await session.execute(`
      CREATE TABLE events WITH ('connector' = 'nexmark', 'events.num' = '400000');
      CREATE TABLE nothing WITH ('connector' = 'blackhole');
      INSERT INTO nothing SELECT bid.price FROM events`)
    const seen = [0]
    await session.run({ stop: () => false, onStep: () => seen.push(session.status()[0]?.rowsIn ?? 0) })
    await session.close()
    return seen.slice(1).map((rows, at) => rows - (seen[at] ?? 0))
  }
  await assert.rejects(rowsOfSteps({ settings: { step_time: 'soon' } }, 0), { code: 'DSD2014' })
  const slow = await rowsOfSteps({}, 1000)
  const slowIsFine = await rowsOfSteps({ settings: { step_time: '1 h' } }, 1000)
  const fast = await rowsOfSteps({}, 0)
  const set = await rowsOfSteps({ clock: 0n }, 1000)
  assert.deepEqual(slow.slice(0, 4), [65_536, 32_768, 16_384, 32_768])
  assert.deepEqual(slowIsFine.slice(0, 2), [65_536, 131_072])
  assert.deepEqual(fast.slice(0, 2), [65_536, 131_072])
  assert.deepEqual(set.slice(0, 3), [65_536, 65_536, 65_536])
})
