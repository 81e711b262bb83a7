import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { ChangeRow, Session, SessionOptions } from '../../packages/streamdown/src/session/session.ts'
import { type Case, type Held, Mismatch, type Mode } from '../case.ts'
import { SUITE_CLOCK, suiteSettings } from '../settings.ts'
import { isUnsupported } from '../unsupported.ts'
import { changelogDifference, compareTable, type FedRow, type Sink } from './flink-expected.ts'
import { cellValue } from './flink-values.ts'

interface Source {
  readonly kind: 'source'
  readonly name: string
  readonly schema: readonly string[]
  readonly options: Readonly<Record<string, string>>
  readonly beforeRestore: readonly FedRow[]
  readonly afterRestore: readonly FedRow[]
}

type Step =
  | Source
  | Sink
  | { readonly kind: 'config'; readonly key: string; readonly value: string }
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'failing_sql'; readonly sql: string }
  | { readonly kind: 'statementSet'; readonly statements: readonly string[] }

interface Program {
  readonly name: string
  readonly setup: readonly Step[]
  readonly run: readonly Step[]
}

const HOUR = 3_600_000_000n

export function flinkCases(dir: string): readonly Case[] {
  const groups = readdirSync(dir).filter(name => statSync(join(dir, name)).isDirectory())
  return groups.sort().flatMap(group =>
    readdirSync(join(dir, group))
      .filter(file => file.endsWith('.json'))
      .sort()
      .map(file => {
        const program = JSON.parse(readFileSync(join(dir, group, file), 'utf8')) as Program
        return {
          suite: 'flink',
          name: `${group}/${program.name}`,
          givesChanges: givesChanges(program),
          run: (mode: Mode, environment: Environment) => runProgram(program, mode, environment),
        }
      }),
  )
}

/** Some expectations are of the final table alone. */
const givesChanges = ({ setup }: Program): boolean => setup.some(step => step.kind === 'sink' && step.comparesChangelog)

async function runProgram(program: Program, mode: Mode, environment: Environment): Promise<Held> {
  const sources = program.setup.filter(step => step.kind === 'source')
  const sinks = program.setup.filter(step => step.kind === 'sink')
  const config = Object.fromEntries(
    program.setup.flatMap(step => (step.kind === 'config' ? [[step.key, step.value]] : [])),
  )
  const options: SessionOptions = {
    ...suiteSettings.flink,
    settings: { ...suiteSettings.flink.settings, ...config },
    workers: mode.workers,
    stepRows: mode.stepRows,
    seed: mode.seed,
    clock: SUITE_CLOCK,
  }
  const failing = program.run.filter(step => step.kind === 'failing_sql')
  for (const step of failing) await expectFailure(program, step.sql, options, mode, environment)
  if (failing.length === program.run.length) return {}

  let session = await createSession(options, environment)
  try {
    await prepare(session, program, true)
    const written = new Map<string, ChangeRow[]>(sinks.map(sink => [sink.name, []]))
    if (mode.whole && !readsClock(program)) await phase(session, program, ['beforeRestore', 'afterRestore'], mode)
    else await phase(session, program, ['beforeRestore'], mode)
    collect(session, written)
    if (mode.restore) {
      // Where nothing comes after the savepoint, "before" already holds what the end of the input brings.
      const goesOn = sources.some(source => source.afterRestore.length > 0)
      for (const sink of goesOn ? sinks : [])
        compareTable(session.columns(sink.name), written.get(sink.name) ?? [], sink, ['beforeRestore'])
      const bytes = await session.snapshot()
      await session.close()
      session = await createSession(options, environment)
      await session.restore(bytes)
    }
    if (!mode.whole || readsClock(program)) await phase(session, program, ['afterRestore'], mode)
    await session.end()
    collect(session, written)
    for (const sink of sinks) {
      compareTable(session.columns(sink.name), written.get(sink.name) ?? [], sink, ['beforeRestore', 'afterRestore'])
    }
    const differences = sinks
      .filter(({ comparesChangelog }) => comparesChangelog)
      .flatMap(sink => changelogDifference(session.columns(sink.name), written.get(sink.name) ?? [], sink) ?? [])
    const stepDecides = readsWatermark(program) || session.status().some(({ late }) => late > 0)
    return { difference: differences.length === 0 ? undefined : differences.join('; '), stepDecides }
  } finally {
    await session.close()
  }
}

