/** Programs that keep their state in a directory and go on from it, whatever ended them. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dsd, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-state-'))
after(() => rmSync(folder, { recursive: true }))

interface Place {
  readonly program: string
  readonly input: string
  readonly copied: string
  readonly counted: string
  readonly totals: string
  readonly state: string
}

/** A program of a copy, a window and a table of totals, all into files. */
function place(name: string, input = join(folder, `${name}-in.ndjson`)): Place {
  const [copied, counted, totals] = ['copied', 'counted', 'totals'].map(one => join(folder, `${name}-${one}.ndjson`))
  const program = join(folder, `${name}.sql`)
  const sink = (path: string, format = 'json'): string =>
    `('connector' = 'filesystem', 'path' = '${path}', 'format' = '${format}')`
  assert.ok(copied !== undefined && counted !== undefined && totals !== undefined)
  writeFileSync(
    program,
    `CREATE TABLE numbers (n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH
       ('connector' = 'filesystem', 'path' = '${input}', 'format' = 'json', 'source.monitor-interval' = '20 ms');
     CREATE TABLE copied (n BIGINT) WITH ${sink(copied)};
     CREATE TABLE counted (w TIMESTAMP(3), c BIGINT, s BIGINT) WITH ${sink(counted)};
     CREATE TABLE totals (k BIGINT, s BIGINT) WITH ${sink(totals, 'debezium-json')};
     CREATE MATERIALIZED VIEW sums AS SELECT n % 10 AS k, SUM(n) AS s FROM numbers GROUP BY n % 10;
     INSERT INTO copied SELECT n FROM numbers;
     INSERT INTO counted SELECT window_start, COUNT(*), SUM(n)
       FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end;
     INSERT INTO totals SELECT k, s FROM sums;`,
  )
  return { program, input, copied, counted, totals, state: join(folder, `${name}-state`) }
}

/** One row a 10 ms of event time. */
function append({ input }: Place, from: number, to: number): void {
  const lines: string[] = []
  for (let n = from; n < to; n++)
    lines.push(`{"n":${n},"ts":"${new Date(n * 10).toISOString().slice(0, -1).replace('T', ' ')}"}\n`)
  appendFileSync(input, lines.join(''))
}

const lines = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n')
const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0)

/** What the changes of the file add up to, by key. */
function tableOf(path: string): Map<number, number> {
  const table = new Map<number, number>()
  for (const line of lines(path)) {
    const change: unknown = JSON.parse(line)
    assert.ok(change !== null && typeof change === 'object' && 'after' in change)
    const row = change.after
    if (row !== null && typeof row === 'object' && 'k' in row && 's' in row) table.set(Number(row.k), Number(row.s))
  }
  return table
}

test('a program that is killed again and again writes what one that is not disturbed writes', async () => {
  const killed = place('killed')
  writeFileSync(killed.input, '')
  let end = 0
  // With an interval of an hour all that a run has written stands behind its only checkpoint, the one of its start.
  for (const [interval, patience] of [
    ['1 h', 0],
    ['30 ms', 40],
    ['1 h', 90],
    ['30 ms', 10],
  ] as const) {
    append(killed, end, end + 20_000)
    end += 20_000
    const before = sizeOf(killed.copied)
    const running = start(
      'run',
      killed.program,
      '--state',
      killed.state,
      '--set',
      `execution.checkpointing.interval=${interval}`,
    )
    await running.until(() => sizeOf(killed.copied) > before + 1000)
    append(killed, end, end + 5_000)
    end += 5_000
    await new Promise(resolve => setTimeout(resolve, patience))
    running.signal('SIGKILL')
    await running.end()
    assert.ok(readdirSync(killed.state).some(name => name.endsWith('.json')))
  }
  append(killed, end, end + 1000)
  const last = dsd('run', killed.program, '--state', killed.state, '--until-idle', '--drain')
  assert.equal(last.status, 0, last.stderr)

  const straight = place('straight', killed.input)
  const { status, stderr } = dsd('run', straight.program, '--until-idle', '--drain')
  assert.equal(status, 0, stderr)
  assert.equal(readFileSync(killed.copied, 'utf8'), readFileSync(straight.copied, 'utf8'))
  assert.deepEqual(lines(killed.counted), lines(straight.counted))
  assert.equal(lines(killed.counted).length, Math.ceil((end + 1000) / 100))
  assert.deepEqual(tableOf(killed.totals), tableOf(straight.totals))
})

