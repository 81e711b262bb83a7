/** CREATE of everything else, ALTER and DROP. */

import type { ColumnDefinition, FormatClause, OptionSetting, TableConstraint } from './create-table.ts'
import type { Expression } from './expressions.ts'
import type { Identifier, Name, Span } from './names.ts'
import type { Query } from './queries.ts'
import type { RowTypeField, TypeName } from './types.ts'
import type { SortItem } from './windows.ts'

/** RisingWave's CREATE SINK name FROM table | AS query, or INTO a table. */
export type CreateSink = {
  readonly is: 'createSink'
  readonly name: Name
  readonly orReplace: boolean
  readonly ifNotExists: boolean
  readonly into: Name | undefined
  readonly columns: readonly Identifier[]
  readonly from: Name | undefined
  readonly as: Query | undefined
  readonly options: readonly OptionSetting[]
  readonly format: FormatClause | undefined
  readonly at: Span
}
export type CreateView = {
  readonly is: 'createView'
  readonly name: Name
  readonly orReplace: boolean
  readonly temporary: boolean
  readonly materialized: boolean
  /** ALTER VIEW … AS: there is a view of this name, which is replaced. */
  readonly altered: boolean
  /** Feldera's CREATE LOCAL VIEW. */
  readonly local: boolean
  readonly ifNotExists: boolean
  readonly columns: readonly Identifier[]
  readonly comment: string | undefined
  readonly options: readonly OptionSetting[]
  readonly query: Query
  readonly at: Span
}
export type CreateFunction = {
  readonly is: 'createFunction'
  readonly name: Name
  readonly orReplace: boolean
  readonly temporary: boolean
  readonly ifNotExists: boolean
  readonly aggregate: boolean
  readonly parameters: readonly FunctionParameter[]
  readonly returns: TypeName | undefined
  /** RETURNS TABLE (a INT, …); empty otherwise. */
  readonly returnsTable: readonly RowTypeField[]
  readonly language: string | undefined
  /** `AS 'text'` or `AS $$text$$`: a class name or source text. */
  readonly source: string | undefined
  /** `FROM './file.ts'`. */
  readonly from: string | undefined
  /** STRICT, RETURNS NULL ON NULL INPUT. */
  readonly strict: boolean
  /** VOLATILE, NOT DETERMINISTIC. */
  readonly volatile: boolean
  /** `AS expr` or `RETURN expr`. */
  readonly body: Expression | undefined
  readonly options: readonly OptionSetting[]
  readonly at: Span
}
export type FunctionParameter = {
  readonly is: 'parameterDefinition'
  readonly name: Identifier | undefined
  readonly type: TypeName
  readonly at: Span
}
export type CreateIndex = {
  readonly is: 'createIndex'
  readonly name: Name | undefined
  readonly unique: boolean
  readonly ifNotExists: boolean
  readonly table: Name
  readonly columns: readonly SortItem[]
  readonly include: readonly Identifier[]
  readonly distributedBy: readonly Expression[]
  readonly at: Span
}
export type CreateNamespace = {
  readonly is: 'createNamespace'
  readonly kind: 'SCHEMA' | 'DATABASE' | 'CATALOG'
  readonly name: Name
  readonly ifNotExists: boolean
  readonly options: readonly OptionSetting[]
  readonly at: Span
}
/** `CREATE TYPE t AS (a INT)` (a row type) or `CREATE TYPE t AS INT`. */
export type CreateType = { readonly is: 'createType'; readonly name: Name; readonly type: TypeName; readonly at: Span }
export type AlterTable = {
  readonly is: 'alterTable'
  readonly kind: 'TABLE' | 'VIEW' | 'MATERIALIZED VIEW' | 'SOURCE' | 'INDEX'
  readonly name: Name
  readonly ifExists: boolean
  readonly actions: readonly AlterAction[]
  readonly at: Span
}
export type AlterAction =
  | { readonly is: 'addColumn'; readonly column: ColumnDefinition; readonly ifNotExists: boolean; readonly at: Span }
  | { readonly is: 'addConstraint'; readonly constraint: TableConstraint; readonly at: Span }
  | {
      readonly is: 'dropColumn'
      readonly column: Identifier
      readonly ifExists: boolean
      readonly cascade: boolean
      readonly at: Span
    }
  | { readonly is: 'renameColumn'; readonly from: Identifier; readonly to: Identifier; readonly at: Span }
  | { readonly is: 'renameTable'; readonly to: Name; readonly at: Span }
  | { readonly is: 'setSchema'; readonly schema: Identifier; readonly at: Span }
  | {
      readonly is: 'setDefault'
      readonly column: Identifier
      readonly value: Expression | undefined
      readonly at: Span
    }
  | { readonly is: 'setType'; readonly column: Identifier; readonly type: TypeName; readonly at: Span }
  | { readonly is: 'setNotNull'; readonly column: Identifier; readonly notNull: boolean; readonly at: Span }
  | { readonly is: 'setOptions'; readonly options: readonly OptionSetting[]; readonly at: Span }
  | { readonly is: 'resetOptions'; readonly keys: readonly string[]; readonly at: Span }
export type DropKind =
  | 'TABLE'
  | 'VIEW'
  | 'MATERIALIZED VIEW'
  | 'SOURCE'
  | 'SINK'
  | 'INDEX'
  | 'FUNCTION'
  | 'AGGREGATE'
  | 'SCHEMA'
  | 'DATABASE'
  | 'CATALOG'
  | 'TYPE'
export type Drop = {
  readonly is: 'drop'
  readonly kind: DropKind
  readonly temporary: boolean
  readonly names: readonly Name[]
  readonly ifExists: boolean
  readonly cascade: boolean
  readonly at: Span
}
