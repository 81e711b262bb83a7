/** ALTER TABLE and its like. */

import type { AlterAction, AlterTable, CreateView, Name } from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { identifier, isName, name } from '../names.ts'
import { oneOption, optionKey, optionSettings } from '../options.ts'
import { query } from '../queries.ts'
import { typeName } from '../types.ts'
import { columnDefinition, tableConstraint } from './columns.ts'

export function alter(c: Cursor): AlterTable | CreateView {
  const { start } = c.expect('ALTER')
  const kind = c.accept('MATERIALIZED', 'VIEW')
    ? 'MATERIALIZED VIEW'
    : c.expectOneOf('TABLE', 'VIEW', 'SOURCE', 'INDEX')
  const ifExists = c.accept('IF', 'EXISTS')
  const altered = name(c)
  if (kind === 'VIEW' && !ifExists && c.accept('AS')) return otherQuery(c, start, altered)
  const actions = actionList(c)
  return { is: 'alterTable', kind, name: altered, ifExists, actions, at: c.since(start) }
}

/** `ALTER VIEW name AS query` */
function otherQuery(c: Cursor, start: number, view: Name): CreateView {
  return {
    is: 'createView',
    name: view,
    orReplace: true,
    temporary: false,
    materialized: false,
    altered: true,
    local: false,
    ifNotExists: false,
    columns: [],
    comment: undefined,
    options: [],
    query: query(c),
    at: c.since(start),
  }
}

/** Actions parted by commas; Flink also writes `ADD (a INT, b INT)` and `DROP (a, b)`. */
function actionList(c: Cursor): AlterAction[] {
  if (c.is('ADD', '(')) {
    c.take()
    return c.parenthesised(() => addition(c, c.start))
  }
  if (c.is('DROP', '(')) {
    c.take()
    return c.parenthesised(() => dropped(c, c.start))
  }
  return c.list(() => action(c))
}

function action(c: Cursor): AlterAction {
  const start = c.start
  switch (c.expectOneOf('ADD', 'DROP', 'RENAME', 'ALTER', 'SET', 'RESET')) {
    case 'ADD':
      return addition(c, start)
    case 'DROP': {
      c.accept('COLUMN')
      return dropped(c, start)
    }
    case 'RENAME': {
      if (c.accept('TO')) return { is: 'renameTable', to: name(c), at: c.since(start) }
      c.accept('COLUMN')
      const from = identifier(c, 'a column')
      c.expect('TO')
      const to = identifier(c, 'a column name')
      return { is: 'renameColumn', from, to, at: c.since(start) }
    }
    case 'ALTER':
      return columnAction(c, start)
    case 'SET': {
      if (c.is('SCHEMA') && isName(c.peek(1)) && !c.isAt(1, 'TO')) {
        c.take()
        return { is: 'setSchema', schema: identifier(c, 'a schema'), at: c.since(start) }
      }
      if (!c.is('(')) return { is: 'setOptions', options: [oneOption(c)], at: c.since(start) }
      const options = optionSettings(c)
      return { is: 'setOptions', options, at: c.since(start) }
    }
    case 'RESET': {
      const keys = c.parenthesised(() => optionKey(c))
      return { is: 'resetOptions', keys, at: c.since(start) }
    }
  }
}

function dropped(c: Cursor, start: number): AlterAction {
  const ifExists = c.accept('IF', 'EXISTS')
  const column = identifier(c, 'a column')
  const cascade = c.acceptOneOf('CASCADE', 'RESTRICT') === 'CASCADE'
  return { is: 'dropColumn', column, ifExists, cascade, at: c.since(start) }
}

function addition(c: Cursor, start: number): AlterAction {
  const constraint = tableConstraint(c)
  if (constraint !== undefined) return { is: 'addConstraint', constraint, at: c.since(start) }
  c.accept('COLUMN')
  const ifNotExists = c.accept('IF', 'NOT', 'EXISTS')
  const column = columnDefinition(c)
  return { is: 'addColumn', column, ifNotExists, at: c.since(start) }
}

function columnAction(c: Cursor, start: number): AlterAction {
  c.accept('COLUMN')
  const column = identifier(c, 'a column')
  if (c.accept('DROP', 'DEFAULT')) return { is: 'setDefault', column, value: undefined, at: c.since(start) }
  if (c.accept('DROP', 'NOT', 'NULL')) return { is: 'setNotNull', column, notNull: false, at: c.since(start) }
  if (c.accept('SET', 'NOT', 'NULL')) return { is: 'setNotNull', column, notNull: true, at: c.since(start) }
  if (c.accept('SET', 'DEFAULT')) {
    const value = expression(c)
    return { is: 'setDefault', column, value, at: c.since(start) }
  }
  if (!c.accept('SET', 'DATA', 'TYPE')) c.expect('TYPE')
  const type = typeName(c)
  return { is: 'setType', column, type, at: c.since(start) }
}
