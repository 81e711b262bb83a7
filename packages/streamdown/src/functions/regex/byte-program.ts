/** Instructions of `kernels/fn-regexp.ts`. */
const op = { match: 0, literal: 1, set: 2, repeat: 3, split: 4, jump: 5, save: 6, start: 7, end: 8, span: 9 } as const
/** `most` of a repetition without an upper bound. */
const UNBOUNDED = 255
/** In the program's head: a match may begin any number of bytes before its literal. */
const ANYWHERE = 255
const SET_BYTES = 17
const MAX_BYTES = 4000
const MAX_GROUPS = 127

/** A pattern that a kernel matches on the bytes of a text. */
export interface ByteProgram {
  readonly bytes: Uint8Array
  /** How many groups it captures. */
  readonly groups: number
}

/** Which characters that are not ASCII are in a set; U+2028 and U+2029 end lines. */
const others = { none: 0, all: 1, inLine: 2 } as const

interface CharacterSet {
  readonly ascii: ReadonlySet<number>
  readonly others: keyof typeof others
}

interface Group {
  readonly is: 'group'
  readonly number: number | undefined
  readonly choices: readonly (readonly Node[])[]
}

type Node =
  | { readonly is: 'byte'; readonly byte: number }
  | { readonly is: 'set'; readonly set: CharacterSet; readonly least: number; readonly most: number }
  | { readonly is: 'start' | 'end' }
  | Group

/**
 * A regular expression of ASCII characters, classes, `^`, `$`, groups, alternatives and greedy repetitions of single
 * characters, as a program for bytes of UTF-8: it matches what JavaScript's Unicode mode does. Undefined for all others.
 */
export function byteProgram(pattern: string): ByteProgram | undefined {
  const parser = new PlainPatternParser(pattern)
  const choices = parser.choices()
  if (choices === undefined || !parser.isDone) return undefined
  const emitter = new Emitter()
  const body = [...emitter.group({ is: 'group', number: 0, choices }, []), op.match]
  const { literal, before } = required(choices)
  const bytes = [parser.groups + 1, literal.length, before, ...word(emitter.choices), ...literal, ...body]
  return bytes.length > MAX_BYTES || parser.groups > MAX_GROUPS
    ? undefined
    : { bytes: Uint8Array.from(bytes), groups: parser.groups }
}

/**
 * Reads plain patterns, and nothing else. It does not begin with the tree of `pattern-tree.ts`: that takes all that `RegExp`
 * takes and leaves the characters of a class to the engine, where a program needs each of them as bytes.
 */
class PlainPatternParser {
  groups = 0
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isDone(): boolean {
    return this.#at === this.#text.length
  }

  choices(): readonly (readonly Node[])[] | undefined {
    const all: (readonly Node[])[] = []
    do {
      const nodes = this.#sequence()
      if (nodes === undefined) return undefined
      all.push(nodes)
    } while (this.#skip('|'))
    return all
  }

  #sequence(): readonly Node[] | undefined {
    const nodes: Node[] = []
    while (!this.isDone && this.#peek() !== '|' && this.#peek() !== ')') {
      const node = this.#item()
      if (node === undefined) return undefined
      nodes.push(node)
    }
    return nodes
  }

  #item(): Node | undefined {
    if (this.#skip('^')) return { is: 'start' }
    if (this.#skip('$')) return { is: 'end' }
    if (this.#skip('(')) return this.#group()
    const set = this.#character()
    if (set === undefined) return undefined
    const times = this.#times()
    if (times === undefined) return undefined
    const [byte] = set.ascii
    const once = times.least === 1 && times.most === 1
    return byte !== undefined && set.ascii.size === 1 && set.others === 'none' && once
      ? { is: 'byte', byte }
      : { is: 'set', set, ...times }
  }

  #group(): Node | undefined {
    const captures = !this.#skip('?:')
    const number = captures ? ++this.groups : undefined
    const choices = this.choices()
    return choices === undefined || !this.#skip(')') || '*+?{'.includes(this.#peek() || ' ')
      ? undefined
      : { is: 'group', number, choices }
  }

  #character(): CharacterSet | undefined {
    const character = this.#next()
    if (character === '.') return { ...except([0x0a, 0x0d]), others: 'inLine' }
    if (character === '[') return this.#class()
    if (character === '\\') return this.#escape(false)
    return '*+?{}])'.includes(character) || character > '\x7f' ? undefined : only([character.charCodeAt(0)])
  }

