import { failures } from '../../../errors/table.ts'
import { type Json, JsonNumber } from '../../../values/json.ts'
import { numericText, parseNumeric } from '../../../values/numeric.ts'
import { RowError } from '../../definition.ts'
import { regexPattern } from '../../regex/patterns.ts'
import { pathTokens, type Spelling, type Token } from './lexer.ts'
import {
  type ArithmeticOperator,
  type ComparisonOperator,
  isPredicate,
  type JsonPath,
  type Method,
  methods,
  type PathExpression,
  type Predicate,
  type Step,
  type Subscript,
} from './tree.ts'

const caches: Readonly<Record<Spelling, Map<string, JsonPath>>> = { postgres: new Map(), jsonpath: new Map() }

/** A path out of its text. Paths are mostly constants, so each is read once. */
export function jsonPath(text: string, spelling: Spelling): JsonPath {
  const cache = caches[spelling]
  const known = cache.get(text)
  if (known !== undefined) return known
  const tokens = pathTokens(text, spelling)
  const parsed = tokens === undefined ? undefined : new PathParser(tokens, spelling).path()
  if (parsed === undefined) throw new RowError(failures.argument, `'${text}' is not a valid JSON path`)
  if (cache.size > 512) cache.clear()
  cache.set(text, parsed)
  return parsed
}

/** Thrown where the text is no path. */
class NoPath extends Error {}

const refuse = (): never => {
  throw new NoPath()
}

const comparisons: readonly ComparisonOperator[] = ['==', '<>', '<=', '>=', '<', '>']
const sums: readonly ArithmeticOperator[] = ['+', '-']
const products: readonly ArithmeticOperator[] = ['*', '/', '%']

/** Descends through the grammar of PostgreSQL's jsonpath_gram.y, loosest operators first. */
class PathParser {
  readonly #tokens: readonly Token[]
  readonly #spelling: Spelling
  #at = 0
  #filters = 0
  #subscripts = 0

  constructor(tokens: readonly Token[], spelling: Spelling) {
    this.#tokens = tokens
    this.#spelling = spelling
  }

