import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeKinds } from './change-kinds.ts'

const kinds = (
  changes: readonly (readonly [row: readonly (number | string)[], weight: number])[],
  key?: readonly number[],
) =>
  changeKinds(
    changes.map(([values, weight]) => ({ values, weight })),
    key,
  ).map(({ op, values }) => `${op} ${values.join(',')}`)

test('the old and the new row of a key are one update', () => {
  const changes = [
    [[1, 'a'], -1],
    [[1, 'b'], 1],
    [[2, 'a'], 1],
    [[3, 'a'], -1],
  ] as const
  assert.deepEqual(kinds(changes, [0]), ['-U 1,a', '+U 1,b', '+I 2,a', '-D 3,a'])
})

test('without a key there are no updates; with an empty one there is one row', () => {
  const changes = [
    [[1], -1],
    [[2], 1],
  ] as const
  assert.deepEqual(kinds(changes), ['-D 1', '+I 2'])
  assert.deepEqual(kinds(changes, []), ['-U 1', '+U 2'])
})

test('a key that lost one row and got two is no update', () => {
  const changes = [
    [[1, 'a'], -1],
    [[1, 'b'], 2],
  ] as const
  assert.deepEqual(kinds(changes, [0]), ['-D 1,a', '+I 1,b'])
})
