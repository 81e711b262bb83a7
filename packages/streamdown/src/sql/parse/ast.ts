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
 * An expression in parentheses spans them; that is all they leave behind (but `(x).f` is a field, `x.f` a column).
 *
 * The tree's height is bounded by the parser (see height.ts), so recursive walks are safe.
 */

export type * from './ast/create-table.ts'
export type * from './ast/definitions.ts'
export type * from './ast/expressions.ts'
export type * from './ast/names.ts'
export type * from './ast/queries.ts'
export type * from './ast/statements.ts'
export type * from './ast/tables.ts'
export type * from './ast/types.ts'
export type * from './ast/windows.ts'
