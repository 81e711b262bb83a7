/** CREATE, of everything but tables. */

import type {
  CreateIndex,
  CreateNamespace,
  CreateSink,
  CreateType,
  CreateView,
  Identifier,
  Query,
  Statement,
  TypeName,
} from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { identifier, identifiers, isName, name, text } from '../names.ts'
import { formatClause, optionSettings, withOptions } from '../options.ts'
import { emitClause, query } from '../queries.ts'
import { rowTypeField, typeName } from '../types.ts'
import { sortItem } from '../windows.ts'
import { createFunction } from './create-function.ts'
import { createTable } from './create-table.ts'

/** The words between CREATE and the kind of thing. */
export interface CreateWords {
  readonly start: number
  readonly orReplace: boolean
  readonly temporary: boolean
}

/** Flink also writes `REPLACE TABLE` for `CREATE OR REPLACE TABLE`. */
export function create(c: Cursor): Statement {
  const { start, key } = c.take()
  const orReplace = key === 'REPLACE' || c.accept('OR', 'REPLACE')
  const temporary = c.acceptOneOf('TEMPORARY', 'TEMP') !== undefined
  const words: CreateWords = { start, orReplace, temporary }
  if (c.accept('TABLE')) return createTable(c, words, 'TABLE')
  if (c.accept('SOURCE')) return createTable(c, words, 'SOURCE')
  if (c.accept('SINK')) return createSink(c, words)
  if (c.accept('VIEW')) return createView(c, words, {})
  if (c.accept('MATERIALIZED', 'VIEW')) return createView(c, words, { materialized: true })
  if (c.accept('LOCAL', 'VIEW')) return createView(c, words, { local: true })
  if (c.accept('FUNCTION') || c.accept('SYSTEM', 'FUNCTION')) return createFunction(c, words, false)
  if (c.accept('AGGREGATE')) {
    c.accept('FUNCTION')
    return createFunction(c, words, true)
  }
  if (c.accept('INDEX')) return createIndex(c, start, false)
  if (c.accept('UNIQUE', 'INDEX')) return createIndex(c, start, true)
  if (c.accept('TYPE')) return createType(c, start)
  const kind = c.acceptOneOf('SCHEMA', 'DATABASE', 'CATALOG')
  if (kind !== undefined) return createNamespace(c, start, kind)
  throw c.expected('TABLE, VIEW, MATERIALIZED VIEW, SOURCE, SINK, FUNCTION, INDEX, TYPE, SCHEMA, DATABASE or CATALOG', [
    'TABLE',
    'VIEW',
    'MATERIALIZED',
    'SOURCE',
    'SINK',
    'FUNCTION',
    'INDEX',
  ])
}

export function ifNotExists(c: Cursor): boolean {
  return c.accept('IF', 'NOT', 'EXISTS')
}

function createView(
  c: Cursor,
  { start, orReplace, temporary }: CreateWords,
  kind: { readonly materialized?: boolean; readonly local?: boolean },
): CreateView {
  const unlessExists = ifNotExists(c)
  const view = name(c, 'a name for the view')
  const columns = c.is('(') ? viewColumns(c) : []
  const comment = c.accept('COMMENT') ? text(c) : undefined
  const options = withOptions(c)
  const emitted = emitClause(c)
  c.expect('AS')
  const written: Query = query(c)
  const body = emitted === undefined || written.emit !== undefined ? written : { ...written, emit: emitted }
  if (!c.accept('WITH', 'NO', 'DATA')) c.accept('WITH', 'DATA')
  return {
    is: 'createView',
    name: view,
    orReplace,
    temporary,
    materialized: kind.materialized ?? false,
    altered: false,
    local: kind.local ?? false,
    ifNotExists: unlessExists,
    columns,
    comment,
    options,
    query: body,
    at: c.since(start),
  }
}

function viewColumns(c: Cursor): Identifier[] {
  return c.parenthesised(() => {
    const column = identifier(c, 'a column name')
    if (c.accept('COMMENT')) text(c)
    return column
  })
}

function createSink(c: Cursor, { start, orReplace }: CreateWords): CreateSink {
  const unlessExists = ifNotExists(c)
  const sink = name(c, 'a name for the sink')
  const into = c.accept('INTO') ? name(c, 'a table') : undefined
  const columns = into !== undefined && c.is('(') ? identifiers(c) : []
  const from = c.accept('FROM') ? name(c, 'a table or view') : undefined
  const as = from === undefined && c.accept('AS') ? query(c) : undefined
  if (from === undefined && as === undefined) throw c.expected('FROM or AS', ['FROM'])
  const options = withOptions(c)
  const format = formatClause(c)
  return {
    is: 'createSink',
    name: sink,
    orReplace,
    ifNotExists: unlessExists,
    into,
    columns,
    from,
    as,
    options,
    format,
    at: c.since(start),
  }
}

function createIndex(c: Cursor, start: number, unique: boolean): CreateIndex {
  const unlessExists = ifNotExists(c)
  const index = c.is('ON') ? undefined : name(c, 'a name for the index')
  c.expect('ON')
  const table = name(c, 'a table')
  const columns = c.parenthesised(() => sortItem(c))
  const include = c.accept('INCLUDE') ? identifiers(c) : []
  const distributedBy = c.accept('DISTRIBUTED', 'BY') ? c.parenthesised(() => expression(c)) : []
  return {
    is: 'createIndex',
    name: index,
    unique,
    ifNotExists: unlessExists,
    table,
    columns,
    include,
    distributedBy,
    at: c.since(start),
  }
}

function createNamespace(c: Cursor, start: number, kind: CreateNamespace['kind']): CreateNamespace {
  const unlessExists = ifNotExists(c)
  const created = name(c)
  if (c.accept('COMMENT')) text(c)
  const options = c.accept('WITH') ? optionSettings(c) : []
  return { is: 'createNamespace', kind, name: created, ifNotExists: unlessExists, options, at: c.since(start) }
}

function createType(c: Cursor, start: number): CreateType {
  const created = name(c, 'a name for the type')
  c.expect('AS')
  const type = c.is('(') ? rowOfFields(c) : typeName(c)
  return { is: 'createType', name: created, type, at: c.since(start) }
}

function rowOfFields(c: Cursor): TypeName {
  const start = c.start
  const fields = c.parenthesised(() => {
    if (!isName(c.token)) throw c.expected('a field name')
    return rowTypeField(c)
  })
  return { is: 'rowType', fields, nullable: undefined, at: c.since(start) }
}
