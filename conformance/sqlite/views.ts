import type { Session } from '../../packages/streamdown/src/session/session.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import type { Query, Record } from './parse.ts'

/** A drawn query as a materialized view. */
interface View {
  readonly name: string
  readonly query: Query
}

const CREATE_TABLE = /^\s*CREATE\s+TABLE\s+(\w+)/i
const DROP_TABLE = /^\s*DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?(\w+)/i

/**
 * The records in the order in which views can be created before anything is inserted: tables that the file creates once
 * and never drops come first, and then the views that only read those.
 */
export function tablesFirst(records: readonly Record[]): {
  readonly tables: readonly Record[]
  readonly rest: readonly Record[]
} {
  const created = new Map<string, number>()
  const dropped = new Set<string>()
  for (const { sql } of records) {
    const name = CREATE_TABLE.exec(sql)?.[1]?.toLowerCase()
    if (name !== undefined) created.set(name, (created.get(name) ?? 0) + 1)
    const gone = DROP_TABLE.exec(sql)?.[1]?.toLowerCase()
    if (gone !== undefined) dropped.add(gone)
  }
  const lasting = ({ sql }: Record): boolean => {
    const name = CREATE_TABLE.exec(sql)?.[1]?.toLowerCase()
    return name !== undefined && created.get(name) === 1 && !dropped.has(name)
  }
  return { tables: records.filter(lasting), rest: records.filter(record => !lasting(record)) }
}

/** Views over the tables that are there: those that cannot be created yet are not among them. */
export async function createViews(session: Session, queries: readonly Query[]): Promise<ReadonlyMap<Query, View>> {
  const views = new Map<Query, View>()
  for (const [at, query] of queries.entries()) {
    const view = { name: `drawn_view_${at}`, query }
    if (await createView(session, view)) views.set(query, view)
  }
  return views
}

async function createView(session: Session, { name, query }: View): Promise<boolean> {
  const columns = query.types.map((_, at) => `c${at}`).join(', ')
  try {
    await session.execute(`CREATE MATERIALIZED VIEW ${name} (${columns}) AS ${query.sql}`)
    return true
  } catch (error) {
    // The view reads something that the file creates later; it is created there, see run.ts.
    if (error instanceof Error && /DSD200[12]/.test(error.message)) return false
    throw error
  }
}

/** What differs between a view and the bounded query's answer, as multisets. */
export async function viewDifference(
  session: Session,
  view: string,
  rows: readonly (readonly Value[])[],
): Promise<string | undefined> {
  const [result] = await session.execute(`SELECT * FROM ${view}`)
  await session.execute(`DROP MATERIALIZED VIEW ${view}`)
  if (result?.is !== 'rows') return 'the view has no rows'
  const [mine, other] = [result.rows, rows].map(each => each.map(keyOf).sort())
  if (mine?.length !== other?.length) return `the view has ${mine?.length} rows, the query ${other?.length}`
  const at = mine?.findIndex((key, index) => key !== other?.[index]) ?? -1
  return at < 0 ? undefined : `the view has ${mine?.[at]}, the query ${other?.[at]}`
}

const keyOf = (row: readonly Value[]): string => row.map(value => String(value)).join('|')
