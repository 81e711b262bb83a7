import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, planOf } from '../../../../test/sql-plans.ts'
import { END_OF_TIME } from '../../../batch/batch.ts'
import { MatchNode, type PlanNode } from '../../../plan/nodes/node.ts'
import { optimise } from '../../../plan/optimise/optimise.ts'
import type { Value } from '../../../types/value.ts'
import { type FedRow, OperatorHarness } from '../operator-harness.fixture.ts'
import { createMatchRecognize } from './match-recognize.ts'

const SECOND = 1_000_000n

const tables = `
  CREATE TABLE timed (k INT, x INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (connector = 'kafka');
  CREATE TABLE arriving (k INT, x INT, at AS PROCTIME()) WITH (connector = 'kafka');
  CREATE TABLE whole (k INT, x INT, ts TIMESTAMP(3)) WITH (connector = 'file', path = 'none.csv')`

function node(sql: string, settings: Readonly<Record<string, string>> = {}): MatchNode {
  const find = (plan: PlanNode): MatchNode => {
    if (MatchNode.is(plan)) return plan
    if (plan.is === 'project') return find(plan.input)
    throw new RangeError(`no match in ${plan.is}`)
  }
  return find(optimise(planOf(bound(sql, { before: tables, settings }))))
}

const harness = (match: MatchNode, workers = 1): OperatorHarness =>
  new OperatorHarness(
    context => createMatchRecognize(match, context),
    [{ schema: match.input.schema, routeBy: match.partitionBy }],
    workers,
  )

/** A row of key 1, in the order of the columns that are left. */
function row(match: MatchNode, x: number | null, second: number | null, watermark = 0): FedRow {
  const values: Readonly<Record<string, Value>> = {
    k: 1,
    x,
    ts: second === null ? null : (BigInt(Math.round(second * 10)) * SECOND) / 10n,
  }
  return {
    input: 0,
    values: match.input.schema.map(({ name }) => values[name] ?? null),
    watermark: BigInt(watermark) * SECOND,
  }
}

const matches = (of: OperatorHarness): readonly (readonly Value[])[] => of.main.map(({ values }) => values)
const side = (of: OperatorHarness, name: string): readonly (readonly Value[])[] =>
  (of.sides.get(name) ?? []).map(({ values }) => values)

const measures = 'MEASURES FIRST(x) AS a, LAST(x) AS b'

test('a row that comes behind the watermark is late, one of its very moment is not', () => {
  const match = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures} PATTERN (A B) DEFINE A AS TRUE)`,
  )
  const run = harness(match)
  run.step([row(match, 1, 5), row(match, 2, 4, 5), row(match, 3, 5, 5)], { watermarks: [5n * SECOND] })
  assert.deepEqual(matches(run), [])
  run.step([], { watermarks: [5n * SECOND + 1n] })
  assert.deepEqual(matches(run), [[1, 1, 3]])
  assert.deepEqual(side(run, 'late'), [[1, 2, 4n * SECOND, 1, 1]])
})

test('a row without a time is a dead letter', () => {
  const match = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures} PATTERN (A) DEFINE A AS TRUE)`,
  )
  const run = harness(match)
  run.step([row(match, 1, null), row(match, 2, 1)], { watermarks: [END_OF_TIME], ended: true })
  assert.deepEqual(matches(run), [[1, 2, 2]])
  assert.deepEqual(side(run, 'dead'), [[1, 1, null, 'DSD4006', 'The event time is NULL.']])
})

