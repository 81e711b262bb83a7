/**
 * The syntax tree of one SQL text, before anything is looked up.
 *
 * @module
 *
 * Every node is plain immutable data with `is` (its tag) and `at` (where it stands in the text, as UTF-16 offsets,
 * `end` exclusive). Absent parts are `undefined`, absent lists are empty. Nothing is folded: an {@link Identifier}
 * keeps the text as written (without quotes, `""` undone) and whether it was quoted; the binder applies the dialect's
 * case rule. Keywords in tags and enumerations are upper case (`op: 'AND'`, `kind: 'LEFT'`).
 *
 * How expressions look:
 * ```
 * a.b.c               column  parts [a, b, c]      the binder decides where the qualifier ends and fields begin
 * (x).f  f(y).g x[1].f  field  of, field
 * x[1]   x[1:2]       subscript of, index           slice of, from?, to?
 * *  t.*  (x).*       star    of?                   in select lists, call arguments and ROW(...) only
 * 12  1.5  1e3        number  text                  never turned into a double here
 * 'a' E'\n' $$a$$     string  value                 escapes undone
 * X'01'               bytes   hex
 * TIMESTAMP '…'  bool 't'     typedLiteral type, text
 * INTERVAL '1' DAY    interval value '1' (a string node), from 'DAY'
 * INTERVAL '1 day'    interval value '1 day', from undefined
 * INTERVAL 2 SECOND   interval value a number node, from 'SECOND'
 * -x  NOT x  |/ x     unary   op, operand           a minus before a number literal stays a unary node
 * x + y  x || y  x -> 'k'     binary op, left, right
 * a AND b AND c       logical op 'AND', operands [a, b, c]   (flat; parentheses start a new node)
 * x IS [NOT] NULL|TRUE|FALSE|UNKNOWN|JSON…   isTest
 * x IS [NOT] DISTINCT FROM y  isDistinct
 * x [NOT] BETWEEN a AND b     between
 * x [NOT] IN (1, 2)           inList                x IN (SELECT …)  inQuery
 * x [NOT] LIKE|ILIKE|SIMILAR TO|RLIKE p [ESCAPE e]  like
 * x = ANY (…)  x LIKE ALL (…) quantified            right is an expression or a query; SOME reads as ANY
 * CAST(x AS t)  x::t  TRY_CAST  SAFE_CAST           cast
 * (SELECT …)          scalarQuery                   EXISTS (…) exists      ARRAY(SELECT …) arrayQuery
 * ARRAY[1, 2]  [1, 2] array                         MAP{k: v} MAP {…} MAP[k, v]  map
 * ROW(a, b)  (a, b)   row                           {a: 1}  row with names
 * |x, y| x + y        lambda
 * f(DISTINCT x, k => y ORDER BY z) WITHIN GROUP (…) FILTER (…) IGNORE NULLS OVER (…)   call
 * CURRENT_TIMESTAMP   call with bare = true and no args
 * ```
 * Special call forms become plain calls with positional arguments: `SUBSTRING(x FROM a FOR n)` is
 * `SUBSTRING(x, a, n)`, `SUBSTRING(x FOR n)` is `SUBSTRING(x, 1, n)`, `POSITION(a IN b)` is `POSITION(a, b)`,
 * `OVERLAY(x PLACING y FROM a FOR n)` is `OVERLAY(x, y, a, n)`; `FLOOR(x TO DAY)`, `TIMESTAMPADD(DAY, 1, x)` and
 * `TIMESTAMPDIFF` have a {@link TimeUnitLiteral} as that argument. `EXTRACT` and `TRIM(… FROM …)` are nodes of their
 * own (`TRIM(x)` and `TRIM(x, y)` are calls).
 *
 * The tree's height is bounded by the parser (see height.ts), so recursive walks are safe.
 */

import type { Span } from '../../errors/span.ts'

export type { Span }

/** One name as written; `text` has no quotes. */
export type Identifier = {
  readonly is: 'identifier'
  readonly text: string
  readonly quoted: boolean
  readonly at: Span
}

