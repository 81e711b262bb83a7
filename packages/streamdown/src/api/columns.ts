import { StreamdownError } from '../errors/error.ts'
import { callerPlace } from './draft/place.ts'
import type { NamedExpression, OrderDraft, RelationDraft } from './draft/relation-draft.ts'
import { columnDraft, Expression } from './expression.ts'
import { objectGiven, refuse, textGiven } from './given.ts'
import type { At, Columns, ColumnValue } from './types/row.ts'

/** A computed column: an arrow over the row, or an expression. */
export type Derivation<R> = ((row: R) => ColumnValue) | Expression<unknown, R>

/** What a computed column gives; an arrow's literal result counts as its kind. */
export type Derived<D> =
  D extends Expression<infer V, never> ? V : D extends (row: never) => infer V ? Widened<V> : never

/** The computed columns of a `derive`. */
export type DerivedColumns<D> = { -readonly [K in keyof D]: Derived<D[K]> }

type Widened<V> = [V] extends [boolean] ? boolean : V

/** A column of a `select`: an existing one by name, or a computed one. */
export type Selection<R> = (keyof Columns<R> & string) | Derivation<R>

/** The row of a `select`. */
export type Selected<R, S> = { -readonly [K in keyof S]: S[K] extends string ? At<R, S[K]> : Derived<S[K]> }

/** An order: a column, `'total desc'`; NULLs last, `'total desc nulls first'`. */
export type Order<R> = OrderText<keyof Columns<R> & string>
type OrderText<C extends string> = C | `${C} ${'asc' | 'desc'}` | `${C} ${'asc' | 'desc'} nulls first`

/** Writes each row's place, from 1, into a column of this name. */
export interface Ranked {
  readonly rank: string
}

/** The columns that a `top` adds. */
export type RankColumn<O extends readonly unknown[]> = { [N in Extract<O[number], Ranked>['rank']]: number }

/** @internal */
export function namedExpressions(columns: Readonly<Record<string, unknown>>): readonly NamedExpression[] {
  const given = objectGiven("Columns are wanted by their names, { total: mul('price', 2) }", columns)
  return Object.entries(given).map(([name, column]) => ({ name, value: columnOrArrow(name, column) }))
}

function columnOrArrow(name: string, column: unknown): NamedExpression['value'] {
  if (typeof column === 'string') return columnDraft(column)
  if (column instanceof Expression) return column.draft
  if (isArrow(column)) return { is: 'arrow', arrow: column, place: callerPlace() }
  throw new StreamdownError(
    'DSD5007',
    `Column '${name}' wants an arrow over the row, an expression or a column's name.`,
  )
}

const isArrow = (value: unknown): value is (row: never) => unknown => typeof value === 'function'

/** @internal */
export interface TopRequest {
  readonly count: number
  readonly order: readonly OrderDraft[]
  readonly rank?: string
}

/** @internal */
export function topRequest(count: number, items: readonly (string | Ranked)[]): TopRequest {
  if (typeof count !== 'number') refuse('top() wants a number of rows', count)
  const order: OrderDraft[] = []
  let rank: string | undefined
  for (const item of items) {
    if (typeof item === 'string') order.push(orderDraft(item))
    else
      rank = textGiven(
        "top() wants orders, and { rank: 'column' }",
        objectGiven("top() wants orders, as 'total desc'", item).rank,
      )
  }
  return rank === undefined ? { count, order } : { count, order, rank }
}

function orderDraft(text: string): OrderDraft {
  const [column = '', direction = 'asc', ...nulls] = text.split(' ')
  if (direction !== 'asc' && direction !== 'desc') {
    throw new StreamdownError(
      'DSD5007',
      `'${text}' is no order: write 'column', 'column desc' or 'column desc nulls first'.`,
    )
  }
  return { column, descending: direction === 'desc', nullsFirst: nulls.join(' ') === 'nulls first' }
}

/** @internal */
export const branches = (
  input: RelationDraft,
  conditions: readonly NamedExpression['value'][],
): readonly RelationDraft[] =>
  [...conditions.keys(), conditions.length].map(index => ({
    is: 'branch',
    input,
    conditions,
    index,
    place: callerPlace(),
  }))
