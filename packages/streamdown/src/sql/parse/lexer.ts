/** Splits SQL text into tokens. Comments vanish; a hint comment is kept on the token after it. */

import type { Span } from '../../errors/span.ts'
import { dollarQuoted, escapedString, type QuotedText, quotedText, rawString, unicodeString } from './quoted.ts'
import { syntaxError } from './syntax-error.ts'

export type TokenKind = 'word' | 'quoted' | 'number' | 'string' | 'bytes' | 'operator' | 'end'

export interface Token {
  readonly kind: TokenKind
  /** A word as written, the text of a string or quoted name without its quotes, hex digits, the operator. */
  readonly text: string
  /** A word in upper case, an operator; empty for the others, so that a quoted name never looks like a keyword. */
  readonly key: string
  readonly start: number
  readonly end: number
  /** Where the content of the last hint comment before this token stands. */
  readonly hint: Span | undefined
}

/** Longest first: the first that fits is taken. */
const operators = [
  '!~~*',
  '||/',
  '!~~',
  '!~*',
  '~~*',
  '->>',
  '#>>',
  '<=>',
  '<->',
  '-|-',
  '::',
  ':=',
  '=>',
  '->',
  '||',
  '|/',
  '<=',
  '>=',
  '<>',
  '!=',
  '==',
  '<<',
  '>>',
  '@>',
  '<@',
  '@?',
  '@@',
  '&&',
  '#>',
  '#-',
  '?|',
  '?&',
  '~~',
  '~*',
  '!~',
  '^@',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '<',
  '>',
  '=',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ';',
  '.',
  ':',
  '?',
  '|',
  '&',
  '#',
  '~',
  '@',
  '$',
  '!',
] // prettier-ignore

const operatorsByFirst = new Map<string, readonly string[]>()
for (const operator of operators) {
  const first = operator.charAt(0)
  operatorsByFirst.set(first, [...(operatorsByFirst.get(first) ?? []), operator])
}

const blank = /[\s\u{feff}]+/uy
const word = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}_$]*/uy
const number =
  /0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y
const parameter = /\$\d+/y

/** The tokens of `text` between two offsets; the last is always of kind `end`. */
export function lex(text: string, from = 0, to = text.length): Token[] {
  const source = to === text.length ? text : text.slice(0, to)
  const tokens: Token[] = []
  let hint: Span | undefined
  let at = from

  const add = (kind: TokenKind, value: string, end: number, key = '') => {
    tokens.push({ kind, text: value, key, start: at, end, hint })
    hint = undefined
    at = end
  }
  const addQuoted = (kind: TokenKind, quoted: QuotedText) => add(kind, quoted.text, quoted.end)

  while (at < to) {
    const blanks = match(blank, source, at)
    if (blanks !== undefined) {
      at += blanks.length
      continue
    }
    const two = source.slice(at, at + 2)
    if (two === '--') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? to : end
      continue
    }
    if (two === '/*') {
      const end = endOfComment(source, at)
      if (source.charAt(at + 2) === '+') hint = { start: at + 3, end: end - 2 }
      at = end
      continue
    }
    const first = source.charAt(at)
    if (first === "'") {
      addQuoted('string', continued(source, quotedText(source, at, "'")))
      continue
    }
    if (first === '"' || first === '`') {
      const quoted = quotedText(source, at, first)
      if (quoted.text === '') throw syntaxError(source, { start: at, end: quoted.end }, 'a quoted name cannot be empty')
      addQuoted('quoted', quoted)
      continue
    }
    if (first === '$') {
      const dollar = dollarQuoted(source, at)
      if (dollar !== undefined) {
        addQuoted('string', dollar)
        continue
      }
      const numbered = match(parameter, source, at)
      if (numbered !== undefined) {
        add('operator', numbered, at + numbered.length, '$1')
        continue
      }
    }
    const prefixed = prefixedString(source, at)
    if (prefixed !== undefined) {
      addQuoted(prefixed.kind, prefixed)
      continue
    }
    const name = match(word, source, at)
    if (name !== undefined) {
      add('word', name, at + name.length, name.toUpperCase())
      continue
    }
    const digits = match(number, source, at)
    if (digits !== undefined) {
      const end = at + digits.length
      if (match(word, source, end) !== undefined) {
        throw syntaxError(source, { start: at, end: end + 1 }, 'a number runs into a name')
      }
      add('number', digits.replaceAll('_', ''), end)
      continue
    }
    const operator = operatorsByFirst.get(first)?.find(candidate => source.startsWith(candidate, at))
    if (operator === undefined) {
      const character = String.fromCodePoint(source.codePointAt(at) ?? 0)
      throw syntaxError(
        source,
        { start: at, end: at + character.length },
        `unexpected character ${JSON.stringify(character)}`,
      )
    }
    add('operator', operator, at + operator.length, operator)
  }
  at = to
  add('end', '', to)
  return tokens
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(source)?.[0]
}

/** Block comments nest, as in PostgreSQL. */
function endOfComment(source: string, start: number): number {
  let depth = 0
  const edge = /\/\*|\*\//g
  edge.lastIndex = start
  for (let found = edge.exec(source); found !== null; found = edge.exec(source)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  throw syntaxError(source, { start, end: start + 2 }, 'a comment is not closed')
}

/** String literals parted only by white space with a line break are one literal. */
function continued(source: string, literal: QuotedText): QuotedText {
  let { text, end } = literal
  for (;;) {
    const gap = match(blank, source, end)
    if (gap === undefined || !gap.includes('\n') || source.charAt(end + gap.length) !== "'") return { text, end }
    const next = quotedText(source, end + gap.length, "'")
    text += next.text
    end = next.end
  }
}

/** `E'…'`, `X'…'`, `U&'…'`, `U&"…"`, `R'…'`, `N'…'`. */
function prefixedString(source: string, at: number): (QuotedText & { readonly kind: TokenKind }) | undefined {
  const second = source.charAt(at + 1)
  switch (source.charAt(at)) {
    case 'e':
    case 'E':
      return second === "'" ? { kind: 'string', ...escapedString(source, at) } : undefined
    case 'n':
    case 'N':
      return second === "'" ? { kind: 'string', ...quotedText(source, at + 1, "'") } : undefined
    case 'r':
    case 'R':
      return second === "'" ? { kind: 'string', ...rawString(source, at) } : undefined
    case 'x':
    case 'X': {
      if (second !== "'") return undefined
      const { text, end } = quotedText(source, at + 1, "'")
      if (text.length % 2 === 1 || /[^0-9a-fA-F]/.test(text)) {
        throw syntaxError(source, { start: at, end }, 'expected an even count of hex digits')
      }
      return { kind: 'bytes', text: text.toLowerCase(), end }
    }
    case 'u':
    case 'U': {
      const quote = source.charAt(at + 2)
      if (second !== '&' || (quote !== "'" && quote !== '"')) return undefined
      return { kind: quote === "'" ? 'string' : 'quoted', ...unicodeString(source, at, quote) }
    }
    default:
      return undefined
  }
}
