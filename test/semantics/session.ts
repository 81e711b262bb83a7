import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { Session } from '../../packages/streamdown/src/session/session.ts'

/** Runs `use` in a session whose steps take one row each; its clock stands at 1970. */
export async function withSession(
  dialect: 'flink' | 'postgres',
  use: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await createSession({ dialect, stepRows: 1, clock: 0n }, await createNodeEnvironment())
  try {
    await use(session)
  } finally {
    await session.close()
  }
}

/** The rows of the last statement, each as text, sorted. */
export async function answer(session: Session, sql: string): Promise<readonly string[]> {
  const result = (await session.execute(sql)).at(-1)
  if (result?.is !== 'rows') throw new TypeError(`${sql} gives no rows`)
  return result.rows.map(row => row.map(value => (value === null ? 'NULL' : String(value))).join(' ')).sort()
}
