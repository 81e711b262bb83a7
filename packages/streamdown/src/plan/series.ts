import type { DataType } from '../types/data-type.ts'
import type { Relation } from './nodes/node.ts'

/** Whole numbers from a start on, `step` (not 0) apart, none behind `end`. INT or BIGINT holds every one. */
export interface Series {
  readonly type: DataType
  readonly start: bigint
  readonly end: bigint
  readonly step: bigint
}

export function seriesLength({ start, end, step }: Omit<Series, 'type'>): bigint {
  const span = step > 0n ? end - start : start - end
  return span < 0n ? 0n : span / (step > 0n ? step : -step) + 1n
}

/** A series as a table of connector 'series': its numbers are made as they are read. */
export const seriesRelation = (name: string, { type, start, end, step }: Series): Relation => ({
  name,
  schema: [{ name, type, nullable: false }],
  connector: 'series',
  options: { connector: 'series', start: String(start), end: String(end), step: String(step) },
  primaryKey: [],
  changes: 'append',
  bounded: true,
})
