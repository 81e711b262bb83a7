import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangeRow, LiveQuery } from '../session/session.ts'
import { field, types } from '../types/data-type.ts'
import { LiveRows } from './live-rows.ts'
import { LiveScreen } from './live-screen.ts'

const query = (over: Partial<LiveQuery>): LiveQuery => ({
  schema: [field('k', types.int), field('n', types.int)],
  timeZone: 'UTC',
  orderBy: [],
  key: undefined,
  appendOnly: false,
  ended: false,
  start: async () => undefined,
  status: () => undefined,
  close: async () => undefined,
  ...over,
})

const change = (op: ChangeRow['op'], ...values: readonly number[]): ChangeRow => ({
  op,
  values,
  weight: op === '+I' || op === '+U' ? 1 : -1,
})

test('a row that changes stays in its place', () => {
  const rows = new LiveRows(query({ key: [0] }))
  rows.apply([change('+I', 1, 10), change('+I', 2, 20)])
  rows.apply([change('-U', 1, 10), change('+U', 1, 11), change('+I', 3, 30), change('-D', 2, 20)])
  assert.deepEqual(rows.shown(10), [
    [1, 11],
    [3, 30],
  ])
})

test('rows are shown by the order of the query; without one the last of a stream', () => {
  const ordered = new LiveRows(query({ key: [0], orderBy: [{ column: 1, descending: true, nullsFirst: false }] }))
  ordered.apply([change('+I', 1, 10), change('+I', 2, 30), change('+I', 3, 20)])
  assert.deepEqual(ordered.shown(2), [
    [2, 30],
    [3, 20],
  ])
  const stream = new LiveRows(query({ appendOnly: true }))
  for (let row = 0; row < 5000; row++) stream.apply([change('+I', row, row)])
  assert.equal(stream.count, 5000)
  assert.deepEqual(stream.shown(2), [
    [4998, 4998],
    [4999, 4999],
  ])
})

test('equal rows without a key count by their weight', () => {
  const rows = new LiveRows(query({}))
  rows.apply([{ op: '+I', values: [1, 1], weight: 3 }])
  rows.apply([change('-D', 1, 1)])
  assert.equal(rows.count, 2)
  assert.equal(rows.shown(10).length, 2)
})

test('a redraw goes back over what was drawn, never more than the screen holds', () => {
  let written = ''
  let now = 0
  const terminal = { columns: 80, rows: 12, write: (text: string) => (written += text) }
  const live = query({ key: [0] })
  const rows = new LiveRows(live)
  const screen = new LiveScreen(terminal, live, rows, () => now)
  rows.apply(Array.from({ length: 50 }, (_, k) => change('+I', k, k)))
  screen.changed()
  screen.refresh()
  const first = written
  assert.ok(first.split('\n').length <= 12, first)
  assert.match(first, /6 of 50 rows/)
  screen.changed()
  screen.refresh()
  assert.equal(written, first, 'too soon')
  now = 1000
  screen.refresh()
  const height = first.split('\n').length - 1
  assert.ok(written.slice(first.length).startsWith(`\x1b[${height}A\r\x1b[J`))
})
