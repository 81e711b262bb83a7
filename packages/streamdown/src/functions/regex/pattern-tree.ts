/**
 * What a regular expression of JavaScript is made of. The text of single-character parts is left to the engine's own.
 * `flags`: those in force at the part, which `(?i-s:...)` changes within a pattern.
 */
export type PatternNode =
  /** One character: `source` is a literal, an escape, a class or the dot. */
  | { readonly is: 'character'; readonly source: string; readonly flags: string }
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
  | { readonly is: 'assertion'; readonly source: '^' | '$' | '\\b' | '\\B'; readonly flags: string }
  /** What a group has matched, once more; of several groups of one name the one that takes part. */
  | { readonly is: 'back'; readonly groups: readonly number[]; readonly flags: string }
  | { readonly is: 'look'; readonly behind: boolean; readonly negated: boolean; readonly node: PatternNode }

export interface Pattern {
  readonly node: PatternNode
  /** How many groups it captures. */
  readonly groups: number
  /** The groups of a name: several where alternatives use it. */
  readonly names: ReadonlyMap<string, readonly number[]>
  /** Whether a part refers back to what a group has matched. */
  readonly refersBack: boolean
}

/** Thrown and caught here: what this does not know. */
class Unknown extends Error {}

/** The tree of a pattern that `RegExp` takes; undefined where it has something newer than this. */
export function parsePattern(regex: RegExp): Pattern | undefined {
  const parser = new PatternParser(regex)
  try {
    const node = parser.choice()
    return { node, groups: parser.groups, names: parser.names, refersBack: parser.refersBack }
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
const groupOption = /\(\?([ims]*)(?:-([ims]*))?:/y
const groupNumber = /\\([1-9]\d*)/y
const namedReference = /\\k<([^>]+)>/y
/** Where Unicode is not regarded, a number that is no group's is a character's in octal, or a digit that stands for itself. */
const octalEscape = /\\(?:[0-3][0-7]{0,2}|[4-7][0-7]?)/y

class PatternParser {
  groups = 0
  refersBack = false
  readonly names = new Map<string, number[]>()
  readonly #source: string
  readonly #unicode: boolean
  /** Of the whole pattern, as references may precede their groups. */
  readonly #allGroups: number
  readonly #hasNames: boolean
  #flags: string
  #at = 0

  constructor({ source, flags, unicode }: RegExp) {
    this.#source = source
    this.#flags = flags.replace(/[^imsu]/g, '')
    this.#unicode = unicode
    // Of an alternative that matches everything all groups are there.
    const groups = new RegExp(`${source}|`, this.#flags).exec('')
    this.#allGroups = (groups?.length ?? 1) - 1
    this.#hasNames = groups?.groups !== undefined
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
      return { is: 'assertion', source: next, flags: this.#flags }
    }
    if (next === '\\') return this.#escape()
    const source = this.#match(className)?.[0] ?? this.#plain()
    return this.#character('{}]/'.includes(source) ? `\\${source}` : source)
  }

  #character(source: string): PatternNode {
    return { is: 'character', source, flags: this.#flags }
  }

  #plain(): string {
    const code = this.#source.codePointAt(this.#at)!
    const character = this.#unicode ? String.fromCodePoint(code) : this.#source[this.#at]!
    this.#at += character.length
    return character
  }

  #escape(): PatternNode {
    const reference = this.#reference()
    if (reference !== undefined) return reference
    const letter = this.#source[this.#at + 1] ?? ''
    if (letter === 'b' || letter === 'B') {
      this.#at += 2
      return { is: 'assertion', source: letter === 'b' ? '\\b' : '\\B', flags: this.#flags }
    }
    const long = (this.#unicode ? this.#match(unicodeEscape) : this.#match(octalEscape)) ?? this.#match(longEscape)
    if (long !== undefined) return this.#character(long[0])
    this.#at += 1
    return this.#character(`\\${this.#plain()}`)
  }

  #reference(): PatternNode | undefined {
    const from = this.#at
    const number = Number(this.#match(groupNumber)?.[1] ?? 0)
    if (number > this.#allGroups) {
      this.#at = from
      return undefined
    }
    const name = number > 0 || !this.#hasNames ? undefined : this.#match(namedReference)?.[1]
    if (number === 0 && name === undefined) return undefined
    this.refersBack = true
    return { is: 'back', groups: name === undefined ? [number] : this.#groupsOf(name), flags: this.#flags }
  }

  /** Grows with each group of the name that is read later. */
  #groupsOf(name: string): number[] {
    const groups = this.names.get(name) ?? []
    this.names.set(name, groups)
    return groups
  }

  #group(): PatternNode {
    const look = lookarounds.find(({ opens }) => this.#skip(opens))
    if (look !== undefined) {
      const { behind, negated } = look
      return { is: 'look', behind, negated, node: this.#closed() }
    }
    const option = this.#match(groupOption)
    if (option !== undefined) return this.#withOptions(option[1] ?? '', option[2] ?? '')
    const name = this.#match(groupName)?.[1]
    if (name === undefined && this.#source.startsWith('(?', this.#at)) throw new Unknown()
    if (name === undefined) this.#at += 1
    this.groups += 1
    const number = this.groups
    if (name !== undefined) this.#groupsOf(name).push(number)
    return { is: 'group', number, node: this.#closed() }
  }

  #withOptions(on: string, off: string): PatternNode {
    const around = this.#flags
    this.#flags = [...new Set(around + on)].filter(flag => !off.includes(flag)).join('')
    const node = this.#closed()
    this.#flags = around
    return node
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
