/** COPY … TO a file. */

import type { Copy, CopyOption, Query, SelectItem } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { identifier, identifiers, name, text } from '../names.ts'
import { parenthesisedQuery } from '../primary.ts'
import { plainQuery } from '../queries.ts'
import { selectAll } from '../select.ts'

export function copy(c: Cursor): Copy {
  const { start } = c.expect('COPY')
  const copied = c.is('(') ? parenthesisedQuery(c) : tableRows(c)
  c.expect('TO')
  const path = text(c, 'a path as a string')
  c.accept('WITH')
  const options = c.is('(') ? c.parenthesised(() => copyOption(c)) : []
  return { is: 'copy', query: copied, path, options, at: c.since(start) }
}

/** `t`, `t (a, b)`. */
function tableRows(c: Cursor): Query {
  const start = c.start
  const table = name(c, 'a table or a query in parentheses')
  const columns = c.is('(') ? identifiers(c) : []
  const at = c.since(start)
  const all = selectAll([{ is: 'table', name: table, hints: [], systemTime: undefined, alias: undefined, at }], at)
  if (columns.length === 0) return plainQuery(all, at)
  const items = columns.map(
    (column): SelectItem => ({
      is: 'selectItem',
      value: { is: 'column', parts: [column], at: column.at },
      alias: undefined,
      at: column.at,
    }),
  )
  return plainQuery({ ...all, items }, at)
}

/** `FORMAT csv`, `HEADER`, `DELIMITER ';'`, `HEADER = false`. */
function copyOption(c: Cursor): CopyOption {
  const start = c.start
  const option = identifier(c, 'an option').text.toUpperCase()
  c.accept('=')
  const value = c.is(',') || c.is(')') ? undefined : c.take().text
  return { name: option, text: value, at: c.since(start) }
}
