import type { CodePlace } from '../../functions/user/source.ts'
import type { UserDeclaration } from '../../functions/user/user-function.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { PlanNode, SinkNode } from '../../plan/nodes/node.ts'
import type { DataType, Schema } from '../../types/data-type.ts'
import type { IndexEntry, SinkEntry, SqlFunctionEntry, TableEntry, ViewEntry } from '../catalog.ts'
import type { NamePattern } from '../parse/ast.ts'
import type { DescribedColumn } from './describe.ts'

/** What a statement is after binding: all names looked up, all types known. The session carries it out. */
export type BoundStatement =
  | BoundSelect
  | BoundInsert
  | BoundUpdate
  | BoundDelete
  | BoundStatementSet
  | {
      readonly is: 'createTable'
      readonly table: TableEntry
      readonly ifNotExists: boolean
      readonly orReplace: boolean
      /** CREATE TABLE … AS: rows of the relation's schema, to be written to it. */
      readonly rows: SinkNode | undefined
    }
  /** `indexes`: those that the table still has. */
  | ({ readonly is: 'alterTable'; readonly indexes: readonly IndexEntry[] } & TableChange)
  /** A unique index is a rule of its table, which its rows must meet. */
  | { readonly is: 'createIndex'; readonly index: IndexEntry; readonly ruled: TableChange | undefined }
  /** RENAME TO or SET SCHEMA of a table or view. */
  | { readonly is: 'rename'; readonly from: string; readonly to: string }
  /** ALTER TABLE … SET of a table with a connector. */
  | { readonly is: 'alterOptions'; readonly table: TableEntry }
  | { readonly is: 'createView'; readonly view: ViewEntry; readonly ifNotExists: boolean; readonly orReplace: boolean }
  | {
      readonly is: 'createMaterializedView'
      readonly view: ViewEntry
      readonly ifNotExists: boolean
      readonly orReplace: boolean
    }
  /** RisingWave's CREATE SINK: a job under that name. */
  | { readonly is: 'createSink'; readonly sink: SinkEntry; readonly insert: BoundInsert; readonly ifNotExists: boolean }
  | {
      readonly is: 'createFunction'
      readonly entry: SqlFunctionEntry
      readonly orReplace: boolean
      readonly ifNotExists: boolean
    }
  | {
      readonly is: 'createUserFunction'
      readonly declared: UserDeclaration
      readonly gives: UserResult
      readonly place: CodePlace
      readonly orReplace: boolean
      readonly ifNotExists: boolean
    }
  | { readonly is: 'createType'; readonly name: string; readonly type: DataType }
  | { readonly is: 'createSchema'; readonly name: string }
  | {
      readonly is: 'drop'
      readonly kind: 'table' | 'view' | 'index' | 'sink' | 'function' | 'schema' | 'other'
      /** Tables that lose the rule of a unique index. */
      readonly ruled?: readonly TableChange[]
      /** The schemas that go themselves. */
      readonly schemas?: readonly string[]
      /** Those that there are, as the catalog knows them, and with CASCADE all that depend on them, these first. */
      readonly names: readonly string[]
    }
  | { readonly is: 'truncate'; readonly tables: readonly TableEntry[] }
  | { readonly is: 'set'; readonly key: string; readonly value: string | undefined }
  | { readonly is: 'reset'; readonly key: string | undefined }
  | {
      readonly is: 'show'
      readonly what: string
      readonly name: string | undefined
      readonly like: NamePattern | undefined
    }
  | { readonly is: 'describe'; readonly columns: readonly DescribedColumn[] }
  | BoundCopy
  | { readonly is: 'explain'; readonly details: readonly string[]; readonly statement: BoundStatement }
  /** Accepted without effect: FLUSH, USE, BEGIN and their like. */
  | { readonly is: 'nothing'; readonly what: string }

/** A table with other columns or rules; `added`: the values of new stored columns, over no columns. */
export interface TableChange {
  readonly before: TableEntry
  readonly table: TableEntry
  readonly added: readonly Expression[]
}

/** What a function written in TypeScript gives. */
export type UserResult =
  | { readonly is: 'value' | 'aggregate'; readonly type: DataType }
  | { readonly is: 'rows'; readonly columns: Schema }

/** COPY … TO: the rows of a query that ends, into a file that there is then. */
export interface BoundCopy {
  readonly is: 'copy'
  readonly sink: SinkNode
  readonly path: string
}

export interface BoundSelect {
  readonly is: 'select'
  readonly plan: PlanNode
  /** The outermost SELECT has ORDER BY: the order of rows counts. */
  readonly ordered: boolean
}

/** Rows for a table: `plan` has the relation's columns in order, cast and with defaults. */
export interface BoundInsert {
  readonly is: 'insert'
  readonly table: TableEntry
  readonly plan: PlanNode
  readonly sink: SinkNode
  /** Flink's INSERT OVERWRITE: what is there goes first. */
  readonly overwrite: boolean
  /** The rows end by themselves (VALUES, or a query over in-memory tables): the statement ends with them. */
  readonly literal: boolean
  /** ON CONFLICT, else the table's rule. */
  readonly conflict: ConflictAction
  /** Of a program that goes on: rows that it takes back stay in the table. */
  readonly ignoresDeletes?: boolean
  readonly returning: Returning | undefined
}

export type ConflictAction =
  | { readonly action: 'overwrite' | 'error' | 'nothing' | 'update if not null'; readonly versions: readonly number[] }
  /**
   * DO UPDATE SET: over the stored row's columns, then the inserted row's (EXCLUDED); one expression a relation column.
   * Where `where` is not true the stored row stays.
   */
  | {
      readonly action: 'update'
      readonly columns: readonly number[]
      readonly values: readonly Expression[]
      readonly where: Expression | undefined
    }

/** RETURNING: over the relation's columns of each row inserted, updated (as it is after) or deleted. */
export interface Returning {
  readonly expressions: readonly Expression[]
  readonly schema: Schema
}

/** `plan` gives, for each row to change, its relation columns before and then after. */
export interface BoundUpdate {
  readonly is: 'update'
  readonly table: TableEntry
  readonly plan: PlanNode
  readonly returning: Returning | undefined
}

/** `plan` gives the relation columns of each row to delete. */
export interface BoundDelete {
  readonly is: 'delete'
  readonly table: TableEntry
  readonly plan: PlanNode
  readonly returning: Returning | undefined
}

export interface BoundStatementSet {
  readonly is: 'statementSet'
  readonly inserts: readonly BoundInsert[]
}
