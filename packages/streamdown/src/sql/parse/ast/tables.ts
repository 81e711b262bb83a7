/** What stands in FROM. */

import type { Call, Expression } from './expressions.ts'
import type { Identifier, Name, Span } from './names.ts'
import type { Hint, Query } from './queries.ts'
import type { TypeName } from './types.ts'
import type { SortItem } from './windows.ts'

export type TableReference = NamedTable | FileTable | DerivedTable | TableFunction | Unnest | Join | MatchRecognize

export type TableAlias = {
  readonly is: 'tableAlias'
  readonly name: Identifier
  readonly columns: readonly Identifier[]
  /** PostgreSQL's `AS t(a int, b text)`: types by position, empty otherwise. */
  readonly columnTypes: readonly TypeName[]
  readonly at: Span
}
export type NamedTable = {
  readonly is: 'table'
  readonly name: Name
  readonly hints: readonly Hint[]
  /** FOR SYSTEM_TIME AS OF …. */
  readonly systemTime: Expression | undefined
  readonly alias: TableAlias | undefined
  readonly at: Span
}
/** `FROM 'payments.ndjson'`. */
export type FileTable = {
  readonly is: 'file'
  readonly path: string
  readonly alias: TableAlias | undefined
  readonly at: Span
}
/** `(SELECT …) AS t`, `(VALUES …) AS t(a, b)`, `LATERAL (SELECT …)`. */
export type DerivedTable = {
  readonly is: 'derived'
  readonly query: Query
  readonly lateral: boolean
  readonly alias: TableAlias | undefined
  readonly at: Span
}
/** `TUMBLE(t, ts, …)`, `TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), …))`, `LATERAL TABLE(f(x))`, `generate_series(1, 3)`. */
export type TableFunction = {
  readonly is: 'tableFunction'
  readonly call: Call
  /** Written as TABLE(…). */
  readonly wrapped: boolean
  readonly lateral: boolean
  readonly withOrdinality: boolean
  readonly alias: TableAlias | undefined
  readonly at: Span
}
export type Unnest = {
  readonly is: 'unnest'
  readonly values: readonly Expression[]
  readonly lateral: boolean
  readonly withOrdinality: boolean
  readonly alias: TableAlias | undefined
  readonly at: Span
}
export type Join = {
  readonly is: 'join'
  readonly kind: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'LEFT SEMI' | 'LEFT ANTI' | 'RIGHT SEMI' | 'RIGHT ANTI'
  readonly natural: boolean
  readonly asof: boolean
  readonly left: TableReference
  readonly right: TableReference
  readonly on: Expression | undefined
  /** USING (a, b); empty otherwise. */
  readonly using: readonly Identifier[]
  /** ASOF JOIN … MATCH_CONDITION (…). */
  readonly matchCondition: Expression | undefined
  /** Of a parenthesised join. */
  readonly alias: TableAlias | undefined
  readonly at: Span
}

export type MatchRecognize = {
  readonly is: 'matchRecognize'
  readonly input: TableReference
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly measures: readonly Measure[]
  readonly rowsPerMatch: 'ONE ROW' | 'ALL ROWS' | 'ALL ROWS OMIT EMPTY' | 'ALL ROWS WITH UNMATCHED' | undefined
  readonly afterMatch: AfterMatch | undefined
  readonly pattern: Pattern
  /** `PATTERN (…) WITHIN INTERVAL '1' HOUR`. */
  readonly within: Expression | undefined
  readonly subsets: readonly PatternSubset[]
  readonly defines: readonly PatternDefinition[]
  readonly alias: TableAlias | undefined
  readonly at: Span
}
export type Measure = {
  readonly is: 'measure'
  readonly value: Expression
  readonly alias: Identifier
  readonly at: Span
}
export type AfterMatch =
  | { readonly is: 'skipPastLastRow' | 'skipToNextRow'; readonly at: Span }
  | { readonly is: 'skipToFirst' | 'skipToLast'; readonly variable: Identifier; readonly at: Span }
export type Pattern =
  | { readonly is: 'variable'; readonly name: Identifier; readonly at: Span }
  | { readonly is: 'sequence'; readonly items: readonly Pattern[]; readonly at: Span }
  | { readonly is: 'alternation'; readonly items: readonly Pattern[]; readonly at: Span }
  | { readonly is: 'permute'; readonly items: readonly Pattern[]; readonly at: Span }
  | { readonly is: 'exclusion'; readonly item: Pattern; readonly at: Span }
  | { readonly is: 'anchor'; readonly place: 'START' | 'END'; readonly at: Span }
  | {
      readonly is: 'repeat'
      readonly item: Pattern
      readonly min: number
      /** undefined: no upper bound. */
      readonly max: number | undefined
      readonly greedy: boolean
      readonly at: Span
    }
export type PatternSubset = {
  readonly is: 'subset'
  readonly name: Identifier
  readonly variables: readonly Identifier[]
  readonly at: Span
}
export type PatternDefinition = {
  readonly is: 'define'
  readonly variable: Identifier
  readonly condition: Expression
  readonly at: Span
}
