/**
 * SQLite's sqllogictest corpus (public domain) in the postgres dialect: every query once, as a bounded query.
 *   npm run slt -- --dir FOLDER [--only PATTERN] [--every N] [--verbose]
 * The corpus is not part of this repository: unpack `test/` of Maven's net.hydromatic:sql-logic-test:0.3.
 */
import { existsSync, globSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'
import { difference } from './compare.ts'
import { parseTest, type Query, type Statement } from './parse.ts'

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    only: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    verbose: { type: 'boolean', default: false },
  },
})
const dir = resolve(values.dir ?? process.env['SLT_DIR'] ?? '../shared/slt')

interface Tally {
  queries: number
  passed: number
  readonly wrong: string[]
}

async function runFile(path: string, environment: Environment, tally: Tally): Promise<void> {
  const session = await createSession({ dialect: 'postgres' }, environment)
  const report = (line: number, sql: string, what: string): void => {
    tally.wrong.push(`${relative(dir, path)}:${line}: ${what}\n    ${sql}`)
    if (values.verbose) console.log(tally.wrong.at(-1))
  }
  /** Of the file: with `--every N` each Nth is asked. */
  let count = 0
  try {
    for (const record of parseTest(path, 'postgresql')) {
      if (record.is === 'statement') {
        const problem = await carryOut(session, record)
        if (problem !== undefined) report(record.line, record.sql, problem)
        continue
      }
      if (count++ % Number(values.every) !== 0) continue
      tally.queries += 1
      const problem = await ask(session, record)
      if (problem === undefined) tally.passed += 1
      else report(record.line, record.sql, problem)
    }
  } finally {
    await session.close()
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

async function ask(session: Session, query: Query): Promise<string | undefined> {
  try {
    const [result] = await session.execute(query.sql)
    if (result?.is !== 'rows') return 'no rows'
    return difference(query, result.schema, result.rows)
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)

if (!existsSync(dir)) {
  console.log('slt: 0 run, folder absent')
} else {
  const environment = await createNodeEnvironment()
  const pattern = new RegExp(values.only)
  const files = globSync('**/*.test', { cwd: dir })
    .sort()
    .filter(file => pattern.test(file))
  const tally: Tally = { queries: 0, passed: 0, wrong: [] }
  for (const file of files) {
    const before = { ...tally }
    const start = process.cpuUsage()
    await runFile(join(dir, file), environment, tally)
    const used = process.cpuUsage(start)
    const cpu = (used.user + used.system) / 1e6
    const queries = tally.queries - before.queries
    console.log(
      `${file}: ${tally.passed - before.passed} of ${queries} queries, ${Math.round(queries / cpu)} per CPU s`,
    )
  }
  console.log(`slt: ${tally.passed} of ${tally.queries} queries, ${tally.wrong.length} records differ`)
  process.exitCode = tally.wrong.length > 0 ? 1 : 0
}