  #escape(inClass: boolean): CharacterSet | undefined {
    const character = this.#next()
    const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13 }
    const control = controls[character]
    if (control !== undefined) return only([control])
    if (character === 'd') return only(range(0x30, 0x39))
    if (character === 'w') return only(wordCharacters)
    if (!inClass && character === 'D') return except(range(0x30, 0x39))
    if (!inClass && character === 'W') return except(wordCharacters)
    const known = '^$\\.*+?()[]{}|/'.includes(character) || (inClass && character === '-')
    return character !== '' && known ? only([character.charCodeAt(0)]) : undefined
  }

  #class(): CharacterSet | undefined {
    const negated = this.#skip('^')
    const members: number[] = []
    while (!this.#skip(']')) {
      const first = this.#member()
      if (first === undefined) return undefined
      const [low] = first.ascii
      const ranged = this.#peek() === '-' && this.#text[this.#at + 1] !== ']'
      if (!ranged) {
        members.push(...first.ascii)
        continue
      }
      this.#next()
      const last = this.#member()
      const [high] = last?.ascii ?? []
      if (first.ascii.size !== 1 || last?.ascii.size !== 1 || low === undefined || high === undefined) return undefined
      if (low > high) return undefined
      members.push(...range(low, high))
    }
    if (members.length === 0) return undefined
    return negated ? except(members) : only(members)
  }

  #member(): CharacterSet | undefined {
    const character = this.#next()
    if (character === '\\') return this.#escape(true)
    return character === '' || character === '[' || character > '\x7f' ? undefined : only([character.charCodeAt(0)])
  }

  /** The repetition that follows; undefined: one that is not greedy, or out of range. */
  #times(): { readonly least: number; readonly most: number } | undefined {
    const times = this.#repetition()
    const { least, most } = times
    const fits = least <= most && least < UNBOUNDED && most <= UNBOUNDED
    return !fits || '*+?{'.includes(this.#peek() || ' ') ? undefined : times
  }

  #repetition(): { readonly least: number; readonly most: number } {
    if (this.#skip('*')) return { least: 0, most: UNBOUNDED }
    if (this.#skip('+')) return { least: 1, most: UNBOUNDED }
    if (this.#skip('?')) return { least: 0, most: 1 }
    const counted = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.#text.slice(this.#at))
    if (counted === null) return { least: 1, most: 1 }
    const [whole, from, comma, to] = counted
    this.#at += whole.length
    const least = Number(from)
    if (comma === undefined) return { least, most: least }
    // A bound as large as the mark for none is out of range.
    return { least, most: to === undefined ? UNBOUNDED : Number(to) < UNBOUNDED ? Number(to) : UNBOUNDED + 1 }
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #next(): string {
    return this.#text[this.#at++] ?? ''
  }

  #skip(wanted: string): boolean {
    if (!this.#text.startsWith(wanted, this.#at)) return false
    this.#at += wanted.length
    return true
  }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const wordCharacters = [...range(0x30, 0x39), ...range(0x41, 0x5a), 0x5f, ...range(0x61, 0x7a)]
const only = (members: readonly number[]): CharacterSet => ({ ascii: new Set(members), others: 'none' })
const except = (members: readonly number[]): CharacterSet => ({
  ascii: new Set(range(0, 0x7f)).difference(new Set(members)),
  others: 'all',
})

/**
 * Writes instructions; those at which ways part or begin are numbered. `after`: what follows up to the end of the pattern,
 * by which a repetition may turn out to have no choice.
 */
class Emitter {
  choices = 0

  group({ number, choices }: Group, after: readonly Node[]): number[] {
    const inside = this.#choices(choices, after)
    return number === undefined ? inside : [op.save, number * 2, ...inside, op.save, number * 2 + 1]
  }

  /** Each choice but the last: a split that goes on with the next one; a jump behind all of them. */
  #choices([first = [], ...others]: readonly (readonly Node[])[], after: readonly Node[]): number[] {
    if (others.length === 0) return this.#sequence(first, after)
    const number = this.choices++
    const own = this.#sequence(first, after)
    const rest = this.#choices(others, after)
    return [op.split, ...word(own.length + 3), ...word(number), ...own, op.jump, ...word(rest.length), ...rest]
  }

  #sequence(nodes: readonly Node[], after: readonly Node[]): number[] {
    const out: number[] = []
    for (let at = 0; at < nodes.length; ) {
      const node = nodes[at]
      if (node === undefined) break
      if (node.is === 'byte') {
        const literal = literalAt(nodes, at)
        out.push(op.literal, literal.length, ...literal)
        at += literal.length
      } else {
        at++
        out.push(...this.#node(node, [...nodes.slice(at), ...after]))
      }
    }
    return out
  }

  #node(node: Exclude<Node, { is: 'byte' }>, after: readonly Node[]): number[] {
    switch (node.is) {
      case 'set': {
        const { set, least, most } = node
        if (least === 1 && most === 1) return [op.set, ...bitsOf(set)]
        const repetition = isDecided(set, after) ? op.span : op.repeat
        return [repetition, least, most, ...word(this.choices++), ...bitsOf(set)]
      }
      case 'start':
      case 'end':
        return [op[node.is]]
      case 'group':
        return this.group(node, after)
    }
  }
}

