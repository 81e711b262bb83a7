/** Statements about the session, and those that hold others: SET, SHOW, EXPLAIN, USE, statement sets. */

import type {
  Describe,
  Explain,
  Insert,
  Name,
  NamePattern,
  ResetOption,
  SetOption,
  Show,
  StatementSet,
  Transaction,
  Truncate,
  Use,
} from '../ast.ts'
import type { Cursor } from '../cursor.ts'
import { identifier, isName, name, text } from '../names.ts'
import { optionKey } from '../options.ts'
import { opensQuery } from '../primary.ts'
import { query, queryOfFile, startsQuery } from '../queries.ts'
import { insert } from './insert.ts'
import { statement } from './statement.ts'

export function setOption(c: Cursor): SetOption {
  const { start } = c.expect('SET')
  if (c.isOneOf('SESSION', 'LOCAL') && !c.isAt(1, '=', 'TO', '.')) c.take()
  if (c.accept('TIME', 'ZONE')) {
    const zone = timeZone(c)
    return { is: 'set', key: 'timezone', text: zone, at: c.since(start) }
  }
  const key = optionKey(c)
  c.expectOneOf('=', 'TO')
  const value = settingText(c)
  return { is: 'set', key, text: value, at: c.since(start) }
}

/** A name, an offset, `INTERVAL '-08:00' HOUR TO MINUTE`; undefined for DEFAULT and LOCAL, the zone of the session. */
function timeZone(c: Cursor): string | undefined {
  if (c.accept('LOCAL')) return undefined
  if (!c.accept('INTERVAL')) return settingText(c)
  const offset = text(c)
  if (c.accept('HOUR')) c.accept('TO', 'MINUTE')
  return offset
}

/** Everything to the end of the statement as text; undefined for DEFAULT. */
function settingText(c: Cursor): string | undefined {
  if (c.is('DEFAULT') && (c.isAt(1, ';') || c.peek(1).kind === 'end')) {
    c.take()
    return undefined
  }
  if (c.atEnd || c.is(';')) throw c.expected('a value')
  const parts = c.list(() => {
    if (c.token.kind === 'string' || c.token.kind === 'quoted') return c.take().text
    const start = c.start
    while (!c.atEnd && !c.isOneOf(';', ',')) c.take()
    const { end } = c.since(start)
    return c.text.slice(start, end)
  })
  return parts.join(', ')
}

export function reset(c: Cursor): ResetOption {
  const { start } = c.expect('RESET')
  const key = c.atEnd || c.is(';') || c.accept('ALL') ? undefined : optionKey(c)
  return { is: 'reset', key, at: c.since(start) }
}

const showSingle = [
  'TABLES',
  'VIEWS',
  'MATERIALIZED VIEWS',
  'SOURCES',
  'SINKS',
  'FUNCTIONS',
  'USER FUNCTIONS',
  'DATABASES',
  'SCHEMAS',
  'CATALOGS',
  'CURRENT CATALOG',
  'CURRENT DATABASE',
  'JOBS',
  'JARS',
  'MATERIALIZED TABLES',
  'MODELS',
  'MODULES',
  'FULL MODULES',
  'PROCEDURES',
  'CONNECTORS',
  'ALL',
  'SETTINGS',
  'INDEXES',
  'PARTITIONS',
  'COLUMNS',
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE MATERIALIZED VIEW',
  'CREATE SOURCE',
  'CREATE SINK',
  'CREATE CATALOG',
] // prettier-ignore

export function show(c: Cursor): Show {
  const { start } = c.expect('SHOW')
  const what = showSingle.find(words => c.accept(...words.split(' ')))
  let named: Name | undefined
  if (what === undefined || what.startsWith('CREATE ')) named = name(c, 'what to show')
  else if (c.acceptOneOf('FROM', 'IN') !== undefined) named = name(c)
  return { is: 'show', what: what ?? '', name: named, like: namePattern(c), at: c.since(start) }
}

/** Flink's SET by itself. */
export function showSettings(c: Cursor): Show {
  const { start } = c.expect('SET')
  return { is: 'show', what: 'SETTINGS', name: undefined, like: undefined, at: c.since(start) }
}

