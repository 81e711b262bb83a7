import type { OverCall } from '../../../plan/nodes/node.ts'
import type { Schema } from '../../../types/data-type.ts'
import { types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { AggregateCallInput } from '../aggregate/aggregate-input.ts'
import { type ListCall, type ListRow, listResult } from '../aggregate/aggregate-list-results.ts'
import { listNonNull } from '../aggregate/aggregate-lists.ts'
import { accumulatorKind, type Result } from './over-accumulators.ts'
import { Frames, type Measure, type Sequence, valuesOf } from './over-sequence.ts'

export type OverCallInput = AggregateCallInput<OverCall>

/** The results of a call for the rows `[from, to)` of a sequence that holds all rows of their frames. */
export function framedResults(
  input: OverCallInput,
  schema: Schema,
  measure: Measure | undefined,
  sequence: Sequence,
  from: number,
  to: number,
): Result[] {
  const rows = Array.from({ length: to - from }, (_, i) => from + i)
  const { call } = input
  const value = input.args[0] === undefined ? [] : valuesOf(sequence.columns, input.args[0])
  const { groups, groupStarts } = sequence
  const place = (row: number): number => groupStarts[groups[row] ?? 0] ?? 0
  const behind = (row: number): number => groupStarts[(groups[row] ?? 0) + 1] ?? 0
  if (call.window === undefined)
    return aggregated(input, schema, new Frames(call.frame, sequence, measure), sequence, rows)
  switch (call.window) {
    case 'row_number':
      return rows.map(row => BigInt(row + 1))
    case 'rank':
      return rows.map(row => BigInt(place(row) + 1))
    case 'dense_rank':
      return rows.map(row => BigInt((groups[row] ?? 0) + 1))
    case 'percent_rank':
      return rows.map(row => (sequence.rows === 1 ? 0 : place(row) / (sequence.rows - 1)))
    case 'cume_dist':
      return rows.map(row => behind(row) / sequence.rows)
    case 'ntile':
      return rows.map(row => bucket(row, sequence.rows, call.count ?? 1))
    case 'lag':
    case 'lead': {
      const otherwise = input.args[1] === undefined ? undefined : valuesOf(sequence.columns, input.args[1])
      const distance = (call.window === 'lag' ? -1 : 1) * (call.count ?? 1)
      const at = call.ignoreNulls === true ? distanceWithoutNulls(value, distance) : (row: number) => row + distance
      return rows.map(row => {
        const there = at(row)
        return (there >= 0 && there < sequence.rows ? value[there] : otherwise?.[row]) ?? null
      })
    }
    case 'first_value':
    case 'last_value':
    case 'nth_value': {
      const frames = new Frames(call.frame, sequence, measure)
      return rows.map(row => chosen(call, frames, value, row))
    }
  }
}

/** Buckets differ by one row at most; the larger ones come first. */
function bucket(row: number, rows: number, buckets: number): bigint {
  const size = Math.floor(rows / buckets)
  const larger = rows % buckets
  const inLarger = larger * (size + 1)
  return BigInt(1 + (row < inLarger ? Math.floor(row / (size + 1)) : larger + Math.floor((row - inLarger) / size)))
}

/** The row so many values that are not NULL before (negative) or behind a row; -1 where there is none. */
function distanceWithoutNulls(values: readonly Value[], distance: number): (row: number) => number {
  const present: number[] = []
  const before = values.map((value, row) => (value === null ? present.length : present.push(row) - 1))
  return row => {
    if (distance === 0) return row
    const here = before[row] ?? 0
    const isPresent = present[here] === row
    const target = distance < 0 ? here + distance : here + distance - (isPresent ? 0 : 1)
    return present[target] ?? -1
  }
}

/** FIRST_VALUE, LAST_VALUE and NTH_VALUE: found from the frame's end that they count from. */
function chosen(call: OverCall, frames: Frames, values: readonly Value[], row: number): Value {
  const from = frames.from(row)
  const to = frames.to(row)
  const backwards = call.window === 'last_value'
  let left = call.window === 'nth_value' ? (call.count ?? 1) : 1
  for (let i = 0; i < to - from; i++) {
    const at = backwards ? to - 1 - i : from + i
    if (frames.excludes(row, at)) continue
    const value = values[at] ?? null
    if (call.ignoreNulls === true && value === null) continue
    left--
    if (left === 0) return value
  }
  return null
}

function aggregated(
  input: OverCallInput,
  schema: Schema,
  frames: Frames,
  sequence: Sequence,
  rows: readonly number[],
): Result[] {
  const call = listCall(input, schema)
  const args = input.args.map(column => valuesOf(sequence.columns, column))
  const counts = countedRows(input, sequence)
  const kind = input.call.frame.exclude === 'none' ? accumulatorKind(call) : undefined
  if (kind === undefined) {
    const order = input.orderBy.map(({ column }) => valuesOf(sequence.columns, column))
    return rows.map(row => {
      const seen: ListRow[] = []
      for (let at = frames.from(row); at < frames.to(row); at++) {
        if (counts[at] === 0 || frames.excludes(row, at)) continue
        const of = (column: readonly Value[]) => column[at] ?? null
        seen.push({ args: args.map(of), order: order.map(of), ordinal: BigInt(at) })
      }
      return listResult(call, seen)
    })
  }
  const slides = input.call.frame.start !== 'unbounded'
  let accumulator = kind.create(args, slides)
  let start = 0
  let end = 0
  let known: { readonly result: Result } | undefined
  return rows.map(row => {
    const from = frames.from(row)
    const to = frames.to(row)
    if (known !== undefined && from === start && to === end) return known.result
    if (from >= end && end > start) {
      accumulator = kind.create(args, slides)
      start = from
      end = from
    }
    if (end < from) {
      start = from
      end = from
    }
    for (; end < to; end++) if (counts[end] === 1) accumulator.add(end)
    for (; start < from; start++) if (counts[start] === 1) accumulator.remove(start)
    known = { result: accumulator.result() }
    return known.result
  })
}

export function listCall({ call, args, orderBy }: OverCallInput, schema: Schema): ListCall {
  return {
    name: call.name,
    type: call.type,
    distinct: call.distinct,
    orderBy,
    argumentTypes: args.map(column => schema[column]?.type ?? types.null),
    ...(call.quantile === undefined ? {} : { quantile: call.quantile }),
    ...(call.fold === undefined ? {} : { fold: call.fold }),
  }
}

/** u8 a row: whether it counts for an aggregate. */
export function countedRows(input: OverCallInput, { rows, columns }: Sequence): Uint8Array {
  const counts = new Uint8Array(rows).fill(1)
  const filter = input.filter === undefined ? undefined : valuesOf(columns, input.filter)
  const needed = listNonNull(input).map(column => valuesOf(columns, column))
  for (let row = 0; row < rows; row++) {
    if (filter !== undefined && filter[row] !== true) counts[row] = 0
    for (const values of needed) if (values[row] === null) counts[row] = 0
  }
  return counts
}
