import { failures } from '../errors/table.ts'
import { RowError } from '../functions/definition.ts'
import { type DataType, types } from '../types/data-type.ts'
import type { Interval, Value } from '../types/value.ts'
import { addInterval } from '../values/calendar.ts'
import { column } from './expressions/build.ts'
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

/** A row and its neighbour, of which one comes before the gap: values by column. */
interface Gap {
  readonly before: (index: number) => Value
  readonly behind: (index: number) => Value
}

/**
 * Between each row and the next one of its partition, by their time, a row for every step. A row without a time, and
 * the last of a partition, stand for themselves. `update`: each row looks ahead to its next one; what is between them is
 * a function of both, so it follows all changes. `watermark`: rows that are only added leave in their order when the
 * watermark has passed them, each behind what lies between it and the one before.
 */
export function fillGaps(input: PlanNode, gaps: GapFill, emit: 'update' | 'watermark'): PlanNode {
  const { schema } = input
  const width = schema.length
  const window = emit === 'update' ? 'lead' : 'lag'
  const fills = [...gaps.fills].filter(([, fill]) => fill === 'line' || (fill === 'last' && window === 'lag'))
  const fetched = [gaps.time, ...fills.map(([index]) => index)]
  const neighbours = OverNode.create(input, {
    partitionBy: gaps.partitionBy,
    orderBy: [{ column: gaps.time, descending: false, nullsFirst: false }],
    calls: fetched.map((index): OverCall => {
      const { type } = schema[index]!
      return {
        name: window,
        window,
        args: [column(schema, index)],
        count: 1,
        distinct: false,
        type,
        nullable: true,
        frame: { unit: 'rows', start: 'unbounded', end: 'unbounded', exclude: 'none' },
      }
    }),
    emit,
    ties: 'peers',
  })
  const gapOf = (row: readonly Value[]): Gap => {
    const own = (index: number): Value => row[index] ?? null
    const neighbour = (index: number): Value => row[width + fetched.indexOf(index)] ?? null
    return window === 'lead' ? { before: own, behind: neighbour } : { before: neighbour, behind: own }
  }
  const between = schema.map(
    ({ type }, index): ((gap: Gap, row: readonly Value[], at: number, of: number) => Value) => {
      if (gaps.partitionBy.includes(index)) return (_gap, row) => row[index] ?? null
      const fill = gaps.fills.get(index)
      if (fill === 'line')
        return (gap, _row, at, of) => onLine(type, gap.before(index), gap.behind(index), BigInt(at), BigInt(of))
      return fill === 'last' ? gap => gap.before(index) : () => null
    },
  )
  const arrow = (row: readonly Value[]): Value[][] => {
    const own = row.slice(0, width)
    const gap = gapOf(row)
    const times = timesBetween(gap.before(gaps.time), gap.behind(gaps.time), gaps.step)
    const filled = times.map((time, i) =>
      between.map((value, index) => (index === gaps.time ? time : value(gap, row, i + 1, times.length + 1))),
    )
    return window === 'lead' ? [own, ...filled] : [...filled, own]
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
    input: neighbours.schema,
    whole: 'rows',
    type,
    nullable: false,
  } as const
  return FlatMapNode.create(neighbours, lambda, output)
}

/** @throws RowError when there are too many. */
function timesBetween(from: Value, to: Value, step: Interval): readonly bigint[] {
  if (typeof from !== 'bigint' || typeof to !== 'bigint') return []
  const times: bigint[] = []
  for (let time = addInterval(from, step); time < to; time = addInterval(time, step)) {
    if (times.push(time) > MOST_ROWS) throw new RowError(failures.argument, `a gap needs more than ${MOST_ROWS} rows`)
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
