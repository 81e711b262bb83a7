/**
 * Operators, by precedence climbing. The levels are PostgreSQL's, loosest first; every binary operator leans left.
 */

import type { BinaryOperator, Expression, LikeKind, Query, UnaryOperator } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { identifier, isName, name } from './names.ts'
import { insideParentheses, primary } from './primary.ts'
import { nullableTypeName, typeName } from './types.ts'

const power = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  pattern: 6,
  other: 7,
  sum: 8,
  product: 9,
  power: 10,
  at: 11,
  collate: 12,
  sign: 13,
  postfix: 14,
} as const

/** Read an operand that must leave AND, IN, LIKE and comparisons to its surroundings. */
export const TIGHTER_THAN_PATTERN = power.pattern

/** What an operator token means and how tightly it binds. */
const binaryOperators: ReadonlyMap<string, readonly [BinaryOperator, number]> = new Map<
  string,
  readonly [BinaryOperator, number]
>([
  ['=', ['=', power.comparison]],
  ['==', ['=', power.comparison]],
  ['<>', ['<>', power.comparison]],
  ['!=', ['<>', power.comparison]],
  ['<', ['<', power.comparison]],
  ['<=', ['<=', power.comparison]],
  ['>', ['>', power.comparison]],
  ['>=', ['>=', power.comparison]],
  ['<=>', ['<=>', power.comparison]],
  ['OVERLAPS', ['OVERLAPS', power.comparison]],
  ['+', ['+', power.sum]],
  ['-', ['-', power.sum]],
  ['*', ['*', power.product]],
  ['/', ['/', power.product]],
  ['%', ['%', power.product]],
  ['^', ['^', power.power]],
  ['||', ['||', power.other]],
  ['&', ['&', power.other]],
  ['|', ['|', power.other]],
  ['#', ['#', power.other]],
  ['<<', ['<<', power.other]],
  ['>>', ['>>', power.other]],
  ['~', ['~', power.other]],
  ['~*', ['~*', power.other]],
  ['!~', ['!~', power.other]],
  ['!~*', ['!~*', power.other]],
  ['~~', ['~~', power.other]],
  ['~~*', ['~~*', power.other]],
  ['!~~', ['!~~', power.other]],
  ['!~~*', ['!~~*', power.other]],
  ['->', ['->', power.other]],
  ['->>', ['->>', power.other]],
  ['#>', ['#>', power.other]],
  ['#>>', ['#>>', power.other]],
  ['#-', ['#-', power.other]],
  ['@>', ['@>', power.other]],
  ['<@', ['<@', power.other]],
  ['@?', ['@?', power.other]],
  ['@@', ['@@', power.other]],
  ['?', ['?', power.other]],
  ['?|', ['?|', power.other]],
  ['?&', ['?&', power.other]],
  ['&&', ['&&', power.other]],
  ['-|-', ['-|-', power.other]],
  ['^@', ['^@', power.other]],
  ['<->', ['<->', power.other]],
])

const prefixOperators: ReadonlyMap<string, readonly [UnaryOperator, number]> = new Map<
  string,
  readonly [UnaryOperator, number]
>([
  ['NOT', ['NOT', power.not]],
  ['-', ['-', power.sign]],
  ['+', ['+', power.sign]],
  ['~', ['~', power.other]],
  ['|/', ['|/', power.other]],
  ['||/', ['||/', power.other]],
  ['@', ['@', power.other]],
])

/** Reads an expression whose operators bind tighter than `min`. */
export function expression(c: Cursor, min = 0): Expression {
  return c.nested(() => continueExpression(c, prefix(c), min))
}

function prefix(c: Cursor): Expression {
  const operator = prefixOperators.get(c.token.key)
  if (operator === undefined) return primary(c)
  const { start } = c.take()
  const [op, operandPower] = operator
  const operand = expression(c, operandPower)
  return { is: 'unary', op, operand, at: c.since(start) }
}

/** Goes on from an operand that was read already. */
export function continueExpression(c: Cursor, first: Expression, min: number): Expression {
  let left = first
  for (let length = 1; ; length++) {
    const next = postfix(c, left, min) ?? infix(c, left, min)
    if (next === undefined) return left
    left = next
    c.longestChain = Math.max(c.longestChain, length)
  }
}