/** A possibly qualified name, `catalog.database.table`; at least one part. */
export type Name = { readonly is: 'name'; readonly parts: readonly Identifier[]; readonly at: Span }

// ---------------------------------------------------------------------------------------------------------- types

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

// ---------------------------------------------------------------------------------------------------- expressions

export type Expression =
  | ColumnReference
  | FieldAccess
  | Subscript
  | Slice
  | Star
  | NumberLiteral
  | StringLiteral
  | BytesLiteral
  | BooleanLiteral
  | NullLiteral
  | DefaultKeyword
  | TypedLiteral
  | IntervalLiteral
  | TimeUnitLiteral
  | Parameter
  | Unary
  | Binary
  | Logical
  | IsTest
  | IsDistinct
  | Between
  | InList
  | InQuery
  | Like
  | Quantified
  | Cast
  | AtTimeZone
  | Collate
  | Case
  | ScalarQuery
  | Exists
  | ArrayConstructor
  | ArrayQuery
  | MapConstructor
  | RowConstructor
  | Lambda
  | Extract
  | Trim
  | Call

export type ColumnReference = { readonly is: 'column'; readonly parts: readonly Identifier[]; readonly at: Span }
export type FieldAccess = {
  readonly is: 'field'
  readonly of: Expression
  readonly field: Identifier
  readonly at: Span
}
export type Subscript = {
  readonly is: 'subscript'
  readonly of: Expression
  readonly index: Expression
  readonly at: Span
}
export type Slice = {
  readonly is: 'slice'
  readonly of: Expression
  readonly from: Expression | undefined
  readonly to: Expression | undefined
  readonly at: Span
}
/** `*`, `t.*` (of: a column node), `(x).*`; `EXCEPT`/`EXCLUDE (a, b)` and `REPLACE (e AS a)` narrow it. */
export type Star = {
  readonly is: 'star'
  readonly of: Expression | undefined
  /** Columns left out; each may be qualified (`EXCEPT (t.a, b)`). */
  readonly except: readonly Name[]
  readonly replace: readonly SelectItem[]
  readonly at: Span
}
/** Digits as written, `_` removed: `12`, `.5`, `1e-3`, `0x1f`. No sign. */
export type NumberLiteral = { readonly is: 'number'; readonly text: string; readonly at: Span }
export type StringLiteral = { readonly is: 'string'; readonly value: string; readonly at: Span }
/** `X'0aff'`: an even count of hex digits, lower case. */
export type BytesLiteral = { readonly is: 'bytes'; readonly hex: string; readonly at: Span }
export type BooleanLiteral = { readonly is: 'boolean'; readonly value: boolean; readonly at: Span }
export type NullLiteral = { readonly is: 'null'; readonly at: Span }
/** The word DEFAULT, in VALUES rows and `SET c = DEFAULT` only. */
export type DefaultKeyword = { readonly is: 'default'; readonly at: Span }
/** `DATE '2020-01-01'`, `TIMESTAMP WITH TIME ZONE '…'`, `int2 '1'`: the type's input text, as a cast of a string. */
export type TypedLiteral = {
  readonly is: 'typedLiteral'
  readonly type: TypeName
  readonly text: string
  readonly at: Span
}

export type TimeUnit =
  | 'MILLENNIUM'
  | 'CENTURY'
  | 'DECADE'
  | 'YEAR'
  | 'QUARTER'
  | 'MONTH'
  | 'WEEK'
  | 'DAY'
  | 'HOUR'
  | 'MINUTE'
  | 'SECOND'
  | 'MILLISECOND'
  | 'MICROSECOND'
  | 'NANOSECOND'
