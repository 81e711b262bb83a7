/** Sinks keep to the types of their columns, as Flink's ConstraintEnforcer and PostgreSQL's assignment do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PushedRow } from '../../packages/streamdown/src/session/session.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { withSession } from './session.ts'

interface Written {
  readonly rows: readonly (readonly Value[])[]
  readonly dead: readonly string[]
}

/** What arrives of `rows` in a sink with `columns`, and the errors of those that do not. */
async function written(
  columns: string,
  source: string,
  settings: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<Written> {
  let result: Written = { rows: [], dead: [] }
  await withSession(async session => {
    const set = settings.map(text => `SET ${text};`).join(' ')
    await session.execute(`${set} CREATE TABLE src (${source}) WITH (connector = 'feed');
      CREATE TABLE snk (${columns}) WITH (connector = 'feed'); INSERT INTO snk SELECT * FROM src`)
    session.push(
      'src',
      rows.map((values): PushedRow => ({ values })),
    )
    await session.settle()
    result = {
      rows: session.changes('snk').map(({ values }) => values),
      dead: session.deadLetters().map(({ problem, code }) => `${code} ${problem}`),
    }
  })
  return result
}

test('NULL for a NOT NULL column is a dead letter, or left out', async () => {
  const rows = [[1], [null], [3]]
  const failing = await written('a INT NOT NULL', 'a INT', ["dialect = 'flink'"], rows)
  assert.deepEqual(failing.rows, [[1], [3]])
  assert.equal(failing.dead.length, 1)
  assert.match(failing.dead[0] ?? '', /DSD4006 .*a is NULL, but the column is NOT NULL/)
  const settings = ["dialect = 'flink'", "'table.exec.sink.not-null-enforcer' = 'DROP'"]
  assert.deepEqual(await written('a INT NOT NULL', 'a INT', settings, rows), { rows: [[1], [3]], dead: [] })
})

test('NOT NULL inside of rows, arrays and maps counts as far as the setting says', async () => {
  const type = 'ROW<id INT NOT NULL, list ARRAY<INT NOT NULL>, pairs MAP<STRING, INT NOT NULL>>'
  const rows = [
    [[1, [1], [['k', 1]]]],
    [[null, [2], [['k', 2]]]],
    [[3, [3, null], [['k', 3]]]],
    [[4, [4], [['k', null]]]],
  ]
  const by = (depth: string, enforcer: string) =>
    written(
      `a ${type}`,
      `a ${type}`,
      [
        "dialect = 'flink'",
        `'table.exec.sink.nested-constraint-enforcer' = '${depth}'`,
        `'table.exec.sink.not-null-enforcer' = '${enforcer}'`,
      ],
      rows,
    )
  assert.deepEqual((await by('IGNORE', 'DROP')).rows, rows)
  assert.deepEqual((await by('ROWS', 'DROP')).rows, [rows[0], rows[2], rows[3]])
  assert.deepEqual(await by('ROWS_AND_COLLECTIONS', 'DROP'), { rows: [rows[0]], dead: [] })
  const { dead } = await by('ROWS_AND_COLLECTIONS', 'ERROR')
  assert.deepEqual(
    dead.map(text => /a[.[\]a-z0-9]* is NULL/.exec(text)?.[0]),
    ['a.id is NULL', 'a.list[1] is NULL', 'a.pairs[value] is NULL'],
  )
})

const texts = [['ab'], ['abcd'], ['abc  ']]

test('Flink: lengths are ignored, trimmed and padded, or errors', async () => {
  const by = (enforcer: string, column: string) =>
    written(column, 's STRING', ["dialect = 'flink'", `'table.exec.sink.type-length-enforcer' = '${enforcer}'`], texts)
  assert.deepEqual((await by('IGNORE', 's CHAR(3)')).rows, texts)
  assert.deepEqual((await by('TRIM_PAD', 's CHAR(3)')).rows, [['ab '], ['abc'], ['abc']])
  assert.deepEqual((await by('TRIM_PAD', 's VARCHAR(3)')).rows, [['ab'], ['abc'], ['abc']])
  const varchar = await by('ERROR', 's VARCHAR(3)')
  assert.deepEqual(varchar.rows, [['ab']])
  assert.match(varchar.dead[0] ?? '', /DSD4004 .*s is 4 characters long, which does not fit VARCHAR\(3\)/)
  assert.deepEqual((await by('ERROR', 's CHAR(4)')).rows, [['abcd']])
})

test('bytes have lengths too', async () => {
  const rows = [[Uint8Array.of(1)], [Uint8Array.of(1, 2, 3)]]
  const by = (enforcer: string, column: string) =>
    written(column, 'b BYTES', ["dialect = 'flink'", `'table.exec.sink.type-length-enforcer' = '${enforcer}'`], rows)
  assert.deepEqual((await by('IGNORE', 'b BINARY(2)')).rows, rows)
  assert.deepEqual((await by('TRIM_PAD', 'b BINARY(2)')).rows, [[Uint8Array.of(1, 0)], [Uint8Array.of(1, 2)]])
  assert.deepEqual((await by('ERROR', 'b VARBINARY(2)')).rows, [[Uint8Array.of(1)]])
})

test('PostgreSQL: what is too long is an error but for blanks at its end, CHAR is padded', async () => {
  const varchar = await written('s VARCHAR(3)', 's TEXT', [], texts)
  assert.deepEqual(varchar.rows, [['ab'], ['abc']])
  assert.equal(varchar.dead.length, 1)
  assert.deepEqual((await written('s CHAR(3)', 's TEXT', [], texts)).rows, [['ab '], ['abc']])
  await withSession(async session => {
    await session.execute('CREATE TABLE t (s VARCHAR(2))')
    await assert.rejects(session.execute("INSERT INTO t VALUES ('abc')"), { code: 'DSD4004' })
  })
})
