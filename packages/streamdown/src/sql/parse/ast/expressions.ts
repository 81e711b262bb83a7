/** Expressions; ast.ts tells how they look. */

import type { Identifier, Name, Span } from './names.ts'
import type { Query, SelectItem } from './queries.ts'
import type { TypeName } from './types.ts'
import type { Over, SortItem } from './windows.ts'

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
/** `PASSING value AS name`: a variable of the path. */
export type JsonPassing = { readonly name: Identifier; readonly value: Expression }
/** What may follow the arguments of SQL/JSON functions. For JSON_OBJECT(KEY k VALUE v) the args are k, v, k, v, …. */
export type JsonOptions = {
  readonly passing: readonly JsonPassing[]
  readonly returning: TypeName | undefined
  readonly wrapper: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL' | undefined
  readonly quotes: 'KEEP' | 'OMIT' | undefined
  readonly onEmpty: JsonBehavior | undefined
  readonly onError: JsonBehavior | undefined
  readonly onNull: 'NULL' | 'ABSENT' | undefined
}
