/** What goes wrong in the first minutes is said in a line or two, without a stack and without steering the terminal. */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dsd, Running, start, startInTerminal } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-newcomer-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, contents: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, contents)
  return path
}

const sql = (text: string) => dsd('sql', '-e', text)

/** One line with the code and the cause, one with the fix. */
function said(stderr: string, message: RegExp): void {
  assert.match(stderr, message)
  assert.doesNotMatch(stderr, /^ {4}at /m, 'no stack')
}

test('a program that is not there, a directory, or no text', () => {
  for (const command of ['run', 'check', 'explain']) {
    said(dsd(command, 'nope.sql').stderr, /^DSD8001 there is no file nope\.sql\n/)
  }
  const typescript = dsd('run', 'nope.ts')
  said(typescript.stderr, /^DSD8001 there is no file nope\.ts\n/)
  assert.equal(typescript.status, 2)
  mkdirSync(join(folder, 'd.sql'))
  said(dsd('run', join(folder, 'd.sql')).stderr, /^DSD8001 \S*d\.sql is a directory\n/)
  const utf16 = file('utf16.sql', Buffer.from('\ufeffSELECT 1', 'utf16le'))
  said(dsd('run', utf16).stderr, /^DSD8001 \S*utf16\.sql is no text in UTF-8\n/)
})

test('a program with a byte order mark and CRLF runs', () => {
  const { status, stdout } = dsd('run', file('crlf.sql', '\ufeffSELECT 1 AS a;\r\n-- two\r\nSELECT 2 AS b;\r\n'))
  assert.equal(status, 0)
  assert.match(stdout, /│ 1 │.*│ 2 │/s)
  const { stderr } = dsd('check', file('wrong.sql', 'SELECT 1;\r\nSELECT 2 FROM nowhere;\r\n'))
  assert.match(stderr, /line 2, column 15:\n {2}\| SELECT 2 FROM nowhere;\n/)
})

test('a binary file whose name says text, and a directory of several formats', () => {
  const binary = file('binary.csv', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0x1b, 0x5b, 0, 1, 2]))
  said(sql(`SELECT * FROM '${binary}'`).stderr, /DSD3002 .*binary\.csv' is no text in UTF-8.*its byte 6 is 0/)
  mkdirSync(join(folder, 'mixed'))
  file('mixed/a.ndjson', '{"a":1}\n')
  file('mixed/b.csv', 'x,y\n')
  const mixed = join(folder, 'mixed')
  said(sql(`SELECT * FROM '${mixed}'`).stderr, /DSD3002 .*several formats, as .*a\.ndjson' and .*b\.csv'.*\*\.ndjson/)
  assert.equal(sql(`SELECT * FROM '${mixed}/*.ndjson'`).status, 0)
})

test('what a user wrote does not steer the terminal', () => {
  const escapes = file('escapes.csv', '\u001b[31ma,b\n1,2\n')
  const { stderr } = sql(`SELECT x FROM '${escapes}'`)
  assert.match(stderr, /Columns: \\x1b\[31ma, b\./)
  assert.equal(stderr.includes('\u001b'), false)
  assert.equal(sql(`SELECT chr(27) || '[31m' AS a`).stdout.includes('\u001b'), false)
})

test('print shows control characters on a terminal, and writes them as they are elsewhere', async () => {
  const program = file(
    'print.sql',
    `CREATE TABLE p (a STRING) WITH ('connector' = 'print'); INSERT INTO p SELECT chr(27) || '[31mred'`,
  )
  assert.equal(dsd('run', program).stdout, '+I[\u001b[31mred]\n')
  const { stdout } = await startInTerminal('run', program).end()
  assert.match(stdout, /\+I\[\\x1b\[31mred\]/)
})

test('a setting that cannot be is refused where it is set', () => {
  said(
    sql(`SET timezone = 'Nowhere/X'; SELECT 1`).stderr,
    /DSD2014 Setting timezone takes a time zone.*not "Nowhere\/X"/,
  )
  said(sql(`SET memory_limit = 'much'; SELECT 1`).stderr, /DSD2014 Setting memory_limit takes a size.*not "much"/)
  assert.equal(sql(`SET timezone = '+05:30'; SELECT 1`).status, 0)
})

test('a name that is nearly right is told the right one', () => {
  said(sql('SELECT RUOND(1.2)').stderr, /DSD2003 .*Did you mean ROUND\?/)
  said(sql("CREATE TABLE t (a INT) WITH (connector = 'flie')").stderr, /DSD3001 .*Did you mean "file"\?/)
  const option = "CREATE TABLE t (a INT) WITH (connector = 'file', pth = 'x', format = 'json'); SELECT * FROM t"
  said(sql(option).stderr, /DSD3002 .*Did you mean "path"\?/)
  said(dsd('functions', 'ruond').stderr, /DSD2003 .*Did you mean "round"\?/)
  said(dsd('connectors', 'describe', 'flie').stderr, /DSD3001 .*Did you mean "file"\?/)
  const { status, stderr } = dsd('run', 'x.sql', '--worker', '2')
  assert.equal(stderr, `DSD8001 Unknown option '--worker'. Did you mean "--workers"?\n`)
  assert.equal(status, 2)
})

test('where no program runs it is said what was done; settings are for programs in SQL', () => {
  assert.equal(dsd('run', file('tables.sql', 'CREATE TABLE t (a INT)')).stderr, 'table t created; nothing runs on\n')
  assert.equal(dsd('run', file('empty.sql', '-- nothing')).stderr, 'There is no statement in the file.\n')
  const { status, stderr } = dsd('run', file('none.ts', 'export {}'), '--set', 'nonsense=1')
  assert.match(stderr, /^DSD8001 --set is for SQL programs/)
  assert.equal(status, 2)
})

test('a result of many rows is shown', async () => {
  const { status, stdout } = await start('sql', '-e', 'SELECT * FROM generate_series(1, 200000) AS t(n)').end()
  assert.equal(status, 0)
  assert.match(stdout, /│ 200000 │\n└─*┘\n200000 rows\n$/)
})

test('who reads has enough: that is no failure', async () => {
  const program = file(
    'many.sql',
    `CREATE TABLE n (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '0', 'fields.n.kind' = 'sequence',
       'fields.n.start' = '1', 'fields.n.end' = '1000000');
     CREATE TABLE p (n BIGINT) WITH ('connector' = 'print'); INSERT INTO p SELECT n FROM n`,
  )
  const command = fileURLToPath(new URL('../../packages/streamdown/bin/data-streamdown.js', import.meta.url))
  const shell = `{ '${process.execPath}' '${command}' run '${program}'; echo "exit $?" >&2; } | head -2`
  const { stdout, stderr } = await new Running('sh', ['-c', shell]).end()
  assert.equal(stdout, '+I[1]\n+I[2]\n')
  assert.equal(stderr, 'exit 0\n')
})

test('a clone whose kernels are not built says how to build them', async () => {
  const source = fileURLToPath(new URL('../../packages/streamdown/', import.meta.url))
  const clone = join(folder, 'clone')
  const built = join(source, 'src/kernels/kernels.generated.ts')
  for (const part of ['bin', 'src', 'package.json']) {
    cpSync(join(source, part), join(clone, part), { recursive: true, filter: path => path !== built })
  }
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(clone, 'node_modules'))
  const running = new Running(process.execPath, [join(clone, 'bin/data-streamdown.js'), 'sql', '-e', 'SELECT 1'])
  const { status, stderr } = await running.end()
  assert.equal(status, 1)
  said(stderr, /kernels of this clone are not built\.\n {2}fix: Run `node scripts\/prepare\.mjs`/)
})
