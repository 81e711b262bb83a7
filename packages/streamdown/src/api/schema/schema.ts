import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Timestamp } from '../../values/timestamp.ts'
import type { Flatten, Leaf } from '../types/row.ts'

/** What declares rows: `t.row({...})`, or a schema of a library that speaks Standard Schema. */
export type Schema<R = unknown> = StandardSchemaV1<unknown, R>

/** The rows that a schema gives, as columns hold them: what may be missing is NULL, a Date has microseconds. */
export type RowOfSchema<S> = S extends {
  readonly '~standard': { readonly types?: { readonly output: infer O } | undefined }
}
  ? AsColumns<O>
  : never

type AsColumns<O> = O extends unknown
  ? Flatten<{ -readonly [K in keyof O]-?: AsColumn<O[K]> | (undefined extends O[K] ? null : never) }>
  : never
type AsColumn<V> = V extends undefined
  ? never
  : V extends Date
    ? V extends Timestamp
      ? V
      : Timestamp
    : V extends Leaf
      ? V
      : V extends object
        ? AsColumns<V>
        : V
