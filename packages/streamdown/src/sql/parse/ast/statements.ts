/** Statements: what a text holds, and those that change rows or the session. */

import type { CreateTable } from './create-table.ts'
import type {
  AlterTable,
  CreateFunction,
  CreateIndex,
  CreateNamespace,
  CreateSink,
  CreateType,
  CreateView,
  Drop,
} from './definitions.ts'
import type { Expression } from './expressions.ts'
import type { Identifier, Name, Span } from './names.ts'
import type { Hint, Query, SelectItem, With } from './queries.ts'
import type { TableReference } from './tables.ts'

export type Statement =
  | Query
  | Insert
  | Update
  | Delete
  | Truncate
  | Comment
  | CreateTable
  | CreateSink
  | CreateView
  | CreateFunction
  | CreateIndex
  | CreateNamespace
  | CreateType
  | AlterTable
  | Drop
  | SetOption
  | ResetOption
  | Show
  | Describe
  | Copy
  | Explain
  | StatementSet
  | Use
  | Flush
  | Transaction
  | ForeignStatement

export type Insert = {
  readonly is: 'insert'
  readonly with: With | undefined
  readonly overwrite: boolean
  readonly table: Name
  readonly hints: readonly Hint[]
  readonly columns: readonly Name[]
  /** Flink's PARTITION (b = 2); a value may be absent. */
  readonly partition: readonly PartitionValue[]
  /** undefined for DEFAULT VALUES. */
  readonly source: Query | undefined
  readonly onConflict: OnConflict | undefined
  readonly returning: readonly SelectItem[]
  readonly at: Span
}
export type PartitionValue = {
  readonly is: 'partitionValue'
  readonly column: Identifier
  readonly value: Expression | undefined
  readonly at: Span
}
export type OnConflict = {
  readonly is: 'onConflict'
  readonly columns: readonly Identifier[]
  /** `DO UPDATE FULL`, `DO UPDATE IF NOT NULL` and `OVERWRITE` exist on CREATE TABLE only. */
  readonly action: 'NOTHING' | 'UPDATE' | 'UPDATE FULL' | 'UPDATE IF NOT NULL'
  readonly assignments: readonly Assignment[]
  readonly where: Expression | undefined
  readonly at: Span
}
/** `a = 1` has one column; `(a, b) = (1, 2)` and `(a, b) = (SELECT …)` have several. */
export type Assignment = {
  readonly is: 'assignment'
  readonly columns: readonly Name[]
  readonly value: Expression
  readonly at: Span
}
export type Update = {
  readonly is: 'update'
  readonly with: With | undefined
  readonly table: Name
  readonly alias: Identifier | undefined
  readonly assignments: readonly Assignment[]
  readonly from: readonly TableReference[]
  readonly where: Expression | undefined
  readonly returning: readonly SelectItem[]
  readonly at: Span
}
export type Delete = {
  readonly is: 'delete'
  readonly with: With | undefined
  readonly table: Name
  readonly alias: Identifier | undefined
  readonly using: readonly TableReference[]
  readonly where: Expression | undefined
  readonly returning: readonly SelectItem[]
  readonly at: Span
}
/** `COMMENT ON TABLE t IS '…'`: the text is for readers of the SQL. */
export type Comment = {
  readonly is: 'comment'
  readonly kind: 'TABLE' | 'VIEW' | 'MATERIALIZED VIEW' | 'SOURCE' | 'COLUMN'
  readonly on: Name
  readonly at: Span
}
export type Truncate = { readonly is: 'truncate'; readonly tables: readonly Name[]; readonly at: Span }

/** `SET a.b = 'x'`, `SET 'a.b' = 'x'`, `SET a TO x`, `SET TIME ZONE 'x'` (key `timezone`). */
export type SetOption = {
  readonly is: 'set'
  readonly key: string
  /** The value as text; several values are joined by `, `. undefined for DEFAULT. */
  readonly text: string | undefined
  readonly at: Span
}
/** No key: all settings. */
export type ResetOption = { readonly is: 'reset'; readonly key: string | undefined; readonly at: Span }
/** `what`: the words after SHOW, in upper case (`TABLES`, `CREATE TABLE`); empty for `SHOW timezone`. */
export type Show = {
  readonly is: 'show'
  readonly what: string
  /** The object or setting named: `SHOW CREATE TABLE t`, `SHOW timezone`. */
  readonly name: Name | undefined
  readonly like: NamePattern | undefined
  readonly at: Span
}
/** `[NOT] LIKE 'a%'`, `ILIKE`: which names are shown. */
export type NamePattern = {
  readonly pattern: string
  readonly negated: boolean
  readonly ignoresCase: boolean
}
export type Describe = {
  readonly is: 'describe'
  readonly of: Name | Query
  readonly extended: boolean
  readonly at: Span
}
/** `COPY t TO 'file'`, `COPY (SELECT …) TO 'file' (FORMAT csv, HEADER true)`. */
export type Copy = {
  readonly is: 'copy'
  readonly query: Query
  readonly path: string
  readonly options: readonly CopyOption[]
  readonly at: Span
}
/** `name`: in upper case; no text: `HEADER` alone. */
export type CopyOption = { readonly name: string; readonly text: string | undefined; readonly at: Span }
export type Explain = {
  readonly is: 'explain'
  /** Upper-case words before the statement: `ANALYZE`, `VERBOSE`, `CHANGELOG_MODE`, `PLAN FOR`, …. */
  readonly details: readonly string[]
  readonly statement: Statement
  readonly at: Span
}
/** Inserts that run as one program: EXECUTE STATEMENT SET BEGIN … END, BEGIN STATEMENT SET; … END. */
export type StatementSet = { readonly is: 'statementSet'; readonly inserts: readonly Insert[]; readonly at: Span }
export type Use = {
  readonly is: 'use'
  readonly kind: 'CATALOG' | 'DATABASE' | 'SCHEMA' | undefined
  readonly name: Name
  readonly at: Span
}
export type Flush = { readonly is: 'flush'; readonly at: Span }
/** A statement of another engine that has no meaning here, and what to do instead. */
export type ForeignStatement = {
  readonly is: 'foreign'
  readonly what: string
  readonly advice: string
  readonly at: Span
}
export type Transaction = {
  readonly is: 'transaction'
  readonly action: 'BEGIN' | 'COMMIT' | 'ROLLBACK'
  readonly at: Span
}

/** One statement of a text and the characters it was read from (without the `;`). */
export type ParsedStatement = { readonly statement: Statement; readonly text: string; readonly at: Span }
