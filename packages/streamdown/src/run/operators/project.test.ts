import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failures } from '../../errors/table.ts'
import { RowError } from '../../functions/definition.ts'
import type { Expression, LambdaExpression } from '../../plan/expressions/expression.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { createFlatMap } from './flat-map.ts'
import { type FedRow, OperatorHarness } from './operator-harness.fixture.ts'
import { createProject } from './project.ts'
import { createValues } from './values.ts'

const schema: Schema = [field('a', types.int), field('s', types.string)]
const a: Expression = { is: 'column', index: 0, name: 'a', type: types.int, nullable: true }
const s: Expression = { is: 'column', index: 1, name: 's', type: types.string, nullable: true }
const int = (value: number): Expression => ({ is: 'literal', value, type: types.int, nullable: false })
const call = (name: string, args: readonly Expression[], type = types.int as Expression['type']): Expression => ({
  is: 'call',
  name,
  args,
  type,
  nullable: true,
})

test('a projection keeps weights and ordinals; a row that fails is a dead letter with its weight', () => {
  const outputs = [s, call('/', [int(12), a])]
  const options = {
    input: schema,
    filter: call('<>', [a, int(3)], types.boolean),
    outputs,
    schema: [field('s', types.string), field('q', types.int)],
  }
  const harness = new OperatorHarness(context => createProject(options, context), [{ schema, routeBy: [] }])
  const rows: FedRow[] = [
    { input: 0, values: [2, 'two'], weight: -1 },
    { input: 0, values: [3, 'three'] },
    { input: 0, values: [0, 'none'], weight: -2 },
    { input: 0, values: [null, 'unknown'] },
    { input: 0, values: [4, 'four'], weight: 3 },
  ]
  harness.step(rows)
  assert.deepEqual(
    harness.main.map(({ values, weight, ordinal }) => [...values, weight, ordinal]),
    [
      ['two', 6, -1, 0n],
      ['four', 3, 3, 4n],
    ],
  )
  const [dead] = harness.sides.get('dead') ?? []
  assert.deepEqual(dead?.values.slice(0, 3), [0, 'none', 'DSD4002'])
  assert.equal(dead?.weight, -2)
})

test('a function that gives rows; where it throws the row is a dead letter', () => {
  const arrow = ([count]: readonly Value[]): Value => {
    if (count === 7) throw new RowError(failures.overflow, 'seven is too much')
    if (count === 8) throw new TypeError('eight')
    return Array.from({ length: Number(count) }, (_, at) => [`row ${at}`, count ?? null])
  }
  const lambda: LambdaExpression = {
    is: 'lambda',
    arrow,
    source: 'r => ...',
    reads: [0],
    input: schema,
    whole: 'rows',
    type: types.array(types.row([])),
    nullable: false,
  }
  const output = [field('label', types.string), field('of', types.int)]
  const node = { is: 'flatMap', input: { is: 'values', schema, rows: [] }, lambda, schema: output } as const
  const harness = new OperatorHarness(
    context => createFlatMap(node, context, { schema, appendOnly: false }),
    [{ schema, routeBy: [] }],
  )
  harness.step([
    { input: 0, values: [2, 'x'], weight: -1 },
    { input: 0, values: [0, 'x'] },
    { input: 0, values: [7, 'x'] },
    { input: 0, values: [8, 'x'] },
    { input: 0, values: [1, 'x'] },
  ])
  assert.deepEqual(
    harness.main.map(({ values, weight, ordinal }) => [...values, weight, ordinal]),
    [
      ['row 0', 2, -1, 0n],
      ['row 1', 2, -1, 0n],
      ['row 0', 1, 1, 4n],
    ],
  )
  assert.deepEqual(
    harness.sides.get('dead')?.map(({ values }) => values.slice(2)),
    [
      ['DSD4003', 'seven is too much'],
      ['DSD4007', 'eight'],
    ],
  )
  harness.step([{ input: 0, values: [10_000, 'x'] }])
  assert.equal(harness.main.length, 10_003)
})

test('values come once, in the first step, also across a restart', () => {
  const text = (value: string | null): Expression => ({ is: 'literal', value, type: types.string, nullable: true })
  const rows = [
    [int(1), text('X')],
    [call('+', [int(1), int(1)]), text(null)],
  ]
  const node = { is: 'values', schema, rows } as const
  const harness = new OperatorHarness(context => createValues(node, context), [])
  harness.step([])
  harness.step([])
  harness.restart(1)
  harness.step([])
  assert.deepEqual(
    harness.main.map(({ values }) => values),
    [
      [1, 'X'],
      [2, null],
    ],
  )
})
