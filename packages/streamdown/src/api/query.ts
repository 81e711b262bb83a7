import type { LiteralValue } from './draft/expression-draft.ts'
import { callerPlace } from './draft/place.ts'
import type { QueryHole } from './draft/relation-draft.ts'
import { type Expression, valueDraft } from './expression.ts'
import { piecesGiven } from './given.ts'
import { RowType } from './schema/row-type.ts'
import { Table } from './table.ts'
import type { Drafted, Mode, RelationOf } from './types/brand.ts'
import type { SqlFunction } from './user-functions.ts'

/** What may stand in a query: a stream or table where SQL wants a table's name, a value, an expression, a function of yours. */
export type QueryPart = (RelationOf<unknown> & Drafted) | LiteralValue | Expression<unknown, never> | SqlFunction

/** The text of a query and what stands in it. */
type QueryTag<R> = (pieces: TemplateStringsArray, ...holes: readonly QueryPart[]) => Table<R, never, Mode>

/**
 * A SQL query over streams and tables of this program: ``query<{ n: bigint }>`SELECT COUNT(*) AS n FROM ${orders}` ``.
 * The row type is yours to say: BIGINT is `bigint` here. Nothing holds it to the query; ``query(t.row({ n: t.bigint }))`...` ``
 * is compared with it when the program starts.
 */
export function query<R, K extends keyof R = never>(
  pieces: TemplateStringsArray,
  ...holes: readonly QueryPart[]
): Table<R, K, Mode>
export function query<R>(type: RowType<R>): QueryTag<R>
export function query(first: TemplateStringsArray | RowType<unknown>, ...holes: readonly QueryPart[]): unknown {
  if (!(first instanceof RowType)) return new Table(queryDraft(first, holes))
  const tag: QueryTag<unknown> = (pieces, ...parts) => new Table({ ...queryDraft(pieces, parts), type: first })
  return tag
}

const queryDraft = (pieces: TemplateStringsArray, holes: readonly QueryPart[]) =>
  ({ is: 'query', pieces: piecesGiven('query', pieces), holes: holes.map(holeDraft), place: callerPlace() }) as const

function holeDraft(part: QueryPart): QueryHole {
  if (isRelation(part)) return { is: 'relation', relation: part['~draft'] }
  return { is: 'value', value: valueDraft(part) }
}

const isRelation = (part: QueryPart): part is RelationOf<unknown> & Drafted =>
  typeof part === 'object' && part !== null && '~draft' in part
