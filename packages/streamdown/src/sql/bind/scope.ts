import { column } from '../../plan/expressions/build.ts'
import type { ColumnExpression, Expression } from '../../plan/expressions/expression.ts'
import { replaceColumns } from '../../plan/expressions/walk.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import type { Schema } from '../../types/data-type.ts'
import { types } from '../../types/data-type.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { Identifier, Span } from '../parse/ast.ts'
import { Carry } from './carry.ts'
import type { Names } from './names.ts'
import { fail } from './problem.ts'

/** Stands for the schema of tables whose names may follow any catalog, database or schema. */
export const ANY_SCHEMA = '*'

export interface ScopeColumn {
  readonly name: string
  readonly table: string | undefined
  /** Of a table without alias: what may stand before its name: its schema, or anything where that is the default one. */
  readonly schema?: string
  /** Its place in the row. */
  readonly index: number
  /** Found by its bare name, and part of `*`. A column merged by USING is not. */
  readonly plain: boolean
  /** The only column of a function that gives no rows but values: the table's name alone means it too. */
  readonly isValue?: boolean
  /** Not part of `*`, though it is found by its name. */
  readonly unlisted?: boolean
}

/** The columns that names mean at some place of a query. */
export interface Scope {
  readonly columns: readonly ScopeColumn[]
  readonly schema: Schema
  /** Those of the enclosing query. */
  readonly outer: Scope | undefined
  /** Of an enclosing query: its rows, to which the subquery will be joined. */
  readonly plan?: PlanNode
  /** Of an enclosing query: takes a column of the query around it in turn among its own; undefined where it cannot. */
  readonly take?: (outer: ColumnExpression) => ColumnExpression | undefined
  /** Of an enclosing query: its columns whose values the subquery's rows carry. */
  readonly carry?: readonly number[]
  /** The places at which rows here carry columns of the enclosing query. */
  readonly carried?: ReadonlyMap<number, number> | undefined
}

export function tableScope(
  schema: Schema,
  table: string | undefined,
  outer: Scope | undefined,
  tableSchema?: string,
): Scope {
  const of = tableSchema === undefined ? {} : { schema: tableSchema }
  return { columns: schema.map(({ name }, index) => ({ name, table, ...of, index, plain: true })), schema, outer }
}

/** The scope over rows that hold the left columns, then the right ones. */
export function joinedScope(left: Scope, right: Scope, schema: Schema): Scope {
  const shift = left.schema.length
  return {
    columns: [...left.columns, ...right.columns.map(c => ({ ...c, index: c.index + shift }))],
    schema,
    outer: left.outer,
    carried: left.carried,
  }
}

/** Columns of the enclosing query stand as negative indexes until the subquery is joined to it. */
export const outerIndex = (index: number): number => -1 - index

export type Found =
  | { readonly is: 'column'; readonly value: Expression; readonly rest: readonly Identifier[] }
  | { readonly is: 'ambiguous'; readonly name: string }
  | undefined

/** Whether a column's table is the one that names lead to, the last of them its name. */
export function isOfTable({ table, schema }: ScopeColumn, path: readonly string[], names: Names): boolean {
  const [wanted, before] = [path.at(-1), path.at(-2)]
  if (table === undefined || wanted === undefined || !names.same(table, wanted)) return false
  return before === undefined || schema === ANY_SCHEMA || (schema !== undefined && names.same(schema, before))
}

/** The column that a dotted name starts with, and the parts after it (fields of a ROW). */
export function findColumn(scope: Scope, parts: readonly Identifier[], names: Names): Found {
  const own = findHere(scope, parts, names)
  if (own !== undefined || scope.outer === undefined) return own
  const outer = findColumn(scope.outer, parts, names)
  return outer?.is === 'column' ? { ...outer, value: seenFromInside(scope, scope.outer, outer.value) } : outer
}

