import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Change, connect, count, file, memory, run, stream, sum, t, table } from '../index.ts'

const schema = t.row({ id: t.string, card: t.string, amount: t.decimal(10, 2) })

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 2000, 'it did not come')
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

test('a running table is read by key, as a whole, and by its changes', async () => {
  const rows = memory()
  const perCard = stream(rows, { schema })
    .by('card')
    .aggregate({ n: count(), total: sum('amount') })
  rows.push({ id: 'a', card: '1', amount: 5 })
  await using app = await run({ perCard, other: 5 })
  await until(async () => (await app.perCard.rows()).length === 1)
  assert.equal((await app.perCard.get({ card: '1' }))?.total.toString(), '5.00')
  assert.equal(await app.perCard.get({ card: '2' }), undefined)
  const seen: Change<{ card: string }>[] = []
  const stop = app.perCard.subscribe(change => seen.push(change))
  rows.push({ id: 'b', card: '1', amount: '1.50' }, { id: 'c', card: '2', amount: 1 })
  await until(() => seen.length === 3)
  assert.deepEqual(seen.map(({ type, row }) => `${type} ${row.card}`).sort(), ['insert 1', 'insert 2', 'update 1'])
  stop()
  const changes: string[] = []
  rows.end()
  for await (const change of app.perCard.changes()) changes.push(`${change.type} ${change.row.card} ${change.row.n}`)
  assert.deepEqual(changes.sort(), ['insert 1 2', 'insert 2 1'])
  await app.$.finished
})

test('a stop ends what waits', async () => {
  const perCard = stream(memory(), { schema }).by('card').aggregate({ n: count() })
  const app = await run({ perCard, list: [perCard] })
  const all = (async () => {
    for await (const change of app.list[0]?.changes() ?? []) assert.fail(change.type)
  })()
  await app.$.stop()
  await all
})

test('rows of a stream as they come', async () => {
  const rows = memory()
  rows.push({ id: 'a', card: '1', amount: 5 }, { id: 'b', card: '2', amount: 6 })
  rows.end()
  const ids: string[] = []
  for await (const row of stream(rows, { schema }).where('amount', '>', '5.5')) ids.push(row.id)
  assert.deepEqual(ids, ['b'])
})

test('files: read, computed, written, collected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-run-'))
  try {
    const path = join(folder, 'in.ndjson')
    writeFileSync(
      path,
      [
        '{"id":"a","card":"1","amount":"2.50"}',
        '{"id":"b","card":"1","amount":"0.25"}',
        '{"id":"c","card":"2","amount":"1"}',
        '',
      ].join('\n'),
    )
    const source = stream(file(path), { schema })
    const big = source.where('amount', '>', 1).pick('id')
    assert.deepEqual(await big.collect(), [{ id: 'a' }])
    const perCard = source.by('card').aggregate({ n: count() })
    assert.deepEqual((await perCard.collect()).map(row => `${row.card} ${row.n}`).sort(), ['1 2', '2 1'])
    const out = join(folder, 'out.ndjson')
    const app = await run({ job: big.into(file(out)) })
    await app.job.done
    await app.$.stop()
    assert.equal(readFileSync(out, 'utf8'), '{"id":"a"}\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a file tells its own columns', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-run-'))
  try {
    const path = join(folder, 'in.csv')
    writeFileSync(path, 'name,size\na,1\nb,2\n')
    const rows = await stream(file<{ name: string; size: bigint }>(path)).where('size', '>', 1).collect()
    assert.deepEqual(rows, [{ name: 'b', size: 2n }])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('what does not run yet, or cannot, is said when the program starts', async () => {
  const source = stream(memory(), { schema })
  await assert.rejects(run({}), { code: 'DSD5007' })
  await assert.rejects(source.collect(), { code: 'DSD5007', message: /run\(\)/ })
  await assert.rejects(run({ x: table(file('/nowhere/at-all.csv'), { key: 'id', schema: t.row({ id: t.string }) }) }))
  assert.throws(() => connect('http://localhost:1'), { code: 'DSD5006' })
})

test('rows that fail are counted and shown; or the program stops', async () => {
  const rows = memory()
  const odd = stream(rows, { schema }).derive({ x: t.int.of(r => Number(r.id)) })
  rows.push({ id: '1', card: 'a', amount: 1 }, { id: 'two', card: 'a', amount: 1 })
  rows.end()
  const app = await run({ odd })
  await app.$.finished
  const { rowsOut, dead } = app.$.status()
  assert.deepEqual({ rowsOut, dead }, { rowsOut: 1, dead: 1 })
  assert.match(app.$.deadLetters()[0]?.problem ?? '', /wants an integer/)
  const strict = await run(
    { odd: stream(pushed({ id: 'x', card: 'a', amount: 1 }), { schema }).derive({ x: t.int.of(r => Number(r.id)) }) },
    { onError: 'fail' },
  )
  await assert.rejects(strict.$.finished, { code: 'DSD4007' })
})

function pushed(...all: readonly object[]) {
  const rows = memory()
  rows.push(...all)
  rows.end()
  return rows
}
