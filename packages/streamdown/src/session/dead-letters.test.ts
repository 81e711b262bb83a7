import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { createSession } from './create.ts'
import { type DeadLetter, DeadLetterLog } from './dead-letters.ts'
import type { Session, SessionOptions } from './session.ts'

const directory = mkdtempSync(join(tmpdir(), 'dead-letters-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const path = (name: string): string => join(directory, name)
const linesOf = (name: string): readonly string[] =>
  readFileSync(path(name), 'utf8')
    .split('\n')
    .filter(line => line !== '')

/** Of ten records one is no JSON, and one has a text that is no number: each is named by its line. */
const records = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    i % 10 === 3 ? `broken ${i}` : `{"id": ${i}, "v": "${i % 10 === 7 ? `no number ${i}` : i}"}`,
  ).join('\n')

const program = (name: string): string => `
  CREATE TABLE failed WITH ('connector' = 'dead-letters');
  CREATE TABLE letters WITH ('connector' = 'file', 'path' = '${path(`${name}-letters.ndjson`)}');
  INSERT INTO letters SELECT operator, code, DECODE(raw, 'UTF-8') AS record, failed_row FROM failed;
  CREATE TABLE src (id INT, v STRING) WITH ('connector' = 'file', 'path' = '${path(`${name}.ndjson`)}');
  CREATE TABLE out WITH ('connector' = 'file', 'path' = '${path(`${name}-out.ndjson`)}');
  INSERT INTO out SELECT id, CAST(v AS INT) AS v FROM src`

/** What `letters` has to hold: each letter once. */
const expected = (count: number): readonly string[] =>
  Array.from({ length: count / 10 }, (_, ten) => [
    `{"operator":"src","code":"DSD4001","record":"broken ${ten * 10 + 3}","failed_row":null}`,
    `{"operator":"project","code":"DSD4004","record":null,"failed_row":"{\\"id\\":${ten * 10 + 7},\\"v\\":\\"no number ${ten * 10 + 7}\\"}"}`,
  ])
    .flat()
    .sort()

async function open(options: SessionOptions = {}): Promise<Session> {
  return createSession(options, await createNodeEnvironment())
}

for (const options of [{ stepRows: 7 }, { stepRows: 1000, workers: 2 }] satisfies SessionOptions[]) {
  test(`dead letters are a table, ${options.stepRows} rows a step`, async () => {
    const name = `table${options.stepRows}`
    writeFileSync(path(`${name}.ndjson`), records(100))
    const session = await open(options)
    await session.execute(program(name))
    await session.run({})
    const [result] = await session.execute('SELECT code, COUNT(*) AS n FROM failed GROUP BY code ORDER BY code')
    assert.deepEqual(result?.is === 'rows' && result.rows, [
      ['DSD4001', 10n],
      ['DSD4004', 10n],
    ])
    const [first] = await session.execute(
      `SELECT program, operator, step > 0 AS stepped, position IS NOT NULL AS placed, failed_at > '2000-01-01' AS dated
       FROM failed WHERE raw IS NOT NULL LIMIT 1`,
    )
    assert.deepEqual(first?.is === 'rows' && first.rows, [['out', 'src', true, true, true]])
    await session.close()
    assert.deepEqual(linesOf(`${name}-letters.ndjson`).toSorted(), expected(100))
    assert.equal(linesOf(`${name}-out.ndjson`).length, 80)
  })
}

test('after a restart no letter is lost and none is doubled, wherever the program was killed', async () => {
  writeFileSync(path('restart.ndjson'), records(100))
  const text = program('restart')
  const goOn = async (limit?: number): Promise<number> => {
    const session = await open({ stepRows: 7 })
    if (!(await session.openState(path('state'), text))) await session.execute(text)
    await session.run(limit === undefined ? {} : { limit })
    const dead = session.deadLetters().length
    await session.close()
    return dead
  }
  await goOn(50)
  const some = linesOf('restart-letters.ndjson').length
  assert.ok(some > 0 && some < 20, String(some))
  cpSync(path('state'), path('state before'), { recursive: true })
  assert.equal(await goOn(), 20)
  assert.deepEqual(linesOf('restart-letters.ndjson').toSorted(), expected(100))
  // As if the second run had been killed before its first checkpoint.
  rmSync(path('state'), { recursive: true })
  cpSync(path('state before'), path('state'), { recursive: true })
  assert.equal(await goOn(), 20)
  assert.deepEqual(linesOf('restart-letters.ndjson').toSorted(), expected(100))
})

test('what fails because of a dead letter is kept, and makes no other', async () => {
  writeFileSync(path('loop.ndjson'), records(20))
  const session = await open()
  await session.execute(`${program('loop')};
    CREATE MATERIALIZED VIEW looked AS SELECT CAST(code AS INT) AS n, problem FROM failed;
    CREATE MATERIALIZED VIEW again AS SELECT CAST(problem AS INT) AS n FROM looked`)
  await session.run({})
  const [result] = await session.execute('SELECT program, COUNT(*) AS n FROM failed GROUP BY program ORDER BY program')
  assert.deepEqual(result?.is === 'rows' && result.rows, [
    ['looked', 4n],
    ['out', 4n],
  ])
  await session.close()
  assert.equal(linesOf('loop-letters.ndjson').length, 4)
})

test('a flood is counted, its newest letters are kept, and who reads them gets all', async () => {
  const count = 60_000
  writeFileSync(path('flood.ndjson'), Array.from({ length: count }, (_, i) => `broken ${i}`).join('\n'))
  const session = await open()
  await session.execute(program('flood'))
  await session.run({})
  const [result] = await session.execute("SELECT COUNT(*) AS n, MIN(DECODE(raw, 'UTF-8')) AS first FROM failed")
  assert.deepEqual(result?.is === 'rows' && result.rows, [[10_000n, `broken ${count - 10_000}`]])
  assert.equal(session.status().find(({ name }) => name === 'out')?.dead, count)
  await session.close()
  assert.equal(linesOf('flood-letters.ndjson').length, count)
})

test('large letters are kept by their size', () => {
  const log = new DeadLetterLog()
  const letter = (megabytes: number): DeadLetter => ({
    program: 'p',
    where: 'source',
    step: 1n,
    at: 0n,
    code: 'DSD4001',
    problem: '',
    raw: new Uint8Array(megabytes << 20),
  })
  log.add(Array.from({ length: 100 }, () => letter(10)))
  assert.equal(log.letters().length, 6)
  log.add([letter(100)])
  assert.equal(log.letters().length, 1)
})
