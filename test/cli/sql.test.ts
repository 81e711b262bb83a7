/** `dsd sql`: results of queries that end, and of those that never do, in a pipe and in a terminal. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { dsd, start, startInTerminal } from './command.ts'

/** Rows without end, from a seed: n is 0, 1 or 2. */
const numbers = `CREATE TABLE numbers (n BIGINT, text STRING) WITH ('connector' = 'datagen', 'rows-per-second' = '1000',
  'fields.n.min' = '0', 'fields.n.max' = '2');`

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n')

test('a query that never ends gives a change a line, exactly as many as --limit', () => {
  const { status, stdout } = dsd('sql', '--limit', '5', '-e', `${numbers} SELECT n FROM numbers WHERE n = 2`)
  assert.equal(status, 0)
  assert.deepEqual(linesOf(stdout), Array(5).fill('{"$op":"+I","n":2}'))
})

test('an updating result comes as -U and +U of its key; the changes add up', () => {
  const query = 'SELECT n, COUNT(*) AS c FROM numbers GROUP BY n'
  const { status, stdout } = dsd('sql', '--json', '--limit', '301', '-e', `${numbers} ${query}`)
  assert.equal(status, 0)
  const counts = new Map<number, number>()
  for (const line of linesOf(stdout)) {
    const { $op, n, c } = JSON.parse(line)
    if ($op === '+I') assert.equal(counts.get(n), undefined)
    if ($op === '-U') assert.equal(counts.get(n), c)
    if ($op === '+U') assert.ok(c > (counts.get(n) ?? c))
    if ($op !== '-U') counts.set(n, c)
  }
  assert.equal(linesOf(stdout).length, 301)
  assert.deepEqual([...counts.keys()].sort(), [0, 1, 2])
})

test('LIMIT ends a query over rows that are only added', () => {
  const { status, stdout } = dsd('sql', '--json', '-e', `${numbers} SELECT n FROM numbers WHERE n = 1 LIMIT 3`)
  assert.equal(status, 0)
  assert.deepEqual(linesOf(stdout), Array(3).fill('{"$op":"+I","n":1}'))
})

test('Ctrl-C ends a query that never ends with 0, after whole lines', async () => {
  const running = start('sql', '-e', `${numbers} SELECT n FROM numbers WHERE n = 1`)
  await running.until(() => running.stdout.length > 1000)
  running.signal('SIGINT')
  const { status, stdout } = await running.end()
  assert.equal(status, 0)
  assert.ok(stdout.endsWith('}\n'))
  for (const line of linesOf(stdout)) assert.equal(line, '{"$op":"+I","n":1}')
})

test('a reader that has enough ends it without an error', () => {
  const command = new URL('../../packages/streamdown/bin/data-streamdown.js', import.meta.url).pathname
  const shell = `"${process.execPath}" "${command}" sql -e "$1" | head -n 2`
  const { stdout, stderr } = spawnSync('sh', ['-c', shell, 'sh', `${numbers} SELECT n FROM numbers WHERE n = 1`], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.deepEqual(linesOf(stdout), Array(2).fill('{"$op":"+I","n":1}'))
  assert.doesNotMatch(stderr, /Error/)
})

test('results before a failing statement are shown; what is in memory does not keep the command running', () => {
  const { status, stdout, stderr } = dsd(
    'sql',
    '--json',
    '-e',
    `CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2);
     CREATE MATERIALIZED VIEW s AS SELECT SUM(a) AS s FROM t; SELECT s FROM s; SELECT nope FROM t`,
  )
  assert.equal(stdout, '{"s":3}\n')
  assert.match(stderr, /DSD2002/)
  assert.equal(status, 1)
})

test('in a terminal a live table is drawn again in its place; Ctrl-C goes back to the prompt', async () => {
  const terminal = startInTerminal('sql')
  const prompts = (): number => terminal.stdout.split('dsd> ').length - 1
  await terminal.until(() => prompts() > 0)
  terminal.type(`${numbers.replaceAll('\n', ' ')}\r`)
  await terminal.until(() => terminal.stdout.includes('numbers created'))
  terminal.type(`SELECT n, COUNT(*) AS c, MAX(text) AS t FROM numbers GROUP BY n ORDER BY n;\r`)
  const redraws = (): number => terminal.stdout.split('\x1b[8A').length - 1
  await terminal.until(() => redraws() >= 3)
  const before = prompts()
  terminal.type('\x03')
  await terminal.until(() => prompts() > before)
  terminal.type('SELECT 1 + 1 AS two;\r')
  await terminal.until(() => terminal.stdout.includes('│   2 │'))
  terminal.type('exit\r')
  const { status, stdout } = await terminal.end()
  assert.equal(status, 0)
  const table = stripVTControlCharacters(stdout)
    .split(/[\r\n]+/)
    .filter(line => /^[│┌├└]/.test(line))
  assert.ok(table.length > 20)
  for (const line of table) assert.ok(line.length <= 80, line)
  assert.match(stdout, /│ 0 │ +\d+ │ [0-9a-f]+… │/)
  assert.match(stdout, /3 rows, \d+ read, Ctrl-C ends it/)
})