function namePattern(c: Cursor): NamePattern | undefined {
  const negated = c.accept('NOT')
  const word = negated ? c.expectOneOf('LIKE', 'ILIKE') : c.acceptOneOf('LIKE', 'ILIKE')
  return word === undefined ? undefined : { pattern: text(c), negated, ignoresCase: word === 'ILIKE' }
}

export function describe(c: Cursor): Describe {
  const { start } = c.take()
  if (startsQuery(c, 0) || opensQuery(c)) {
    const described = query(c)
    return { is: 'describe', of: described, extended: false, at: c.since(start) }
  }
  const extended = c.accept('EXTENDED')
  if (isName(c.peek(1)) || c.peek(1).kind === 'string') c.acceptOneOf('TABLE', 'VIEW', 'CATALOG', 'DATABASE')
  if (c.token.kind === 'string') {
    const { text: path, start: from, end } = c.take()
    return { is: 'describe', of: queryOfFile(path, { start: from, end }), extended, at: c.since(start) }
  }
  const described = name(c)
  return { is: 'describe', of: described, extended, at: c.since(start) }
}

/** `EXPLAIN PLAN FOR …`, `EXPLAIN (VERBOSE, TRACE) …`, `EXPLAIN CHANGELOG_MODE, ESTIMATED_COST …`. */
export function explain(c: Cursor): Explain {
  const { start } = c.expect('EXPLAIN')
  const details: string[] = []
  if (c.is('(') && isName(c.peek(1)) && c.isAt(2, ',', ')', 'TRUE', 'FALSE')) {
    c.parenthesised(() => {
      details.push(identifier(c).text.toUpperCase())
      c.acceptOneOf('TRUE', 'FALSE')
    })
  }
  if (c.accept('PLAN', 'FOR')) details.push('PLAN FOR')
  for (;;) {
    const word = c.acceptOneOf(
      'ANALYZE',
      'VERBOSE',
      'LOGICAL',
      'CHANGELOG_MODE',
      'ESTIMATED_COST',
      'JSON_EXECUTION_PLAN',
      'PLAN_ADVICE',
    )
    if (word === undefined) break
    details.push(word)
    c.accept(',')
  }
  const explained = c.nested(() => (c.is('STATEMENT', 'SET') ? statementSet(c) : statement(c)))
  return { is: 'explain', details, statement: explained, at: c.since(start) }
}

export function statementSet(c: Cursor): StatementSet {
  const start = c.start
  if (c.accept('EXECUTE', 'STATEMENT', 'SET') || c.accept('STATEMENT', 'SET')) c.expect('BEGIN')
  else c.expect('BEGIN', 'STATEMENT', 'SET', ';')
  const inserts: Insert[] = []
  while (!c.accept('END')) {
    if (!c.is('INSERT')) throw c.expected('INSERT or END', ['INSERT', 'END'])
    inserts.push(insert(c, undefined))
    if (!c.is('END')) c.expect(';')
  }
  return { is: 'statementSet', inserts, at: c.since(start) }
}

export function use(c: Cursor): Use {
  const { start } = c.expect('USE')
  const kind = isName(c.peek(1)) ? c.acceptOneOf('CATALOG', 'DATABASE', 'SCHEMA') : undefined
  const used = name(c)
  return { is: 'use', kind, name: used, at: c.since(start) }
}

export function truncate(c: Cursor): Truncate {
  const { start } = c.expect('TRUNCATE')
  c.accept('TABLE')
  const tables = c.list(() => name(c, 'a table'))
  return { is: 'truncate', tables, at: c.since(start) }
}

export function transaction(c: Cursor): Transaction {
  const { start } = c.token
  const verb = c.expectOneOf('BEGIN', 'START', 'COMMIT', 'ROLLBACK')
  c.acceptOneOf('TRANSACTION', 'WORK')
  if (c.accept('READ')) c.expectOneOf('ONLY', 'WRITE')
  return { is: 'transaction', action: verb === 'START' ? 'BEGIN' : verb, at: c.since(start) }
}