/** The bytes from a node on that stand one behind the other, as many as an instruction takes. */
function literalAt(nodes: readonly Node[], from: number): readonly number[] {
  const bytes: number[] = []
  for (const node of nodes.slice(from, from + UNBOUNDED)) {
    if (node.is !== 'byte') break
    bytes.push(node.byte)
  }
  return bytes
}

/**
 * Whether a repetition of the set always takes all that it can: with less, a character of the set would come next, with
 * which nothing that follows begins; or nothing follows that could fail.
 */
function isDecided(set: CharacterSet, after: readonly Node[]): boolean {
  for (const node of after) {
    if (node.is === 'byte') return !set.ascii.has(node.byte)
    if (node.is === 'end') return true
    if (node.is !== 'set' || !isDisjoint(set, node.set)) return false
    if (node.least > 0) return true
  }
  return true
}

const isDisjoint = (a: CharacterSet, b: CharacterSet): boolean =>
  a.ascii.isDisjointFrom(b.ascii) && (a.others === 'none' || b.others === 'none')

const word = (value: number): readonly number[] => [value & 0xff, value >> 8]

function bitsOf({ ascii, others: rest }: CharacterSet): readonly number[] {
  const bits = new Array<number>(SET_BYTES).fill(0)
  for (const character of ascii) bits[character >> 3] = (bits[character >> 3] ?? 0) | (1 << (character & 7))
  bits[SET_BYTES - 1] = others[rest]
  return bits
}

/** Bytes that stand in every match, and how many bytes of it may be before them at most. */
function required(choices: readonly (readonly Node[])[]): {
  readonly literal: readonly number[]
  readonly before: number
} {
  const [nodes = []] = choices
  if (choices.length > 1) return { literal: [], before: 0 }
  const from = nodes.findIndex(({ is }) => is === 'byte')
  if (from < 0) return { literal: [], before: 0 }
  const literal = literalAt(nodes, from)
  return { literal, before: Math.min(ANYWHERE, longest(nodes.slice(0, from))) }
}

/** The most bytes that nodes match. */
function longest(nodes: readonly Node[]): number {
  let bytes = 0
  for (const node of nodes) {
    if (node.is === 'byte') bytes += 1
    else if (node.is === 'group') bytes += Math.max(...node.choices.map(longest))
    else if (node.is === 'set')
      bytes += node.most === UNBOUNDED ? ANYWHERE : node.most * (node.set.others === 'none' ? 1 : 4)
  }
  return bytes
}
