import { types } from '../../types/data-type.ts'
import type { Interval } from '../../types/value.ts'
import type { Decimal } from '../../values/decimal.ts'
import type { Timestamp } from '../../values/timestamp.ts'
import type { Flatten } from '../types/row.ts'
import { ColumnType, type TypeOf, typeGiven } from './column-type.ts'
import { RowType } from './row-type.ts'

/**
 * Types of columns and rows, exact: `t.row({ id: t.string, price: t.decimal(10, 2), at: t.timestamp(3) })`.
 * A column cannot be NULL unless it is `t.optional(...)`.
 */
export const t = {
  boolean: new ColumnType<boolean>(types.boolean),
  tinyint: new ColumnType<number>(types.tinyint),
  smallint: new ColumnType<number>(types.smallint),
  /** 32 bits. */
  int: new ColumnType<number>(types.int),
  /** 64 bits. */
  bigint: new ColumnType<bigint>(types.bigint),
  real: new ColumnType<number>(types.real),
  double: new ColumnType<number>(types.double),
  string: new ColumnType<string>(types.string),
  bytes: new ColumnType<Uint8Array>(types.bytes),
  /** A day as text, 2026-01-31. */
  date: new ColumnType<string>(types.date),
  /** A time of day as text, 12:30:00. */
  time: new ColumnType<string>(types.time(6)),
  interval: new ColumnType<Interval>(types.interval),
  /** Any JSON, parsed. */
  json: new ColumnType<unknown>(types.json),

  /** Exact digits: `precision` in all (at most 38), `scale` of them behind the point. */
  decimal: (precision: number, scale = 0): ColumnType<Decimal> => new ColumnType(types.decimal(precision, scale)),
  /** At most `length` characters. */
  varchar: (length: number): ColumnType<string> => new ColumnType({ is: 'string', length }),
  /** A time without a zone, with `precision` digits (at most 6) of the second's fraction. */
  timestamp: (precision = 6): ColumnType<Timestamp> => new ColumnType(types.timestamp(precision)),
  /** A point in time, shown in the session's zone. */
  timestampLtz: (precision = 6): ColumnType<Timestamp> => new ColumnType(types.timestampLtz(precision)),
  /** One of some texts. */
  enums: <const V extends readonly [string, ...string[]]>(...values: V): ColumnType<V[number]> =>
    new ColumnType(types.string, { values }),
  array: <T>(element: ColumnType<T>): ColumnType<T[]> => new ColumnType(types.array(typeGiven('array', element).type)),
  map: <K, V>(key: ColumnType<K>, value: ColumnType<V>): ColumnType<ReadonlyMap<K, V>> =>
    new ColumnType(types.map(typeGiven('map', key).type, typeGiven('map', value).type)),
  /** May be NULL; a row given by the program may leave it out. */
  optional: <T>(type: ColumnType<T>): ColumnType<T | null> =>
    new ColumnType(typeGiven('optional', type).type, { ...type.facts, nullable: true }),
  /** A row of named columns; also a nested row. */
  row: <const F extends Readonly<Record<string, ColumnType<unknown>>>>(
    fields: F,
  ): RowType<Flatten<{ -readonly [K in keyof F]: TypeOf<F[K]> }>> => new RowType(fields),
}
