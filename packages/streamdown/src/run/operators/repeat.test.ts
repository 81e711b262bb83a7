import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RepeatNode } from '../../plan/nodes/node.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import { inputNode } from './aggregate/aggregate-model.fixture.ts'
import { type FedRow, OperatorHarness } from './operator-harness.fixture.ts'
import { createRepeat } from './repeat.ts'

const schema: Schema = [field('x', types.int), field('times', types.bigint, false)]

test('a row that is repeated is one row, whose weight says how often it is there', () => {
  const node = RepeatNode.create(inputNode(schema), 1)
  const harness = new OperatorHarness(context => createRepeat(node, context), [{ schema, routeBy: [] }])
  const row = (x: number, times: bigint, weight = 1): FedRow => ({ input: 0, values: [x, times], weight })
  harness.step([row(1, 1_000_000n), row(2, 3n)])
  // One more of the first, and two of three copies of the last are left.
  harness.step([row(1, 1_000_000n, -1), row(1, 1_000_001n), row(2, 3n, -1), row(2, 1n, 2)])
  assert.deepEqual(
    harness.main.map(({ values: [x], weight }) => [x, weight]),
    [
      [1, 1_000_000],
      [2, 3],
      [1, -1_000_000],
      [1, 1_000_001],
      [2, -3],
      [2, 2],
    ],
  )
})
