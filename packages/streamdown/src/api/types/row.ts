import type { Decimal, DecimalInput } from '../../values/decimal.ts'
import type { Timestamp } from '../../values/timestamp.ts'

/** Shows a computed type as the plain object that it is. Distributes over unions of rows. */
export type Flatten<T> = { [K in keyof T]: T[K] } & {}

/** A value that is one value, not a row of them. */
export type Leaf =
  | string
  | number
  | bigint
  | boolean
  | null
  | undefined
  | Date
  | Decimal
  | Uint8Array
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>

/** What arithmetic takes. */
export type Numeric = number | bigint | Decimal

/** What has an order. */
export type Ordered = Numeric | string | boolean | Date

/** Names of columns; those of a nested row as `'customer.name'`, three levels deep. */
export type Path<R> = {
  [K in keyof R & string]: NonNullable<R[K]> extends Leaf ? K : K | `${K}.${PathBelow<NonNullable<R[K]>>}`
}[keyof R & string]
type PathBelow<R> = {
  [K in keyof R & string]: NonNullable<R[K]> extends Leaf ? K : K | `${K}.${keyof NonNullable<R[K]> & string}`
}[keyof R & string]

/** The type of a column or of a column of a nested row; nullable when a row on the way is. */
export type At<R, P> = P extends keyof R
  ? R[P]
  : P extends `${infer Head}.${infer Tail}`
    ? Head extends keyof R
      ? At<NonNullable<R[Head]>, Tail> | (null extends R[Head] ? null : never)
      : never
    : never

/**
 * The columns whose values, NULL aside, are `T`. Constraints are written `keyof Columns<R, T>`, so that completion and
 * errors list the columns that fit.
 */
export type Columns<R, T = unknown> = {
  [P in Path<R> as NonNullable<At<R, P>> extends T ? P : never]: At<R, P>
}

/** `null` when a value of `V` may be null. */
export type NullOf<V> = null extends V ? null : never

/** The row with the columns `C` known not to be null. */
export type Known<R, C> = R extends unknown
  ? Flatten<{ [K in keyof R]: K extends C ? NonNullable<R[K]> : R[K] }>
  : never

/** The row with columns added or replaced. */
export type With<R, Added> = R extends unknown ? Flatten<Omit<R, keyof Added> & Added> : never

/** Some columns of a row. */
export type Picked<R, C> = R extends unknown ? Flatten<{ [K in keyof R as K extends C ? K : never]: R[K] }> : never

/** A row without some columns. */
export type Dropped<R, C> = R extends unknown ? Flatten<{ [K in keyof R as K extends C ? never : K]: R[K] }> : never

/** A row whose columns may all be missing, as the other side of an outer join sees it. */
export type Nullable<R> = { [K in keyof R]: R[K] | null }

/** What may be given where a value of the column type `V` is wanted. */
export type Input<V> = V extends Decimal
  ? DecimalInput
  : V extends bigint
    ? bigint | number
    : V extends Date
      ? Date | string
      : V

/** A row as a program gives it: columns that may be null may be left out, decimals and times may be text. */
export type InputRow<R> = R extends unknown
  ? Flatten<
      { readonly [K in keyof R as null extends R[K] ? never : K]: InputValue<R[K]> } & {
        readonly [K in keyof R as null extends R[K] ? K : never]?: InputValue<R[K]>
      }
    >
  : never
type InputValue<V> = V extends Leaf ? Input<V> : V extends object ? InputRow<V> : V

/** What is refused as a row: a promise. */
export interface NotAPromise {
  readonly then?: 'an arrow here may not be async: promises live in mapAsync, lookups and sinks'
}

/** What a computed column may be. */
export type ColumnValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Decimal
  | Timestamp
  | Uint8Array
  | readonly ColumnValue[]
  | { readonly [column: string]: ColumnValue }
