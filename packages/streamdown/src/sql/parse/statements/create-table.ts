/** CREATE TABLE and CREATE SOURCE: the clauses around the column list. */

import type {
  CreateTable,
  Expression,
  FormatClause,
  Identifier,
  IncludeColumn,
  LikeClause,
  Name,
  OnConflict,
  OptionSetting,
  Query,
} from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { identifier, identifiers, integer, isName, name, text } from '../names.ts'
import { formatClause, optionSettings } from '../options.ts'
import { query } from '../queries.ts'
import { typeName } from '../types.ts'
import { emptyElements, tableElements } from './columns.ts'
import { type CreateWords, ifNotExists } from './create.ts'
import { onConflict } from './insert.ts'

interface Clauses {
  appendOnly: boolean
  onConflict: OnConflict | undefined
  versionColumns: readonly Identifier[]
  includes: IncludeColumn[]
  partitionedBy: readonly Expression[]
  distributedBy: readonly Identifier[]
  comment: string | undefined
  options: readonly OptionSetting[]
  format: FormatClause | undefined
  like: LikeClause | undefined
  from: Name | undefined
  as: Query | undefined
}

export function createTable(
  c: Cursor,
  { start, orReplace, temporary }: CreateWords,
  kind: CreateTable['kind'],
): CreateTable {
  const unlessExists = ifNotExists(c)
  const table = name(c, 'a name for the table')
  const elements = c.is('(') ? tableElements(c) : emptyElements()
  const clauses: Clauses = {
    appendOnly: false,
    onConflict: undefined,
    versionColumns: [],
    includes: [],
    partitionedBy: [],
    distributedBy: [],
    comment: undefined,
    options: [],
    format: undefined,
    like: elements.like,
    from: undefined,
    as: undefined,
  }
  while (clauses.as === undefined && tableClause(c, clauses)) {
    // Clauses come in any order; AS is the last.
  }
  return {
    is: 'createTable',
    kind,
    name: table,
    orReplace,
    temporary,
    ifNotExists: unlessExists,
    columns: elements.columns,
    columnsFromSchema: elements.columnsFromSchema,
    constraints: elements.constraints,
    watermarks: elements.watermarks,
    ...clauses,
    at: c.since(start),
  }
}

function tableClause(c: Cursor, found: Clauses): boolean {
  switch (c.token.key) {
    case 'APPEND':
      c.expect('APPEND', 'ONLY')
      found.appendOnly = true
      return true
    case 'ON':
      found.onConflict = onConflict(c)
      return found.onConflict !== undefined
    case 'WITH':
      return withClause(c, found)
    case 'INCLUDE':
      found.includes.push(includeColumn(c))
      return true
    case 'PARTITIONED':
      c.expect('PARTITIONED', 'BY')
      found.partitionedBy = c.parenthesised(() => expression(c))
      return true
    case 'DISTRIBUTED':
      distribution(c, found)
      return true
    case 'COMMENT':
      c.take()
      found.comment = text(c)
      return true
    case 'FORMAT':
      found.format = formatClause(c)
      return found.format !== undefined
    case 'LIKE':
      found.like = likeClause(c)
      return true
    case 'FROM':
      c.take()
      found.from = name(c, 'a source')
      if (c.accept('TABLE')) text(c)
      return true
    case 'ENGINE':
      c.take()
      c.accept('=')
      identifier(c)
      return true
    case 'AS':
      c.take()
      found.as = query(c)
      return true
    default:
      return false
  }
}

/** `WITH (options)` or `WITH VERSION COLUMN (a, b)`. */
function withClause(c: Cursor, found: Clauses): boolean {
  c.expect('WITH')
  if (c.accept('VERSION')) {
    c.expectOneOf('COLUMN', 'COLUMNS')
    found.versionColumns = identifiers(c)
    return true
  }
  found.options = optionSettings(c)
  return true
}

/** `DISTRIBUTED BY [HASH](a) [INTO n BUCKETS]`, `DISTRIBUTED INTO n BUCKETS`. */
function distribution(c: Cursor, found: Clauses): void {
  c.expect('DISTRIBUTED')
  if (c.accept('BY')) {
    c.acceptOneOf('HASH', 'RANGE')
    found.distributedBy = identifiers(c)
  }
  if (c.accept('INTO')) {
    integer(c)
    c.expect('BUCKETS')
  }
}

/** `INCLUDE header 'h' varchar AS h`, `INCLUDE timestamp AS ts`. */
function includeColumn(c: Cursor): IncludeColumn {
  const { start } = c.expect('INCLUDE')
  const what = identifier(c, 'KEY, TIMESTAMP, PARTITION, OFFSET, HEADER or PAYLOAD').text.toUpperCase()
  const field = c.token.kind === 'string' ? text(c) : undefined
  const type = isName(c.token) && field !== undefined && !c.is('AS') ? typeName(c) : undefined
  const alias = c.accept('AS') ? identifier(c, 'a column name') : undefined
  return { is: 'include', what, field, type, alias, at: c.since(start) }
}

export function likeClause(c: Cursor): LikeClause {
  const { start } = c.expect('LIKE')
  const table = name(c, 'a table')
  const rules: string[] = []
  if (c.accept('(')) {
    while (!c.accept(')')) {
      const verb = c.expectOneOf('INCLUDING', 'EXCLUDING', 'OVERWRITING')
      rules.push(`${verb} ${identifier(c, 'a part of the table').text.toUpperCase()}`)
      c.accept(',')
    }
  }
  return { is: 'likeClause', table, rules, at: c.since(start) }
}
