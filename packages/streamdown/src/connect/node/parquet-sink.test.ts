import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'
import { createNodeEnvironment } from './environment.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-sink-'))
})
after(() => rm(folder, { recursive: true }))

/** A table of a place, over a feed: what is fed is written, and comes with the next snapshot. */
async function writing(place: string, mode = ''): Promise<Session> {
  const session = await createSession({}, await createNodeEnvironment())
  await session.execute(`
    CREATE TABLE fed (id BIGINT);
    CREATE TABLE out (id BIGINT) WITH ('connector' = 'file', 'path' = '${place}'${mode});
    INSERT INTO out SELECT id FROM fed`)
  return session
}

async function ids(place: string): Promise<readonly number[]> {
  const names = (await readdir(place)).filter(name => name.endsWith('.parquet')).sort()
  const files = names.map(async name => parquetReadObjects({ file: await asyncBufferFromFile(join(place, name)) }))
  return (await Promise.all(files)).flat().map(({ id }) => Number(id))
}

test('files of others beside those of epochs are left alone, and what a killed process was writing goes', async () => {
  const place = join(folder, 'beside')
  const first = await writing(join(place, 'o.parquet'))
  await first.execute('INSERT INTO fed VALUES (1)')
  const saved = await first.snapshot()
  for (const name of ['o-20261125043000.parquet', 'o.parquet.1234.part', 'o.parquet.md5']) {
    await writeFile(join(place, name), 'of somebody')
  }
  const again = await createSession({}, await createNodeEnvironment())
  await again.restore(saved)
  await again.execute('INSERT INTO fed VALUES (2)')
  await again.snapshot()
  await again.close()
  const names = (await readdir(place)).sort()
  assert.ok(names.includes('o-20261125043000.parquet') && names.includes('o.parquet.md5'), names.join())
  assert.ok(!names.includes('o.parquet.1234.part'), names.join())
  await rm(join(place, 'o-20261125043000.parquet'))
  assert.deepEqual(await ids(place), [1, 2])
})

test('where epochs are written over an older file, it goes when rows take its place', async () => {
  const place = join(folder, 'over')
  const old = await writing(join(place, 'o.parquet'))
  await old.execute('INSERT INTO fed VALUES (1)')
  await old.close()
  assert.deepEqual(await ids(place), [1])
  const session = await writing(join(place, 'o.parquet'), ", 'sink.mode' = 'overwrite'")
  await session.snapshot()
  assert.deepEqual(await ids(place), [1])
  await session.execute('INSERT INTO fed VALUES (2)')
  await session.snapshot()
  await session.execute('INSERT INTO fed VALUES (3)')
  assert.deepEqual(await ids(place), [2])
  await session.close()
  assert.deepEqual(await ids(place), [2, 3])
})

test('a file that two statements write at a time is refused: Parquet always, text where state is saved', async () => {
  const parquet = await writing(join(folder, 'twice/o.parquet'))
  const twice = { code: 'DSD3002', message: /is written twice at a time/ }
  await assert.rejects(parquet.execute('INSERT INTO out SELECT id + 1 FROM fed'), twice)
  await parquet.close()
  const text = await writing(join(folder, 'twice/o.ndjson'))
  await text.execute('INSERT INTO out SELECT id + 1 FROM fed')
  await assert.rejects(text.snapshot(), twice)
  await text.close()
})

test('a second writer that is refused does no harm to the first', async () => {
  const place = join(folder, 'refused')
  const path = join(place, 'o.parquet')
  const overwrite = ", 'sink.mode' = 'overwrite'"
  const session = await writing(path, overwrite)
  await session.execute('INSERT INTO fed VALUES (1)')
  await session.snapshot()
  await session.execute('INSERT INTO fed VALUES (2)')
  const twice = { code: 'DSD3002', message: /is written twice at a time/ }
  await assert.rejects(session.execute('INSERT INTO out SELECT id + 1 FROM fed'), twice)
  await assert.rejects(session.execute(`COPY (VALUES (9)) TO '${path}'`), twice)
  await assert.rejects(session.execute(`COPY fed TO '${path}'`), twice)
  assert.deepEqual(await ids(place), [1])
  await session.close()
  assert.deepEqual(await ids(place), [1, 2])
})

test('a file of the saved state that is gone is an error, not taken as written', async () => {
  const place = join(folder, 'gone')
  const first = await writing(join(place, 'o.parquet'))
  await first.execute('INSERT INTO fed VALUES (1)')
  const saved = await first.snapshot()
  const part = (await readdir(place)).find(name => name.endsWith('.parquet.part'))
  assert.ok(part !== undefined)
  await rm(join(place, part))
  const again = await createSession({}, await createNodeEnvironment())
  await assert.rejects(again.restore(saved), { code: 'DSD7004', message: /o-epoch-\d+\.parquet' is missing/ })
  await again.close()
  // Whoever has taken the rows away says so with a file of the name.
  await writeFile(join(place, part.replace(/\.part$/, '')), '')
  const knowing = await createSession({}, await createNodeEnvironment())
  await knowing.restore(saved)
  await knowing.close()
})
