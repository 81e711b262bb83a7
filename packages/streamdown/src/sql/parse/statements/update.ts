/** UPDATE and DELETE. */

import type { Delete, Identifier, Update, With } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { alias, name } from '../names.ts'
import { tableReferences } from '../tables.ts'
import { assignments, returning } from './insert.ts'

export function update(c: Cursor, clause: With | undefined): Update {
  const start = clause?.at.start ?? c.start
  c.expect('UPDATE')
  const table = name(c, 'a table')
  const tableAlias: Identifier | undefined = c.is('SET') ? undefined : alias(c)
  c.expect('SET')
  const assigned = assignments(c)
  const from = c.accept('FROM') ? tableReferences(c) : []
  const where = c.accept('WHERE') ? expression(c) : undefined
  const returned = returning(c)
  return {
    is: 'update',
    with: clause,
    table,
    alias: tableAlias,
    assignments: assigned,
    from,
    where,
    returning: returned,
    at: c.since(start),
  }
}

export function deleteRows(c: Cursor, clause: With | undefined): Delete {
  const start = clause?.at.start ?? c.start
  c.expect('DELETE', 'FROM')
  const table = name(c, 'a table')
  const tableAlias = alias(c)
  const using = c.accept('USING') ? tableReferences(c) : []
  const where = c.accept('WHERE') ? expression(c) : undefined
  const returned = returning(c)
  return { is: 'delete', with: clause, table, alias: tableAlias, using, where, returning: returned, at: c.since(start) }
}
