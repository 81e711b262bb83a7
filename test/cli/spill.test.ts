/** Programs whose state does not fit into memory. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dsd, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-spill-test-'))
after(() => rmSync(folder, { recursive: true }))

const KEYS = 60_000

/** Each key meets itself once: of every one a row leaves. */
function program(name: string): { readonly file: string; readonly output: string; readonly state: string } {
  const file = join(folder, `${name}.sql`)
  const output = join(folder, `${name}.csv`)
  const side = (table: string): string => `
    CREATE TABLE ${table} (k BIGINT, v BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '${KEYS}',
      'rows-per-second' = '0', 'fields.k.kind' = 'sequence', 'fields.k.start' = '1', 'fields.k.end' = '${KEYS}',
      'fields.v.kind' = 'sequence', 'fields.v.start' = '1', 'fields.v.end' = '${KEYS}');`
  writeFileSync(
    file,
    `${side('a')} ${side('b')}
     CREATE TABLE out (k BIGINT, v BIGINT, w BIGINT) WITH
       ('connector' = 'filesystem', 'path' = '${output}', 'format' = 'csv');
     INSERT INTO out SELECT a.k, a.v, b.v FROM a JOIN b ON a.k = b.k;`,
  )
  return { file, output, state: join(folder, `${name}-state`) }
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

function assertWhole(output: string): void {
  const keys = readFileSync(output, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const [k, v, w] = line.split(',')
      assert.ok(k === v && v === w, line)
      return Number(k)
    })
    .sort((a, b) => a - b)
  assert.equal(keys.length, KEYS)
  assert.ok(keys.every((key, at) => key === at + 1))
}

test('a join of several times its memory that is killed goes on and writes every row once', async () => {
  const { file, output, state } = program('killed')
  const args = ['run', file, '--state', state, '--memory', '4mb', '--set', 'checkpoint_interval=100 ms']
  const running = start(...args)
  await running.until(() => sizeOf(output) > 1000)
  running.signal('SIGKILL')
  await running.end()
  assert.deepEqual(
    readdirSync(state).filter(name => name.includes('spill')),
    [],
    'what was spilled went with the process',
  )
  const { status, stderr } = dsd(...args)
  assert.equal(status, 0, stderr)
  assertWhole(output)
})

test('where state cannot be spilled the program stops with the remedy, and goes on from there', () => {
  const { file, output, state } = program('nowhere')
  const stopped = dsd(
    'run',
    file,
    '--state',
    state,
    '--memory',
    '4mb',
    '--set',
    `temp_directory=${join(folder, 'none')}`,
  )
  assert.equal(stopped.status, 1)
  assert.match(stopped.stderr, /DSD7103 .*cannot be spilled: .*ENOENT.* largest state is that of join/)
  const { status, stderr } = dsd('run', file, '--state', state, '--memory', '4mb')
  assert.equal(status, 0, stderr)
  assertWhole(output)
})