function postfix(c: Cursor, left: Expression, min: number): Expression | undefined {
  const { start } = left.at
  switch (c.token.key) {
    case '::': {
      c.take()
      const type = typeName(c)
      return { is: 'cast', value: left, type, orNull: false, at: c.since(start) }
    }
    case '[':
      return subscript(c, left)
    case '.': {
      c.take()
      if (c.accept('*')) return { is: 'star', of: left, except: [], replace: [], at: c.since(start) }
      const field = identifier(c, 'a field name or *')
      return { is: 'field', of: left, field, at: c.since(start) }
    }
    case 'COLLATE': {
      if (min >= power.collate) return undefined
      c.take()
      const collation = name(c)
      return { is: 'collate', value: left, collation, at: c.since(start) }
    }
    case 'AT': {
      if (min >= power.at) return undefined
      if (c.accept('AT', 'LOCAL')) return { is: 'atTimeZone', value: left, zone: undefined, at: c.since(start) }
      if (!c.accept('AT', 'TIME', 'ZONE')) return undefined
      const zone = expression(c, power.at)
      return { is: 'atTimeZone', value: left, zone, at: c.since(start) }
    }
    case 'ISNULL':
    case 'NOTNULL': {
      if (min >= power.is) return undefined
      const negated = c.take().key === 'NOTNULL'
      return { is: 'isTest', value: left, test: 'NULL', negated, at: c.since(start) }
    }
    case 'IS':
      return min >= power.is ? undefined : isTest(c, left)
    default:
      return undefined
  }
}

function subscript(c: Cursor, of: Expression): Expression {
  const { start } = of.at
  c.expect('[')
  const from = c.is(':') ? undefined : expression(c)
  if (from !== undefined && c.accept(']')) return { is: 'subscript', of, index: from, at: c.since(start) }
  c.expect(':')
  const to = c.is(']') ? undefined : expression(c)
  c.expect(']')
  return { is: 'slice', of, from, to, at: c.since(start) }
}

const isTests = ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const
const jsonKinds = ['VALUE', 'OBJECT', 'ARRAY', 'SCALAR'] as const

function isTest(c: Cursor, value: Expression): Expression {
  const { start } = value.at
  c.expect('IS')
  const negated = c.accept('NOT')
  if (c.accept('DISTINCT', 'FROM')) {
    const right = expression(c, power.is)
    return { is: 'isDistinct', left: value, right, negated, at: c.since(start) }
  }
  if (c.accept('JSON')) {
    const kind = c.acceptOneOf(...jsonKinds)
    const test = kind === undefined ? 'JSON' : (`JSON ${kind}` as const)
    return { is: 'isTest', value, test, negated, at: c.since(start) }
  }
  const test = c.acceptOneOf(...isTests)
  if (test === undefined)
    throw c.expected('NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM', [...isTests, 'DISTINCT'])
  return { is: 'isTest', value, test, negated, at: c.since(start) }
}

function infix(c: Cursor, left: Expression, min: number): Expression | undefined {
  const { key } = c.token
  if (key === 'AND' || key === 'OR') return logical(c, left, key, min)
  const operator = binaryOperators.get(key)
  if (operator !== undefined) return operator[1] > min ? binary(c, left, operator) : undefined
  return min >= power.pattern ? undefined : pattern(c, left)
}

function logical(c: Cursor, left: Expression, op: 'AND' | 'OR', min: number): Expression | undefined {
  const level = op === 'AND' ? power.and : power.or
  if (level <= min) return undefined
  const operands = [left]
  while (c.accept(op)) operands.push(expression(c, level))
  return { is: 'logical', op, operands, at: c.since(left.at.start) }
}

function binary(c: Cursor, left: Expression, [op, level]: readonly [BinaryOperator, number]): Expression {
  const { start, end } = c.take()
  const quantified = quantifiedRight(c, left, op, false)
  if (quantified !== undefined) return quantified
  const right = expression(c, level)
  return { is: 'binary', op, left, right, at: c.since(left.at.start), opAt: { start, end } }
}