test('Ctrl-C keeps the state: the next run goes on, also after a program that ended by itself', async () => {
  const at = place('interrupted')
  append(at, 0, 1050)
  const running = start('run', at.program, '--state', at.state)
  await running.until(() => sizeOf(at.counted) > 0 && lines(at.copied).length === 1050)
  running.signal('SIGINT')
  assert.equal((await running.end()).status, 0)
  assert.equal(lines(at.counted).length, 10, 'the window of the last 50 rows is open')
  append(at, 1050, 1150)
  assert.equal(dsd('run', at.program, '--state', at.state, '--until-idle').status, 0)
  assert.deepEqual(
    lines(at.copied).map(line => Number(/\d+/.exec(line)?.[0])),
    Array.from({ length: 1150 }, (_, n) => n),
  )
  assert.match(lines(at.counted).at(-1) ?? '', /"c":100,/)
  assert.equal(lines(at.counted).length, 11)
  assert.equal(readdirSync(at.state).filter(name => name.endsWith('.json')).length <= 3, true)
})

test('state that is damaged, of another program or in use is refused, with what to do', async () => {
  const at = place('refused')
  append(at, 0, 100)
  const run = () => dsd('run', at.program, '--state', at.state, '--until-idle')
  assert.equal(run().status, 0)

  const running = start('run', at.program, '--state', at.state)
  await running.until(() => existsSync(join(at.state, 'lock')))
  assert.match(run().stderr, /DSD7003.*in use by process \d+/s)
  running.signal('SIGINT')
  await running.end()

  const text = readFileSync(at.program, 'utf8')
  writeFileSync(at.program, text.replace('n % 10 AS k', 'n % 11 AS k'))
  assert.match(run().stderr, /DSD7002.*another program/s)
  writeFileSync(at.program, `-- a comment changes nothing\n${text}`)
  assert.equal(run().status, 0)

  const newest =
    readdirSync(at.state)
      .filter(name => name.endsWith('.state'))
      .sort()
      .at(-1) ?? ''
  const bytes = readFileSync(join(at.state, newest))
  writeFileSync(join(at.state, newest), bytes.subarray(0, bytes.length - 7))
  assert.match(run().stderr, /DSD7001.*has \d+ bytes of \d+.*goes on from checkpoint \d+/s)
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  writeFileSync(join(at.state, newest), bytes)
  assert.match(run().stderr, /DSD7001.*not those that were written/s)
  writeFileSync(join(at.state, newest.replace('.state', '.json')), '{"hello": 1}')
  assert.match(run().stderr, /DSD7001.*no manifest/s)
  for (const name of [newest, newest.replace('.state', '.json')]) rmSync(join(at.state, name))
  const again = run()
  assert.equal(again.status, 0, again.stderr)
  assert.equal(lines(at.copied).length, 100)
})

test('Ctrl-C before all statements are carried out keeps nothing: the next run starts them all', async () => {
  const at = place('begun')
  append(at, 0, 1000)
  const text = readFileSync(at.program, 'utf8')
  const parquet = join(folder, 'begun.parquet')
  const slow = `CREATE TABLE whole (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${parquet}', 'format' = 'parquet');
    INSERT INTO whole SELECT n FROM numbers;
    CREATE TABLE many WITH ('connector' = 'nexmark', 'events.num' = '20000000');
    SELECT 'here' AS a; SELECT COUNT(*) AS c FROM many;`
  writeFileSync(at.program, text.replace('INSERT INTO totals', `${slow} INSERT INTO totals`))
  const running = start('run', at.program, '--state', at.state, '--drain')
  await running.until(() => running.stdout.includes('here'))
  running.signal('SIGINT')
  await running.end()
  assert.equal(sizeOf(at.copied), 0)
  assert.ok(!existsSync(parquet))
  assert.deepEqual(
    readdirSync(at.state).filter(name => name.endsWith('.json')),
    [],
  )
  writeFileSync(at.program, text)
  const { status, stderr } = dsd('run', at.program, '--state', at.state, '--until-idle')
  assert.equal(status, 0, stderr)
  assert.equal(lines(at.copied).length, 1000)
  assert.equal(tableOf(at.totals).size, 10)
})

test('a query without end is the last statement of a program whose state is kept', () => {
  const at = place('endless')
  append(at, 0, 10)
  const text = readFileSync(at.program, 'utf8')
  writeFileSync(at.program, text.replace('INSERT INTO totals', 'SELECT n FROM numbers; INSERT INTO totals'))
  const { status, stderr } = dsd('run', at.program, '--state', at.state, '--until-idle')
  assert.equal(status, 1)
  assert.match(stderr, /DSD2006 A query without end stands before other statements/)
})