  path(): JsonPath | undefined {
    try {
      const strict = this.#acceptWord('strict')
      // Flink's paths are strict unless they say otherwise, and leave out what lacks a member among many.
      const lax = !strict && (this.#acceptWord('lax') || this.#spelling === 'postgres')
      const of = this.#any()
      if (this.#token.is !== 'end') return undefined
      const many = isMany(of)
      return { unwraps: lax, lenient: lax || (many && this.#spelling === 'jsonpath'), many, of }
    } catch (error) {
      if (error instanceof NoPath) return undefined
      throw error
    }
  }

  get #token(): Token {
    return this.#tokens[this.#at] ?? { is: 'end', text: '' }
  }

  #accept(...texts: readonly string[]): boolean {
    if (this.#token.is !== 'symbol' || !texts.includes(this.#token.text)) return false
    this.#at++
    return true
  }

  #acceptOneOf<T extends string>(texts: readonly T[]): T | undefined {
    return texts.find(text => this.#accept(text))
  }

  #expect(text: string): void {
    if (!this.#accept(text)) refuse()
  }

  /** Words are keywords in any case, but for null, true and false. */
  #isWord(word: string): boolean {
    return this.#token.is === 'name' && this.#token.text.toLowerCase() === word
  }

  #acceptWord(word: string): boolean {
    if (!this.#isWord(word)) return false
    this.#at++
    return true
  }

  #take(is: Token['is']): string {
    const { text } = this.#token
    if (this.#token.is !== is) refuse()
    this.#at++
    return text
  }

  /** An expression or a predicate. */
  #any(): PathExpression {
    let left = this.#conjunction()
    while (this.#accept('||')) left = { is: 'or', left: predicate(left), right: predicate(this.#conjunction()) }
    return left
  }

  #conjunction(): PathExpression {
    let left = this.#negation()
    while (this.#accept('&&')) left = { is: 'and', left: predicate(left), right: predicate(this.#negation()) }
    return left
  }

  #negation(): PathExpression {
    if (!this.#accept('!')) return this.#comparison()
    if (this.#accept('(')) {
      const of = predicate(this.#any())
      this.#expect(')')
      return { is: 'not', of }
    }
    return this.#isWord('exists') ? { is: 'not', of: predicate(this.#comparison()) } : refuse()
  }

  #comparison(): PathExpression {
    const left = this.#sum()
    if (isPredicate(left)) return left
    const operator = this.#acceptOneOf(comparisons)
    if (operator !== undefined) return { is: 'comparison', operator, left, right: value(this.#sum()) }
    if (this.#acceptWord('starts')) {
      if (!this.#acceptWord('with')) refuse()
      const initial = this.#primary()
      return initial.is === 'variable' || (initial.is === 'literal' && typeof initial.value === 'string')
        ? { is: 'starts with', of: left, initial }
        : refuse()
    }
    if (this.#acceptWord('like_regex')) {
      const pattern = this.#take('string')
      return {
        is: 'like_regex',
        of: left,
        pattern: likeRegex(pattern, this.#acceptWord('flag') ? this.#take('string') : ''),
      }
    }
    return left
  }

  #sum(): PathExpression {
    let left = this.#product()
    for (;;) {
      const operator = this.#acceptOneOf(sums)
      if (operator === undefined) return left
      left = { is: 'arithmetic', operator, left: value(left), right: value(this.#product()) }
    }
  }

  #product(): PathExpression {
    let left = this.#signed()
    for (;;) {
      const operator = this.#acceptOneOf(products)
      if (operator === undefined) return left
      left = { is: 'arithmetic', operator, left: value(left), right: value(this.#signed()) }
    }
  }

  #signed(): PathExpression {
    if (this.#accept('+')) return { is: 'sign', operator: '+', of: value(this.#signed()) }
    if (this.#accept('-')) return { is: 'sign', operator: '-', of: value(this.#signed()) }
    return this.#accessed()
  }

  #accessed(): PathExpression {
    if (this.#isWord('exists')) {
      this.#at++
      this.#expect('(')
      const of = value(this.#any())
      this.#expect(')')
      return { is: 'exists', of }
    }
    if (!this.#accept('(')) return this.#steps(this.#primary())
    const inner = this.#any()
    this.#expect(')')
    if (isPredicate(inner) && this.#acceptWord('is'))
      return this.#acceptWord('unknown') ? { is: 'is unknown', of: inner } : refuse()
    return this.#steps(inner)
  }

  #primary(): PathExpression {
    if (this.#accept('$')) return { is: 'root' }
    if (this.#accept('@')) return this.#filters > 0 ? { is: 'current' } : refuse()
    const { is, text } = this.#token
    this.#at++
    switch (is) {
      case 'string':
        return { is: 'literal', value: text }
      case 'number':
        return { is: 'literal', value: numberOf(text) }
      case 'variable':
        return { is: 'variable', name: text }
      case 'name': {
        if (text.toLowerCase() === 'last') return this.#subscripts > 0 ? { is: 'last' } : refuse()
        const constant = constants.get(text)
        return constant === undefined ? refuse() : { is: 'literal', value: constant }
      }
      default:
        return refuse()
    }
  }

  #steps(start: PathExpression): PathExpression {
    let of = start
    for (;;) {
      const steps = this.#step()
      if (steps === undefined) return of
      for (const step of steps) of = { is: 'access', of, step }
    }
  }

  /** The next step; as two where it is JSONPath's short form of them. */
  #step(): readonly Step[] | undefined {
    if (this.#accept('[')) return this.#bracket()
    if (this.#accept('?')) return [this.#filter()]
    if (!this.#accept('.')) return undefined
    if (this.#spelling === 'jsonpath') {
      if (this.#accept('.')) return this.#descendants()
      if (this.#accept('[')) return this.#bracket()
    }
    if (this.#accept('*')) return [{ is: 'any member' }]
    if (this.#accept('**')) return [this.#levels()]
    return [this.#named()]
  }

  #named(): Step {
    const { is, text } = this.#token
    if (is !== 'name' && is !== 'string') return refuse()
    this.#at++
    const method = methods.find(known => is === 'name' && known === text.toLowerCase())
    if (method === undefined || !this.#accept('(')) return { is: 'member', name: text, alone: false }
    const args = this.#arguments(method)
    this.#expect(')')
    return { is: 'method', call: { name: method, args } }
  }

  #arguments(method: Method): readonly (string | number)[] {
    const first = this.#token
    if (first.is === 'symbol' && first.text === ')') return []
    switch (method) {
      case 'datetime':
        return [this.#take('string')]
      case 'time':
      case 'time_tz':
      case 'timestamp':
      case 'timestamp_tz':
        return [this.#integer()]
      case 'decimal': {
        const precision = this.#signedInteger()
        return this.#accept(',') ? [precision, this.#signedInteger()] : [precision]
      }
      default:
        return refuse()
    }
  }

  #signedInteger(): number {
    if (this.#accept('-')) return -this.#integer()
    this.#accept('+')
    return this.#integer()
  }

  #integer(): number {
    const text = this.#take('number')
    return /^\d{1,10}$/.test(text) ? Number(text) : refuse()
  }

  #filter(): Step {
    this.#expect('(')
    this.#filters++
    const by = predicate(this.#any())
    this.#filters--
    this.#expect(')')
    return { is: 'filter', by }
  }

  #levels(): Step {
    if (!this.#accept('{')) return { is: 'below', from: 0, to: Number.POSITIVE_INFINITY }
    const level = (): number => (this.#acceptWord('last') ? Number.POSITIVE_INFINITY : this.#integer())
    const from = level()
    const to = this.#acceptWord('to') ? level() : from
    this.#expect('}')
    return { is: 'below', from, to }
  }

  #bracket(): readonly Step[] {
    if (this.#accept('*')) {
      this.#expect(']')
      return [{ is: 'any element' }]
    }
    if (this.#spelling === 'jsonpath') {
      if (this.#token.is === 'string') {
        const name = this.#take('string')
        this.#expect(']')
        return [{ is: 'member', name, alone: false }]
      }
      if (this.#accept('?')) {
        const by = this.#filter()
        this.#expect(']')
        return [{ is: 'any element' }, by]
      }
    }
    this.#subscripts++
    const at = [this.#subscript()]
    while (this.#accept(',')) at.push(this.#subscript())
    this.#subscripts--
    this.#expect(']')
    return [{ is: 'elements', at }]
  }

  #subscript(): Subscript {
    const jsonpath = this.#spelling === 'jsonpath'
    if (jsonpath && this.#accept(':')) return { from: zero, to: before(this.#sum()) }
    const first = value(this.#sum())
    if (this.#acceptWord('to')) return { from: first, to: value(this.#sum()) }
    const from = jsonpath ? fromEnd(first) : first
    if (!jsonpath || !this.#accept(':')) return { from, to: undefined }
    const open = this.#token.is === 'symbol' && [']', ','].includes(this.#token.text)
    return { from, to: open ? { is: 'last' } : before(this.#sum()) }
  }

  /** `..name`, `..['name']`, `..*` */
  #descendants(): readonly Step[] {
    if (this.#accept('*')) return [{ is: 'below', from: 1, to: Number.POSITIVE_INFINITY }]
    const bracket = this.#accept('[')
    const { is, text } = this.#token
    if (is !== 'string' && (is !== 'name' || bracket)) return refuse()
    this.#at++
    if (bracket) this.#expect(']')
    return [
      { is: 'below', from: 0, to: Number.POSITIVE_INFINITY },
      { is: 'member', name: text, alone: true },
    ]
  }
}

/** Whether one of the steps leads to several values, whatever the document. */
function isMany(node: PathExpression): boolean {
  if (node.is !== 'access') return false
  const { step } = node
  if (step.is === 'any member' || step.is === 'any element' || step.is === 'below' || step.is === 'filter') return true
  const several = step.is === 'elements' && (step.at.length > 1 || step.at.some(({ to }) => to !== undefined))
  return several || isMany(node.of)
}

const constants: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['null', null],
  ['true', true],
  ['false', false],
])

const predicate = (node: PathExpression): Predicate => (isPredicate(node) ? node : refuse())
const value = (node: PathExpression): PathExpression => (isPredicate(node) ? refuse() : node)

function numberOf(text: string): JsonNumber {
  const number = parseNumeric(text)
  return number === undefined || number === 'too large' ? refuse() : new JsonNumber(numericText(number))
}

const zero: PathExpression = { is: 'literal', value: new JsonNumber('0') }
const one: PathExpression = { is: 'literal', value: new JsonNumber('1') }

/** The place before another one: the end of `[from:before]`. */
const before = (place: PathExpression): PathExpression => ({
  is: 'arithmetic',
  operator: '-',
  left: fromEnd(value(place)),
  right: one,
})

/** JSONPath counts places below 0 from the end. */
function fromEnd(place: PathExpression): PathExpression {
  return place.is === 'sign' && place.operator === '-'
    ? {
        is: 'arithmetic',
        operator: '-',
        left: { is: 'last' },
        right: { ...place, is: 'arithmetic', left: place.of, right: one },
      }
    : place
}

/** XQuery's flags: i, s (a dot is any character), m (^ and $ at lines), q (nothing is special). */
function likeRegex(pattern: string, flags: string): RegExp {
  if (!/^[ismq]*$/.test(flags)) refuse()
  const literal = flags.includes('q')
  // A quoted pattern has no anchors and no dots.
  const source = literal ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : pattern
  return regexPattern(source, flags.replace('q', ''))
}
