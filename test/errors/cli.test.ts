/** What `dsd sql` says of records that it could not read: on standard error, so that the rows can be piped. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { writeLines } from './session.ts'

const command = fileURLToPath(new URL('../../packages/streamdown/bin/data-streamdown.js', import.meta.url))

const sql = (...args: readonly string[]) =>
  spawnSync(process.execPath, [command, 'sql', ...args], { encoding: 'utf8', timeout: 60_000 })

test('dead letters are counted on standard error, or end the command where it is told so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-cli-errors-'))
  try {
    const path = writeLines(folder, 'in.ndjson', ['{"a": 1}', '{"a": ', '{"a": 2}'])
    const query = `CREATE TABLE t (a INT) WITH ('connector' = 'file', 'path' = '${path}', 'format' = 'json'); SELECT a FROM t`
    const found = sql('--json', '-e', query)
    assert.equal(found.status, 0, found.stderr)
    assert.equal(found.stdout, '{"a":1}\n{"a":2}\n')
    assert.match(found.stderr, /dead letters: 1 /)
    const table = query.slice(0, query.indexOf(';'))
    for (const statement of [
      `CREATE TABLE u (a INT); INSERT INTO u SELECT a FROM t`,
      `CREATE TABLE v AS SELECT a FROM t`,
      `COPY (SELECT a FROM t) TO '${join(folder, 'out.ndjson')}'`,
      `COPY (SELECT a FROM t ORDER BY a) TO '${join(folder, 'ordered.ndjson')}'`,
    ])
      assert.match(sql('-e', `${table}; ${statement}`).stderr, /dead letters: 1 of the statement/, statement)
    const strict = sql('--json', '--set', 'on_error=fail', '-e', query)
    assert.equal(strict.status, 1)
    assert.equal(strict.stdout, '')
    assert.match(strict.stderr, /DSD4001 .*\n {2}fix: /)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what a program that has run could not do is said on standard error, the first of it in full', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-cli-errors-'))
  try {
    const path = writeLines(folder, 'in.ndjson', [
      '{"n": 5}',
      'no JSON',
      ...Array.from({ length: 4 }, () => '{"n": 0}'),
    ])
    const program = join(folder, 'program.sql')
    writeFileSync(
      program,
      `CREATE TABLE t (n INT) WITH (connector = 'file', path = '${path}', format = 'json');
       CREATE TABLE o (share INT) WITH (connector = 'print'); INSERT INTO o SELECT 10 / n FROM t`,
    )
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, 'run', program], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(stdout, '+I[2]\n')
    const [counts, first, second, third, more] = stderr.split('\n')
    assert.equal(counts, 'o: 5 rows in, 1 out, 5 dead letters')
    assert.ok(first?.startsWith(`  DSD4001 t ${path}:9: `), first)
    assert.match(second ?? '', /^ {2}DSD4002 project: /)
    assert.match(third ?? '', /^ {2}DSD4002 project: /)
    assert.equal(more, "  2 more: a table with connector 'dead-letters' has them")
  } finally {
    rmSync(folder, { recursive: true })
  }
})
