import type { SourceOf } from './connector.ts'
import { callerPlace } from './draft/place.ts'
import type { SourceRelation } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { columnsGiven, connectorGiven, listGiven, objectGiven } from './given.ts'
import { columnsOf } from './schema/columns-of.ts'
import type { RowOfSchema, Schema } from './schema/schema.ts'
import { Stream } from './stream.ts'
import { Table } from './table.ts'
import type { Columns } from './types/row.ts'

/** The rows of a source: what the schema says, else what the source itself knows. */
export type RowFrom<R, S> = [S] extends [never] ? R : RowOfSchema<S>

/** How a source's rows are read. */
export interface StreamOptions<R, S> {
  /** The rows' columns: `t.row({...})`, or a schema of zod, valibot, arktype. May be left out where the source knows. */
  readonly schema?: S
  /** The column that holds the event time. Without it there are no windows of event time. */
  readonly time?: keyof Columns<R, Date> & string
  /** How far behind the newest row a row may come and still be in time. Default 0. */
  readonly lateness?: Duration
  /**
   * How long a partition of the source must have had nothing, though asked, before it no longer holds windows open.
   * Default 0: as soon as it was asked and had nothing.
   */
  readonly idleTimeout?: Duration
  /**
   * How far in event time a partition of the source may lead the slowest of all sources: further, and it is not read
   * until that one has come nearer. Default: as `maxDrift` of `run` says.
   */
  readonly maxDrift?: Duration
  /** `each`: every row goes through the schema's own checks and changes as well; slow. Default: only what columns say. */
  readonly validate?: 'columns' | 'each'
}

/** How a source's rows are read into a table. */
export interface TableOptions<R, S, K> extends StreamOptions<R, S> {
  /** The column, or columns, that name a row. */
  readonly key: K | readonly K[]
}

/** Rows that are only added, from a source. */
export function stream<R, S extends Schema = never>(
  source: SourceOf<R>,
  options?: StreamOptions<RowFrom<R, S>, S>,
): Stream<RowFrom<R, S>> {
  return new Stream(sourceRelation('stream', source, options ?? {}, []))
}

/** Rows that change, from a source: a later row replaces the one with its key. */
export function table<R, const K extends keyof RowFrom<R, S> & string, S extends Schema = never>(
  source: SourceOf<R>,
  options: TableOptions<RowFrom<R, S>, S, K>,
): Table<RowFrom<R, S>, K, 'updates'> {
  return new Table(sourceRelation('table', source, options, keyGiven(options)))
}

const keyGiven = <K extends string>(options: { readonly key: K | readonly K[] }): readonly K[] => {
  const { key } = objectGiven("table() wants its options, { key: 'id' }", options)
  return columnsGiven('table', typeof key === 'string' ? [key] : listGiven('key wants the name of a column', key))
}

interface Options {
  readonly schema?: Schema
  readonly time?: string
  readonly lateness?: Duration
  readonly idleTimeout?: Duration
  readonly maxDrift?: Duration
  readonly validate?: 'columns' | 'each'
}

function sourceRelation(
  kind: 'stream' | 'table',
  source: SourceOf<unknown>,
  options: Options,
  key: readonly string[],
): SourceRelation {
  return {
    is: 'source',
    kind,
    source: connectorGiven(kind, source),
    ...(options.schema === undefined ? {} : { columns: columnsOf(options.schema) }),
    ...(options.validate === 'each' && options.schema !== undefined ? { validate: options.schema } : {}),
    ...(options.time === undefined ? {} : { time: options.time }),
    latenessMicros: options.lateness === undefined ? 0n : durationMicros(options.lateness),
    ...(options.idleTimeout === undefined ? {} : { idleTimeoutMicros: durationMicros(options.idleTimeout) }),
    ...(options.maxDrift === undefined ? {} : { maxDriftMicros: durationMicros(options.maxDrift) }),
    key,
    place: callerPlace(),
  }
}
