import assert from 'node:assert/strict'
import { test } from 'node:test'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { tableLines, tableOf } from './table.ts'

const result = (names: readonly string[], ...rows: readonly (readonly Value[])[]) => ({
  schema: names.map(name => field(name, types.string)),
  rows,
  timeZone: 'UTC',
})

test('a table that fits is as wide as its values', () => {
  assert.equal(
    tableOf(result(['a', 'bc'], ['x', 'y'], ['long', null]), 80),
    [
      '┌──────┬──────┐',
      '│ a    │ bc   │',
      '├──────┼──────┤',
      '│ x    │ y    │',
      '│ long │ NULL │',
      '└──────┴──────┘',
      '2 rows\n',
    ].join('\n'),
  )
})

test('wide values are cut with an ellipsis, the widest first, and no line is wider than the terminal', () => {
  const { lines, hidden } = tableLines(result(['id', 'text', 'note'], ['1', 'x'.repeat(500), 'y'.repeat(20)]), 80)
  assert.equal(hidden, 0)
  for (const line of lines) assert.ok(line.length <= 80, line)
  assert.match(lines[3] ?? '', /│ 1 {2}│ x+… │ y{20} │/)
})

test('columns that do not fit at all are left out, and counted', () => {
  const names = Array.from({ length: 30 }, (_, at) => `column_${at}`)
  const table = tableOf(result(names, names), 80)
  for (const line of table.split('\n')) assert.ok(line.length <= 80, line)
  assert.match(table, /1 row, 22 of 30 columns not shown\n$/)
})

test('line breaks and control characters stay in their cell', () => {
  const { lines } = tableLines(result(['a'], ['one\ntwo\tthree\x1b[31m']), 80)
  assert.equal(lines[3], '│ one↵two three·[31m │')
})

test('wide characters take two columns', () => {
  const { lines } = tableLines(result(['a'], ['日本語'], ['abcdef']), 80)
  assert.deepEqual(lines.slice(3, 5), ['│ 日本語 │', '│ abcdef │'])
})

test('numbers stand at the right, and what is cut takes no half of a wide character', () => {
  const schema = [field('n', types.int), field('wide', types.string)]
  const rows = [
    [7, '日'.repeat(20)],
    [1234, ''],
  ]
  assert.deepEqual(tableLines({ schema, rows, timeZone: 'UTC' }, 19).lines, [
    '┌──────┬──────────┐',
    '│    n │ wide     │',
    '├──────┼──────────┤',
    '│    7 │ 日日日…  │',
    '│ 1234 │          │',
    '└──────┴──────────┘',
  ])
})

test('TIMESTAMP_LTZ is shown in the zone of the session', () => {
  const noon = BigInt(Date.UTC(2026, 0, 31, 12)) * 1000n
  const schema = [field('t', { is: 'timestamp', precision: 3, zoned: true })]
  const { lines } = tableLines({ schema, rows: [[noon]], timeZone: 'Asia/Tokyo' }, 80)
  assert.match(lines[3] ?? '', /2026-01-31 21:00:00\+09:00/)
})
