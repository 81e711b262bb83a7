import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { rowsOf } from '../../batch/values.ts'
import { VirtualClock } from '../../run/clock.ts'
import { plainEngine } from '../../run/engine.fixture.ts'
import { Engine, type EngineOptions } from '../../run/engine.ts'
import { decodeSnapshot, encodeSnapshot } from '../../run/snapshot.ts'
import { createSession } from '../../session/create.ts'
import { createNodeEnvironment } from './environment.ts'
import { fileSource } from './file-source.ts'

const folder = mkdtempSync(join(tmpdir(), 'new-files-'))
after(() => rmSync(folder, { recursive: true }))
let places = 0

function place(): string {
  const path = join(folder, String(places++))
  mkdirSync(path)
  return path
}

const rows = (...numbers: readonly number[]): string => numbers.map(n => `{"n":${n}}\n`).join('')

/** The rows of a followed path as they come. */
async function following(path: string, more: Partial<EngineOptions> = {}, from?: Uint8Array) {
  const session = await createSession({}, await createNodeEnvironment())
  const program = await session.plan(`
    CREATE TABLE t (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'json',
      'source.monitor-interval' = '5 ms');
    CREATE MATERIALIZED VIEW v AS SELECT n FROM t`)
  await session.close()
  const out: string[] = []
  const engine = new Engine(program, {
    ...plainEngine,
    clock: new VirtualClock(0n),
    openSource: ({ relation }) => fileSource(relation),
    outputs: {
      deliver: (_vertex, batch, memory) => {
        for (const row of rowsOf(memory, batch)) out.push(String(row[0]))
      },
      side: () => undefined,
      deadLetters: { add: ({ problem }) => assert.fail(problem) },
      stepDone: () => undefined,
    },
    ...more,
  })
  const snapshot = from === undefined ? undefined : decodeSnapshot(from)
  if (snapshot !== undefined) engine.restore(snapshot)
  await engine.open(new Map(Object.entries(snapshot?.positions ?? {})))
  /** Runs steps until so many rows have come. */
  const until = async (count: number): Promise<void> => {
    for (let tries = 0; out.length < count; tries++) {
      assert.ok(tries < 2000, `only ${out.join(' ')} came`)
      if (engine.pending()) engine.runStep()
      else await engine.ready()
    }
  }
  return { engine, out, until }
}

test('files that appear in a followed directory join, from an empty one on', async () => {
  const path = place()
  const { engine, out, until } = await following(path)
  engine.runStep()
  assert.equal(engine.ended, false, 'files may come')
  writeFileSync(join(path, 'b.ndjson'), rows(1, 2))
  await until(2)
  writeFileSync(join(path, '.hidden'), 'not read')
  writeFileSync(join(path, 'a.ndjson'), rows(3))
  await until(3)
  appendFileSync(join(path, 'b.ndjson'), rows(4))
  await until(4)
  assert.deepEqual(out, ['1', '2', '3', '4'])
  assert.deepEqual(
    engine.journal
      .entries()
      .flatMap(({ joined }) => joined ?? [])
      .map(id => id.slice(-8)),
    ['b.ndjson', 'a.ndjson'],
  )
  engine.drain()
  assert.equal(engine.ended, true)
  await engine.close()
})

test('a glob is followed too; without following it ends with its files', async () => {
  const path = place()
  writeFileSync(join(path, 'a.ndjson'), rows(1))
  const { engine, out, until } = await following(join(path, '*.ndjson'))
  await until(1)
  writeFileSync(join(path, 'other.csv'), 'not read')
  writeFileSync(join(path, 'b.ndjson'), rows(2))
  await until(2)
  assert.deepEqual(out, ['1', '2'])
  await engine.close()
})

test('a journal repeats when files came up, though all are there now', async () => {
  const path = place()
  writeFileSync(join(path, 'b.ndjson'), rows(1, 2))
  const first = await following(path)
  await first.until(2)
  writeFileSync(join(path, 'a.ndjson'), rows(3))
  await first.until(3)
  appendFileSync(join(path, 'b.ndjson'), rows(4))
  await first.until(4)
  await first.engine.close()
  const again = await following(path, { replay: first.engine.journal.entries() })
  await again.until(4)
  assert.deepEqual(again.out, first.out)
  await again.engine.close()
})

test('a restart reads a file that came up meanwhile, and goes on with the others', async () => {
  const path = place()
  writeFileSync(join(path, 'b.ndjson'), rows(1, 2))
  const first = await following(path)
  await first.until(2)
  const bytes = encodeSnapshot(first.engine.snapshot())
  await first.engine.close()
  writeFileSync(join(path, 'a.ndjson'), rows(3))
  appendFileSync(join(path, 'b.ndjson'), rows(4))
  const second = await following(path, { workers: 2 }, bytes)
  await second.until(2)
  assert.deepEqual(second.out.sort(), ['3', '4'])
  await second.engine.close()
})
