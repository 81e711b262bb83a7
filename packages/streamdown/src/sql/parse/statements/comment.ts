/** COMMENT ON. */

import type { Comment } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { name, text } from '../names.ts'

export function comment(c: Cursor): Comment {
  const { start } = c.expect('COMMENT')
  c.expect('ON')
  const kind = c.accept('MATERIALIZED', 'VIEW')
    ? 'MATERIALIZED VIEW'
    : c.expectOneOf('TABLE', 'VIEW', 'SOURCE', 'COLUMN')
  const on = name(c)
  c.expect('IS')
  if (!c.accept('NULL')) text(c)
  return { is: 'comment', kind, on, at: c.since(start) }
}
