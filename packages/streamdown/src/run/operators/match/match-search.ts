import { failures } from '../../../errors/table.ts'
import type { AfterMatch, MatchNode } from '../../../plan/nodes/node.ts'
import { NumberSet } from '../../../values/number-set.ts'
import { Attempt, type Link, linksOf, type MatchRules } from './match-attempt.ts'
import type { MatchProgram } from './match-program.ts'

/** What a search must know of the rows themselves. */
export interface RowTimes {
  /** µs, by the row's number. */
  time(row: number): bigint
}

/** How far the search of a partition has come. Rows are numbered from the first that the partition ever had. */
export interface SearchState {
  /** The first row that is kept. */
  first: number
  /** The row at which the next match, or the one that is being looked for, begins. */
  start: number
  /** Rows before it are in order. */
  ready: number
  /** Rows before it are part of a match, or of none. */
  covered: number
  /** Matches so far. */
  matches: number
  attempt: Attempt | undefined
}

/** What a search finds, in order. */
export interface SearchResults {
  match(start: number, path: Link | undefined, number: bigint): void
  /** The row is part of no match. */
  unmatched(row: number): void
  /** A match that was begun did not end within its time. */
  timedOut(path: Link): void
  /** `code`: byte of `failures`. */
  failed(row: number, code: number, message: string | undefined): void
}

export interface Until {
  /** No row before this time comes any more, µs. */
  readonly time: bigint
  /** No row comes any more. */
  readonly ended: boolean
}

/**
 * Looks for the matches of a partition, one after the other, as SQL finds them. Where definitions do not look at the match
 * so far, what one attempt has found to lead to no match is not followed by the next ones: rows are not looked at once for
 * each row before them.
 */
export class Search {
  readonly #node: MatchNode
  readonly #program: MatchProgram
  /** How many rows behind a row must be there before it is taken (NEXT). */
  readonly #ahead: number
  /** Whether a way to go on is told by its instruction and its row. */
  readonly #shares: boolean

  /** `looksBack`: whether definitions look at the match so far. */
  constructor(node: MatchNode, program: MatchProgram, looksBack: boolean) {
    this.#node = node
    this.#program = program
    // There is one way an instruction then, so leaving some out never saves an attempt from having too many.
    this.#shares = !looksBack && program.instructions.length <= node.partialLimit
    this.#ahead = farthest(node, shift => shift)
  }

  run(state: SearchState, rows: RowTimes, rules: MatchRules, until: Until, results: SearchResults): void {
    const limit = until.ended ? state.ready : state.ready - this.#ahead
    const failed = this.#shares ? new NumberSet() : undefined
    for (;;) {
      if (state.attempt === undefined) {
        if (state.start >= limit) return
        state.attempt = Attempt.begin(this.#program, state.start, failed)
      }
      const attempt = state.attempt
      const over = this.#advance(attempt, rows, rules, limit, until, state, failed)
      if (over === 'waits') return
      state.attempt = undefined
      if (over === 'done' && failed !== undefined) attempt.fail(failed)
      if (over === 'too many ways') {
        const { partialLimit } = this.#node
        results.failed(attempt.start, failures.tooManyWays, `A match has more than ${partialLimit} ways to go on.`)
      }
      const [first] = attempt.threads
      const unfinished = over === 'out of time' && attempt.found === undefined ? first?.path : undefined
      if (unfinished !== undefined) results.timedOut(unfinished)
      state.start = this.#conclude(state, attempt, results)
    }
  }

  #advance(
    attempt: Attempt,
    rows: RowTimes,
    rules: MatchRules,
    limit: number,
    until: Until,
    { ready }: SearchState,
    failed: NumberSet | undefined,
  ): 'waits' | 'done' | 'out of time' | 'too many ways' {
    const { within, partialLimit } = this.#node
    const end = within === undefined ? undefined : rows.time(attempt.start) + within
    while (attempt.threads.length > 0) {
      if (attempt.next >= limit) {
        if (until.ended) attempt.close()
        else if (end === undefined || until.time < end || attempt.next < ready || attempt.waitsForEnd) return 'waits'
        else return 'out of time'
        continue
      }
      if (end !== undefined && rows.time(attempt.next) >= end) return 'out of time'
      attempt.take(rules, failed)
      if (attempt.threads.length > partialLimit) {
        attempt.threads = []
        attempt.found = undefined
        return 'too many ways'
      }
    }
    return 'done'
  }

  /** Tells what an attempt came to; returns the row at which the next one begins. */
  #conclude(state: SearchState, { start, found }: Attempt, results: SearchResults): number {
    const after = start + 1
    if (found === undefined) {
      if (start >= state.covered) results.unmatched(start)
      state.covered = Math.max(state.covered, after)
      return after
    }
    const { path } = found
    const next = path === undefined ? after : skipTo(this.#node.after, path, start)
    if (next === undefined) {
      results.failed(
        start,
        failures.nowhereToSkip,
        'AFTER MATCH SKIP leads to no row, or to the first row of the match.',
      )
      return after
    }
    state.matches++
    results.match(start, path, BigInt(state.matches))
    state.covered = Math.max(state.covered, path === undefined ? after : path.row + 1)
    return next
  }
}

/** Where the search goes on behind a match; undefined: nowhere, or where it was found. */
function skipTo(after: AfterMatch, path: Link, start: number): number | undefined {
  switch (after.is) {
    case 'past last row':
      return path.row + 1
    case 'to next row':
      return start + 1
    case 'to first':
    case 'to last': {
      const mapped = linksOf(path).filter(link => after.variables.includes(link.variable))
      const target = after.is === 'to first' ? mapped[0] : mapped.at(-1)
      return target === undefined || target.row === start ? undefined : target.row
    }
  }
}

/** The most rows that any value looks ahead (or, with `-shift`, back) from a row of the match. */
export function farthest({ values }: MatchNode, distance: (shift: number) => number): number {
  return values.reduce((most, value) => ('place' in value ? Math.max(most, distance(value.place.shift)) : most), 0)
}