test('what is not found within its time is given up and its rows are forgotten', () => {
  const match = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures}
       PATTERN (A B* C) WITHIN INTERVAL '10' SECOND DEFINE A AS x = 0, C AS x = 9)`,
  )
  const run = harness(match)
  const bytes: number[] = []
  for (let round = 0; round < 40; round++) {
    const from = round * 100
    const rows = Array.from({ length: 50 }, (_, i) => row(match, i === 0 ? 0 : 1, from + i / 10, from))
    run.step(rows, { watermarks: [BigInt(from + 20) * SECOND] })
    if (round % 10 === 5) run.restart(1)
    bytes.push(run.stateBytes())
  }
  assert.deepEqual(matches(run), [])
  assert.equal(new Set(bytes.slice(10, 14)).size, 1)
  assert.equal(bytes.at(-1), bytes[12])
  // Less than ten seconds from the first row to the last; exactly ten are too long.
  run.step(
    [row(match, 0, 5000, 4000), row(match, 9, 5010, 4000), row(match, 0, 5020, 4000), row(match, 9, 5029, 4000)],
    {
      watermarks: [END_OF_TIME],
      ended: true,
    },
  )
  assert.deepEqual(matches(run), [[1, 0, 9]])
  assert.equal(run.main.length, 1)
})

test('by processing time rows are taken as they come, and the clock ends what waits', () => {
  const match = node(
    `SELECT * FROM arriving MATCH_RECOGNIZE (PARTITION BY k ORDER BY at ${measures}
       PATTERN (A B*) WITHIN INTERVAL '10' SECOND DEFINE A AS x = 0, B AS x > 0)`,
  )
  const run = harness(match)
  run.now = 100n * SECOND
  run.step([row(match, 0, null), row(match, 3, null)])
  run.now = 109n * SECOND
  run.step([row(match, 4, null)])
  run.restart(2)
  assert.deepEqual(matches(run), [])
  run.now = 110n * SECOND
  run.step([])
  assert.deepEqual(matches(run), [[1, 0, 4]])
})

test('a skip that leads nowhere makes the match a dead letter, and the search goes on', () => {
  const match = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures}
       AFTER MATCH SKIP TO LAST B PATTERN (A B? C) DEFINE A AS x = 0, B AS x = 1, C AS x = 2)`,
  )
  const run = harness(match)
  const rows = [0, 2, 0, 1, 2].map((x, i) => row(match, x, i))
  run.step(rows, { watermarks: [END_OF_TIME], ended: true })
  assert.deepEqual(matches(run), [[1, 0, 2]])
  assert.deepEqual(
    side(run, 'dead').map(values => [values[1], values[3]]),
    [[0, 'DSD4008']],
  )
})

test('ways to go on that cannot be told apart are one; too many others are an error of the row that began them', () => {
  const pattern = '(A | B | A B)* C'
  const lone = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures} PATTERN (${pattern}) DEFINE C AS x = 9)`,
    { match_partial_limit: '20' },
  )
  const run = harness(lone)
  run.step([...Array.from({ length: 60 }, (_, i) => row(lone, 1, i)), row(lone, 9, 60)], {
    watermarks: [END_OF_TIME],
    ended: true,
  })
  assert.deepEqual(matches(run), [[1, 1, 9]])

  const summing = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures} PATTERN (${pattern})
       DEFINE C AS x = 9 AND SUM(A.x) >= 0)`,
    { match_partial_limit: '20' },
  )
  const limited = harness(summing)
  limited.step([...Array.from({ length: 12 }, (_, i) => row(summing, 1, i)), row(summing, 9, 12)], {
    watermarks: [END_OF_TIME],
    ended: true,
  })
  const dead = side(limited, 'dead')
  assert.ok(dead.length > 0 && dead.every(values => values[3] === 'DSD4009'))
  assert.deepEqual(matches(limited).at(-1)?.at(2), 9)
})

test('a definition that fails for a row that it is asked for makes that row a dead letter', () => {
  const match = node(
    `SELECT * FROM timed MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts ${measures}
       PATTERN (A B) DEFINE A AS x < 5, B AS 10 / x > 1)`,
  )
  const run = harness(match)
  // The first 0 is asked for A alone; the second for B.
  run.step(
    [0, 2, 3, 0].map((x, i) => row(match, x, i)),
    { watermarks: [END_OF_TIME], ended: true },
  )
  assert.deepEqual(matches(run), [[1, 0, 2]])
  assert.deepEqual(
    side(run, 'dead').map(values => [values[1], values[3]]),
    [[0, 'DSD4002']],
  )
})

test('input that ends may be ordered by anything', () => {
  const match = node(
    `SELECT * FROM whole MATCH_RECOGNIZE (PARTITION BY k ORDER BY x DESC ${measures} PATTERN (A B) DEFINE A AS TRUE)`,
  )
  for (const workers of [1, 2]) {
    const run = harness(match, workers)
    run.step([3, 1, 4].map(x => row(match, x, 1)))
    run.restart(workers)
    assert.deepEqual(matches(run), [])
    run.step([row(match, 2, 1)], { watermarks: [END_OF_TIME], ended: true })
    assert.deepEqual(matches(run), [
      [1, 4, 3],
      [1, 2, 1],
    ])
  }
})
