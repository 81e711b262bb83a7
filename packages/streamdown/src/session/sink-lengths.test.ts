import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import type { Value } from '../types/value.ts'
import { createSession } from './create.ts'

/** What a sink of these columns gets of a value that its source declared as the very same type. */
async function written(columns: string, settings: Readonly<Record<string, string>>, value: Value): Promise<Value> {
  const session = await createSession({ dialect: 'flink', settings }, await createNodeEnvironment())
  try {
    await session.execute(`CREATE TABLE src (${columns}) WITH ('connector' = 'feed');
      CREATE TABLE dst (${columns}) WITH ('connector' = 'feed');
      INSERT INTO dst SELECT * FROM src`)
    session.push('src', [{ op: '+I', values: [value] }])
    await session.settle()
    return session.changes('dst')[0]?.values[0] ?? null
  } finally {
    await session.close()
  }
}

const row = 'v ROW<c CHAR(2), vc VARCHAR(2)>'

test('text is cut and CHAR padded to the lengths of a sink, within rows only where the settings say so', async () => {
  assert.equal(await written('v VARCHAR(2)', { sink_length: 'trim_pad' }, 'abc'), 'ab')
  assert.equal(await written('v CHAR(3)', { sink_length: 'trim_pad' }, 'a'), 'a  ')
  assert.equal(await written('v VARCHAR(2)', {}, 'abc'), 'abc')
  const nested = { sink_length: 'trim_pad', sink_nested_not_null: 'rows' }
  assert.deepEqual(await written(row, nested, ['a', 'abc']), ['a ', 'ab'])
  assert.deepEqual(await written(row, { sink_length: 'trim_pad' }, ['a', 'abc']), ['a', 'abc'])
})

test('cutting text in arrays and maps is refused', async () => {
  const settings = { sink_length: 'trim_pad', sink_nested_not_null: 'rows_and_collections' }
  await assert.rejects(written('v ARRAY<CHAR(2)>', settings, ['a']), { code: 'DSD2006' })
})
