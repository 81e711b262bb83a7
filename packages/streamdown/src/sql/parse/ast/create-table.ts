/** CREATE TABLE and CREATE SOURCE. */

import type { Expression } from './expressions.ts'
import type { Identifier, Name, Span } from './names.ts'
import type { Query } from './queries.ts'
import type { OnConflict } from './statements.ts'
import type { TypeName } from './types.ts'

/** `'connector' = 'kafka'` and `connector = 'kafka'` alike; `text` is the value as text, whatever literal it was. */
export type OptionSetting = {
  readonly is: 'option'
  readonly key: string
  readonly text: string
  /** The literal or name as written. */
  readonly value: Expression
  readonly at: Span
}

export type CreateTable = {
  readonly is: 'createTable'
  /** CREATE SOURCE, or CREATE TABLE. */
  readonly kind: 'TABLE' | 'SOURCE'
  readonly name: Name
  readonly orReplace: boolean
  readonly temporary: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly ColumnDefinition[]
  /** `(*, a INT)`: the connector's schema is taken too. */
  readonly columnsFromSchema: boolean
  readonly constraints: readonly TableConstraint[]
  readonly watermarks: readonly WatermarkDefinition[]
  readonly appendOnly: boolean
  /** RisingWave's `ON CONFLICT …` of a table, with its version columns. */
  readonly onConflict: OnConflict | undefined
  readonly versionColumns: readonly Identifier[]
  /** INCLUDE key AS k, INCLUDE timestamp …. */
  readonly includes: readonly IncludeColumn[]
  readonly partitionedBy: readonly Expression[]
  readonly distributedBy: readonly Identifier[]
  readonly comment: string | undefined
  readonly options: readonly OptionSetting[]
  readonly format: FormatClause | undefined
  /** LIKE other (…), Flink. */
  readonly like: LikeClause | undefined
  /** FROM source, RisingWave. */
  readonly from: Name | undefined
  /** CREATE TABLE … AS query. */
  readonly as: Query | undefined
  readonly at: Span
}
export type ColumnDefinition = {
  readonly is: 'columnDefinition'
  readonly name: Identifier
  /** A computed column may have none. */
  readonly type: TypeName | undefined
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly default: Expression | undefined
  /** `AS expr`, `GENERATED ALWAYS AS (expr)`. */
  readonly computed: Expression | undefined
  readonly storage: 'STORED' | 'VIRTUAL' | undefined
  readonly metadata: MetadataColumn | undefined
  /** GENERATED … AS IDENTITY. */
  readonly identity: boolean
  readonly check: Expression | undefined
  readonly references: Name | undefined
  /** Feldera: LATENESS interval, WATERMARK interval. */
  readonly collation: Name | undefined
  readonly lateness: Expression | undefined
  readonly watermark: Expression | undefined
  readonly comment: string | undefined
  readonly at: Span
}
/** `METADATA FROM 'timestamp' VIRTUAL` (Flink), `METADATA FROM metadata('offset')` (Arroyo). */
export type MetadataColumn = {
  readonly is: 'metadata'
  readonly from: string | undefined
  readonly virtual: boolean
  readonly at: Span
}
export type TableConstraint =
  | {
      readonly is: 'primaryKey'
      readonly name: Identifier | undefined
      readonly columns: readonly Identifier[]
      readonly enforced: boolean | undefined
      readonly at: Span
    }
  | {
      readonly is: 'unique'
      readonly name: Identifier | undefined
      readonly columns: readonly Identifier[]
      readonly at: Span
    }
  | { readonly is: 'check'; readonly name: Identifier | undefined; readonly condition: Expression; readonly at: Span }
  | {
      readonly is: 'foreignKey'
      readonly name: Identifier | undefined
      readonly columns: readonly Identifier[]
      readonly table: Name
      readonly referenced: readonly Identifier[]
      readonly at: Span
    }
/** `WATERMARK FOR ts AS expr`; Arroyo's `WATERMARK FOR ts` has no expression. */
export type WatermarkDefinition = {
  readonly is: 'watermark'
  readonly column: Name
  readonly value: Expression | undefined
  readonly withTtl: boolean
  readonly at: Span
}
export type IncludeColumn = {
  readonly is: 'include'
  readonly what: string
  readonly field: string | undefined
  readonly type: TypeName | undefined
  readonly alias: Identifier | undefined
  readonly at: Span
}
/** `FORMAT PLAIN ENCODE JSON (…)`; names are upper case. */
export type FormatClause = {
  readonly is: 'format'
  readonly format: string
  readonly encode: string
  readonly options: readonly OptionSetting[]
  readonly keyEncode: string | undefined
  readonly at: Span
}
export type LikeClause = {
  readonly is: 'likeClause'
  readonly table: Name
  /** `INCLUDING ALL`, `EXCLUDING OPTIONS`, as written in upper case. */
  readonly rules: readonly string[]
  readonly at: Span
}
