/** The column list of a table: columns, constraints, watermarks. */

import type {
  ColumnDefinition,
  Expression,
  LikeClause,
  MetadataColumn,
  Name,
  TableConstraint,
  WatermarkDefinition,
} from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { expression } from '../expressions.ts'
import { identifier, identifiers, isName, name, text } from '../names.ts'
import { typeName } from '../types.ts'
import { likeClause } from './create-table.ts'

export interface TableElements {
  readonly columns: ColumnDefinition[]
  readonly constraints: TableConstraint[]
  readonly watermarks: WatermarkDefinition[]
  columnsFromSchema: boolean
  like: LikeClause | undefined
}

export function emptyElements(): TableElements {
  return { columns: [], constraints: [], watermarks: [], columnsFromSchema: false, like: undefined }
}

/** `( … )`; a comma after the last element is allowed. */
export function tableElements(c: Cursor): TableElements {
  const elements = emptyElements()
  c.expect('(')
  while (!c.accept(')')) {
    tableElement(c, elements)
    if (!c.is(')')) c.expect(',')
  }
  return elements
}

function tableElement(c: Cursor, elements: TableElements): void {
  if (c.accept('*')) {
    elements.columnsFromSchema = true
    return
  }
  if (c.is('WATERMARK', 'FOR')) {
    elements.watermarks.push(watermark(c))
    return
  }
  if (startsLikeClause(c)) {
    elements.like = likeClause(c)
    return
  }
  const constraint = tableConstraint(c)
  if (constraint !== undefined) elements.constraints.push(constraint)
  else elements.columns.push(columnDefinition(c))
}

function startsLikeClause(c: Cursor): boolean {
  if (!c.is('LIKE') || !isName(c.peek(1))) return false
  return c.isAt(2, ')', ',', '.') || (c.isAt(2, '(') && c.isAt(3, 'INCLUDING', 'EXCLUDING', 'OVERWRITING'))
}

function watermark(c: Cursor): WatermarkDefinition {
  const { start } = c.expect('WATERMARK', 'FOR')
  const column = name(c, 'a column')
  const value = c.accept('AS') ? expression(c) : undefined
  const withTtl = c.accept('WITH', 'TTL')
  return { is: 'watermark', column, value, withTtl, at: c.since(start) }
}

/** A constraint of the table, or undefined if a column stands here. */
export function tableConstraint(c: Cursor): TableConstraint | undefined {
  const start = c.start
  const isNamed = c.is('CONSTRAINT') && isName(c.peek(1)) && c.isAt(2, 'PRIMARY', 'UNIQUE', 'CHECK', 'FOREIGN')
  if (isNamed) c.take()
  const constraintName = isNamed ? identifier(c) : undefined
  if (c.accept('PRIMARY', 'KEY')) {
    const columns = identifiers(c)
    const enforced = enforcement(c)
    return { is: 'primaryKey', name: constraintName, columns, enforced, at: c.since(start) }
  }
  if (c.is('UNIQUE', '(')) {
    c.take()
    const columns = identifiers(c)
    enforcement(c)
    return { is: 'unique', name: constraintName, columns, at: c.since(start) }
  }
  if (c.is('CHECK', '(')) {
    const condition = checkClause(c)
    return { is: 'check', name: constraintName, condition, at: c.since(start) }
  }
  if (!c.accept('FOREIGN', 'KEY')) return undefined
  const columns = identifiers(c)
  c.expect('REFERENCES')
  const table = name(c, 'a table')
  const referenced = c.is('(') ? identifiers(c) : []
  enforcement(c)
  return { is: 'foreignKey', name: constraintName, columns, table, referenced, at: c.since(start) }
}

function enforcement(c: Cursor): boolean | undefined {
  if (c.accept('NOT', 'ENFORCED')) return false
  return c.accept('ENFORCED') ? true : undefined
}

