/** Which statement stands here. */

import type { Statement } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { query, startsQuery, withClause } from '../queries.ts'
import { alter } from './alter.ts'
import { comment } from './comment.ts'
import { copy } from './copy.ts'
import { create } from './create.ts'
import { drop } from './drop.ts'
import { foreignStatement } from './foreign.ts'
import { insert, insertAfterWith } from './insert.ts'
import {
  describe,
  explain,
  reset,
  setOption,
  show,
  showSettings,
  statementSet,
  transaction,
  truncate,
  use,
} from './session.ts'
import { deleteRows, update } from './update.ts'

const starts = [
  'SELECT',
  'FROM',
  'WITH',
  'VALUES',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'COMMENT',
  'DROP',
  'TRUNCATE',
  'SET',
  'RESET',
  'SHOW',
  'DESCRIBE',
  'EXPLAIN',
  'COPY',
  'USE',
  'FLUSH',
  'EXECUTE',
  'BEGIN',
  'COMMIT',
  'ROLLBACK',
] // prettier-ignore

export function statement(c: Cursor): Statement {
  const { start, key } = c.token
  const foreign = foreignStatement(c)
  if (foreign !== undefined) return foreign
  switch (key) {
    case 'CREATE':
    case 'REPLACE':
      return create(c)
    case 'DROP':
      return drop(c)
    case 'ALTER':
      return alter(c)
    case 'COMMENT':
      return comment(c)
    case 'INSERT':
    case 'UPSERT':
      return insert(c, undefined)
    case 'UPDATE':
      return update(c, undefined)
    case 'DELETE':
      return deleteRows(c, undefined)
    case 'TRUNCATE':
      return truncate(c)
    case 'SET':
      return c.isAt(1, ';') || c.peek(1).kind === 'end' ? showSettings(c) : setOption(c)
    case 'RESET':
      return reset(c)
    case 'SHOW':
      return show(c)
    case 'DESCRIBE':
    case 'DESC':
      return describe(c)
    case 'EXPLAIN':
      return explain(c)
    case 'COPY':
      return copy(c)
    case 'USE':
      return use(c)
    case 'FLUSH':
      c.take()
      return { is: 'flush', at: c.since(start) }
    case 'EXECUTE':
      if (c.is('EXECUTE', 'STATEMENT', 'SET')) return statementSet(c)
      c.take()
      return statement(c)
    case 'BEGIN':
    case 'START':
    case 'COMMIT':
    case 'ROLLBACK':
      return c.is('BEGIN', 'STATEMENT', 'SET') ? statementSet(c) : transaction(c)
    case 'WITH':
      return withStatement(c)
    default:
      if (startsQuery(c, 0) || c.isOneOf('(', 'VALUES')) return query(c)
      throw c.expected('a statement', starts)
  }
}

/** `WITH …` before INSERT, UPDATE or DELETE, or as part of a query. */
function withStatement(c: Cursor): Statement {
  if (!changesRows(c)) return query(c)
  const clause = withClause(c)
  if (c.is('UPDATE')) return update(c, clause)
  return c.is('DELETE') ? deleteRows(c, clause) : insertAfterWith(c, clause)
}

function changesRows(c: Cursor): boolean {
  let depth = 0
  for (let ahead = 0; c.peek(ahead).kind !== 'end'; ahead++) {
    const { key } = c.peek(ahead)
    if (key === '(') depth += 1
    if (key === ')') depth -= 1
    if (depth > 0) continue
    const isName = c.isAt(ahead + 1, 'AS', '(')
    if ((key === 'INSERT' || key === 'UPDATE' || key === 'DELETE') && !isName) return true
    if (key === 'SELECT' || key === 'VALUES' || key === ';') return false
  }
  return false
}
