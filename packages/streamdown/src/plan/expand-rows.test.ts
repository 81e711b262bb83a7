import assert from 'node:assert/strict'
import { test } from 'node:test'
import { types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { expandRows, type RowSource } from './expand-rows.ts'
import { column, literal } from './expressions/build.ts'
import { ValuesNode } from './nodes/node.ts'

const input = ValuesNode.create(
  [],
  [
    { name: 'id', type: types.int, nullable: false },
    { name: 'tags', type: types.array(types.string), nullable: true },
  ],
)
const tags: RowSource = { is: 'elements', of: column(input.schema, 1), name: 'tag' }
const series = (start: bigint, stop: bigint, step?: bigint): RowSource => ({
  is: 'series',
  start: literal(start, types.bigint),
  stop: literal(stop, types.bigint),
  step: step === undefined ? undefined : literal(step, types.bigint),
  inclusive: true,
  name: 'n',
})

/** The rows that one row becomes; computed columns stand behind the input's. */
function rows(sources: readonly RowSource[], row: readonly Value[], outer = false, ordinality = false): Value {
  const { lambda } = expandRows(input, sources, { outer, ordinality })
  assert.ok(lambda.is === 'lambda')
  return lambda.arrow(row)
}

test('a row for each element', () => {
  assert.deepEqual(rows([tags], [7, ['a', null], ['a', null]]), [
    [7, ['a', null], 'a'],
    [7, ['a', null], null],
  ])
  assert.deepEqual(rows([tags], [7, null, null]), [])
  assert.deepEqual(rows([tags], [7, null, null], true), [[7, null, null]])
  assert.deepEqual(rows([tags], [7, ['a'], ['a']], false, true), [[7, ['a'], 'a', 1n]])
})

test('sources side by side: the shorter ends in NULLs', () => {
  const both = [tags, series(1n, 2n)]
  assert.deepEqual(rows(both, [7, ['a'], ['a'], 1n, 2n]), [
    [7, ['a'], 'a', 1n],
    [7, ['a'], null, 2n],
  ])
})

test('series', () => {
  const only = (source: RowSource, ...parts: Value[]) => rows([source], [7, null, ...parts])
  assert.deepEqual(only(series(1n, 3n), 1n, 3n), [
    [7, null, 1n],
    [7, null, 2n],
    [7, null, 3n],
  ])
  assert.deepEqual(only(series(3n, 1n, -2n), 3n, 1n, -2n), [
    [7, null, 3n],
    [7, null, 1n],
  ])
  assert.deepEqual(only(series(1n, 3n), null, 3n), [])
  assert.throws(() => only(series(1n, 3n, 0n), 1n, 3n, 0n), /must not be 0/)
})
