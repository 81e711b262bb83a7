import type { Js, JsProperty, Parameter } from './syntax.ts'
import { type Token, tokensOf, Unreadable } from './tokens.ts'

/** What was understood of an arrow's source. `body` is undefined for a block or for what is not understood. */
export interface ParsedArrow {
  readonly parameters: readonly (Parameter | undefined)[]
  readonly body: Js | undefined
  readonly tokens: readonly Token[]
  /** Where the body begins among the tokens. */
  readonly bodyAt: number
}

/** Reads the source of an arrow function or a method; undefined when it is neither, or not readable at all. */
export function parseArrow(source: string): ParsedArrow | undefined {
  try {
    return new Parser(tokensOf(source)).arrow()
  } catch (problem) {
    if (problem instanceof Unreadable) return undefined
    throw problem
  }
}

const binary: readonly (readonly string[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['===', '!==', '==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
]

const MAX_DEPTH = 200

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  arrow(): ParsedArrow | undefined {
    const isMethod = this.#methodName()
    const parameters = this.#parameters()
    if (parameters === undefined || !(isMethod ? this.#is('{') : this.#skip('=>'))) return undefined
    const bodyAt = this.#at
    if (this.#is('{')) return { parameters, body: undefined, tokens: this.#tokens, bodyAt }
    let body: Js | undefined
    try {
      body = this.#expression()
      if (this.#peek().is !== 'end') body = undefined
    } catch (problem) {
      if (!(problem instanceof Unreadable)) throw problem
    }
    return { parameters, body, tokens: this.#tokens, bodyAt }
  }

  /** The name of a method, `row(` or `*row(`, behind whose parameters there is no arrow. */
  #methodName(): boolean {
    const at = this.#at + (this.#is('*') ? 1 : 0)
    const [name, open] = [this.#tokens[at], this.#tokens[at + 1]]
    if (name?.is !== 'name' || name.text === 'async' || name.text === 'function') return false
    if (open?.is !== 'sign' || open.text !== '(') return false
    this.#at = at + 1
    return true
  }

  #parameters(): (Parameter | undefined)[] | undefined {
    const first = this.#peek()
    if (first.is === 'name' && first.text !== 'async' && first.text !== 'function') {
      this.#at += 1
      return [{ is: 'row', name: first.text }]
    }
    if (!this.#skip('(')) return undefined
    const parameters: (Parameter | undefined)[] = []
    while (!this.#skip(')')) {
      parameters.push(this.#parameter())
      if (!this.#skip(',') && !this.#is(')')) throw new Unreadable('parameter')
    }
    return parameters
  }

  #parameter(): Parameter | undefined {
    const token = this.#next()
    if (token.is === 'name') {
      if (this.#is('=')) throw new Unreadable('default value')
      return { is: 'row', name: token.text }
    }
    if (token.text !== '{') throw new Unreadable('parameter')
    const columns = new Map<string, string>()
    while (!this.#skip('}')) {
      const column = this.#next()
      if (column.is !== 'name' && column.is !== 'string') throw new Unreadable('destructuring')
      const name = this.#skip(':') ? this.#next() : column
      if (name.is !== 'name' || this.#is('=')) throw new Unreadable('destructuring')
      columns.set(name.text, column.text)
      if (!this.#skip(',') && !this.#is('}')) throw new Unreadable('destructuring')
    }
    return { is: 'columns', columns }
  }

  #expression(): Js {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new Unreadable('too deep')
    const test = this.#logical(0)
    this.#depth -= 1
    if (!this.#skip('?')) return test
    const then = this.#expression()
    this.#expect(':')
    return { is: 'conditional', test, then, otherwise: this.#expression() }
  }

  /** `??` (0), `||` (1), `&&` (2), each binding tighter. */
  #logical(level: 0 | 1 | 2): Js {
    const op = (['??', '||', '&&'] as const)[level]
    const inner = (): Js => (level === 0 ? this.#logical(1) : level === 1 ? this.#logical(2) : this.#binary(0))
    let left = inner()
    while (this.#skip(op)) left = { is: 'logical', op, left, right: inner() }
    return left
  }

  #binary(level: number): Js {
    const signs = binary[level]
    if (signs === undefined) return this.#power()
    let left = this.#binary(level + 1)
    for (;;) {
      const token = this.#peek()
      if (token.is === 'name' && (token.text === 'in' || token.text === 'instanceof')) throw new Unreadable(token.text)
      if (token.is !== 'sign' || !signs.includes(token.text)) return left
      this.#at += 1
      left = { is: 'binary', op: token.text, left, right: this.#binary(level + 1) }
    }
  }

  #power(): Js {
    const left = this.#unary()
    return this.#skip('**') ? { is: 'binary', op: '**', left, right: this.#power() } : left
  }

  #unary(): Js {
    const token = this.#peek()
    if (token.is === 'sign' && ['!', '-', '+', '~'].includes(token.text)) {
      this.#at += 1
      return { is: 'unary', op: token.text, of: this.#unary() }
    }
    if (token.is === 'name' && token.text === 'typeof') {
      this.#at += 1
      return { is: 'unary', op: 'typeof', of: this.#unary() }
    }
    return this.#postfix(this.#primary())
  }

  #postfix(start: Js): Js {
    let of = start
    for (;;) {
      if (this.#skip('.') || this.#is('?.')) {
        const optional = this.#skip('?.')
        if (optional && (this.#is('(') || this.#is('['))) throw new Unreadable('optional call')
        const name = this.#next()
        if (name.is !== 'name') throw new Unreadable('member')
        of = { is: 'member', of, name: name.text, optional }
      } else if (this.#skip('[')) {
        of = { is: 'index', of, index: this.#expression() }
        this.#expect(']')
      } else if (this.#skip('(')) {
        of = { is: 'call', callee: of, args: this.#list(')') }
      } else {
        return of
      }
    }
  }

  #list(end: string): readonly Js[] {
    const items: Js[] = []
    while (!this.#skip(end)) {
      items.push(this.#expression())
      if (!this.#skip(',') && !this.#is(end)) throw new Unreadable('list')
    }
    return items
  }

  #primary(): Js {
    const token = this.#next()
    switch (token.is) {
      case 'number':
        return { is: 'number', value: Number(token.text) }
      case 'bigint':
        return { is: 'bigint', value: BigInt(token.text.slice(0, -1)) }
      case 'string':
        return { is: 'string', value: token.text }
      case 'regex':
        return { is: 'other' }
      case 'name':
        return this.#named(token.text)
      case 'sign':
        break
      default:
        throw new Unreadable('end')
    }
    switch (token.text) {
      case '(': {
        const inner = this.#expression()
        this.#expect(')')
        if (this.#is('=>')) throw new Unreadable('inner arrow')
        return inner
      }
      case '[':
        return { is: 'array', elements: this.#list(']') }
      case '{':
        return this.#object()
      case '`':
        return this.#template()
      default:
        throw new Unreadable(token.text)
    }
  }

  #named(name: string): Js {
    switch (name) {
      case 'true':
      case 'false':
        return { is: 'boolean', value: name === 'true' }
      case 'null':
        return { is: 'null' }
      case 'undefined':
        return { is: 'undefined' }
      case 'new':
      case 'function':
      case 'async':
      case 'class':
      case 'await':
      case 'yield':
      case 'this':
      case 'void':
      case 'delete':
        throw new Unreadable(name)
      default:
        if (this.#is('=>')) throw new Unreadable('inner arrow')
        return { is: 'name', name }
    }
  }

  #object(): Js {
    const properties: JsProperty[] = []
    while (!this.#skip('}')) {
      if (this.#skip('...')) {
        properties.push({ is: 'spread', of: this.#expression() })
      } else {
        const key = this.#next()
        if (key.is !== 'name' && key.is !== 'string') throw new Unreadable('property')
        if (this.#skip(':')) properties.push({ is: 'property', name: key.text, value: this.#expression() })
        else if (key.is === 'name' && (this.#is(',') || this.#is('}')))
          properties.push({ is: 'property', name: key.text, value: this.#named(key.text) })
        else throw new Unreadable('property')
      }
      if (!this.#skip(',') && !this.#is('}')) throw new Unreadable('object')
    }
    return { is: 'object', properties }
  }

  #template(): Js {
    const texts: string[] = []
    const parts: Js[] = []
    for (;;) {
      const text = this.#next()
      if (text.is !== 'template') throw new Unreadable('template')
      texts.push(text.text)
      if (this.#skip('`')) return { is: 'template', texts, parts }
      this.#expect('${')
      parts.push(this.#expression())
      this.#expect('}$')
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { is: 'end', text: '' }
  }

  #next(): Token {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #is(sign: string): boolean {
    const token = this.#peek()
    return token.is === 'sign' && token.text === sign
  }

  #skip(sign: string): boolean {
    if (!this.#is(sign)) return false
    this.#at += 1
    return true
  }

  #expect(sign: string): void {
    if (!this.#skip(sign)) throw new Unreadable(`${sign} expected`)
  }
}
