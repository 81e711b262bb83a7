import type { DuckDBConnection } from '@duckdb/node-api'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session, SessionOptions } from '../../packages/streamdown/src/session/session.ts'
import { type Cells, cellsOfOracle, differenceOf, openOracle, ourRows } from '../property/oracle.ts'
import type { Program, Script } from './program.ts'

/** What DuckDB answers. */
interface Expected {
  readonly rows: readonly Cells[]
  readonly near: readonly boolean[]
}

export type Outcome =
  | { readonly is: 'same'; readonly rows: number }
  /** DuckDB does not answer: there is nothing to compare with. */
  | { readonly is: 'unanswered'; readonly problem: string }
  | Failure

export interface Failure {
  readonly is: 'failed'
  /** What two failures have in common that are the same defect, as far as can be told. */
  readonly kind: string
  readonly detail: string
}

const failure = (kind: string, detail: string): Failure => ({ is: 'failed', kind, detail })

/** Asks DuckDB, and the engine in each of its modes. */
export class Checker {
  readonly #environment: Environment
  readonly #oracle: DuckDBConnection
  /** Rows that DELETE and UPDATE took back. */
  retracted = 0

  private constructor(environment: Environment, oracle: DuckDBConnection) {
    this.#environment = environment
    this.#oracle = oracle
  }

  static async open(environment: Environment): Promise<Checker> {
    return new Checker(environment, await openOracle())
  }

  close(): void {
    this.#oracle.closeSync()
  }

  /** Of programs that differ in their queries alone. `seed`: how the engine's steps are cut. */
  async check(programs: readonly Program[], seed: number): Promise<readonly Outcome[]> {
    const [first] = programs
    if (first === undefined) return []
    const expected = await this.#expected(programs)
    const asked = programs.filter((_program, at) => 'rows' in (expected[at] ?? {}))
    const together = await this.#run(asked, seed)
    const outcomes: Outcome[] = []
    for (const [at, program] of programs.entries()) {
      const answer = expected[at]
      if (answer === undefined || !('rows' in answer)) {
        outcomes.push({ is: 'unanswered', problem: answer?.problem ?? '' })
        continue
      }
      const results = typeof together === 'string' ? await this.#run([program], seed) : together
      const mine =
        typeof results === 'string' ? results : results[typeof together === 'string' ? 0 : asked.indexOf(program)]
      outcomes.push(judged(program, mine ?? 'it is missing', answer))
    }
    return outcomes
  }

  async #expected(programs: readonly Program[]): Promise<readonly (Expected | { readonly problem: string })[]> {
    const oracle = this.#oracle
    const script = programs[0]?.duckdb
    for (const { table_name: name } of await rowObjects(oracle, 'SELECT table_name FROM duckdb_tables()')) {
      await oracle.run(`DROP TABLE ${String(name)}`)
    }
    for (const statement of script?.create ?? []) await oracle.run(statement)
    for (const statement of script?.changes ?? []) {
      const { rowsChanged } = await oracle.run(statement)
      if (!statement.startsWith('INSERT')) this.retracted += rowsChanged
    }
    const answers: (Expected | { readonly problem: string })[] = []
    for (const { duckdb } of programs) {
      try {
        answers.push(await answerOfOracle(oracle, duckdb.query))
      } catch (error) {
        answers.push({ problem: messageOf(error) })
      }
    }
    return answers
  }

  /** What each program has given, mode by mode; a text: why the session failed as a whole. */
  async #run(programs: readonly Program[], seed: number): Promise<readonly (Answer | string)[] | string> {
    const script = programs[0]?.engine
    if (script === undefined) return []
    const mode: SessionOptions = { dialect: 'postgres', workers: 2, stepRows: 'random', seed, clock: 0n }
    let session = await createSession(mode, this.#environment)
    try {
      const views = await createViews(session, script, programs)
      const middle = Math.ceil(script.changes.length / 2)
      for (const [at, change] of script.changes.entries()) {
        if (at === middle) session = await this.#restored(session, { ...mode, workers: 1 + (seed % 3) })
        await session.execute(change)
      }
      await session.settle()
      if (programs[0]?.stream === true) await session.end()
      // Rows without an event time have no place in it; DuckDB's queries leave them out.
      const dead = session.deadLetters().find(({ where }) => where !== 'event time')
      if (dead !== undefined) return `a row failed: ${dead.problem}`
      const answers: (Answer | string)[] = []
      for (const [at, program] of programs.entries()) {
        const refused = views[at]
        answers.push(refused ?? (await answerOf(session, at, program)))
      }
      return answers
    } catch (error) {
      return messageOf(error)
    } finally {
      await session.close()
    }
  }

  async #restored(session: Session, mode: SessionOptions): Promise<Session> {
    const bytes = await session.snapshot()
    await session.close()
    const next = await createSession(mode, this.#environment)
    await next.restore(bytes)
    return next
  }
}

interface Answer {
  readonly view: readonly Cells[]
  /** Undefined: the query cannot be asked of the final rows. */
  readonly bounded: readonly Cells[] | undefined
}

/** A view of each program; what is refused says why. */
async function createViews(
  session: Session,
  script: Script,
  programs: readonly Program[],
): Promise<readonly (string | undefined)[]> {
  for (const statement of script.create) await session.execute(statement)
  const problems: (string | undefined)[] = []
  for (const [at, { engine }] of programs.entries()) {
    try {
      await session.execute(`CREATE MATERIALIZED VIEW result${at} AS ${engine.query}`)
      problems.push(undefined)
    } catch (error) {
      problems.push(messageOf(error))
    }
  }
  return problems
}

async function answerOf(session: Session, at: number, { engine, stream }: Program): Promise<Answer | string> {
  try {
    const view = await rowsOf(session, `SELECT * FROM result${at}`)
    return { view, bounded: stream ? undefined : await rowsOf(session, engine.query) }
  } catch (error) {
    return messageOf(error)
  }
}

async function rowsOf(session: Session, sql: string): Promise<readonly Cells[]> {
  const [result] = await session.execute(sql)
  if (result?.is !== 'rows') throw new TypeError(`no rows: ${sql}`)
  return ourRows(result.schema, result.rows)
}

function judged({ ordered }: Program, answer: Answer | string, { rows, near }: Expected): Outcome {
  if (typeof answer === 'string') return failure(`error: ${withoutNames(answer)}`, answer)
  const view = differenceOf(answer.view, rows, near)
  if (view !== undefined) return failure('view', `the view differs from DuckDB:\n${view}`)
  if (answer.bounded === undefined) return { is: 'same', rows: rows.length }
  const bounded = differenceOf(answer.bounded, rows, near, ordered ? 'in order' : 'in any order')
  if (bounded !== undefined) return failure('query', `the query over the final rows differs from DuckDB:\n${bounded}`)
  return { is: 'same', rows: rows.length }
}

async function answerOfOracle(oracle: DuckDBConnection, sql: string): Promise<Expected> {
  const reader = await oracle.runAndReadAll(sql)
  const near = reader.columnTypes().map(type => String(type) === 'DOUBLE')
  return { rows: cellsOfOracle(reader.getRows()), near }
}

async function rowObjects(oracle: DuckDBConnection, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await oracle.runAndReadAll(sql)).getRowObjects()
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** An error without what stands in quotes and the numbers: another text of the same program has others. */
const withoutNames = (message: string): string => (message.split('\n')[0] ?? '').replace(/"[^"]*"|'[^']*'|\d+/g, '?')
