import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { readValue } from '../../../batch/values.ts'
import type { OverNode, SortKey } from '../../../plan/nodes/node.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { CallsInput } from '../aggregate/aggregate-input.ts'
import type { OverCallInput } from './over-framed.ts'
import { type Measure, measureOf } from './over-sequence.ts'

/** What an OVER operator works on. */
export interface OverLayout {
  readonly schema: Schema
  /** The first columns of `schema` leave again, before the results. */
  readonly inputColumns: number
  readonly partitionBy: readonly number[]
  /** The order within a partition; columns that are the same in all its rows say nothing. */
  readonly orderBy: readonly SortKey[]
  readonly calls: readonly OverCallInput[]
  readonly measure: Measure | undefined
  /** Columns that calls look at, and with `needsPeers` those of the order. */
  readonly reads: readonly number[]
  /** Columns in which peers are equal; undefined: no call asks. */
  readonly peers: readonly number[] | undefined
  /** Which of the rows that tie in the order stands first: the one that arrived first, or last. */
  readonly arrival: 'first' | 'last'
}

export function overLayout(node: OverNode, input: CallsInput<OverNode['calls'][number]>): OverLayout {
  const orderBy = node.orderBy.filter(({ column }) => !node.partitionBy.includes(column))
  const order = [...new Set(orderBy.map(({ column }) => column))]
  const measure = measureOf(node.orderBy, input.schema)
  const asksPeers = input.calls.some(
    ({ call: { window, frame } }) =>
      (window !== undefined && ['rank', 'dense_rank', 'percent_rank', 'cume_dist'].includes(window)) ||
      frame.unit !== 'rows' ||
      frame.exclude !== 'none',
  )
  const called = input.calls.flatMap(({ args, filter, orderBy: inside }) => [
    ...args,
    ...(filter === undefined ? [] : [filter]),
    ...inside.map(({ column }) => column),
  ])
  const needsPeers = asksPeers && node.ties === 'peers'
  const measured = asksPeers && measure !== undefined ? [measure.column] : []
  return {
    schema: input.schema,
    inputColumns: input.inputColumns,
    partitionBy: node.partitionBy,
    orderBy,
    calls: input.calls,
    measure,
    reads: [...new Set([...called, ...(needsPeers ? order : []), ...measured])],
    peers: needsPeers ? order : undefined,
    arrival: 'first',
  }
}

/** The values of a column's rows; those of the common types without a look at each one's type. */
export function valuesIn(memory: Memory, column: Column, rows: number): Value[] {
  const plain = plainValues(memory, column, rows)
  if (plain !== undefined && column.validity === 0) return plain
  const values: Value[] = plain ?? new Array(rows)
  const valid = column.validity === 0 ? undefined : memory.u8(column.validity, rows).slice()
  for (let row = 0; row < rows; row++) {
    if (valid?.[row] === 0) values[row] = null
    else if (plain === undefined) values[row] = readValue(memory, column, row)
  }
  return values
}

function plainValues(memory: Memory, { type, data }: Column, rows: number): Value[] | undefined {
  switch (type.is) {
    case 'bigint':
    case 'timestamp':
    case 'time':
      return Array.from(memory.i64(data, rows))
    case 'int':
    case 'date':
      return Array.from(memory.i32(data, rows))
    default:
      return undefined
  }
}

/** Numbers as a copy that stays when memory moves. */
export const int32sOf = (memory: Memory, at: Pointer, rows: number): Int32Array => memory.i32(at, rows).slice()
