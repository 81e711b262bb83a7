import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import { type Case, type Held, Mismatch, type Mode } from '../case.ts'
import { expectMultiset, multisetDifference } from '../compare.ts'
import { SUITE_CLOCK, suiteSettings } from '../settings.ts'

export function arroyoCases(dir: string): readonly Case[] {
  return readdirSync(dir)
    .filter(file => file.endsWith('.sql'))
    .sort()
    .map(file => {
      const name = file.slice(0, -4)
      const text = readFileSync(join(dir, file), 'utf8')
      return {
        suite: 'arroyo',
        name,
        givesChanges: writesChanges(text),
        run: (mode, environment) => runCase(dir, name, text, mode, environment),
      }
    })
}

const writesChanges = (text: string): boolean => /format\s*=\s*'debezium_json'[\s\S]*type\s*=\s*'sink'/.test(text)

async function runCase(dir: string, name: string, text: string, mode: Mode, environment: Environment): Promise<Held> {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  const output = join(folder, 'out.json')
  const sql = text.replaceAll('$input_dir', dir).replaceAll('$output_path', output)
  const options = {
    ...suiteSettings.arroyo,
    workers: mode.workers,
    stepRows: mode.stepRows,
    seed: mode.seed,
    clock: SUITE_CLOCK,
  }
  const session = await createSession(options, environment)
  try {
    await session.execute(sql)
    await session.settle()
    await session.end()
  } finally {
    await session.close()
  }
  try {
    const golden = readFileSync(join(dir, `${name}.golden.ndjson`), 'utf8')
    const written = readFileSync(output, 'utf8')
    if (!writesChanges(text)) {
      expectMultiset(rows(written), rows(golden))
      return {}
    }
    const key = /^--\s*pk=(\S+)/.exec(text)?.[1]
    expectMultiset(table(written, key), table(golden, key))
    return { difference: multisetDifference(changes(written), changes(golden)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

type Row = Readonly<Record<string, unknown>>

const lines = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as Row)

const rows = (text: string): readonly string[] => lines(text).map(canonical)

/** Old and new row of each change; `op` follows from them. */
const changes = (text: string): readonly string[] =>
  lines(text).map(({ before = null, after = null }) => canonical({ before, after }))

/** Applies changes in order: by key, or else `before` removes a row and `after` adds one. */
function table(text: string, key: string | undefined): readonly string[] {
  const byKey = new Map<string, string>()
  const bag = new Map<string, number>()
  const count = (row: Row, by: number): void => {
    const name = canonical(row)
    bag.set(name, (bag.get(name) ?? 0) + by)
  }
  for (const change of lines(text)) {
    const before = change['before'] as Row | null | undefined
    const after = change['after'] as Row | null | undefined
    if (key === undefined) {
      if (before) count(before, -1)
      if (after) count(after, 1)
    } else {
      if (before) byKey.delete(JSON.stringify(before[key]))
      if (after) byKey.set(JSON.stringify(after[key]), canonical(after))
    }
  }
  if (key !== undefined) return [...byKey.values()]
  const out: string[] = []
  for (const [row, weight] of bag) {
    if (weight < 0) throw new Mismatch(`weight ${weight} of ${row}`)
    for (let left = weight; left > 0; left--) out.push(row)
  }
  return out
}

/** Sorted keys; timestamps as instants, with or without a zone. */
function canonical(row: Row): string {
  const cell = (value: unknown): unknown => {
    if (typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) {
      return new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(value) ? value : `${value.replace(' ', 'T')}Z`).toISOString()
    }
    if (Array.isArray(value)) return value.map(cell)
    if (value !== null && typeof value === 'object') return JSON.parse(canonical(value as Row)) as unknown
    return value
  }
  const keys = Object.keys(row).sort()
  return JSON.stringify(Object.fromEntries(keys.map(key => [key, cell(row[key])])))
}
