import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findZone } from '../../packages/streamdown/src/functions/time/zone.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session, StatementResult } from '../../packages/streamdown/src/session/session.ts'
import { type TextZone, textOf } from '../../packages/streamdown/src/values/text.ts'
import { type Case, type Held, Mismatch, type Mode } from '../case.ts'
import { expectInOrder, expectMultiset } from '../compare.ts'
import { isMalformed } from '../malformed.ts'
import { suiteSettings } from '../settings.ts'
import { isUnsupported } from '../unsupported.ts'
import { parseSlt, type SltRecord } from './slt-parse.ts'

/** Files compare now() with days before it: 2026-01-01. */
const AFTER_THE_SUITE = 1_767_225_600_000_000n
/** The processing clock moves from statement to statement. */
const STATEMENT_MICROS = 1000n

export function sltCases(dir: string): readonly Case[] {
  return readdirSync(dir)
    .filter(file => file.endsWith('.slt') && !file.startsWith('_'))
    .sort()
    .map(file => ({
      suite: 'risingwave',
      name: file.slice(0, -4),
      givesChanges: false,
      run: (mode, environment) => runSlt(join(dir, file), mode, environment),
    }))
}

/** Nexmark's views are created both after and before the rows that they read. */
const variants = (path: string, records: readonly SltRecord[]): readonly (readonly SltRecord[])[] =>
  path.includes('nexmark_') ? [records, viewsFirst(records)] : [records]

function viewsFirst(records: readonly SltRecord[]): readonly SltRecord[] {
  const isView = ({ sql }: SltRecord): boolean => /^\s*create\s+materialized\s+view/i.test(sql)
  const firstInsert = records.findIndex(({ sql }) => /^\s*insert/i.test(sql))
  if (firstInsert < 0) return records
  const views = records.filter((record, at) => at > firstInsert && isView(record))
  const others = records.filter((record, at) => !(at > firstInsert && isView(record)))
  return [...others.slice(0, firstInsert), ...views, ...others.slice(firstInsert)]
}

async function runSlt(path: string, mode: Mode, environment: Environment): Promise<Held> {
  for (const records of variants(path, parseSlt(path))) await runRecords(records, mode, environment)
  return {}
}

async function runRecords(records: readonly SltRecord[], mode: Mode, environment: Environment): Promise<void> {
  const options = {
    ...suiteSettings.risingwave,
    workers: mode.workers,
    stepRows: mode.stepRows,
    seed: mode.seed,
    clock: AFTER_THE_SUITE,
  }
  let session = await createSession(options, environment)
  try {
    const half = Math.ceil(records.length / 2)
    for (const [at, record] of records.entries()) {
      if (mode.restore && at === half) {
        const bytes = await session.snapshot()
        await session.close()
        session = await createSession(options, environment)
        await session.restore(bytes)
      }
      await session.advance(STATEMENT_MICROS)
      await runRecord(session, record)
    }
  } finally {
    await session.close()
  }
}

async function runRecord(session: Session, record: SltRecord): Promise<void> {
  let results: readonly StatementResult[]
  try {
    results = await session.execute(record.sql)
  } catch (error) {
    if (record.fails && (!isUnsupported(error) || (await isMalformed(record.sql, error)))) return
    throw new Error(`line ${record.line}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
  if (record.fails) throw new Mismatch(`line ${record.line}: must fail: ${record.sql}`)
  if (record.kind !== 'query') return
  const result = results.findLast(each => each.is === 'rows')
  const zone = await zoneOf(session)
  const lines =
    result?.is === 'rows'
      ? result.rows.map(row =>
          row.map((value, at) => cell(value, result.schema[at]?.type ?? { is: 'null' }, zone)).join(' '),
        )
      : []
  const actual = lines.map(squeeze)
  const expected = record.expected.map(squeeze)
  const ordered = !record.rowSort && isOrdered(record.sql)
  try {
    if (ordered) expectInOrder(actual, expected)
    else expectMultiset(actual, expected)
  } catch (error) {
    throw new Mismatch(`line ${record.line}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function cell(value: Parameters<typeof textOf>[0], type: Parameters<typeof textOf>[1], zone: TextZone): string {
  return value === '' ? '(empty)' : textOf(value, type, 'postgres', zone)
}

/** TIMESTAMPTZ is printed in the session's zone. */
async function zoneOf(session: Session): Promise<TextZone> {
  const [result] = await session.execute('SHOW timezone')
  const name = result?.is === 'rows' ? result.rows[0]?.[0] : undefined
  const zone = findZone(String(name))
  if (zone === undefined) throw new Error(`no time zone ${String(name)}`)
  return zone
}

const squeeze = (line: string): string => line.replace(/[ \t\n]+/g, ' ').trim()

/** Whether the outermost SELECT has an ORDER BY: one outside of all brackets. */
function isOrdered(sql: string): boolean {
  let depth = 0
  for (const token of sql.replace(/'(?:[^']|'')*'/g, "''").match(/[()]|order\s+by/gi) ?? []) {
    if (token === '(') depth += 1
    else if (token === ')') depth -= 1
    else if (depth === 0) return true
  }
  return false
}
