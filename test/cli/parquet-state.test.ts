/** A program that writes Parquet and keeps its state, killed again and again: every row is there once. */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { dsd, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-parquet-state-'))
after(() => rmSync(folder, { recursive: true }))

const input = join(folder, 'in.ndjson')
const out = join(folder, 'out')
const state = join(folder, 'state')
const program = join(folder, 'program.sql')
writeFileSync(
  program,
  `SET on_error = 'fail';
   CREATE TABLE numbers (n BIGINT) WITH
     ('connector' = 'filesystem', 'path' = '${input}', 'format' = 'json', 'source.monitor-interval' = '20 ms');
   CREATE TABLE copied (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${out}/copied.parquet', 'format' = 'parquet');
   CREATE TABLE counted (k BIGINT, c BIGINT) WITH ('connector' = 'filesystem', 'path' = '${out}/counted.ndjson', 'format' = 'debezium-json');
   INSERT INTO copied SELECT n FROM numbers;
   INSERT INTO counted SELECT n % 7, COUNT(*) FROM numbers GROUP BY n % 7;`,
)

function append(from: number, to: number): void {
  let text = ''
  for (let n = from; n < to; n++) text += `{"n":${n}}\n`
  appendFileSync(input, text)
}

const published = (): readonly string[] =>
  existsSync(out)
    ? readdirSync(out)
        .filter(name => name.endsWith('.parquet'))
        .sort()
    : []

async function numbers(): Promise<readonly number[]> {
  const files = published().map(async name => parquetReadObjects({ file: await asyncBufferFromFile(join(out, name)) }))
  return (await Promise.all(files)).flat().map(({ n }) => Number(n))
}

test('a Parquet sink has every row once after a program was killed at any moment', async () => {
  writeFileSync(input, '')
  let end = 0
  // How often a checkpoint is written, and how long the program lives after its first rows.
  for (const [interval, patience] of [
    ['30 ms', 0],
    ['30 ms', 45],
    ['1 h', 60],
    ['10 ms', 120],
    ['10 ms', 7],
  ] as const) {
    const before = published().length
    const running = start('run', program, '--state', state, '--set', `execution.checkpointing.interval=${interval}`)
    await running.until(() => existsSync(state) && readdirSync(state).some(name => name.endsWith('.json')))
    for (let part = 0; part < 4; part++) {
      append(end, end + 3_000)
      end += 3_000
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    // Of an interval of an hour nothing is published: it is killed with rows that no checkpoint has.
    if (interval !== '1 h') await running.until(() => published().length > before)
    await new Promise(resolve => setTimeout(resolve, patience))
    running.signal('SIGKILL')
    await running.end()
    const found = await numbers()
    assert.deepEqual(
      found,
      Array.from({ length: found.length }, (_, n) => n),
      'what readers see is a prefix, without gaps',
    )
  }
  const last = dsd('run', program, '--state', state, '--until-idle')
  assert.equal(last.status, 0, last.stderr)
  assert.deepEqual(
    await numbers(),
    Array.from({ length: end }, (_, n) => n),
  )
  assert.deepEqual(
    readdirSync(out).filter(name => name.endsWith('.part')),
    [],
  )
})

test('rows behind the last checkpoint are not published by a program that fails', async () => {
  const before = (await numbers()).length
  appendFileSync(input, `{"n":${before}}\nno number\n`)
  const failing = dsd('run', program, '--state', state, '--until-idle')
  assert.notEqual(failing.status, 0)
  assert.match(failing.stderr, /DSD4001/)
  assert.equal((await numbers()).length, before)
})
