import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { stream } from './relations.ts'
import { run } from './run.ts'
import { t } from './schema/t.ts'
import { simulate } from './simulate.ts'
import { deadLetters, file } from './sources.ts'

const directory = mkdtempSync(join(tmpdir(), 'dead-letters-'))
after(() => rmSync(directory, { recursive: true, force: true }))
const path = (name: string): string => join(directory, name)

/** Of five records one cannot be decoded, and one is an order that the arrow throws at. */
const source = stream(file(path('orders.ndjson')), { schema: t.row({ id: t.int }) })
const checked = source.map(t.row({ id: t.int }), ({ id }) => {
  if (id % 5 === 4) throw new Error(`order ${id} is wrong`)
  return { id }
})
const failed = stream(deadLetters())

const records = Array.from({ length: 50 }, (_, i) => (i % 5 === 2 ? 'broken' : `{"id": ${i}}`)).join('\n')

test('a program reads its own dead letters, and goes on with them from its state', async () => {
  writeFileSync(path('orders.ndjson'), records)
  const program = {
    out: checked.into(file(path('out.ndjson'))),
    letters: failed.pick('code', 'problem', 'failed_row').into(file(path('letters.ndjson'))),
  }
  const first = await run(program, { state: path('state'), limit: 20 })
  await first.$.finished
  await first.$.stop()
  const second = await run(program, { state: path('state') })
  await second.$.finished
  const kept = second.$.deadLetters()
  await second.$.stop()
  assert.equal(second.$.status().dead, 20)
  assert.equal(kept.filter(({ raw }) => raw !== undefined && new TextDecoder().decode(raw) === 'broken').length, 10)
  assert.deepEqual(
    kept.flatMap(({ failedRow }) => failedRow ?? []).toSorted(),
    Array.from({ length: 10 }, (_, five) => `{"id":${five * 5 + 4}}`).toSorted(),
  )
  const lines = readFileSync(path('letters.ndjson'), 'utf8').trim().split('\n')
  assert.equal(lines.length, 20)
  assert.ok(lines.some(line => line.includes('order 49 is wrong')))
})

test('a simulation has them as rows', () => {
  const sim = simulate({ checked, failed }).push(source, { id: 1 }, { id: 4 }, { id: 9 })
  assert.deepEqual(
    sim.rows(failed).map(({ code, failed_row }) => [code, failed_row]),
    [
      ['DSD4007', '{"id":4}'],
      ['DSD4007', '{"id":9}'],
    ],
  )
  assert.equal(sim.restart().push(source, { id: 14 }).rows(failed).length, 3)
})
