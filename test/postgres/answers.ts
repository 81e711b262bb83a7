import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import type { StatementResult } from '../../packages/streamdown/src/session/session.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'

/** What the last statement of a text gives in PostgreSQL's dialect: a line a row, in its order. */
export async function answers(sql: string): Promise<readonly string[]> {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    return rowTexts((await session.execute(sql)).at(-1))
  } finally {
    await session.close()
  }
}

/** A result's rows, a line each. */
export function rowTexts(result: StatementResult | undefined): readonly string[] {
  if (result?.is !== 'rows') throw new RangeError('the statement gave no rows')
  return result.rows.map(row =>
    row.map((value, at) => textOf(value, result.schema[at]?.type ?? { is: 'null' }, 'postgres')).join(' | '),
  )
}
