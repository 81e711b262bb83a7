/**
 * The logical types. Every value of a column is NULL or a value of its type; nullability belongs to the field.
 *
 * Physical form in a batch and in state (see `physical.ts`): fixed-width little-endian values, strings as 16-byte
 * Arrow views, nested values as views over the packed encoding of `batch/packed.ts`.
 */
export type DataType =
  | { readonly is: 'null' }
  | { readonly is: 'boolean' }
  | { readonly is: 'tinyint' }
  | { readonly is: 'smallint' }
  | { readonly is: 'int' }
  | { readonly is: 'bigint' }
  | { readonly is: 'real' }
  | { readonly is: 'double' }
  | { readonly is: 'decimal'; readonly precision: number; readonly scale: number }
  /** NUMERIC without precision: any number of digits, each value with a scale of its own; NaN and the infinities. */
  | { readonly is: 'numeric' }
  /** VARCHAR(length), CHAR(length) when `fixed`; STRING has no length. Lengths count code points. */
  | { readonly is: 'string'; readonly length?: number; readonly fixed?: boolean }
  | { readonly is: 'bytes'; readonly length?: number; readonly fixed?: boolean }
  /** Days since 1970-01-01. */
  | { readonly is: 'date' }
  /** Microseconds since midnight. */
  | { readonly is: 'time'; readonly precision: number }
  /** Microseconds since 1970-01-01 00:00:00, in UTC when `zoned` (TIMESTAMP_LTZ), else without a zone. */
  | { readonly is: 'timestamp'; readonly precision: number; readonly zoned: boolean }
  /** Months, days and microseconds, kept apart as PostgreSQL does. */
  | { readonly is: 'interval' }
  | { readonly is: 'row'; readonly fields: readonly Field[] }
  /** Elements, keys and values may be NULL unless it is said; that is checked by sinks alone and makes no other type. */
  | { readonly is: 'array'; readonly element: DataType; readonly elementNotNull?: true }
  | {
      readonly is: 'map'
      readonly key: DataType
      readonly value: DataType
      readonly keyNotNull?: true
      readonly valueNotNull?: true
    }
  /** JSON text in canonical form (jsonb: sorted keys, no duplicates). */
  | { readonly is: 'json' }

export type TypeName = DataType['is']

export interface Field {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

export type Schema = readonly Field[]

export const types = {
  null: { is: 'null' },
  boolean: { is: 'boolean' },
  tinyint: { is: 'tinyint' },
  smallint: { is: 'smallint' },
  int: { is: 'int' },
  bigint: { is: 'bigint' },
  real: { is: 'real' },
  double: { is: 'double' },
  numeric: { is: 'numeric' },
  string: { is: 'string' },
  bytes: { is: 'bytes' },
  date: { is: 'date' },
  interval: { is: 'interval' },
  json: { is: 'json' },
  decimal: (precision: number, scale: number): DataType => ({ is: 'decimal', precision, scale }),
  time: (precision = 0): DataType => ({ is: 'time', precision }),
  timestamp: (precision = 6): DataType => ({ is: 'timestamp', precision, zoned: false }),
  timestampLtz: (precision = 6): DataType => ({ is: 'timestamp', precision, zoned: true }),
  row: (fields: readonly Field[]): DataType => ({ is: 'row', fields }),
  array: (element: DataType): DataType => ({ is: 'array', element }),
  map: (key: DataType, value: DataType): DataType => ({ is: 'map', key, value }),
} as const satisfies Record<string, DataType | ((...args: never[]) => DataType)>

export const field = (name: string, type: DataType, nullable = true): Field => ({ name, type, nullable })
