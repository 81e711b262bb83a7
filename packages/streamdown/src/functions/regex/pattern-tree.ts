/** What a regular expression of JavaScript is made of. The text of single-character parts is left to the engine's own. */
export type PatternNode =
  /** One character: `source` is a literal, an escape, a class or the dot. */
  | { readonly is: 'character'; readonly source: string }
  | { readonly is: 'sequence'; readonly nodes: readonly PatternNode[] }
  | { readonly is: 'choice'; readonly nodes: readonly PatternNode[] }
  | { readonly is: 'group'; readonly number: number; readonly node: PatternNode }
  | {
      readonly is: 'repeat'
      readonly node: PatternNode
      readonly least: number
      readonly most: number
      readonly greedy: boolean
    }
  | { readonly is: 'assertion'; readonly source: '^' | '$' | '\\b' | '\\B' }
  | { readonly is: 'look'; readonly behind: boolean; readonly negated: boolean; readonly node: PatternNode }

export interface Pattern {
  readonly node: PatternNode
  /** How many groups it captures. */
  readonly groups: number
  readonly names: ReadonlyMap<string, number>
}

/** Thrown and caught here: what this does not know, like references back to a group. */
class Unknown extends Error {}

/** The tree of a pattern that `RegExp` takes; undefined where it has references back, or something newer than this. */
export function parsePattern({ source, unicode }: RegExp): Pattern | undefined {
  const parser = new PatternParser(source, unicode)
  try {
    const node = parser.choice()
    return { node, groups: parser.groups, names: parser.names }
  } catch (problem) {
    if (problem instanceof Unknown) return undefined
    throw problem
  }
}

const lookarounds = [
  { opens: '(?=', behind: false, negated: false },
  { opens: '(?!', behind: false, negated: true },
  { opens: '(?<=', behind: true, negated: false },
  { opens: '(?<!', behind: true, negated: true },
] as const

/** Escapes of one character that are more than a letter behind the backslash. */
const longEscape = /\\(?:x[0-9a-fA-F]{2}|c[a-zA-Z]|u[0-9a-fA-F]{4})/y
/** Others where Unicode is regarded; two escapes of surrogates are one character then. */
const unicodeEscape = /\\(?:[pP]\{[^}]*\}|u\{[0-9a-fA-F]+\}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})/y
const quantifier = /(?:[*+?]|\{(\d+)(,?)(\d*)\})(\??)/y
const className = /\[(?:\\[\s\S]|[^\]\\])*\]/y
const groupName = /\(\?<([^>=!]+)>/y

class PatternParser {
  groups = 0
  readonly names = new Map<string, number>()
  readonly #source: string
  readonly #unicode: boolean
  #at = 0

  constructor(source: string, unicode: boolean) {
    this.#source = source
    this.#unicode = unicode
  }

  choice(): PatternNode {
    const nodes: PatternNode[] = []
    do nodes.push(this.#sequence())
    while (this.#skip('|'))
    return nodes.length === 1 ? nodes[0]! : { is: 'choice', nodes }
  }

  #sequence(): PatternNode {
    const nodes: PatternNode[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const node = this.#atom()
      nodes.push(this.#repeated(node))
    }
    return nodes.length === 1 ? nodes[0]! : { is: 'sequence', nodes }
  }

  #repeated(node: PatternNode): PatternNode {
    const match = this.#match(quantifier)
    if (match === undefined) return node
    const [text, from, comma, to, lazy] = match
    const greedy = lazy === ''
    if (from === undefined) {
      const most = text.startsWith('?') ? 1 : Number.POSITIVE_INFINITY
      return { is: 'repeat', node, least: text.startsWith('+') ? 1 : 0, most, greedy }
    }
    const least = Number(from)
    const most = comma === '' ? least : to === '' ? Number.POSITIVE_INFINITY : Number(to)
    return { is: 'repeat', node, least, most, greedy }
  }

  #atom(): PatternNode {
    const next = this.#source[this.#at]!
    if (next === '(') return this.#group()
    if (next === '^' || next === '$') {
      this.#at += 1
      return { is: 'assertion', source: next }
    }
    if (next === '\\') return this.#escape()
    const source = this.#match(className)?.[0] ?? this.#plain()
    return { is: 'character', source: '{}]/'.includes(source) ? `\\${source}` : source }
  }

  #plain(): string {
    const code = this.#source.codePointAt(this.#at)!
    const character = this.#unicode ? String.fromCodePoint(code) : this.#source[this.#at]!
    this.#at += character.length
    return character
  }

  #escape(): PatternNode {
    const letter = this.#source[this.#at + 1] ?? ''
    if ((letter >= '1' && letter <= '9') || letter === 'k') throw new Unknown()
    if (letter === 'b' || letter === 'B') {
      this.#at += 2
      return { is: 'assertion', source: letter === 'b' ? '\\b' : '\\B' }
    }
    const long = (this.#unicode ? this.#match(unicodeEscape) : undefined) ?? this.#match(longEscape)
    if (long !== undefined) return { is: 'character', source: long[0] }
    this.#at += 1
    return { is: 'character', source: `\\${this.#plain()}` }
  }

  #group(): PatternNode {
    const look = lookarounds.find(({ opens }) => this.#skip(opens))
    if (look !== undefined) {
      const { behind, negated } = look
      return { is: 'look', behind, negated, node: this.#closed() }
    }
    if (this.#skip('(?:')) return this.#closed()
    const name = this.#match(groupName)?.[1]
    if (name === undefined && this.#source.startsWith('(?', this.#at)) throw new Unknown()
    if (name === undefined) this.#at += 1
    this.groups += 1
    const number = this.groups
    if (name !== undefined) {
      // Alternatives may use one name each.
      if (this.names.has(name)) throw new Unknown()
      this.names.set(name, number)
    }
    return { is: 'group', number, node: this.#closed() }
  }

  #closed(): PatternNode {
    const node = this.choice()
    if (!this.#skip(')')) throw new Unknown()
    return node
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match === null) return undefined
    this.#at += match[0].length
    return match
  }

  #skip(wanted: string): boolean {
    if (!this.#source.startsWith(wanted, this.#at)) return false
    this.#at += wanted.length
    return true
  }
}
