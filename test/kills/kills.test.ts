import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runKills } from './campaign.ts'
import { outputs } from './program.ts'

const folder = mkdtempSync(join(tmpdir(), 'dsd-kills-test-'))
after(() => rmSync(folder, { recursive: true }))

test('what a program writes that is ended at random moments is what one writes that nobody disturbs', async () => {
  const seed = Number(process.env.DSD_SEED ?? 11)
  const report = await runKills({ seed, orders: 3000, rounds: 3, workers: 2, memory: '16mb', folder })
  assert.deepEqual(report.problems, [])
  for (const { name } of outputs) assert.ok((report.rows.get(name) ?? 0) > 0, `${name} has rows`)
})
