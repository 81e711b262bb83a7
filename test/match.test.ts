import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import type { Session, SessionOptions } from '../packages/streamdown/src/session/session.ts'
import type { Value } from '../packages/streamdown/src/types/value.ts'
import { textOf } from '../packages/streamdown/src/values/text.ts'

async function opened(options: SessionOptions, use: (session: Session) => Promise<void>): Promise<void> {
  const session = await createSession(options, await createNodeEnvironment())
  try {
    await use(session)
  } finally {
    await session.close()
  }
}

test('the example of docs/sql.md gives what stands below it', async () => {
  const docs = readFileSync(new URL('../docs/sql.md', import.meta.url), 'utf8')
  const [, sql = '', table = ''] = /<!-- match example -->\n```sql\n([^`]*)```\n\n((?:\|.*\n)*)/.exec(docs) ?? []
  const lines = table
    .trim()
    .split('\n')
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    )
  await opened({}, async session => {
    const result = (await session.execute(sql)).at(-1)
    assert.ok(result?.is === 'rows')
    assert.deepEqual(
      result.schema.map(({ name }) => name),
      lines[0],
    )
    const text = (value: Value, i: number): string =>
      textOf(value, result.schema[i]?.type ?? { is: 'null' }, 'postgres')
    assert.deepEqual(
      result.rows.map(row => row.map(text)),
      lines.slice(2),
    )
  })
})

test('the example of docs/api.md is the program that its test runs', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  const [, program = ''] = /## Patterns\n[^`]*```ts\n([^`]*)```/.exec(read('../docs/api.md')) ?? []
  assert.ok(program.includes('.match('))
  assert.ok(read('../packages/streamdown/src/api/match.test.ts').includes(program))
})
