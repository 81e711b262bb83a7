import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Session, SessionOptions } from '../../packages/streamdown/src/session/session.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'

/** Runs `use` in a session of its own, with a folder that is gone afterwards. */
export async function withSession(
  use: (session: Session, folder: string) => Promise<void>,
  options: SessionOptions = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-errors-'))
  const session = await createSession({ dialect: 'postgres', ...options }, await createNodeEnvironment())
  try {
    await use(session, folder)
  } finally {
    await session.close()
    rmSync(folder, { recursive: true })
  }
}

export function writeLines(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map(line => `${line}\n`).join(''))
  return path
}

/** The rows of the last statement's answer, sorted. */
export async function rowsOf(session: Session, sql: string): Promise<readonly (readonly Value[])[]> {
  const result = (await session.execute(sql)).at(-1)
  if (result?.is !== 'rows') throw new RangeError(`${sql} gives no rows`)
  return [...result.rows].sort((a, b) => (String(a) < String(b) ? -1 : 1))
}
