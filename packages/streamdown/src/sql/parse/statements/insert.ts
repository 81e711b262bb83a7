/** INSERT. */

import type { Assignment, Insert, Name, OnConflict, PartitionValue, SelectItem, With } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { hints } from '../hints.ts'
import { identifier, identifiers, name } from '../names.ts'
import { opensQuery } from '../primary.ts'
import { query } from '../queries.ts'
import { selectItem } from '../select.ts'

export function insert(c: Cursor, clause: With | undefined): Insert {
  const start = clause?.at.start ?? c.start
  c.take()
  const overwrite = c.accept('OVERWRITE')
  const into = c.accept('INTO')
  if (!overwrite && !into) throw c.expected('INTO', ['INTO', 'OVERWRITE'])
  c.accept('TABLE')
  const table = name(c, 'a table')
  let written = hints(c)
  let columns: readonly Name[] = insertColumns(c)
  const partition = c.accept('PARTITION') ? c.parenthesised(() => partitionValue(c)) : []
  if (columns.length === 0) columns = insertColumns(c)
  if (written.length === 0) written = hints(c)
  const source = c.accept('DEFAULT', 'VALUES') ? undefined : query(c)
  const conflict = onConflict(c)
  const returned = returning(c)
  return {
    is: 'insert',
    with: clause,
    overwrite,
    table,
    hints: written,
    columns,
    partition,
    source,
    onConflict: conflict,
    returning: returned,
    at: c.since(start),
  }
}

export function insertAfterWith(c: Cursor, clause: With | undefined): Insert {
  if (!c.is('INSERT')) throw c.expected('INSERT, UPDATE, DELETE or SELECT', ['INSERT', 'SELECT'])
  return insert(c, clause)
}

/** A parenthesis here holds column names, unless it opens a query. */
function insertColumns(c: Cursor): Name[] {
  if (!c.is('(') || opensQuery(c)) return []
  return c.parenthesised(() => name(c, 'a column'))
}

function partitionValue(c: Cursor): PartitionValue {
  const column = identifier(c, 'a column')
  const value = c.accept('=') ? expression(c) : undefined
  return { is: 'partitionValue', column, value, at: c.since(column.at.start) }
}

export function onConflict(c: Cursor): OnConflict | undefined {
  const start = c.start
  if (!c.accept('ON', 'CONFLICT')) return undefined
  const columns = c.is('(') ? identifiers(c) : []
  if (c.accept('OVERWRITE')) return conflict(c, start, columns, 'UPDATE FULL')
  if (c.accept('IGNORE')) return conflict(c, start, columns, 'NOTHING')
  c.expect('DO')
  if (c.accept('NOTHING')) return conflict(c, start, columns, 'NOTHING')
  c.expect('UPDATE')
  if (c.accept('FULL')) return conflict(c, start, columns, 'UPDATE FULL')
  if (c.accept('IF', 'NOT', 'NULL')) return conflict(c, start, columns, 'UPDATE IF NOT NULL')
  const assigned = c.accept('SET') ? assignments(c) : []
  const where = c.accept('WHERE') ? expression(c) : undefined
  return { ...conflict(c, start, columns, 'UPDATE'), assignments: assigned, where, at: c.since(start) }
}

function conflict(c: Cursor, start: number, columns: OnConflict['columns'], action: OnConflict['action']): OnConflict {
  return { is: 'onConflict', columns, action, assignments: [], where: undefined, at: c.since(start) }
}

/** What follows SET in UPDATE and ON CONFLICT. */
export function assignments(c: Cursor): Assignment[] {
  return c.list(() => {
    const start = c.start
    const columns = c.is('(') ? c.parenthesised(() => name(c, 'a column')) : [name(c, 'a column')]
    c.expect('=')
    const value = expression(c)
    return { is: 'assignment', columns, value, at: c.since(start) }
  })
}

export function returning(c: Cursor): SelectItem[] {
  return c.accept('RETURNING') ? c.list(() => selectItem(c)) : []
}
