import { allCharacters, type CharacterSet, characterSet, noCharacters } from './character-sets.ts'
import type { Pattern, PatternNode } from './pattern-tree.ts'

/**
 * How many steps a backtracking matcher takes at most over a text of n characters: 2^bits * n^power. A power of infinity
 * stands for a number that grows exponentially with n.
 */
export interface Effort {
  readonly power: number
  readonly bits: number
}

const none: Effort = { power: 0, bits: 0 }
/** Over all of a text. */
const pass: Effort = { power: 1, bits: 0 }
const both = (a: Effort, b: Effort): Effort => ({ power: a.power + b.power, bits: a.bits + b.bits })
const larger = (a: Effort, b: Effort): Effort => ({
  power: Math.max(a.power, b.power),
  bits: Math.max(a.bits, b.bits),
})

/**
 * The effort of searching a pattern. A choice that the next character decides costs nothing, since the other way fails at
 * once; any other one doubles the effort, and a repetition that may end anywhere multiplies it by the length. Choices
 * within a repetition are made anew each time: exponentially often.
 */
export function effortOf({ node }: Pattern): Effort {
  const analysis = new Analysis()
  const own = analysis.effort(node, noCharacters)
  const passes = analysis.isUnbounded(node) ? 1 : 0
  const starts = beginsAtStart(node) ? 0 : 1
  return both(own, { power: passes + starts, bits: 0 })
}

/** The characters that a match may begin with; all of them where it may be empty. */
export const beginsOf = ({ node }: Pattern): CharacterSet => new Analysis().begins(node, allCharacters)

function beginsAtStart(node: PatternNode): boolean {
  switch (node.is) {
    case 'assertion':
      return node.source === '^' && !node.flags.includes('m')
    case 'sequence':
      return node.nodes[0] !== undefined && beginsAtStart(node.nodes[0])
    case 'group':
      return beginsAtStart(node.node)
    case 'choice':
      return node.nodes.every(beginsAtStart)
    default:
      return false
  }
}

class Analysis {
  readonly #sets = new Map<string, CharacterSet>()

  /** `follow`: the characters with which a match may go on behind the node. */
  effort(node: PatternNode, follow: CharacterSet): Effort {
    switch (node.is) {
      case 'character':
      case 'assertion':
        return none
      case 'back':
        return pass
      case 'group':
        return this.effort(node.node, follow)
      case 'look':
        // What it is followed by is not known within; it goes over the text by itself.
        return both(this.effort(node.node, allCharacters), this.isUnbounded(node.node) ? pass : none)
      case 'sequence':
        return this.#sequence(node.nodes, follow)
      case 'choice':
        return this.#choice(node.nodes, follow)
      case 'repeat':
        return this.#repeat(node, follow)
    }
  }

  isUnbounded(node: PatternNode): boolean {
    switch (node.is) {
      case 'character':
      case 'assertion':
        return false
      // What a group has matched may be long.
      case 'back':
        return true
      case 'look':
        return false
      case 'group':
        return this.isUnbounded(node.node)
      case 'sequence':
      case 'choice':
        return node.nodes.some(each => this.isUnbounded(each))
      case 'repeat':
        return node.most === Number.POSITIVE_INFINITY || this.isUnbounded(node.node)
    }
  }

  #sequence(nodes: readonly PatternNode[], follow: CharacterSet): Effort {
    let effort = none
    let behind = follow
    for (const node of nodes.toReversed()) {
      effort = both(effort, this.effort(node, behind))
      behind = this.begins(node, behind)
    }
    return effort
  }

  #choice(nodes: readonly PatternNode[], follow: CharacterSet): Effort {
    const begins = nodes.map(node => this.begins(node, follow))
    const isDecided = begins.every((set, i) => begins.slice(i + 1).every(other => (set & other) === noCharacters))
    const effort = nodes.map(node => this.effort(node, follow)).reduce(larger, none)
    return isDecided ? effort : both(effort, { power: 0, bits: Math.log2(nodes.length) })
  }

  #repeat({ node, least, most }: Extract<PatternNode, { is: 'repeat' }>, follow: CharacterSet): Effort {
    const again = most > 1 ? this.begins(node, follow) : noCharacters
    const within = this.effort(node, again | follow)
    const unbounded = most === Number.POSITIVE_INFINITY
    const isDecided = least === most || (this.begins(node, noCharacters) & follow) === noCharacters
    const ends = isDecided ? none : unbounded ? { power: 1, bits: 0 } : { power: 0, bits: Math.log2(most - least + 1) }
    if (within.power === 0 && within.bits === 0) return ends
    if (unbounded) return { power: Number.POSITIVE_INFINITY, bits: 0 }
    return both(ends, { power: within.power * most, bits: within.bits * most })
  }

  /** The characters with which a match may begin at the node, with `follow` behind it. */
  begins(node: PatternNode, follow: CharacterSet): CharacterSet {
    switch (node.is) {
      case 'character':
        return this.#set(node)
      case 'assertion':
        // At the end of a text nothing follows.
        return node.source === '$' && !node.flags.includes('m') ? noCharacters : follow
      case 'look':
        return follow
      case 'back':
        return allCharacters
      case 'group':
        return this.begins(node.node, follow)
      case 'sequence':
        return node.nodes.reduceRight((behind, each) => this.begins(each, behind), follow)
      case 'choice':
        return node.nodes.reduce((set, each) => set | this.begins(each, follow), noCharacters)
      case 'repeat':
        return node.most === 0 ? follow : this.begins(node.node, follow) | (node.least === 0 ? follow : noCharacters)
    }
  }

  #set({ source, flags }: { readonly source: string; readonly flags: string }): CharacterSet {
    const key = `${flags}/${source}`
    const known = this.#sets.get(key)
    if (known !== undefined) return known
    const set = characterSet(source, flags)
    this.#sets.set(key, set)
    return set
  }
}
