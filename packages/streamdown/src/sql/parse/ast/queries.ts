/** Queries. */

import type { Expression } from './expressions.ts'
import type { Identifier, Name, Span } from './names.ts'
import type { TableReference } from './tables.ts'
import type { NamedWindow, SortItem } from './windows.ts'

/** A query with its tail. A parenthesised query is a Query as the body of another. */
export type Query = {
  readonly is: 'query'
  readonly with: With | undefined
  readonly body: QueryBody
  readonly orderBy: readonly SortItem[]
  readonly limit: Expression | undefined
  readonly offset: Expression | undefined
  /** FETCH FIRST n ROWS WITH TIES. */
  readonly withTies: boolean
  readonly emit: Emit | undefined
  readonly at: Span
}
export type QueryBody = Select | SetOperation | Values | TableQuery | Query
export type With = {
  readonly is: 'with'
  readonly recursive: boolean
  readonly tables: readonly CommonTable[]
  readonly at: Span
}
export type CommonTable = {
  readonly is: 'commonTable'
  readonly name: Identifier
  readonly columns: readonly Identifier[]
  readonly query: Query
  readonly at: Span
}
export type Emit = {
  readonly is: 'emit'
  readonly mode: 'CHANGES' | 'ON WINDOW CLOSE' | 'IMMEDIATELY' | 'FINAL'
  readonly at: Span
}
export type Select = {
  readonly is: 'select'
  readonly hints: readonly Hint[]
  readonly distinct: Distinct | undefined
  readonly items: readonly SelectItem[]
  /** `FROM a, b` has two entries; empty without FROM. */
  readonly from: readonly TableReference[]
  readonly where: Expression | undefined
  readonly groupBy: GroupBy | undefined
  readonly having: Expression | undefined
  readonly windows: readonly NamedWindow[]
  readonly qualify: Expression | undefined
  readonly at: Span
}
/** `SELECT DISTINCT` has an empty `on`. */
export type Distinct = { readonly is: 'distinct'; readonly on: readonly Expression[]; readonly at: Span }
export type SelectItem = {
  readonly is: 'selectItem'
  readonly value: Expression
  readonly alias: Identifier | undefined
  readonly at: Span
}
export type GroupBy = {
  readonly is: 'groupBy'
  readonly distinct: boolean
  /** GROUP BY ALL: no items. */
  readonly all: boolean
  readonly items: readonly GroupItem[]
  readonly at: Span
}
/** An expression (also an integer for a position, or TUMBLE(…) and its like as a call), or a set of sets. */
export type GroupItem = Expression | GroupingSets | Rollup | Cube
/** Every entry is one set: `()` has no expressions; nested ROLLUP, CUBE and GROUPING SETS stay as they are. */
export type GroupingSets = {
  readonly is: 'groupingSets'
  readonly sets: readonly (GroupingSet | GroupingSets | Rollup | Cube)[]
  readonly at: Span
}
export type GroupingSet = { readonly is: 'groupingSet'; readonly items: readonly Expression[]; readonly at: Span }
export type Rollup = { readonly is: 'rollup'; readonly sets: readonly GroupingSet[]; readonly at: Span }
export type Cube = { readonly is: 'cube'; readonly sets: readonly GroupingSet[]; readonly at: Span }

export type SetOperation = {
  readonly is: 'setOperation'
  readonly op: 'UNION' | 'INTERSECT' | 'EXCEPT'
  readonly all: boolean
  /** CORRESPONDING [BY (a, b)]: columns are matched by name. */
  readonly corresponding: Corresponding | undefined
  readonly left: QueryBody
  readonly right: QueryBody
  readonly at: Span
}
/** An empty list means all common columns. */
export type Corresponding = {
  readonly is: 'corresponding'
  readonly columns: readonly Identifier[]
  readonly at: Span
}
export type Values = {
  readonly is: 'values'
  /** Each row as its cells; `VALUES 1, 2` has rows of one cell. */
  readonly rows: readonly (readonly Expression[])[]
  readonly at: Span
}
/** `TABLE t`. */
export type TableQuery = { readonly is: 'tableQuery'; readonly table: Name; readonly at: Span }
/** One hint of a hint comment: `STATE_TTL('a' = '1d')`, `BROADCAST(t)`, `OPTIONS('k' = 'v')`. */
export type Hint = {
  readonly is: 'hint'
  readonly name: string
  readonly args: readonly HintArgument[]
  readonly at: Span
}
export type HintArgument = {
  readonly is: 'hintArgument'
  readonly key: string | undefined
  readonly value: string
  readonly at: Span
}
