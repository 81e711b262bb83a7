import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { count, file, run, stream, sum, t } from '../../index.ts'

const folder = mkdtempSync(join(tmpdir(), 'kept-state-'))
after(() => rmSync(folder, { recursive: true }))

const line = (id: number, card: string, amount: number): string => `${JSON.stringify({ id, card, amount })}\n`

/** Totals of a growing file as a view, and its rows over a limit as a file. */
function program(name: string, limit: number) {
  const input = join(folder, `${name}.ndjson`)
  const output = join(folder, `${name}-out.ndjson`)
  const payments = stream(file(input, { follow: true }), {
    schema: t.row({ id: t.int, card: t.string, amount: t.int }),
  })
  return {
    input,
    output,
    state: join(folder, `${name}-state`),
    exports: {
      totals: payments.by('card').aggregate({ n: count(), total: sum('amount') }),
      large: payments.map(row => ({ id: row.id, big: row.amount > limit })).into(file(output)),
    },
  }
}

test('a program goes on from its state: views, sinks, positions', async () => {
  const { input, output, state, exports } = program('goes-on', 10)
  writeFileSync(input, line(1, 'a', 5) + line(2, 'b', 20))
  const first = await run(exports, { state, untilIdle: true })
  await first.$.finished
  await first.$.stop()
  appendFileSync(input, line(3, 'a', 30))
  const second = await run(program('goes-on', 10).exports, { state, untilIdle: true, workers: 2 })
  await second.$.finished
  const rows = await second.totals.rows()
  assert.deepEqual(rows.map(({ card, n, total }) => `${card} ${n} ${total}`).sort(), ['a 2 35', 'b 1 20'])
  assert.equal((await second.totals.get({ card: 'b' }))?.total, 20)
  await second.$.stop()
  const written = readFileSync(output, 'utf8')
  assert.deepEqual(
    written
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text) as unknown),
    [
      { id: 1, big: false },
      { id: 2, big: true },
      { id: 3, big: true },
    ],
  )
})

test('a program that was changed does not take the state, in a lambda either', async () => {
  const { input, state, exports } = program('changed', 10)
  writeFileSync(input, line(1, 'a', 5))
  const first = await run(exports, { state, untilIdle: true })
  await first.$.finished
  await assert.rejects(run(program('changed', 10).exports, { state }), { code: 'DSD7003' })
  await first.$.stop()
  const { totals } = program('changed', 10).exports
  await assert.rejects(run({ totals }, { state }), { code: 'DSD7002' })
  await assert.rejects(run({ totals, large: exports.large, more: totals.where('n', '>', 3) }, { state }), {
    code: 'DSD7002',
  })
})
