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
  assert.throws(() => withSetting(presets.flink, 'windw_emit', 'close'), { code: 'DSD2014' })
  assert.throws(() => withSetting(presets.flink, 'window_emit', 'sometimes'), /close, update/)
  assert.equal(withSetting(presets.postgres, 'rw_implicit_flush', 'true'), presets.postgres)
})

test('the text of a setting is refused where it is set', () => {
  const refused: readonly (readonly [name: string, text: string, takes: RegExp])[] = [
    ['timezone', 'Nowhere/X', /takes a time zone such as .*not "Nowhere\/X"/],
    ['memory_limit', 'much', /takes a size such as/],
    ['state_ttl', '1 fortnight', /takes none or a duration/],
    ['max_drift', 'soon', /takes none or a duration/],
    ['allowed_lateness', '-5 seconds', /takes a duration/],
    ['source_idle_timeout', '1 month', /takes a duration/],
    ['checkpoint_interval', '0', /more than 0/],
    ['step_time', '', /more than 0/],
    ['recursion_limit', '1.5', /takes a whole number from 1/],
    ['match_partial_limit', '0', /takes a whole number from 1/],
    ['default_decimal', '39,0', /takes any or a precision/],
    ['default_decimal', '4,5', /takes any or a precision/],
  ]
  for (const [name, text, message] of refused) {
    assert.throws(() => withSetting(presets.flink, name, text), { code: 'DSD2014', message })
  }
})

test('every preset takes its own texts, and other engines’ spellings of them', () => {
  for (const dialect of ['flink', 'postgres'] as const) {
    const preset = presets[dialect]
    assert.deepEqual(settingsOf(dialect, preset), preset)
  }
  const taken: readonly (readonly [name: string, text: string])[] = [
    ['timezone', 'GMT+8'],
    ['table.exec.state.ttl', '1 h'],
    ['table.exec.state.ttl', '0 ms'],
    ['table.exec.source.idle-timeout', '5000 ms'],
    ['execution.checkpointing.interval', '3min'],
    ['default_decimal', '38, 10'],
  ]
  for (const [name, text] of taken) withSetting(presets.flink, name, text)
})

test('docs/sql.md holds the tables that the code says', () => {
  const text = readFileSync(new URL('../../../../docs/sql.md', import.meta.url), 'utf8')
  assert.equal(text, withReference(text), 'run: node scripts/sql-reference.mjs')
})