/** Plural and short spellings (`DAYS`, `MINS`) are read as the unit. `value` is a string, number or any expression. */
export type IntervalLiteral = {
  readonly is: 'interval'
  readonly negative: boolean
  readonly value: Expression
  readonly from: TimeUnit | undefined
  /** `INTERVAL '1 2:3' DAY TO MINUTE`. */
  readonly to: TimeUnit | undefined
  /** Leading precision, `DAY(3)`. */
  readonly precision: number | undefined
  /** Fraction digits, `SECOND(2, 3)` or `TO SECOND(3)`. */
  readonly fraction: number | undefined
  readonly at: Span
}
/** A unit word as an argument: `FLOOR(x TO DAY)`, `TIMESTAMPDIFF(MINUTE, a, b)`. Upper case as written, singular. */
export type TimeUnitLiteral = { readonly is: 'timeUnit'; readonly unit: string; readonly at: Span }
/** `?` (name is its 1-based number), `$1`, `:name`. */
export type Parameter = { readonly is: 'parameter'; readonly name: string; readonly at: Span }

export type UnaryOperator = '-' | '+' | 'NOT' | '~' | '|/' | '||/' | '@'
export type Unary = {
  readonly is: 'unary'
  readonly op: UnaryOperator
  readonly operand: Expression
  readonly at: Span
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | '<=>'
/** `==` is read as `=`, `!=` as `<>`. `^` is power (PostgreSQL), `#` is exclusive or. */
export type BinaryOperator =
  | ComparisonOperator
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
  | '||'
  | '&'
  | '|'
  | '#'
  | '<<'
  | '>>'
  | '~'
  | '~*'
  | '!~'
  | '!~*'
  | '~~'
  | '~~*'
  | '!~~'
  | '!~~*'
  | '->'
  | '->>'
  | '#>'
  | '#>>'
  | '#-'
  | '@>'
  | '<@'
  | '@?'
  | '@@'
  | '?'
  | '?|'
  | '?&'
  | '&&'
  | '-|-'
  | '^@'
  | '<->'
  | 'OVERLAPS'
export type Binary = {
  readonly is: 'binary'
  readonly op: BinaryOperator
  readonly left: Expression
  readonly right: Expression
  readonly at: Span
  /** Where the operator itself stands. */
  readonly opAt: Span
}
export type Logical = {
  readonly is: 'logical'
  readonly op: 'AND' | 'OR'
  /** Two or more. */
  readonly operands: readonly Expression[]
  readonly at: Span
}
export type IsTest = {
  readonly is: 'isTest'
  readonly value: Expression
  readonly test:
    | 'NULL'
    | 'TRUE'
    | 'FALSE'
    | 'UNKNOWN'
    | 'JSON'
    | 'JSON VALUE'
    | 'JSON OBJECT'
    | 'JSON ARRAY'
    | 'JSON SCALAR'
  readonly negated: boolean
  readonly at: Span
}
export type IsDistinct = {
  readonly is: 'isDistinct'
  readonly left: Expression
  readonly right: Expression
  /** `IS NOT DISTINCT FROM`. */
  readonly negated: boolean
  readonly at: Span
}
export type Between = {
  readonly is: 'between'
  readonly value: Expression
  readonly low: Expression
  readonly high: Expression
  readonly symmetric: boolean
  readonly negated: boolean
  readonly at: Span
}
export type InList = {
  readonly is: 'inList'
  readonly value: Expression
  readonly list: readonly Expression[]
  readonly negated: boolean
  readonly at: Span
}
export type InQuery = {
  readonly is: 'inQuery'
  readonly value: Expression
  readonly query: Query
  readonly negated: boolean
  readonly at: Span
}
export type LikeKind = 'LIKE' | 'ILIKE' | 'SIMILAR' | 'RLIKE'
export type Like = {
  readonly is: 'like'
  readonly kind: LikeKind
  readonly value: Expression
  readonly pattern: Expression
  readonly escape: Expression | undefined
  readonly negated: boolean
  readonly at: Span
}
/** `left op ANY|ALL (right)`; for a list `= ANY (1, 2)` right is a row node. */
export type Quantified = {
  readonly is: 'quantified'
  readonly left: Expression
  /** Any binary operator, or a LIKE kind. */
  readonly op: BinaryOperator | LikeKind
  /** `NOT LIKE ANY`. */
  readonly negated: boolean
  readonly quantifier: 'ANY' | 'ALL'
  readonly right: Expression | Query
  readonly at: Span
}
export type Cast = {
  readonly is: 'cast'
  readonly value: Expression
  readonly type: TypeName
  /** TRY_CAST and SAFE_CAST: NULL instead of an error. */
  readonly orNull: boolean
  readonly at: Span
}
/** `zone` is undefined for AT LOCAL. */
export type AtTimeZone = {
  readonly is: 'atTimeZone'
  readonly value: Expression
  readonly zone: Expression | undefined
  readonly at: Span
}
export type Collate = {
  readonly is: 'collate'
  readonly value: Expression
  readonly collation: Name
  readonly at: Span
}
export type Case = {
  readonly is: 'case'
  readonly operand: Expression | undefined
  readonly branches: readonly CaseBranch[]
  readonly otherwise: Expression | undefined
  readonly at: Span
}
export type CaseBranch = {
  readonly is: 'caseBranch'
  /** Calcite lets a simple CASE list several: `WHEN 1, 2 THEN`. At least one. */
  readonly when: readonly Expression[]
  readonly then: Expression
  readonly at: Span
}
export type ScalarQuery = { readonly is: 'scalarQuery'; readonly query: Query; readonly at: Span }
export type Exists = { readonly is: 'exists'; readonly query: Query; readonly at: Span }
export type ArrayConstructor = {
  readonly is: 'array'
  readonly elements: readonly Expression[]
  readonly at: Span
}
export type ArrayQuery = { readonly is: 'arrayQuery'; readonly query: Query; readonly at: Span }
export type MapConstructor = { readonly is: 'map'; readonly entries: readonly MapEntry[]; readonly at: Span }
export type MapEntry = { readonly is: 'mapEntry'; readonly key: Expression; readonly value: Expression }
export type RowConstructor = {
  readonly is: 'row'
  /** `false` for `(a, b)`. */
  readonly explicit: boolean
  readonly elements: readonly Expression[]
  /** One an element for `{a: 1}`, else undefined. */
  readonly names: readonly Identifier[] | undefined
  readonly at: Span
}
/** `|x, y| body`; also `(x, y) -> body` and `x -> body` as an argument of a function that takes lambdas. */
export type Lambda = {
  readonly is: 'lambda'
  readonly parameters: readonly Identifier[]
  readonly body: Expression
  readonly at: Span
}
/** `field` is upper case, as written otherwise: `'EPOCH'`, `'DOW'`, `'YEAR'`. */
export type Extract = {
  readonly is: 'extract'
  readonly field: string
  readonly value: Expression
  readonly at: Span
}
export type Trim = {
  readonly is: 'trim'
  readonly side: 'BOTH' | 'LEADING' | 'TRAILING'
  readonly characters: Expression | undefined
  readonly value: Expression
  readonly at: Span
}

export type Call = {
  readonly is: 'call'
  readonly name: Name
  readonly args: readonly Argument[]
  /** Written without parentheses, such as CURRENT_DATE. */
  readonly bare: boolean
  readonly distinct: boolean
  /** ORDER BY inside the parentheses. */
  readonly orderBy: readonly SortItem[]
  readonly withinGroup: readonly SortItem[]
  readonly filter: Expression | undefined
  readonly nulls: 'IGNORE' | 'RESPECT' | undefined
  readonly over: Over | undefined
  /** In MATCH_RECOGNIZE: `RUNNING LAST(x)`, `FINAL LAST(x)`. */
  readonly semantics: 'RUNNING' | 'FINAL' | undefined
  readonly json: JsonOptions | undefined
  readonly at: Span
}
export type Argument = {
  readonly is: 'argument'
  /** `name => value` (also `name := value`). */
  readonly name: Identifier | undefined
  /** `VARIADIC list`: the list's elements are the arguments. */
  readonly variadic: boolean
  readonly value: Expression | TableArgument | Descriptor
  readonly at: Span
}
/** `TABLE t PARTITION BY a ORDER BY b`, `TABLE (SELECT …)`, or a bare query as an argument. */
export type TableArgument = {
  readonly is: 'tableArgument'
  readonly table: Name | Query
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly at: Span
}
export type Descriptor = { readonly is: 'descriptor'; readonly columns: readonly Name[]; readonly at: Span }

export type JsonBehavior =
  | { readonly is: 'null' | 'error' | 'empty array' | 'empty object' | 'true' | 'false' | 'unknown' }
  | { readonly is: 'default'; readonly value: Expression }
/** What may follow the arguments of SQL/JSON functions. For JSON_OBJECT(KEY k VALUE v) the args are k, v, k, v, …. */
export type JsonOptions = {
  readonly returning: TypeName | undefined
  readonly wrapper: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined
  readonly quotes: 'KEEP' | 'OMIT' | undefined
  readonly onEmpty: JsonBehavior | undefined
  readonly onError: JsonBehavior | undefined
  readonly onNull: 'NULL' | 'ABSENT' | undefined
}

// --------------------------------------------------------------------------------------------- windows and sorting

/** Direction and NULL order are undefined when not written: the dialect decides. */
export type SortItem = {
  readonly is: 'sortItem'
  readonly value: Expression
  readonly direction: 'ASC' | 'DESC' | undefined
  readonly nulls: 'FIRST' | 'LAST' | undefined
  readonly at: Span
}
export type Over = WindowReference | WindowSpecification
/** `OVER w`. */
export type WindowReference = { readonly is: 'windowReference'; readonly name: Identifier; readonly at: Span }
export type WindowSpecification = {
  readonly is: 'windowSpecification'
  /** `OVER (w ORDER BY …)`. */
  readonly base: Identifier | undefined
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame: WindowFrame | SessionFrame | undefined
  readonly at: Span
}
/** A frame without BETWEEN ends at CURRENT ROW. */
export type WindowFrame = {
  readonly is: 'frame'
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS'
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: 'CURRENT ROW' | 'GROUP' | 'TIES' | 'NO OTHERS' | undefined
  readonly at: Span
}
/** `SESSION WITH GAP interval`. */
export type SessionFrame = { readonly is: 'sessionFrame'; readonly gap: Expression; readonly at: Span }
export type FrameBound =
  | { readonly is: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing'; readonly at: Span }
  | { readonly is: 'preceding' | 'following'; readonly distance: Expression; readonly at: Span }
export type NamedWindow = {
  readonly is: 'namedWindow'
  readonly name: Identifier
  readonly window: WindowSpecification
  readonly at: Span
}

// -------------------------------------------------------------------------------------------------------- queries

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

// ----------------------------------------------------------------------------------------------- table references

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
  readonly rowsPerMatch: 'ONE ROW' | 'ALL ROWS' | undefined
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

// ----------------------------------------------------------------------------------------------------- statements

export type Statement =
  | Query
  | Insert
  | Update
  | Delete
  | Truncate
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
  | Explain
  | StatementSet
  | Use
  | Flush
  | Transaction

/** `'connector' = 'kafka'` and `connector = 'kafka'` alike; `text` is the value as text, whatever literal it was. */
export type OptionSetting = {
  readonly is: 'option'
  readonly key: string
  readonly text: string
  /** The literal or name as written. */
  readonly value: Expression
  readonly at: Span
}

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
export type Truncate = { readonly is: 'truncate'; readonly tables: readonly Name[]; readonly at: Span }

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
  readonly kind: 'TABLE' | 'VIEW' | 'MATERIALIZED VIEW' | 'SOURCE'
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
/** What follows SHOW, in upper case with single blanks, without the name after it: `TABLES`, `CREATE TABLE`. */
export type Show = {
  readonly is: 'show'
  readonly what: string
  /** The object or setting named: `SHOW CREATE TABLE t`, `SHOW timezone`. */
  readonly name: Name | undefined
  readonly like: string | undefined
  readonly at: Span
}
export type Describe = { readonly is: 'describe'; readonly name: Name; readonly extended: boolean; readonly at: Span }
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
export type Transaction = {
  readonly is: 'transaction'
  readonly action: 'BEGIN' | 'COMMIT' | 'ROLLBACK'
  readonly at: Span
}

/** One statement of a text and the characters it was read from (without the `;`). */
export type ParsedStatement = { readonly statement: Statement; readonly text: string; readonly at: Span }
