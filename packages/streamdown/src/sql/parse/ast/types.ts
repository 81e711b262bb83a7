/** Type names. */

import type { Identifier, Name, Span } from './names.ts'

/** `nullable`: `false` after NOT NULL, `true` after an explicit NULL, else undefined. */
export type TypeName = NamedType | ArrayType | MultisetType | MapType | RowType

/**
 * A type that is only words: `INT`, `DECIMAL(10, 2)`, `DOUBLE PRECISION`, `TIMESTAMP(3) WITH LOCAL TIME ZONE`.
 * `name` is all words in upper case with single blanks and without the arguments
 * (`'TIMESTAMP WITH TIME ZONE'`, `'BIGINT UNSIGNED'`, `'CHARACTER VARYING'`, `'INTERVAL DAY TO SECOND'`);
 * a quoted or qualified user type keeps its case in `path`.
 */
export type NamedType = {
  readonly is: 'namedType'
  readonly name: string
  readonly path: Name
  /** Number or string arguments as written: `['10', '2']`. */
  readonly args: readonly string[]
  readonly nullable: boolean | undefined
  readonly at: Span
}
/** `T ARRAY`, `ARRAY<T>`, `T[]`, `T[3]`, `LIST<T>`. */
export type ArrayType = {
  readonly is: 'arrayType'
  readonly element: TypeName
  readonly nullable: boolean | undefined
  readonly at: Span
}
export type MultisetType = {
  readonly is: 'multisetType'
  readonly element: TypeName
  readonly nullable: boolean | undefined
  readonly at: Span
}
/** `MAP<K, V>`, `MAP(K, V)`. */
export type MapType = {
  readonly is: 'mapType'
  readonly key: TypeName
  readonly value: TypeName
  readonly nullable: boolean | undefined
  readonly at: Span
}
/** `ROW<a INT, b INT>`, `ROW(a INT)`, `STRUCT<a INT>`, `STRUCT<a: INT>`; an unnamed field has no name. */
export type RowType = {
  readonly is: 'rowType'
  readonly fields: readonly RowTypeField[]
  readonly nullable: boolean | undefined
  readonly at: Span
}
export type RowTypeField = {
  readonly is: 'rowTypeField'
  readonly name: Identifier | undefined
  readonly type: TypeName
  readonly comment: string | undefined
  readonly at: Span
}
