/** The parser's place in the tokens of one text: look, take, require, and say what was expected. */

import type { StreamdownError } from '../../errors/error.ts'
import type { Span } from '../../errors/span.ts'
import { nearest } from '../../values/nearest.ts'
import { spellingHelp } from './keywords.ts'
import { lex, type Token } from './lexer.ts'
import { syntaxError } from './syntax-error.ts'

/** How deep expressions, queries, types and patterns may nest. Bounds the parser's own recursion. */
export const MAX_NESTING = 400

export class Cursor {
  readonly text: string
  readonly #tokens: Token[]
  #index = 0
  #nesting = 0
  /** The deepest nesting and the longest left-leaning chain seen: their product bounds the tree's height. */
  deepest = 0
  longestChain = 0
  /** How many `?` parameters were read. */
  parameters = 0

  constructor(text: string, from = 0, to = text.length) {
    this.text = text
    this.#tokens = lex(text, from, to)
  }

  get token(): Token {
    return this.peek(0)
  }

  peek(ahead: number): Token {
    const last = this.#tokens.length - 1
    return this.#tokens[Math.min(Math.max(this.#index + ahead, 0), last)]!
  }

  /** Where the current token starts. */
  get start(): number {
    return this.token.start
  }

  get atEnd(): boolean {
    return this.token.kind === 'end'
  }

  /** From `start` to the end of the last token taken. */
  since(start: number): Span {
    return { start, end: this.#index === 0 ? start : this.#tokens[this.#index - 1]!.end }
  }

  take(): Token {
    const token = this.token
    if (token.kind !== 'end') this.#index += 1
    return token
  }

  /** Whether the tokens from here on are these keywords and operators. */
  is(...keys: readonly string[]): boolean {
    return keys.every((key, ahead) => this.peek(ahead).key === key)
  }

  isAt(ahead: number, ...keys: readonly string[]): boolean {
    return keys.some(key => this.peek(ahead).key === key)
  }

  isOneOf(...keys: readonly string[]): boolean {
    return keys.includes(this.token.key) && this.token.key !== ''
  }

  /** Takes these keywords and operators if all of them stand here. */
  accept(...keys: readonly string[]): boolean {
    if (!this.is(...keys)) return false
    this.#index += keys.length
    return true
  }

  /** Takes the first of these that stands here. */
  acceptOneOf<const Key extends string>(...keys: readonly Key[]): Key | undefined {
    const found = keys.find(key => this.token.key === key)
    if (found !== undefined) this.#index += 1
    return found
  }

  expect(...keys: readonly string[]): Token {
    const first = this.token
    for (const key of keys) {
      if (this.token.key !== key) throw this.expected(key, [key])
      this.#index += 1
    }
    return first
  }

  expectOneOf<const Key extends string>(...keys: readonly Key[]): Key {
    const found = this.acceptOneOf(...keys)
    if (found === undefined) throw this.expected(keys.join(' or '), keys)
    return found
  }

  /** Closes `ROW<…>` and its like, where `>>` closes two. */
  expectCloseAngle(): void {
    if (this.token.key === '>>') {
      const { start, end, hint } = this.token
      this.#tokens[this.#index] = { kind: 'operator', text: '>', key: '>', start: start + 1, end, hint }
      return
    }
    this.expect('>')
  }

  /** Splits `?|` and its like where the grammar has single characters. */
  splitOperator(): void {
    const { kind, text, start, end, hint } = this.token
    if (kind !== 'operator' || text.length < 2) return
    const parts = [...text].map(
      (character, index): Token => ({
        kind: 'operator',
        text: character,
        key: character,
        start: start + index,
        end: index === text.length - 1 ? end : start + index + 1,
        hint: index === 0 ? hint : undefined,
      }),
    )
    this.#tokens.splice(this.#index, 1, ...parts)
  }

  /** Reads the rest of the text anew after the first character of `?|` or `?&`, where that is a parameter. */
  splitParameter(): void {
    const { start, hint } = this.token
    const end = this.#tokens.at(-1)!.end
    const question: Token = { kind: 'operator', text: '?', key: '?', start, end: start + 1, hint }
    this.#tokens.splice(this.#index, this.#tokens.length, question, ...lex(this.text, start + 1, end))
  }

  /** Runs `read` one level deeper. */
  nested<Result>(read: () => Result): Result {
    this.#nesting += 1
    if (this.#nesting > MAX_NESTING) throw this.error(this.token, `nested deeper than ${MAX_NESTING} levels`)
    this.deepest = Math.max(this.deepest, this.#nesting)
    const result = read()
    this.#nesting -= 1
    return result
  }

  /** Reads `read` one or more times, parted by commas. */
  list<Item>(read: () => Item): Item[] {
    const items = [read()]
    while (this.accept(',')) items.push(read())
    return items
  }

  /** `( a, b )`, at least one. */
  parenthesised<Item>(read: () => Item): Item[] {
    this.expect('(')
    const items = this.list(read)
    this.expect(')')
    return items
  }

  error(at: Span, problem: string): StreamdownError {
    return syntaxError(this.text, { start: at.start, end: at.end }, problem)
  }

  /** The error that something else was expected here; `keywords` are those that a slip of the pen may have meant. */
  expected(what: string, keywords: readonly string[] = []): StreamdownError {
    const meant = this.#nearKeyword(this.token, [...keywords, ...spellingHelp])
    const help = meant === undefined ? '' : `; did you mean ${meant}?`
    return this.error(this.token, `expected ${what}, found ${this.#found()}${help}`)
  }

  /** The error that a statement goes on after its end: in `SELECT a FORM t` the slip was read as an alias. */
  expectedEnd(): StreamdownError {
    const what = '; or the end of the statement'
    const previous = this.peek(-1)
    const meant = this.#nearKeyword(this.token, spellingHelp) ? undefined : this.#nearKeyword(previous, spellingHelp)
    if (meant === undefined) return this.expected(what)
    const help = `; did you mean ${meant} instead of ${previous.text}?`
    return this.error(this.token, `expected ${what}, found ${this.#found()}${help}`)
  }

  #found(): string {
    const { kind, text, start, end } = this.token
    if (kind === 'end') return 'the end of the text'
    if (kind === 'word') return text
    const piece = this.text.slice(start, end)
    return piece.length > 40 ? `${piece.slice(0, 40)}…` : piece
  }

  #nearKeyword(token: Token, keywords: readonly string[]): string | undefined {
    if (token.kind !== 'word' || token.text.length < 3 || keywords.includes(token.key)) return undefined
    return nearest(token.key, keywords)
  }
}
