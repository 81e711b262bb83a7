import { RowError } from '../functions/definition.ts'
import { type DataType, types } from '../types/data-type.ts'
import type { Interval, Value } from '../types/value.ts'
import { column } from './expressions/build.ts'
import { addInterval } from './interval.ts'
import { FlatMapNode, type OverCall, OverNode, type PlanNode } from './nodes/node.ts'

/** What a column is in a row that fills a gap: the last value, one on the line to the next value, or NULL. */
export type Fill = 'last' | 'line' | 'nothing'

export interface GapFill {
  /** A TIMESTAMP column. */
  readonly time: number
  readonly step: Interval
  readonly partitionBy: readonly number[]
  /** Of columns; others are NULL in a row that fills a gap. */
  readonly fills: ReadonlyMap<number, Fill>
}

/** A gap that would need more rows fails its row. */
const MOST_ROWS = 1_000_000

/**
 * Between each row and the next one of its partition, by their time, a row for every step. A row without a time, and
 * the last of a partition, stand for themselves. Each row looks ahead to its next one; what is between them is a
 * function of both, so it follows all changes.
 */
export function fillGaps(input: PlanNode, gaps: GapFill): PlanNode {
  const { schema } = input
  const width = schema.length
  const lines = [...gaps.fills].flatMap(([index, fill]) => (fill === 'line' ? [index] : []))
  const ahead = OverNode.create(input, {
    partitionBy: gaps.partitionBy,
    orderBy: [{ column: gaps.time, descending: false, nullsFirst: false }],
    calls: [gaps.time, ...lines].map((index): OverCall => {
      const { type } = schema[index]!
      return {
        name: 'lead',
        window: 'lead',
        args: [column(schema, index)],
        count: 1,
        distinct: false,
        type,
        nullable: true,
        frame: { unit: 'rows', start: 'unbounded', end: 'unbounded', exclude: 'none' },
      }
    }),
    emit: 'update',
    ties: 'peers',
  })
  const between = schema.map(({ type }, index): ((row: readonly Value[], at: number, of: number) => Value) => {
    if (gaps.partitionBy.includes(index)) return row => row[index] ?? null
    const line = lines.indexOf(index)
    if (line >= 0)
      return (row, at, of) => onLine(type, row[index] ?? null, row[width + 1 + line] ?? null, BigInt(at), BigInt(of))
    return gaps.fills.get(index) === 'last' ? row => row[index] ?? null : () => null
  })
  const arrow = (row: readonly Value[]): Value[][] => {
    const own = row.slice(0, width)
    const times = timesBetween(row[gaps.time] ?? null, row[width] ?? null, gaps.step)
    const filled = times.map((time, i) =>
      between.map((value, index) => (index === gaps.time ? time : value(row, i + 1, times.length + 1))),
    )
    return [own, ...filled]
  }
  const output = schema.map((field, index) => ({
    ...field,
    nullable: field.nullable || !(gaps.partitionBy.includes(index) || index === gaps.time),
  }))
  const type = types.row(output)
  const lambda = {
    is: 'lambda',
    arrow,
    source: 'GAP_FILL',
    input: ahead.schema,
    whole: 'rows',
    type,
    nullable: false,
  } as const
  return FlatMapNode.create(ahead, lambda, output)
}

/** @throws RowError when there are too many. */
function timesBetween(from: Value, to: Value, step: Interval): readonly bigint[] {
  if (typeof from !== 'bigint' || typeof to !== 'bigint') return []
  const times: bigint[] = []
  for (let time = addInterval(from, step, 1); time < to; time = addInterval(time, step, 1)) {
    if (times.push(time) > MOST_ROWS) throw new RowError(5, `a gap needs more than ${MOST_ROWS} rows`)
  }
  return times
}

/** The value so many of so many steps from one value to another; whole numbers towards the first. */
function onLine(type: DataType, from: Value, to: Value, at: bigint, of: bigint): Value {
  if (typeof from === 'bigint' && typeof to === 'bigint') return from + ((to - from) * at) / of
  if (typeof from !== 'number' || typeof to !== 'number') return null
  const value = from + ((to - from) * Number(at)) / Number(of)
  if (type.is === 'double') return value
  return type.is === 'real' ? Math.fround(value) : from + Math.trunc(value - from)
}
