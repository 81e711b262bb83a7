/** What `dsd sql` says of records that it could not read: on standard error, so that the rows can be piped. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
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
    const strict = sql('--json', '--set', 'on_error=fail', '-e', query)
    assert.equal(strict.status, 1)
    assert.equal(strict.stdout, '')
    assert.match(strict.stderr, /DSD4001 .*\n {2}fix: /)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