function quantifiedRight(
  c: Cursor,
  left: Expression,
  op: BinaryOperator | LikeKind,
  negated: boolean,
): Expression | undefined {
  if (!c.isOneOf('ANY', 'SOME', 'ALL') || !c.isAt(1, '(')) return undefined
  const quantifier = c.take().key === 'ALL' ? 'ALL' : 'ANY'
  const { start } = c.expect('(')
  const right = listOrQuery(c, start)
  return { is: 'quantified', left, op, negated, quantifier, right, at: c.since(left.at.start) }
}

/** The rest of `ANY (…)`: a query, one expression, or several as a row. */
function listOrQuery(c: Cursor, start: number): Query | Expression {
  const first = insideParentheses(c)
  if (first.is === 'query') {
    c.expect(')')
    return first
  }
  const elements = [first]
  while (c.accept(',')) elements.push(expression(c))
  c.expect(')')
  return elements.length === 1 ? first : { is: 'row', explicit: false, elements, names: undefined, at: c.since(start) }
}

/** BETWEEN, IN and LIKE, each with an optional NOT. */
function pattern(c: Cursor, left: Expression): Expression | undefined {
  const ahead = c.is('NOT') ? 1 : 0
  if (!c.isAt(ahead, 'BETWEEN', 'IN', 'LIKE', 'ILIKE', 'RLIKE', 'SIMILAR')) return undefined
  const negated = c.accept('NOT')
  switch (c.token.key) {
    case 'BETWEEN':
      return between(c, left, negated)
    case 'IN':
      return membership(c, left, negated)
    default:
      return like(c, left, negated)
  }
}

function between(c: Cursor, value: Expression, negated: boolean): Expression {
  c.expect('BETWEEN')
  const symmetric = c.acceptOneOf('SYMMETRIC', 'ASYMMETRIC') === 'SYMMETRIC'
  const low = expression(c, power.pattern)
  c.expect('AND')
  const high = expression(c, power.pattern)
  return { is: 'between', value, low, high, symmetric, negated, at: c.since(value.at.start) }
}

function membership(c: Cursor, value: Expression, negated: boolean): Expression {
  c.expect('IN')
  c.expect('(')
  const first = insideParentheses(c)
  if (first.is === 'query') {
    c.expect(')')
    return { is: 'inQuery', value, query: first, negated, at: c.since(value.at.start) }
  }
  const list = [first]
  while (c.accept(',')) list.push(expression(c))
  c.expect(')')
  return { is: 'inList', value, list, negated, at: c.since(value.at.start) }
}

function like(c: Cursor, value: Expression, negated: boolean): Expression {
  const kind = c.expectOneOf('LIKE', 'ILIKE', 'RLIKE', 'SIMILAR')
  if (kind === 'SIMILAR') c.expect('TO')
  const quantified = quantifiedRight(c, value, kind, negated)
  if (quantified !== undefined) return quantified
  const likePattern = expression(c, power.pattern)
  const escaped = c.accept('ESCAPE') ? expression(c, power.pattern) : undefined
  return { is: 'like', kind, value, pattern: likePattern, escape: escaped, negated, at: c.since(value.at.start) }
}

/** `CAST(x AS t)` after its name; NOT NULL after the type is allowed. */
export function castCall(c: Cursor, orNull: boolean): Expression {
  const { start } = c.take()
  c.expect('(')
  const value = expression(c)
  c.expect('AS')
  const type = nullableTypeName(c)
  c.expect(')')
  return { is: 'cast', value, type, orNull, at: c.since(start) }
}

/** Whether `(a, b) ->` or `a ->` starts here. */
export function isArrow(c: Cursor): boolean {
  if (isName(c.token)) return c.isAt(1, '->')
  if (!c.is('(')) return false
  let ahead = 1
  while (isName(c.peek(ahead)) && c.isAt(ahead + 1, ',')) ahead += 2
  return isName(c.peek(ahead)) && c.isAt(ahead + 1, ')') && c.isAt(ahead + 2, '->')
}
