/**
 * SQLite's sqllogictest corpus (public domain) in the postgres dialect: queries once each, as bounded queries.
 *   npm run slt -- --dir FOLDER [--only PATTERN] [--draw QUERIES --seed N] [--views] [--verbose]
 * With --views each query is a materialized view too, created before the rows are there; it must have what the bounded
 * query has. Where a query's answer is not the corpus', which is SQLite's, PostgreSQL (PGlite) has the last word. The corpus is not part of this repository: unpack `test/` of Maven's net.hydromatic:sql-logic-test:0.3.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { StreamdownError } from '../../packages/streamdown/src/errors/error.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'
import { argumentsOf } from '../../scripts/arguments.ts'
import { cellsOf, difference } from './compare.ts'
import { inDrawnOrder, isDrawn } from './draw.ts'
import { parseTest, type Query, type Record, type Statement } from './parse.ts'
import { type Outcome, Postgres } from './postgres.ts'
import { createViews, tablesFirst, viewDifference } from './views.ts'

const usage = 'npm run slt -- [--dir FOLDER] [--only PATTERN] [--draw N] [--seed N] [--views] [--verbose]'
const values = argumentsOf(usage, {
  dir: { type: 'string' },
  only: { type: 'string', default: '' },
  draw: { type: 'string' },
  seed: { type: 'string', default: '1' },
  views: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
})
const dir = resolve(values.dir ?? process.env['SLT_DIR'] ?? '../shared/slt')
const ENGINE = 'postgresql'

/** What differs for a reason that is written there: a pattern of `file:line: what`, and behind a tab the reason. */
const known = readFileSync(new URL('known-differences.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => new RegExp(line.split('\t')[0] ?? ''))

interface Tally {
  queries: number
  passed: number
  /** Queries that were a view before the rows came. */
  views: number
  /** Records that differ as known-differences.txt says. */
  known: number
  /** Queries that differ and in which PostgreSQL itself gives what we give. */
  asPostgres: number
  readonly wrong: string[]
}

async function runFile(file: string, share: number, environment: Environment, tally: Tally): Promise<void> {
  const session = await createSession({ dialect: 'postgres' }, environment)
  const report = ({ line, sql }: Record, what: string): void => {
    const difference = `${file}:${line}: ${what}`
    if (known.some(each => each.test(difference))) {
      tally.known += 1
      return
    }
    tally.wrong.push(`${difference}\n    ${sql}`)
    if (values.verbose) console.log(tally.wrong.at(-1))
  }
  const records = [...parseTest(join(dir, file), ENGINE)].filter(
    record => record.is === 'statement' || isDrawn(Number(values.seed), file, record.line, share),
  )
  const postgres = new Postgres(records)
  try {
    const { tables, rest } = values.views ? tablesFirst(records) : { tables: [], rest: records }
    const carried = async (record: Statement): Promise<void> => {
      const problem = await carryOut(session, record)
      if (problem !== undefined) report(record, problem)
    }
    for (const record of tables) if (record.is === 'statement') await carried(record)
    const views = await createViews(session, values.views ? rest.filter(record => record.is === 'query') : [])
    tally.views += views.size
    // What comes after the last query decides nothing.
    const last = share < 1 ? rest.findLastIndex(record => record.is === 'query') : rest.length
    for (const record of rest.slice(0, last + 1)) {
      if (record.is === 'statement') {
        await carried(record)
        continue
      }
      tally.queries += 1
      const { outcome, problem } = await ask(session, record, views.get(record)?.name)
      if (problem === undefined) tally.passed += 1
      else if (outcome !== undefined && (await postgres.agrees(record, outcome))) tally.asPostgres += 1
      else report(record, problem)
    }
  } finally {
    await session.close()
    await postgres.close()
  }
}

async function carryOut(session: Session, { sql, fails }: Statement): Promise<string | undefined> {
  try {
    await session.execute(sql)
  } catch (error) {
    return fails ? undefined : messageOf(error)
  }
  return fails ? 'must fail' : undefined
}

interface Asked {
  /** Undefined where no other engine has a say: the view differs from the query, or neither was answered. */
  readonly outcome?: Outcome
  readonly problem?: string | undefined
}

async function ask(session: Session, query: Query, view: string | undefined): Promise<Asked> {
  try {
    const [result] = await session.execute(query.sql)
    if (result?.is !== 'rows') return { problem: 'no rows' }
    const cells = cellsOf(query, result.schema, result.rows)
    const wrong = result.schema.length === query.types.length ? difference(query, cells) : 'another number of columns'
    const viewProblem = view === undefined ? undefined : await viewDifference(session, view, result.rows)
    return viewProblem === undefined ? { outcome: cells, problem: wrong } : { problem: viewProblem }
  } catch (error) {
    const problem = messageOf(error)
    return error instanceof StreamdownError ? { outcome: { fails: error.code }, problem } : { problem }
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

/** Of drawn queries about so many are in a file: its statements run for them all. */
const DRAWN_OF_A_FILE = 100

interface Drawn {
  readonly files: readonly string[]
  /** The part of their queries that makes the number wanted. */
  readonly share: number
}

function draw(all: readonly string[]): Drawn {
  if (values.draw === undefined) return { files: all, share: 1 }
  const wanted = Number(values.draw)
  const files = inDrawnOrder(Number(values.seed), all).slice(0, Math.ceil(wanted / DRAWN_OF_A_FILE))
  let queries = 0
  for (const file of files) queries += readFileSync(join(dir, file), 'utf8').match(/^query /gm)?.length ?? 0
  return { files, share: wanted / queries }
}

async function runAll(): Promise<number> {
  const environment = await createNodeEnvironment()
  const pattern = new RegExp(values.only)
  const all = globSync('**/*.test', { cwd: dir })
    .sort()
    .filter(file => pattern.test(file))
  const { files, share } = draw(all)
  const tally: Tally = { queries: 0, passed: 0, views: 0, known: 0, asPostgres: 0, wrong: [] }
  const start = process.cpuUsage()
  for (const file of files) {
    const before = { ...tally }
    const fileStart = process.cpuUsage()
    await runFile(file, share, environment, tally)
    const queries = tally.queries - before.queries
    const rate = Math.round(queries / cpuSeconds(fileStart))
    if (values.verbose) console.log(`${file}: ${tally.passed - before.passed} of ${queries} queries, ${rate} a CPU s`)
  }
  if (!values.verbose) for (const wrong of tally.wrong) console.log(wrong)
  const views = values.views ? ` (${tally.views} as views created before the rows)` : ''
  const rate = Math.round(tally.queries / cpuSeconds(start))
  console.log(
    `slt: ${tally.passed} of ${tally.queries} queries${views}, ${tally.asPostgres} as PostgreSQL and not SQLite, ${tally.wrong.length} records differ, ${tally.known} as known, ${rate} queries a CPU s`,
  )
  return tally.wrong.length > 0 ? 1 : 0
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}

if (existsSync(dir)) process.exitCode = await runAll()
else console.log('slt: 0 run, folder absent')
