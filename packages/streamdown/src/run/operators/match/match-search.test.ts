import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bound, planOf } from '../../../../test/sql-plans.ts'
import { END_OF_TIME } from '../../../batch/batch.ts'
import { MatchNode, type PlanNode } from '../../../plan/nodes/node.ts'
import type { Link, MatchRules } from './match-attempt.ts'
import { compilePattern } from './match-program.ts'
import { Search, type SearchState } from './match-search.ts'

/** Searches rows, each the letters of the variables that it may be mapped to, for the pattern. */
class Searched {
  /** Which rows each match has. */
  readonly matches: (readonly number[])[] = []
  /** How often it was asked whether a row may be mapped to a variable. */
  asked = 0
  readonly #node: MatchNode
  readonly #search: Search
  readonly #state: SearchState = { first: 0, start: 0, ready: 0, covered: 0, matches: 0, attempt: undefined }

  constructor(pattern: string, { after = 'SKIP PAST LAST ROW', looksBack = false } = {}) {
    this.#node = matchNode(`SELECT * FROM whole MATCH_RECOGNIZE (
      ORDER BY x MEASURES FIRST(x) AS f AFTER MATCH ${after} PATTERN (${pattern}) DEFINE A AS x > 0)`)
    this.#search = new Search(this.#node, compilePattern(this.#node.pattern), looksBack)
  }

  /** Takes in so many more of the rows. */
  step(rows: readonly string[], ready: number, ended = false): void {
    const letters = this.#node.variables
    const rules: MatchRules = {
      holds: ({ row, variable }) => {
        this.asked += 1
        return rows[row]?.includes(letters[variable] ?? '') ?? false
      },
      memory: () => '',
    }
    this.#state.ready = ready
    this.#search.run(
      this.#state,
      { time: BigInt },
      rules,
      { time: END_OF_TIME, ended },
      {
        match: (_start, path) => this.matches.push(rowsOf(path)),
        unmatched: () => {},
        timedOut: () => {},
        failed: row => this.matches.push([-1 - row]),
      },
    )
  }
}

function rowsOf(tip: Link | undefined): readonly number[] {
  const rows: number[] = []
  for (let link = tip; link !== undefined; link = link.parent) rows.unshift(link.row)
  return rows
}

function matchNode(sql: string): MatchNode {
  const find = (node: PlanNode): MatchNode => {
    if (MatchNode.is(node)) return node
    if (node.is === 'project') return find(node.input)
    throw new RangeError(`no match in ${node.is}`)
  }
  return find(planOf(bound(sql, { before: `CREATE TABLE whole (x INT) WITH (connector = 'file', path = 'none.csv')` })))
}

test('rows that may begin a match but end in none are looked at a few times each, not once for each row before', () => {
  const n = 2000
  const rows = [...Array.from({ length: n }, () => 'A'), 'C']
  for (const pattern of ['A+ B', 'A+ A+ B', '(A | A A)+ B', 'A+ B | A+ A B', 'A* $ B']) {
    const searched = new Searched(pattern)
    searched.step(rows, rows.length, true)
    assert.deepEqual(searched.matches, [], pattern)
    assert.ok(searched.asked < 20 * n, `${pattern}: ${searched.asked}`)
    const stepwise = new Searched(pattern)
    for (let ready = 100; ready < rows.length; ready += 100) stepwise.step(rows, ready)
    stepwise.step(rows, rows.length, true)
    assert.ok(stepwise.asked < 40 * n, `${pattern} by steps: ${stepwise.asked}`)
  }
})

test('what is matched up to the end of the partition is not taken for failed', () => {
  const searched = new Searched('A+ $', { after: 'SKIP TO NEXT ROW' })
  searched.step(['A', 'A', 'A'], 3, true)
  assert.deepEqual(searched.matches, [[0, 1, 2], [1, 2], [2]])
})

test('matches are the same, whether ways that failed are followed again or not', () => {
  const patterns = [
    'A+ B',
    'A B+ | A+ C',
    '(A | B)+? C',
    '(A B?)* C',
    '(A* B*)+ C',
    'A+ $ | B',
    '^ A+ B | B A*',
    'A{2,3} B?',
    'PERMUTE(A, B, C)',
  ]
  let seed = 1
  const draw = (below: number): number => {
    seed = (seed * 48271) % 0x7fffffff
    return seed % below
  }
  let found = 0
  for (let round = 0; round < 1500; round++) {
    const pattern = patterns[round % patterns.length] ?? ''
    const rows = Array.from({ length: draw(14) }, () => ['A', 'B', 'C', 'AB', 'AC', '', 'ABC'][draw(7)] ?? '')
    const after = ['SKIP PAST LAST ROW', 'SKIP TO NEXT ROW', 'SKIP TO LAST A'][draw(3)] ?? ''
    const between = draw(rows.length + 1)
    const [shared, plain] = [false, true].map(looksBack => {
      const searched = new Searched(pattern, { after, looksBack })
      searched.step(rows, between)
      searched.step(rows, rows.length, true)
      return searched
    })
    assert.deepEqual(shared?.matches, plain?.matches, `${pattern} ${after} over ${rows.join(',')}`)
    found += plain?.matches.length ?? 0
  }
  assert.ok(found > 1500)
})
