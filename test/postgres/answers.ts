import { createNodeEnvironment } from '../../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../../packages/streamdown/src/session/create.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'

/** What the last statement of a text gives in PostgreSQL's dialect: a line a row, in its order. */
export async function answers(sql: string): Promise<readonly string[]> {
  const session = await createSession({ dialect: 'postgres' }, await createNodeEnvironment())
  try {
    const result = (await session.execute(sql)).at(-1)
    if (result?.is !== 'rows') throw new RangeError(`no rows: ${sql}`)
    return result.rows.map(row =>
      row.map((value, at) => textOf(value, result.schema[at]?.type ?? { is: 'null' }, 'postgres')).join(' | '),
    )
  } finally {
    await session.close()
  }
}
