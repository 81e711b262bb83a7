/** DROP. */

import type { Drop, DropKind } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { name } from '../names.ts'
import { typeName } from '../types.ts'

const kinds = [
  'TABLE',
  'VIEW',
  'SOURCE',
  'SINK',
  'INDEX',
  'FUNCTION',
  'AGGREGATE',
  'SCHEMA',
  'DATABASE',
  'CATALOG',
  'TYPE',
] as const

export function drop(c: Cursor): Drop {
  const { start } = c.expect('DROP')
  const temporary = c.acceptOneOf('TEMPORARY', 'TEMP') !== undefined
  const kind: DropKind = c.accept('MATERIALIZED', 'VIEW') ? 'MATERIALIZED VIEW' : c.expectOneOf(...kinds)
  const ifExists = c.accept('IF', 'EXISTS')
  const names = c.list(() => {
    const dropped = name(c)
    if (c.accept('(', ')')) return dropped
    if (c.is('(')) c.parenthesised(() => typeName(c))
    return dropped
  })
  const cascade = c.acceptOneOf('CASCADE', 'RESTRICT') === 'CASCADE'
  return { is: 'drop', kind, temporary, names, ifExists, cascade, at: c.since(start) }
}
