import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createSession } from '../session/create.ts'
import type { Environment } from '../session/environment.ts'
import { createNodeEnvironment } from './node/environment.ts'

let environment: Environment
let directory: string

before(async () => {
  environment = await createNodeEnvironment()
  directory = await mkdtemp(join(tmpdir(), 'guarantees-'))
})

after(() => rm(directory, { recursive: true }))

const numbers = `CREATE TABLE numbers (n BIGINT) WITH (
  'connector' = 'datagen', 'number-of-rows' = '20', 'rows-per-second' = '0',
  'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '20');`

async function refused(sql: string): Promise<string> {
  const session = await createSession({ settings: { on_error: 'fail' } }, environment)
  try {
    await session.execute(sql)
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error)
    return `${String(error.code)} ${error.message}`
  } finally {
    await session.close()
  }
  return ''
}

test('a program that demands more than its sink gives is refused before it starts', async () => {
  const out = await refused(`${numbers}
    CREATE TABLE out (n BIGINT) WITH ('connector' = 'print', 'sink.delivery-guarantee' = 'exactly-once');
    INSERT INTO out SELECT n FROM numbers`)
  assert.match(out, /^DSD6101 .*'out' is to be written exactly-once, and connector print promises at-least-once only/)
})

test('a program that demands more than its source gives is refused before it starts', async () => {
  const out = await refused(`
    CREATE TABLE lines (n BIGINT) WITH ('connector' = 'stdin', 'format' = 'json');
    CREATE TABLE out (n BIGINT) WITH ('connector' = 'blackhole', 'sink.delivery-guarantee' = 'at-least-once');
    INSERT INTO out SELECT n FROM lines`)
  assert.match(out, /^DSD6101 .*its source 'lines' \(stdin\) cannot be read again, which gives at-most-once/)
})

test('a guarantee that is none is refused, and one that can be kept runs', async () => {
  const into = (guarantee: string): string => `${numbers}
    CREATE TABLE out (n BIGINT) WITH ('connector' = 'blackhole', 'sink.delivery-guarantee' = '${guarantee}');
    INSERT INTO out SELECT n FROM numbers`
  assert.match(await refused(into('twice')), /^DSD3002 .*it takes none, at-least-once, exactly-once/)
  assert.equal(await refused(into('exactly-once')), '')
  assert.equal(await refused(into('none')), '')
})

test('explain says what each source replays and what each sink gives', async () => {
  const session = await createSession({}, environment)
  const results = await session.execute(`${numbers}
    CREATE TABLE out (n BIGINT) WITH ('connector' = 'print');
    EXPLAIN INSERT INTO out SELECT n FROM numbers`)
  await session.close()
  const explained = results.at(-1)
  assert.ok(explained?.is === 'rows')
  assert.deepEqual(explained.rows.slice(-3), [
    ['Delivery, where the program goes on from kept state (--state); without, each start begins anew:'],
    ['  source numbers (datagen): replays from any row'],
    ['  sink out (print): at-least-once, of at-least-once'],
  ])
})

test('a text file holds every row once after a program went on from a snapshot', async () => {
  const path = join(directory, 'numbers.csv')
  const program = `${numbers}
    CREATE TABLE out (n BIGINT) WITH (
      'connector' = 'file', 'path' = '${path}', 'sink.mode' = 'overwrite', 'sink.delivery-guarantee' = 'exactly-once');
    INSERT INTO out SELECT n FROM numbers`
  const first = await createSession({ stepRows: 5 }, environment)
  await first.execute(program)
  let steps = 0
  await first.run({ stop: () => steps === 2, onStep: () => (steps += 1) })
  const bytes = await first.snapshot()
  await first.run({ stop: () => false })
  await first.close()
  const again = await createSession({ stepRows: 7 }, environment)
  await again.restore(bytes)
  await again.run({ stop: () => false })
  await again.close()
  const written = (await readFile(path, 'utf8')).trim().split('\n')
  assert.deepEqual(
    written,
    Array.from({ length: 20 }, (_, i) => String(i + 1)),
  )
})