async function expectFailure(
  program: Program,
  sql: string,
  options: SessionOptions,
  mode: Mode,
  environment: Environment,
): Promise<void> {
  const settings = { ...options.settings, on_error: 'fail' }
  const session = await createSession({ ...options, settings }, environment)
  try {
    await prepare(session, program, false)
    await session.execute(sql)
    await phase(session, program, ['beforeRestore'], mode)
    await phase(session, program, ['afterRestore'], mode)
    await session.end()
  } catch (error) {
    if (isUnsupported(error)) throw error
    return
  } finally {
    await session.close()
  }
  throw new Mismatch(`must fail: ${sql}`)
}

/** Creates tables in the order of the setup, then runs the statements. */
async function prepare(session: Session, program: Program, run: boolean): Promise<void> {
  for (const step of program.setup) {
    if (step.kind === 'sql') await session.execute(step.sql)
    if (step.kind === 'sink') await session.execute(createTable(step))
    if (step.kind === 'source') await session.execute(createTable(step, isLookup(program, step)))
  }
  if (!run) return
  for (const step of program.run) {
    if (step.kind === 'sql') await session.execute(step.sql)
    if (step.kind === 'statementSet') {
      await session.execute(`EXECUTE STATEMENT SET BEGIN ${step.statements.map(sql => `${sql};`).join(' ')} END`)
    }
  }
}

/** A source that a statement looks rows up in: its rows, upserted by key, are there before the others'. */
function isLookup(program: Program, source: Source): boolean {
  const lookup = new RegExp(`JOIN\\s+${source.name}\\s+FOR SYSTEM_TIME AS OF \\w+\\.proc_?time`, 'i')
  return program.run.some(step => (step.kind === 'sql' || step.kind === 'failing_sql' ? lookup.test(step.sql) : false))
}

function createTable(step: Source | Sink, upserted = false): string {
  const options: Record<string, string> = { connector: 'feed' }
  if (step.kind === 'source') {
    const rows = [...step.beforeRestore, ...step.afterRestore]
    const changing = rows.some(({ $op }) => $op !== '+I')
    options['changelog-mode'] = upserted ? 'I,UA,D' : (step.options['changelog-mode'] ?? (changing ? 'I,UB,UA,D' : 'I'))
  }
  const text = Object.entries(options).map(([key, value]) => `'${key}' = '${value}'`)
  return `CREATE TABLE \`${step.name}\` (${step.schema.join(', ')}) WITH (${text.join(', ')})`
}

/** What it gives hangs on the phase in which a row comes, by the processing clock. */
const readsClock = (program: Program): boolean => /proc_?time|ttl/i.test(JSON.stringify(program))

/** The watermark that a row sees is that of the rows in the steps before it. */
const readsWatermark = (program: Program): boolean => /current_watermark/i.test(JSON.stringify(program.run))

/** Sources in turn, one row each; the watermark moves after each row. Before them all rows of lookup tables. */
async function phase(
  session: Session,
  program: Program,
  parts: readonly ('beforeRestore' | 'afterRestore')[],
  mode: Mode,
): Promise<void> {
  const all = program.setup.filter(step => step.kind === 'source')
  const rows = new Map(all.map(source => [source, parts.flatMap(part => source[part])]))
  const lookups = all.filter(source => isLookup(program, source))
  for (const source of lookups) {
    push(session, source, rows.get(source) ?? [])
    await session.settle()
  }
  const sources = all.filter(source => !lookups.includes(source))
  const longest = Math.max(0, ...sources.map(source => rows.get(source)?.length ?? 0))
  for (let at = 0; at < longest; at++) {
    for (const source of sources) {
      const row = rows.get(source)?.[at]
      if (row === undefined) continue
      push(session, source, [row])
      if (mode.stepRows === 1) await session.settle()
    }
  }
  await session.settle()
  await session.advance(HOUR)
}

function push(session: Session, source: Source, rows: readonly FedRow[]): void {
  const columns = session.columns(source.name)
  session.push(
    source.name,
    rows.map(({ $op, $row }) => ({ op: $op, values: columns.map((column, at) => cellValue($row[at], column.type)) })),
  )
}

function collect(session: Session, written: Map<string, ChangeRow[]>): void {
  for (const [name, rows] of written) rows.push(...session.changes(name))
}
