import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Environment } from '../../packages/streamdown/src/session/environment.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import type { Case, Held, Mode } from '../case.ts'
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
      return {
        suite: 'feldera',
        name: given.name,
        givesChanges: true,
        run: (mode, environment) => runCase(given, mode, environment),
      }
    })
}

/** The consolidated change of each step must equal the given one, so a case that passes is exact. */
async function runCase(given: FelderaCase, mode: Mode, environment: Environment): Promise<Held> {
  const options = {
    ...suiteSettings.feldera,
    workers: mode.workers,
    stepRows: mode.stepRows,
    seed: mode.seed,
    clock: SUITE_CLOCK,
  }
  const view = /CREATE\s+(?:MATERIALIZED\s+)?VIEW\s+(\w+)/i.exec(given.query)?.[1] ?? ''
  const query = given.query.replace(/CREATE\s+VIEW/i, 'CREATE MATERIALIZED VIEW')
  let session = await createSession(options, environment)
  try {
    await session.execute(given.tables)
    if (mode.whole) {
      for (const { insert } of given.steps) await session.execute(insert)
      await session.execute(query)
      const deltas = given.steps.flatMap(({ delta }) => delta)
      expectMultiset(changesOf(session, view), consolidated(deltas.map(({ row, weight }) => [textLine(row), weight])))
      return {}
    }
    await session.execute(query)
    session.changes(view)
    const half = Math.ceil(given.steps.length / 2)
    for (const [at, { insert, delta }] of given.steps.entries()) {
      if (mode.restore && at === half) {
        const bytes = await session.snapshot()
        await session.close()
        session = await createSession(options, environment)
        await session.restore(bytes)
        session.changes(view)
      }
      await session.execute(insert)
      expectMultiset(changesOf(session, view), consolidated(delta.map(({ row, weight }) => [textLine(row), weight])))
    }
    return {}
  } finally {
    await session.close()
  }
}

function changesOf(session: Session, view: string): readonly string[] {
  const schema = session.columns(view)
  const cells = (values: readonly Value[]): readonly string[] =>
    values.map((value, index) => textOf(value, schema[index]?.type ?? { is: 'null' }, 'postgres'))
  return consolidated(session.changes(view).map(({ values, weight }) => [textLine(cells(values)), weight]))
}

const textLine = (cells: readonly string[]): string => cells.join(' | ')

/** One line a row, with its weight where it is not zero. */
function consolidated(changes: readonly (readonly [row: string, weight: number])[]): readonly string[] {
  const weights = new Map<string, number>()
  for (const [row, weight] of changes) weights.set(row, (weights.get(row) ?? 0) + weight)
  return [...weights].filter(([, weight]) => weight !== 0).map(([row, weight]) => `${row} : ${weight}`)
}
