import type { Checker, Failure, Outcome } from './check.ts'
import { drawSetup, type Program, type SetupKind } from './program.ts'
import { shrink } from './shrink.ts'
import { randomFrom, Tape } from './tape.ts'
import { print } from './text.ts'

/** How often a failing program is run again to make it smaller. */
const ATTEMPTS = 300
const QUERIES_A_ROUND = 7

export interface Campaign {
  readonly queries: number
  readonly seed: number
  /** Ends after the first failure, which is not made smaller. */
  readonly untilFailure?: boolean
  /** Called with each failure as it is found. */
  readonly onFailure?: (found: Found) => void
}

export interface Found {
  readonly kind: string
  /** The smallest program that fails in the same way, as SQL, and how. */
  readonly text: string
  readonly query: number
}

/** What a campaign has seen; none of late, retracted and NULL may be zero. */
export interface Report {
  queries: number
  /** Why DuckDB does not answer some. */
  readonly unanswered: string[]
  /** Rows of the results that were the same. */
  compared: number
  late: number
  retracted: number
  nulls: number
  readonly failures: Found[]
}

/** A round's tape of tables and changes, and one a query. */
interface Tapes {
  readonly kind: SetupKind
  readonly setup: readonly number[]
  readonly query: readonly number[]
}

/** Draws so many queries by a seed and compares what they give with DuckDB. */
export async function runCampaign(checker: Checker, campaign: Campaign): Promise<Report> {
  const report: Report = { queries: 0, unanswered: [], compared: 0, late: 0, retracted: 0, nulls: 0, failures: [] }
  const kinds = new Set<string>()
  const random = randomFrom(campaign.seed)
  const nextSeed = (): number => Math.floor(random() * 2 ** 31)
  for (let round = 0; report.queries < campaign.queries; round++) {
    const kind: SetupKind =
      (['tables', 'tables', 'late', 'tables', 'tables', 'punctual', 'tables'] as const)[round % 7] ?? 'tables'
    const seed = nextSeed()
    const setupTape = Tape.random(nextSeed())
    const setup = drawSetup(setupTape, kind)
    const count = Math.min(QUERIES_A_ROUND, campaign.queries - report.queries)
    const drawn = Array.from({ length: count }, () => {
      const tape = Tape.random(nextSeed())
      return { tape, program: setup.program(setup.drawQuery(tape)) }
    })
    const programs = drawn.map(({ program }) => program)
    const before = checker.retracted
    const outcomes = await checker.check(programs, seed)
    report.retracted += checker.retracted - before
    report.late += setup.rows.late
    report.nulls += setup.rows.nulls
    for (const [at, { tape, program }] of drawn.entries()) {
      const outcome = outcomes[at]
      report.queries++
      if (outcome === undefined) continue
      if (outcome.is === 'unanswered') report.unanswered.push(outcome.problem)
      if (outcome.is === 'same') report.compared += outcome.rows
      if (outcome.is !== 'failed') continue
      if (campaign.untilFailure === true) {
        const found = { kind: outcome.kind, text: described(program, outcome), query: report.queries }
        report.failures.push(found)
        campaign.onFailure?.(found)
        return report
      }
      // One defect found once more says nothing new, and costs as much to make smaller.
      if (outcome.kind.startsWith('error') && kinds.has(outcome.kind)) continue
      kinds.add(outcome.kind)
      const tapes: Tapes = { kind, setup: setupTape.choices, query: tape.choices }
      const found = {
        kind: outcome.kind,
        text: await smallest(checker, tapes, seed, program, outcome),
        query: report.queries,
      }
      report.failures.push(found)
      campaign.onFailure?.(found)
    }
  }
  return report
}

async function smallest(
  checker: Checker,
  { kind, setup, query }: Tapes,
  seed: number,
  program: Program,
  failure: Failure,
): Promise<string> {
  let last = described(program, failure)
  let best = ''
  const shrunk = await shrink(
    [setup, query],
    async ([setupTape, queryTape]) => {
      if (setupTape === undefined || queryTape === undefined) return false
      const smaller = programFrom(kind, setupTape, queryTape)
      if (smaller === undefined) return false
      const outcome = await outcomeOf(checker, smaller, seed)
      if (outcome.is !== 'failed' || outcome.kind !== failure.kind) return false
      last = described(smaller, outcome)
      return true
    },
    ATTEMPTS,
  )
  const [setupTape = [], queryTape = []] = shrunk
  const program2 = programFrom(kind, Tape.replay(setupTape), Tape.replay(queryTape))
  if (program2 !== undefined) {
    const outcome = await outcomeOf(checker, program2, seed)
    if (outcome.is === 'failed') best = described(program2, outcome)
  }
  return best === '' ? `-- only together with the other queries of its round\n${last}` : best
}

function programFrom(kind: SetupKind, setupTape: Tape, queryTape: Tape): Program | undefined {
  try {
    const setup = drawSetup(setupTape, kind)
    return setup.program(setup.drawQuery(queryTape))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

async function outcomeOf(checker: Checker, program: Program, seed: number): Promise<Outcome> {
  const [outcome] = await checker.check([program], seed)
  return outcome ?? { is: 'unanswered', problem: 'nothing was run' }
}

const described = (program: Program, { detail }: Failure): string =>
  `${print(program)}\n${detail.replace(/^/gm, '-- ')}`
