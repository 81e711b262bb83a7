import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import type { Case, Mode } from '../case.ts'
import { expectMultiset } from '../compare.ts'
import { SUITE_CLOCK, suiteSettings } from '../settings.ts'

interface FelderaCase {
  readonly name: string
  readonly tables: string
  readonly query: string
  readonly steps: readonly {
    readonly insert: string
    readonly delta: readonly { readonly row: readonly string[]; readonly weight: number }[]
  }[]
}

export function felderaCases(dir: string): readonly Case[] {
  return readdirSync(dir)
    .filter(file => file.endsWith('.json'))
    .sort()
    .map(file => {
      const given = JSON.parse(readFileSync(join(dir, file), 'utf8')) as FelderaCase
      return { suite: 'feldera', name: given.name, run: (mode, environment) => runCase(given, mode, environment) }
    })
}

async function runCase(given: FelderaCase, mode: Mode, environment: Environment): Promise<void> {
  const options = {
    ...suiteSettings.feldera,
    workers: mode.workers,
    stepRows: mode.stepRows,
    seed: mode.seed,
    clock: SUITE_CLOCK,
  }
  const view = /CREATE\s+(?:MATERIALIZED\s+)?VIEW\s+(\w+)/i.exec(given.query)?.[1] ?? ''
  let session = await createSession(options, environment)
  try {
    await session.execute(given.tables)
    const query = given.query
      .replace(/CREATE\s+FUNCTION[^;]*;/gi, '')
      .replace(/CREATE\s+VIEW/i, 'CREATE MATERIALIZED VIEW')
    await session.execute(query)
    session.changes(view)
    const half = Math.ceil(given.steps.length / 2)
    for (const [at, step] of given.steps.entries()) {
      if (mode.restore && at === half) {
        const bytes = await session.snapshot()
        await session.close()
        session = await createSession(options, environment)
        await session.restore(bytes)
        session.changes(view)
      }
      await session.execute(step.insert)
      const schema = session.columns(view)
      const weights = new Map<string, number>()
      for (const { values, weight } of session.changes(view)) {
        const cells = values.map((value, index) => textOf(value, schema[index]?.type ?? { is: 'null' }, 'postgres'))
        const row = cells.join(' | ')
        weights.set(row, (weights.get(row) ?? 0) + weight)
      }
      const actual = [...weights].filter(([, weight]) => weight !== 0).map(([row, weight]) => `${row} : ${weight}`)
      const expected = step.delta
        .filter(({ weight }) => weight !== 0)
        .map(({ row, weight }) => `${row.join(' | ')} : ${weight}`)
      expectMultiset(actual, expected)
    }
  } finally {
    await session.close()
  }
}
