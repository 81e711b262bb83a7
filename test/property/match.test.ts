import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MatchNode, type PlanNode } from '../../packages/streamdown/src/plan/nodes/node.ts'
import { optimise } from '../../packages/streamdown/src/plan/optimise/optimise.ts'
import { createMatchRecognize } from '../../packages/streamdown/src/run/operators/match/match-recognize.ts'
import { type FedRow, OperatorHarness } from '../../packages/streamdown/src/run/operators/operator-harness.fixture.ts'
import { bound, planOf } from '../../packages/streamdown/test/sql-plans.ts'
import { type Draw, drawFrom } from './draw.ts'
import { drawQuery, drawRows } from './match-draw.ts'
import { patternSQL, type Query, type Row, recognise, type Value } from './match-naive.ts'
import { runs, seed } from './oracle.ts'

const END = 2n ** 63n - 1n
const SECOND = 1_000_000n

const table = `CREATE TABLE input (k INT NOT NULL, id INT NOT NULL, x INT, ts TIMESTAMP(3) NOT NULL, WATERMARK FOR ts AS ts)
  WITH (connector = 'file', path = 'none.ndjson')`

function querySQL(query: Query): string {
  const { pattern, defines, subset, skip, shown, within, measures } = query
  const rowsPerMatch = {
    one: 'ONE ROW PER MATCH',
    all: 'ALL ROWS PER MATCH SHOW EMPTY MATCHES',
    'omit empty': 'ALL ROWS PER MATCH OMIT EMPTY MATCHES',
    unmatched: 'ALL ROWS PER MATCH WITH UNMATCHED ROWS',
  }[shown]
  const after =
    'variable' in skip
      ? `TO ${skip.to.toUpperCase()} ${skip.variable}`
      : { 'past last': 'PAST LAST ROW', next: 'TO NEXT ROW' }[skip.to]
  const names = measures.map((_, i) => `m${i}`)
  const columns = ['k', ...names, ...(shown === 'one' ? [] : ['id'])]
  const defined = [...defines].map(([name, { sql }]) => `${name} AS ${sql}`)
  return `SELECT ${columns.join(', ')} FROM input MATCH_RECOGNIZE (
    PARTITION BY k ORDER BY ts
    MEASURES ${measures.map(({ sql }, i) => `${sql} AS m${i}`).join(', ')}
    ${rowsPerMatch}
    AFTER MATCH SKIP ${after}
    PATTERN (${patternSQL(pattern)}) ${within === undefined ? '' : `WITHIN INTERVAL '${within}' SECOND`}
    ${subset.length === 0 ? '' : `SUBSET U = (${subset.join(', ')})`}
    DEFINE ${defined.length === 0 ? `${firstVariable(query)} AS TRUE` : defined.join(', ')}
  )`
}

function firstVariable({ pattern }: Query): string {
  return /[ABC]/.exec(patternSQL(pattern).replaceAll('PERMUTE', ''))?.[0] ?? 'A'
}

function matchNode(sql: string): MatchNode {
  const find = (node: PlanNode): MatchNode => {
    if (MatchNode.is(node)) return node
    if (node.is === 'project') return find(node.input)
    throw new RangeError(`no match in ${node.is}`)
  }
  return find(optimise(planOf(bound(sql, { before: table }))))
}

interface Fed {
  readonly key: number
  readonly row: Row
}

/** Rows of the partitions mixed, out of order by a few; those of one time and key stay in their order. */
function shuffled(draw: Draw, partitions: readonly (readonly Row[])[]): readonly Fed[] {
  const all = partitions.flatMap((rows, key) =>
    rows.map(row => ({ key, row, at: row.time * 10 + draw.integer(0, 25) })),
  )
  for (const partition of partitions.keys()) {
    const latest = new Map<number, number>()
    for (const one of all)
      if (one.key === partition) {
        one.at = Math.max(one.at, latest.get(one.row.time) ?? 0)
        latest.set(one.row.time, one.at)
      }
  }
  return all.toSorted((a, b) => a.at - b.at || a.row.id - b.row.id)
}

/** The watermark before each row: as far as no later row is late. */
function watermarks(rows: readonly Fed[]): readonly bigint[] {
  const before: bigint[] = []
  let earliest = END
  for (const { row } of rows.toReversed()) {
    const time = BigInt(row.time) * SECOND
    if (time < earliest) earliest = time
    before.unshift(earliest)
  }
  return before
}

/** The rows that come out by key, in their order. */
function outputs(node: MatchNode, fed: readonly Fed[], draw: Draw): ReadonlyMap<number, readonly string[]> {
  const { schema } = node.input
  const routeBy = node.partitionBy
  const harness = new OperatorHarness(
    context => createMatchRecognize(node, context),
    [{ schema, routeBy }],
    draw.integer(1, 2),
  )
  const before = watermarks(fed)
  let from = 0
  while (from < fed.length) {
    const to = Math.min(fed.length, from + draw.oneOf([1, 1, 2, 5, 100]))
    const rows = fed.slice(from, to).map(({ key, row }, i): FedRow => {
      const values = { k: key, id: row.id, x: row.x, ts: BigInt(row.time) * SECOND }
      return {
        input: 0,
        values: schema.map(({ name }) => values[name === 'k' || name === 'id' || name === 'x' ? name : 'ts']),
        watermark: before[from + i] ?? END,
      }
    })
    const ended = to === fed.length && draw.sometimes(2)
    harness.step(
      rows,
      { watermarks: [ended ? END : (before[to] ?? before.at(-1) ?? 0n)], ended },
      draw.oneOf([1, 3, 100]),
    )
    if (!ended && draw.sometimes(3)) harness.restart(draw.integer(1, 3))
    from = to
  }
  harness.step([], { watermarks: [END], ended: true })
  assert.deepEqual(
    [...harness.sides.keys()].filter(side => side !== 'dead'),
    [],
  )
  const found = new Map<number, string[]>()
  for (const { values } of harness.main) {
    const [key, ...rest] = values
    const rows = found.get(Number(key)) ?? []
    found.set(Number(key), rows)
    rows.push(text(rest.map(value => (typeof value === 'bigint' ? Number(value) : plain(value)))))
  }
  return found
}

const plain = (value: unknown): Value =>
  typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null
const text = (values: readonly Value[]): string => JSON.stringify(values)

test('matches are those of the definition, whatever the cut, the workers and restarts', () => {
  let matches = 0
  fc.assert(
    fc.property(fc.gen(), g => {
      const draw = drawFrom(g)
      const query = drawQuery(draw)
      const partitions = Array.from({ length: draw.integer(1, 3) }, (_, key) =>
        drawRows(draw, draw.integer(1, 9), key * 100),
      )
      const sql = querySQL(query)
      const expected = partitions.map(rows => recognise(query, rows))
      if (expected.includes('skip error')) return
      let node: MatchNode
      try {
        node = matchNode(sql)
      } catch (error) {
        if (/begins with/.test(String(error))) return
        throw error
      }
      const found = outputs(node, shuffled(draw, partitions), draw)
      for (const [key, rows] of expected.entries()) {
        const wanted = rows === 'skip error' ? [] : rows.map(text)
        matches += wanted.length
        assert.deepEqual(found.get(key) ?? [], wanted, `${sql}\npartition ${key}: ${JSON.stringify(partitions[key])}`)
      }
    }),
    { seed, numRuns: runs * 3 },
  )
  assert.ok(matches > runs, 'matches were found')
})
