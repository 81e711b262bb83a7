import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import { textOf } from '../cast.ts'

/** Flink's documentation of its JSON functions (System (Built-in) Functions, JSON Functions); blanks of JSON apart. */
const documented: readonly (readonly [string, string])[] = [
  [`JSON_EXISTS('{"a": true}', '$.a')`, 'TRUE'],
  [`JSON_EXISTS('{"a": true}', '$.b')`, 'FALSE'],
  [`JSON_EXISTS('{"a": [{ "b": 1 }]}', '$.a[0].b')`, 'TRUE'],
  [`JSON_EXISTS('{"a": true}', 'strict $.b' TRUE ON ERROR)`, 'TRUE'],
  [`JSON_EXISTS('{"a": true}', 'strict $.b' FALSE ON ERROR)`, 'FALSE'],
  [`JSON_EXISTS('{"a": true}', 'strict $.b' UNKNOWN ON ERROR)`, 'NULL'],
  [`JSON_VALUE('{"a": true}', '$.a')`, 'true'],
  [`JSON_VALUE('{"a": true}', '$.a' RETURNING BOOLEAN)`, 'TRUE'],
  [`JSON_VALUE('{"a": true}', 'lax $.b' DEFAULT FALSE ON EMPTY)`, 'FALSE'],
  [`JSON_VALUE('{"a": true}', 'strict $.b' DEFAULT FALSE ON ERROR)`, 'FALSE'],
  [`JSON_VALUE('{"a.b": [0.998,0.996]}', '$.["a.b"][0]' RETURNING DOUBLE)`, '0.998'],
  [
    `JSON_VALUE('{"contains blank": "right"}', 'strict $.[''contains blank'']' NULL ON EMPTY DEFAULT 'wrong' ON ERROR)`,
    'right',
  ],
  [`JSON_QUERY('{ "a": { "b": 1 } }', '$.a')`, '{"b":1}'],
  [`JSON_QUERY('[1, 2]', '$')`, '[1,2]'],
  [`JSON_QUERY(CAST(NULL AS STRING), '$')`, 'NULL'],
  [`JSON_QUERY('{"a":[{"c":"c1"},{"c":"c2"}]}', 'lax $.a[*].c')`, '["c1","c2"]'],
  [`JSON_QUERY('{"a":[{"c":"c1"},{"c":"c2"}]}', 'lax $.a[*].c' RETURNING ARRAY<STRING>)`, '[c1, c2]'],
  [`JSON_QUERY('{}', '$' WITH CONDITIONAL ARRAY WRAPPER)`, '[{}]'],
  [`JSON_QUERY('[1, 2]', '$' WITH CONDITIONAL ARRAY WRAPPER)`, '[1,2]'],
  [`JSON_QUERY('[1, 2]', '$' WITH UNCONDITIONAL ARRAY WRAPPER)`, '[[1,2]]'],
  [`JSON_QUERY('1', '$')`, 'NULL'],
  [`JSON_QUERY('1', '$' WITH CONDITIONAL ARRAY WRAPPER)`, '[1]'],
  [`JSON_QUERY('{}', 'lax $.invalid' EMPTY OBJECT ON EMPTY)`, '{}'],
  [`JSON_QUERY('{}', 'strict $.invalid' EMPTY ARRAY ON ERROR)`, '[]'],
]

/** JSONPath as its own documentation has it (RFC 9535, 1.5 and 2.3), on small documents. */
const jsonPaths: readonly (readonly [string, string])[] = [
  [`JSON_QUERY('{"a": [{"b": 1}, {"c": 2}, {"b": {"b": 3}}]}', '$..b')`, '[1,{"b":3},3]'],
  [`JSON_QUERY('[0, 1, 2, 3]', '$[1:3]')`, '[1,2]'],
  [`JSON_QUERY('[0, 1, 2, 3]', '$[:2]')`, '[0,1]'],
  [`JSON_QUERY('[0, 1, 2, 3]', '$[-2:]')`, '[2,3]'],
  [`JSON_VALUE('[0, 1, 2, 3]', '$[-1]')`, '3'],
  [`JSON_VALUE('{"a b": {"c-d": 1}}', '$[''a b''].c-d')`, '1'],
  [`JSON_QUERY('[{"a": 1}, {"a": 5, "b": "x"}]', '$[?(@.a > 2)].b')`, '["x"]'],
  [`JSON_QUERY('[{"a": 1}, {"b": 5}]', '$[*].a')`, '[1]'],
]

test("JSON_VALUE, JSON_QUERY and JSON_EXISTS give what Flink's documentation says", async () => {
  const session = await createSession({ dialect: 'flink' }, await createNodeEnvironment())
  try {
    for (const [sql, expected] of [...documented, ...jsonPaths]) {
      const result = (await session.execute(`SELECT ${sql}`)).at(-1)
      assert.ok(result?.is === 'rows')
      assert.equal(
        textOf(result.rows[0]?.[0] ?? null, result.schema[0]?.type ?? { is: 'null' }, 'flink', 'UTC'),
        expected,
        sql,
      )
    }
    await assert.rejects(session.execute(`SELECT JSON_VALUE('{}', '$.a' ERROR ON ERROR)`), { code: 'DSD4005' })
    await assert.rejects(session.execute(`SELECT JSON_QUERY('{}', 'lax $.a' ERROR ON EMPTY)`), { code: 'DSD4005' })
    await assert.rejects(session.execute(`SELECT JSON_VALUE('{}', 'a')`), { code: 'DSD4005' })
  } finally {
    await session.close()
  }
})
