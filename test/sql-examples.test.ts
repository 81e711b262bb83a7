/** The examples of docs/sql.md give what stands below them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createNodeEnvironment } from '../packages/streamdown/src/connect/node/environment.ts'
import { createSession } from '../packages/streamdown/src/session/create.ts'
import { textOf } from '../packages/streamdown/src/values/text.ts'

const docs = readFileSync(new URL('../docs/sql.md', import.meta.url), 'utf8')
const examples = [...docs.matchAll(/```sql\n-- example\n([\s\S]*?)```\n```text\n([\s\S]*?)```/g)]

test('docs/sql.md has examples', () => assert.ok(examples.length >= 3))

for (const [, sql = '', expected = ''] of examples) {
  test(`docs/sql.md: ${sql.trim().split('\n').at(-1)}`, async () => {
    const session = await createSession({}, await createNodeEnvironment())
    try {
      const result = (await session.execute(sql)).at(-1)
      assert.ok(result?.is === 'rows')
      const lines = result.rows.map(row =>
        row.map((value, at) => textOf(value, result.schema[at]?.type ?? { is: 'null' }, 'flink')).join(' | '),
      )
      assert.deepEqual(lines.sort(), expected.trimEnd().split('\n').sort())
    } finally {
      await session.close()
    }
  })
}
