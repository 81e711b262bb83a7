import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { withReference } from './reference.ts'
import { presets, settingsOf, withSetting } from './settings.ts'

test('a dialect sets every rule, a setting one', () => {
  assert.equal(settingsOf('flink').window_emit, 'close')
  assert.equal(settingsOf('postgres').window_emit, 'update')
  const changed = settingsOf('postgres', { window_emit: 'close', avg_type: 'double' })
  assert.deepEqual({ ...changed, window_emit: 'update', avg_type: 'numeric' }, presets.postgres)
  assert.equal(withSetting(changed, 'dialect', 'flink').avg_type, 'same')
})

test('other engines’ names for the same rules', () => {
  assert.equal(withSetting(presets.flink, 'table.local-time-zone', 'Europe/Berlin').timezone, 'Europe/Berlin')
  assert.equal(withSetting(presets.flink, 'table.exec.sink.not-null-enforcer', 'DROP').sink_not_null, 'drop')
  assert.equal(withSetting(presets.flink, 'table.exec.mini-batch.enabled', 'true'), presets.flink)
})

test('RESET goes back to the dialect', () => {
  const changed = withSetting(presets.postgres, 'null_order', 'smallest')
  assert.equal(withSetting(changed, 'null_order', undefined).null_order, 'largest')
})

test('wrong names and values are refused', () => {
  assert.throws(() => withSetting(presets.flink, 'windw_emit', 'close'), { code: 'DSD2006' })
  assert.throws(() => withSetting(presets.flink, 'window_emit', 'sometimes'), /close, update/)
  assert.equal(withSetting(presets.postgres, 'rw_implicit_flush', 'true'), presets.postgres)
})

test('docs/sql.md holds the tables that the code says', () => {
  const text = readFileSync(new URL('../../../../docs/sql.md', import.meta.url), 'utf8')
  assert.equal(text, withReference(text), 'run: node scripts/sql-reference.mjs')
})