/** The column at a place of the query around whose scope has these columns, as it is seen from inside. */
export function columnAround(scope: Scope, columns: Scope['columns'], index: number): Expression {
  if (scope.columns === columns) return column((scope.plan ?? scope).schema, index)
  if (scope.outer === undefined) return fail('DSD9002', 'A column of a query that is not around.')
  return seenFromInside(scope, scope.outer, columnAround(scope.outer, columns, index))
}

/** A value of the enclosing query's row: carried here, or to be compared when the subquery is joined. */
function seenFromInside(scope: Scope, outer: Scope, value: Expression): Expression {
  return replaceColumns(value, index => {
    const near = index < 0 ? furtherOut(outer, outerIndex(index)) : column((outer.plan ?? outer).schema, index)
    const place = scope.carried?.get(near.index)
    if (place !== undefined) return column(scope.schema, place)
    if (outer.carry !== undefined) throw new Carry(outer, [near.index])
    return { ...near, index: outerIndex(near.index) }
  })
}

/** A column of the query around `scope`: that takes it among its own, or its rows carry it. */
function furtherOut({ outer, take }: Scope, index: number): ColumnExpression {
  if (outer === undefined) return fail('DSD9002', 'A column of a query that is not there.')
  const taken = take?.({ ...column(outer.schema, index), index: outerIndex(index) })
  if (taken === undefined) throw new Carry(outer, [index])
  return taken
}

function findHere(scope: Scope, parts: readonly Identifier[], names: Names): Found {
  const texts = parts.map(part => names.fold(part))
  const at = (found: readonly ScopeColumn[], used: number): Found => {
    const [first, second] = found
    if (first === undefined) return undefined
    if (second !== undefined) return { is: 'ambiguous', name: texts.slice(0, used).join('.') }
    return { is: 'column', value: column(scope.schema, first.index), rest: parts.slice(used) }
  }
  // A qualified name comes first, with its schema before one without; catalogs and databases before it are skipped.
  for (let table = texts.length - 2; table >= 0; table--) {
    const path = texts.slice(0, table + 1)
    if (table === 0 && severalTables(scope, path, names)) return { is: 'ambiguous', name: texts.slice(0, 2).join('.') }
    const found = at(
      scope.columns.filter(c => isOfTable(c, path, names) && names.same(c.name, texts[table + 1]!)),
      table + 2,
    )
    if (found !== undefined) return found
  }
  const plain = at(
    scope.columns.filter(c => c.plain && names.same(c.name, texts[0]!)),
    1,
  )
  if (plain !== undefined) return plain
  return texts.length === 1 ? wholeRow(scope, texts[0]!, names) : undefined
}

/** Whether tables of several schemas go by a name. */
const severalTables = (scope: Scope, path: readonly string[], names: Names): boolean =>
  new Set(scope.columns.filter(c => isOfTable(c, path, names)).map(c => c.schema)).size > 1

/** A table's name alone is its row. */
function wholeRow(scope: Scope, table: string, names: Names): Found {
  const members = scope.columns.filter(c => c.table !== undefined && names.same(c.table, table))
  const [first] = members
  if (first === undefined) return undefined
  if (first.isValue === true) return { is: 'column', value: column(scope.schema, first.index), rest: [] }
  const args = members.map(member => column(scope.schema, member.index))
  const type = types.row(args.map(({ name, type, nullable }) => ({ name, type, nullable })))
  return { is: 'column', value: { is: 'call', name: 'row', args, type, nullable: false }, rest: [] }
}

export function unknownColumn(scope: Scope, parts: readonly Identifier[], names: Names, at: Span): never {
  const text = parts.map(part => part.text).join('.')
  const wanted = names.fold(parts.at(-1)!)
  const candidates = scope.columns.map(c => c.name)
  const list = [...new Set(candidates)]
  const known =
    list.length === 0
      ? 'There are no columns here.'
      : `Columns: ${list.slice(0, 20).join(', ')}${list.length > 20 ? ', …' : ''}.`
  fail('DSD2002', `There is no column "${text}".${didYouMean(wanted, candidates)} ${known}`, at)
}