function checkClause(c: Cursor): Expression {
  c.expect('CHECK', '(')
  const condition = expression(c)
  c.expect(')')
  return condition
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

export function columnDefinition(c: Cursor): ColumnDefinition {
  const start = c.start
  const column: Mutable<ColumnDefinition> = {
    is: 'columnDefinition',
    name: identifier(c, 'a column, a constraint or )'),
    type: undefined,
    notNull: false,
    primaryKey: false,
    unique: false,
    default: undefined,
    computed: undefined,
    storage: undefined,
    metadata: undefined,
    identity: false,
    check: undefined,
    references: undefined,
    collation: undefined,
    lateness: undefined,
    watermark: undefined,
    comment: undefined,
    at: { start, end: start },
  }
  if (isName(c.token) && !c.is('AS') && !startsColumnClause(c)) column.type = typeName(c)
  while (columnClause(c, column)) {
    // Clauses come in any order.
  }
  column.at = c.since(start)
  return column
}

/** `a METADATA`, `a GENERATED ALWAYS AS (…)`: no type stands between. */
function startsColumnClause(c: Cursor): boolean {
  return c.is('METADATA', 'FROM') || c.is('GENERATED', 'ALWAYS') || c.is('PRIMARY', 'KEY') || c.is('NOT', 'NULL')
}

function columnClause(c: Cursor, column: Mutable<ColumnDefinition>): boolean {
  switch (c.token.key) {
    case 'NOT':
      c.expect('NOT', 'NULL')
      column.notNull = true
      return true
    case 'NULL':
      c.take()
      return true
    case 'CONSTRAINT':
      c.take()
      identifier(c, 'a name for the constraint')
      return true
    case 'PRIMARY':
      c.expect('PRIMARY', 'KEY')
      column.primaryKey = true
      enforcement(c)
      return true
    case 'UNIQUE':
      c.take()
      column.unique = true
      return true
    case 'DEFAULT':
      c.take()
      column.default = expression(c)
      return true
    case 'AS':
      c.take()
      column.computed = expression(c)
      column.storage = c.acceptOneOf('STORED', 'VIRTUAL')
      return true
    case 'GENERATED':
      generated(c, column)
      return true
    case 'METADATA':
      column.metadata = metadata(c)
      return true
    case 'CHECK':
      column.check = checkClause(c)
      return true
    case 'REFERENCES':
      c.take()
      column.references = references(c)
      return true
    case 'FOREIGN':
      c.expect('FOREIGN', 'KEY', 'REFERENCES')
      column.references = references(c)
      return true
    case 'LATENESS':
      c.take()
      column.lateness = expression(c)
      return true
    case 'WATERMARK':
      c.take()
      column.watermark = expression(c)
      return true
    case 'COMMENT':
      c.take()
      column.comment = text(c)
      return true
    case 'COLLATE':
      c.take()
      column.collation = name(c, 'a collation')
      return true
    case 'INTERNED':
      c.take()
      return true
    default:
      return false
  }
}

function references(c: Cursor): Name {
  const table = name(c, 'a table')
  if (c.is('(')) identifiers(c)
  return table
}

/** `GENERATED ALWAYS AS (expr) [STORED|VIRTUAL]`, `GENERATED … AS IDENTITY`. */
function generated(c: Cursor, column: Mutable<ColumnDefinition>): void {
  c.expect('GENERATED')
  if (c.accept('BY')) c.expect('DEFAULT')
  else c.expect('ALWAYS')
  c.expect('AS')
  if (c.accept('IDENTITY')) {
    column.identity = true
    return
  }
  c.expect('(')
  column.computed = expression(c)
  c.expect(')')
  column.storage = c.acceptOneOf('STORED', 'VIRTUAL')
}

/** `METADATA`, `METADATA FROM 'key' VIRTUAL`, `METADATA FROM metadata('key')`. */
function metadata(c: Cursor): MetadataColumn {
  const { start } = c.expect('METADATA')
  let from: string | undefined
  if (c.accept('FROM')) {
    const called = c.accept('METADATA', '(')
    from = text(c, 'the key as a string')
    if (called) c.expect(')')
  }
  const virtual = c.accept('VIRTUAL')
  return { is: 'metadata', from, virtual, at: c.since(start) }
}
