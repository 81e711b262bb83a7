/** MATCH_RECOGNIZE: a pattern over ordered rows. */

import type {
  AfterMatch,
  Identifier,
  MatchRecognize,
  Measure,
  Pattern,
  PatternDefinition,
  PatternSubset,
  TableReference,
} from './ast.ts'
import type { Cursor } from './cursor.ts'
import { expression } from './expressions.ts'
import { identifier, identifiers, integer, isName, tableAlias } from './names.ts'
import { orderBy } from './windows.ts'

export function matchRecognize(c: Cursor, input: TableReference): MatchRecognize {
  c.expect('MATCH_RECOGNIZE', '(')
  const partitionBy = c.accept('PARTITION', 'BY') ? c.list(() => expression(c)) : []
  const sorted = orderBy(c)
  const measures = c.accept('MEASURES') ? c.list(() => measure(c)) : []
  const rowsPerMatch = rowsPerMatchClause(c)
  const after = afterMatch(c)
  c.expect('PATTERN', '(')
  const pattern = alternation(c)
  c.expect(')')
  const within = c.accept('WITHIN') ? expression(c) : undefined
  const subsets = c.accept('SUBSET') ? c.list(() => subset(c)) : []
  c.expect('DEFINE')
  const defines = c.list(() => definition(c))
  c.expect(')')
  const alias = tableAlias(c)
  return {
    is: 'matchRecognize',
    input,
    partitionBy,
    orderBy: sorted,
    measures,
    rowsPerMatch,
    afterMatch: after,
    pattern,
    within,
    subsets,
    defines,
    alias,
    at: c.since(input.at.start),
  }
}

function measure(c: Cursor): Measure {
  const start = c.start
  const value = expression(c)
  c.expect('AS')
  const alias = identifier(c, 'a name for the measure')
  return { is: 'measure', value, alias, at: c.since(start) }
}

function rowsPerMatchClause(c: Cursor): MatchRecognize['rowsPerMatch'] {
  if (c.accept('ONE', 'ROW', 'PER', 'MATCH')) return 'ONE ROW'
  if (!c.accept('ALL', 'ROWS', 'PER', 'MATCH')) return undefined
  if (c.accept('OMIT', 'EMPTY', 'MATCHES')) return 'ALL ROWS OMIT EMPTY'
  if (c.accept('WITH', 'UNMATCHED', 'ROWS')) return 'ALL ROWS WITH UNMATCHED'
  c.accept('SHOW', 'EMPTY', 'MATCHES')
  return 'ALL ROWS'
}

function afterMatch(c: Cursor): AfterMatch | undefined {
  const start = c.start
  if (!c.accept('AFTER', 'MATCH', 'SKIP')) return undefined
  if (c.accept('PAST', 'LAST', 'ROW')) return { is: 'skipPastLastRow', at: c.since(start) }
  c.expect('TO')
  if (c.accept('NEXT', 'ROW')) return { is: 'skipToNextRow', at: c.since(start) }
  const place = isName(c.peek(1)) ? c.acceptOneOf('FIRST', 'LAST') : undefined
  const variable = identifier(c, 'a pattern variable')
  return { is: place === 'FIRST' ? 'skipToFirst' : 'skipToLast', variable, at: c.since(start) }
}

function alternation(c: Cursor): Pattern {
  return c.nested(() => {
    const start = c.start
    const items = [sequence(c)]
    for (;;) {
      if (c.isOneOf('||', '|/', '||/')) c.splitOperator()
      if (!c.accept('|')) break
      items.push(sequence(c))
    }
    return items.length === 1 ? items[0]! : { is: 'alternation', items, at: c.since(start) }
  })
}

function sequence(c: Cursor): Pattern {
  const start = c.start
  const items = [factor(c)]
  while (isName(c.token) || c.isOneOf('(', '{', '^', '$')) items.push(factor(c))
  return items.length === 1 ? items[0]! : { is: 'sequence', items, at: c.since(start) }
}

function factor(c: Cursor): Pattern {
  const start = c.start
  let item = patternPrimary(c)
  if (c.isOneOf('?|', '?&')) c.splitOperator()
  const bounds = quantifier(c)
  if (bounds !== undefined) {
    if (c.isOneOf('?|', '?&')) c.splitOperator()
    const greedy = !c.accept('?')
    item = { is: 'repeat', item, ...bounds, greedy, at: c.since(start) }
  }
  return item
}

function quantifier(c: Cursor): { readonly min: number; readonly max: number | undefined } | undefined {
  if (c.accept('*')) return { min: 0, max: undefined }
  if (c.accept('+')) return { min: 1, max: undefined }
  if (c.accept('?')) return { min: 0, max: 1 }
  if (!c.is('{') || c.isAt(1, '-')) return undefined
  c.take()
  const min = c.is(',') ? 0 : integer(c)
  const comma = c.accept(',')
  const max = c.is('}') ? (comma ? undefined : min) : integer(c)
  c.expect('}')
  return { min, max }
}

function patternPrimary(c: Cursor): Pattern {
  const start = c.start
  if (c.accept('(')) {
    const inner = alternation(c)
    c.expect(')')
    return inner
  }
  if (c.accept('{', '-')) {
    const item = alternation(c)
    c.expect('-', '}')
    return { is: 'exclusion', item, at: c.since(start) }
  }
  if (c.accept('^')) return { is: 'anchor', place: 'START', at: c.since(start) }
  if (c.accept('$')) return { is: 'anchor', place: 'END', at: c.since(start) }
  if (c.is('PERMUTE', '(')) {
    c.take()
    const items = c.parenthesised(() => alternation(c))
    return { is: 'permute', items, at: c.since(start) }
  }
  const variable = identifier(c, 'a pattern variable')
  return { is: 'variable', name: variable, at: variable.at }
}

function subset(c: Cursor): PatternSubset {
  const start = c.start
  const name: Identifier = identifier(c, 'a name for the subset')
  c.expect('=')
  const variables = identifiers(c)
  return { is: 'subset', name, variables, at: c.since(start) }
}

function definition(c: Cursor): PatternDefinition {
  const start = c.start
  const variable = identifier(c, 'a pattern variable')
  c.expect('AS')
  const condition = expression(c)
  return { is: 'define', variable, condition, at: c.since(start) }
}
