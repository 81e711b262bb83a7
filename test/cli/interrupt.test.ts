/** Ctrl-C and SIGTERM: the step is finished, what was made is written out, windows stay open. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dsd, start } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-interrupt-'))
after(() => rmSync(folder, { recursive: true }))

/** The same rows for the same seed, without end. */
const numbers = (more = ''): string => `CREATE TABLE numbers (n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH (
  'connector' = 'datagen', 'rows-per-second' = '5000', 'seed' = '7' ${more});`

function program(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, `${numbers()}\n${text}`)
  return path
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends a program that never ends with 0: its output is whole`, async () => {
    const out = join(folder, `${signal}.ndjson`)
    const path = program(
      `${signal}.sql`,
      `CREATE TABLE copied (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${out}', 'format' = 'json');
       CREATE TABLE counted (w TIMESTAMP(3), c BIGINT) WITH ('connector' = 'blackhole');
       EXECUTE STATEMENT SET BEGIN
         INSERT INTO copied SELECT n FROM numbers;
         INSERT INTO counted SELECT window_end, COUNT(*) FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' HOUR))
           GROUP BY window_start, window_end;
       END;`,
    )
    const running = start('run', path)
    await running.until(() => existsSync(out) && readFileSync(out, 'utf8').length > 1000)
    running.signal(signal)
    const { status, stderr } = await running.end()
    assert.equal(status, 0, stderr)
    assert.match(stderr, /[1-9]\d* windows? stays? open/)
    const text = readFileSync(out, 'utf8')
    assert.ok(text.endsWith('}\n'))
    const rows = text.trimEnd().split('\n')
    const same = dsd('sql', '--json', '-e', `${numbers(`, 'number-of-rows' = '${rows.length}'`)} SELECT n FROM numbers`)
    assert.equal(text, same.stdout, 'a prefix of what would have come')
    // What it says that it read is what it wrote: nothing stayed behind.
    assert.match(stderr, new RegExp(`: ${rows.length} rows in`))
  })
}

test('a second Ctrl-C ends it at once, with 130', async () => {
  const asked = Promise.withResolvers<void>()
  const server = createServer(() => asked.resolve())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  try {
    const path = program(
      'stuck.sql',
      `CREATE TABLE stuck (n BIGINT) WITH ('connector' = 'webhook', 'url' = 'http://127.0.0.1:${address.port}/', 'timeout' = '10 min');
       INSERT INTO stuck SELECT n FROM numbers;`,
    )
    const running = start('run', path)
    await asked.promise
    running.signal('SIGINT')
    await running.until(() => running.stderr.includes('Ctrl-C again'))
    running.signal('SIGINT')
    const { status } = await running.end()
    assert.equal(status, 130)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
