import type { Schema } from '../../types/data-type.ts'
import type { WindowColumns } from '../window-columns.ts'

/** A relation that the catalog or the API knows: its connector, columns and event time. */
export interface Relation {
  readonly name: string
  readonly schema: Schema
  readonly connector: string
  readonly options: Readonly<Record<string, string>>
  /** Index of the event time column, and how far behind the newest row the watermark stays, µs. */
  readonly eventTime?: EventTime
  /** Of a materialized view, instead: what its program hands on of the event time with each row. */
  readonly handedOn?: HandedOnTime
  /** Columns of the primary key, empty when there is none. */
  readonly primaryKey: readonly number[]
  /** What the input's rows are: only inserts; rows with their op; or upserts by primary key. */
  readonly changes: 'append' | 'retract' | 'upsert'
  /** Whether the input ends (a file read to its end); undefined: not known, taken as endless. */
  readonly bounded?: boolean
  readonly appendOnly?: boolean
  /** METADATA columns by index: the connector's key. */
  readonly metadata?: Readonly<Record<number, string>>
  /** Something the connector needs that text cannot say (rows pushed by the program, a handler). */
  readonly handle?: object
}

/** Event time of rows that come with their watermarks: those of a view, from the program that makes them. */
export interface HandedOnTime {
  /** Columns that the watermark speaks of, the event time first. */
  readonly columns: readonly number[]
  /** The windows that the rows are in, by their bounds among the columns. */
  readonly windows: readonly WindowColumns[]
}

/** The watermark stays `delay` µs behind the newest `time`; a column index of the node's own output. */
export interface EventTime {
  readonly column: number
  readonly delay: bigint
  /** µs without rows after which a partition counts as idle; undefined: as the session's setting says. */
  readonly idleTimeout?: bigint
  /**
   * How many µs the source's partitions may lead the slowest of all sources of the group; without `most` as the
   * session's setting says.
   */
  readonly drift?: { readonly group: string; readonly most?: bigint }
}
