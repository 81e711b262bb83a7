import { types } from '../types/data-type.ts'
import { expandRows } from './expand-rows.ts'
import type { AggregateCall } from './expressions/aggregate-call.ts'
import { column, columns, literal, test } from './expressions/build.ts'
import type { Expression } from './expressions/expression.ts'
import { FilterNode, type Frame, type OverCall, OverNode, type PlanNode, ProjectNode } from './nodes/node.ts'
import { defaultFrame } from './over.ts'
import { derive } from './properties.ts'

/**
 * Windows of counted rows: in the order in which the rows of a partition arrive, window n is full with its row n * every,
 * and holds that one and those before it, `size` in all (fewer in the first windows, where `every` is smaller).
 */
export interface CountWindowing {
  readonly partitionBy: readonly number[]
  readonly size: number
  readonly every: number
}

interface Counted {
  readonly input: PlanNode
  readonly windowing: CountWindowing
}

/** What rows in windows were made of, for the groups over them. */
const counted = new WeakMap<PlanNode, Counted>()

/** The rows, once for each window that they are in, with its number behind them. */
export function countWindows(input: PlanNode, windowing: CountWindowing): PlanNode {
  const { size, every } = windowing
  const width = input.schema.length
  const numbered = numberedRows(input, windowing, [], [])
  const number = column(numbered.schema, width)
  const first = quotient(sum(number, every - 1), every)
  const inWindows =
    size === every
      ? numbered
      : expandRows(
          numbered,
          [
            {
              is: 'series',
              start: first,
              stop: quotient(sum(number, size - 1), every),
              step: undefined,
              inclusive: true,
              name: 'n',
            },
          ],
          { outer: false, ordinality: false },
        )
  const own = columns(inWindows.schema).slice(0, width)
  const window = size === every ? first : column(inWindows.schema, width + 1)
  const plan = ProjectNode.create(inWindows, [
    ...own.map(value => ({ name: value.name, value })),
    { name: 'window_number', value: { ...window, nullable: false } },
  ])
  counted.set(plan, { input, windowing })
  return plan
}

/**
 * Groups by the partition and the number of a window over rows that `countWindows` gave as they are: a row each, when the
 * window is full. Undefined for all other groups.
 */
export function countedGroups(
  plan: PlanNode,
  keys: readonly number[],
  calls: readonly AggregateCall[],
): PlanNode | undefined {
  const found = counted.get(plan)
  if (found === undefined) return undefined
  const { input, windowing } = found
  const number = input.schema.length
  const wanted = [...windowing.partitionBy, number]
  if (keys.length !== wanted.length || !wanted.every(key => keys.includes(key))) return undefined
  return fullWindows(input, windowing, keys, calls)
}

/** A row for each full window: the columns of `keys` (behind the input's: the window's number), then the calls' values. */
export function fullWindows(
  input: PlanNode,
  windowing: CountWindowing,
  keys: readonly number[],
  calls: readonly AggregateCall[],
  names: readonly string[] = calls.map(call => call.name),
): PlanNode {
  const width = input.schema.length
  const frame: Frame = { unit: 'rows', start: 1 - windowing.size, end: 0, exclude: 'none' }
  const numbered = numberedRows(
    input,
    windowing,
    calls.map(call => ({ ...call, frame })),
    names,
  )
  const number = column(numbered.schema, width)
  const every = literal(BigInt(windowing.every), types.bigint)
  const isFull = test('=', bigint('%', number, every), literal(0n, types.bigint))
  const full = FilterNode.create(numbered, isFull)
  return ProjectNode.create(full, [
    ...keys.map(key =>
      key === width
        ? { name: 'window_number', value: quotient(number, windowing.every) }
        : { name: input.schema[key]!.name, value: column(full.schema, key) },
    ),
    ...calls.map((_, i) => ({ name: names[i]!, value: column(full.schema, width + 1 + i) })),
  ])
}

/** The rows with their number in the partition, from 1, and what the calls give. */
function numberedRows(
  input: PlanNode,
  { partitionBy }: CountWindowing,
  calls: readonly OverCall[],
  names: readonly string[],
): PlanNode {
  const number: OverCall = {
    name: 'row_number',
    window: 'row_number',
    args: [],
    distinct: false,
    type: types.bigint,
    nullable: false,
    frame: defaultFrame(true),
  }
  // Where rows may be taken back, those behind them are counted anew.
  const emit = derive(input).appendOnly ? 'arrival' : 'update'
  return OverNode.create(input, { partitionBy, orderBy: [], calls: [number, ...calls], emit, ties: 'arrival' }, [
    '$number',
    ...names,
  ])
}

const bigint = (name: string, a: Expression, b: Expression): Expression => ({
  is: 'call',
  name,
  args: [a, b],
  type: types.bigint,
  nullable: false,
})

const sum = (a: Expression, b: number): Expression => (b === 0 ? a : bigint('+', a, literal(BigInt(b), types.bigint)))

const quotient = (a: Expression, b: number): Expression => bigint('/', a, literal(BigInt(b), types.bigint))
