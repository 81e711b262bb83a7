import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'

test('settle waits for files that are still being read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dsd-settle-'))
  const session = await createSession({}, await createNodeEnvironment())
  try {
    const lines = Array.from({ length: 20_000 }, (_, a) => `{"a": ${a}}\n`).join('')
    writeFileSync(join(folder, 'n.ndjson.gz'), gzipSync(lines))
    await session.execute(
      `CREATE TABLE t (a INT) WITH ('connector' = 'filesystem', 'path' = '${join(folder, 'n.ndjson.gz')}', 'format' = 'json');
       CREATE VIEW v AS SELECT COUNT(*) AS n, MAX(a) AS last FROM t;
       CREATE TABLE out (n BIGINT, last INT) WITH ('connector' = 'feed');
       INSERT INTO out SELECT * FROM v`,
    )
    await session.settle()
    assert.deepEqual(
      session
        .changes('out')
        .filter(({ weight }) => weight > 0)
        .at(-1)?.values,
      [20_000n, 19_999],
    )
  } finally {
    await session.close()
    rmSync(folder, { recursive: true })
  }
})

test("datagen keeps the pace of the session's clock", async () => {
  const session = await createSession({ clock: 0n }, await createNodeEnvironment())
  try {
    await session.execute(
      `CREATE TABLE g (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
       CREATE TABLE out (a INT) WITH ('connector' = 'feed');
       INSERT INTO out SELECT a FROM g`,
    )
    await session.settle()
    assert.equal(session.changes('out').length, 1)
    await session.advance(2_000_000n)
    assert.equal(session.changes('out').length, 20)
    await session.settle()
    assert.equal(session.changes('out').length, 0)
  } finally {
    await session.close()
  }
})
