import { CharacterTest } from './character-sets.ts'
import type { Pattern, PatternNode } from './pattern-tree.ts'

/** Repetitions are written out; a program that grows beyond this is refused. */
const MOST_INSTRUCTIONS = 500_000

/** Numbers of instructions; what their operands mean stands behind each. */
export const op = {
  match: 0,
  /** Which of the program's tests. */
  character: 1,
  /**
   * Where to go on, and where if that fails; the first of its marks; how many rounds around it must take a character, of
   * which it has a mark for each number that have.
   */
  split: 2,
  /** Where to. */
  jump: 3,
  /** The slot of a group's beginning or end. */
  save: 4,
  /** Groups of a repetition begin each round without a match: from a slot to before another. */
  clear: 5,
  /** Begin and end a round of a repetition that might do without it: one that takes no character fails. */
  enter: 6,
  leave: 7,
  /** Which of the program's lookarounds. */
  look: 8,
  /** Which of the program's references back. */
  back: 9,
  /** 1 where lines have one each, 0 where the text has. */
  begin: 10,
  end: 11,
  /** 1 where letters are folded by Unicode, so that two more are some. */
  boundary: 12,
  noBoundary: 13,
} as const

/** An instruction is its number and four operands. */
export const INSTRUCTION_SIZE = 5

interface Look {
  readonly negated: boolean
  readonly program: LinearProgram
}

/** A reference back to what one of the groups has matched. */
export interface Reference {
  readonly groups: readonly number[]
  /** A test for each character that letters are compared by; undefined where case is regarded. */
  readonly folded: ((code: number) => CharacterTest) | undefined
}

/** Instructions that a match is found with; `backward`: from its end to its beginning, as behind a look-behind. */
export interface LinearProgram {
  readonly code: Int32Array
  readonly tests: readonly CharacterTest[]
  readonly looks: readonly Look[]
  readonly references: readonly Reference[]
  /** Whether groups capture in it. */
  readonly captures: boolean
  readonly marks: number
  /** How many rounds that must take a character are within each other. */
  readonly rounds: number
  readonly backward: boolean
}

/** The program of a pattern; undefined: it would be too long. */
export function linearProgram({ node }: Pattern): LinearProgram | undefined {
  try {
    return new Compiler({ left: MOST_INSTRUCTIONS }).program(node, false)
  } catch (problem) {
    if (problem instanceof TooLong) return undefined
    throw problem
  }
}

type Repeat = Extract<PatternNode, { is: 'repeat' }>

class TooLong extends Error {}

class Compiler {
  readonly #room: { left: number }
  readonly #tests: CharacterTest[] = []
  readonly #testOf = new Map<string, number>()
  readonly #looks: Look[] = []
  readonly #references: Reference[] = []
  readonly #code: number[] = []
  #marks = 0
  #round = 0
  #rounds = 0
  #backward = false

  constructor(room: { left: number }) {
    this.#room = room
  }

  program(node: PatternNode, backward: boolean): LinearProgram {
    this.#backward = backward
    this.#emit(node)
    this.#add(op.match)
    return {
      code: Int32Array.from(this.#code),
      tests: this.#tests,
      looks: this.#looks,
      references: this.#references,
      captures: groupsIn(node).length > 0,
      marks: this.#marks,
      rounds: this.#rounds,
      backward,
    }
  }

  #emit(node: PatternNode): void {
    switch (node.is) {
      case 'character':
        this.#add(op.character, this.#test(node.source, node.flags))
        return
      case 'assertion':
        this.#assertion(node)
        return
      case 'back': {
        const folded = node.flags.includes('i') ? foldedTests(node.flags) : undefined
        this.#add(op.back, this.#references.push({ groups: node.groups, folded }) - 1)
        return
      }
      case 'sequence':
        for (const each of this.#backward ? node.nodes.toReversed() : node.nodes) this.#emit(each)
        return
      case 'group': {
        const [begin, end] = [node.number * 2, node.number * 2 + 1]
        this.#add(op.save, this.#backward ? end : begin)
        this.#emit(node.node)
        this.#add(op.save, this.#backward ? begin : end)
        return
      }
      case 'look': {
        const inner = new Compiler(this.#room)
        this.#add(
          op.look,
          this.#looks.push({ negated: node.negated, program: inner.program(node.node, node.behind) }) - 1,
        )
        return
      }
      case 'choice':
        this.#choice(node.nodes)
        return
      case 'repeat':
        this.#repeat(node)
    }
  }

  #assertion({ source, flags }: Extract<PatternNode, { is: 'assertion' }>): void {
    const isBoundary = source === '\\b' || source === '\\B'
    const isOn = isBoundary ? flags.includes('i') && flags.includes('u') : flags.includes('m')
    this.#add(assertions[source], isOn ? 1 : 0)
  }

  #choice(nodes: readonly PatternNode[]): void {
    const jumps: number[] = []
    for (const [i, node] of nodes.entries()) {
      const split = i === nodes.length - 1 ? undefined : this.#split()
      const inside = this.#here
      this.#emit(node)
      if (split === undefined) break
      jumps.push(this.#add(op.jump))
      this.#join(split, inside, true)
    }
    for (const jump of jumps) this.#code[jump * INSTRUCTION_SIZE + 1] = this.#here
  }

  #repeat(repeat: Repeat): void {
    const { node, least, most, greedy } = repeat
    for (let i = 0; i < least; i++) this.#body(node)
    if (most === Number.POSITIVE_INFINITY) {
      const split = this.#split()
      const inside = this.#here
      this.#optional(node)
      this.#add(op.jump, split)
      this.#join(split, inside, greedy)
      return
    }
    const splits: { readonly split: number; readonly inside: number }[] = []
    for (let i = least; i < most; i++) {
      splits.push({ split: this.#split(), inside: this.#here })
      this.#optional(node)
    }
    for (const { split, inside } of splits) this.#join(split, inside, greedy)
  }

  /** A round of a repetition. */
  #body(node: PatternNode): void {
    const groups = groupsIn(node)
    if (groups.length > 0) this.#add(op.clear, Math.min(...groups) * 2, Math.max(...groups) * 2 + 2)
    this.#emit(node)
  }

  /** A round that the repetition might do without. */
  #optional(node: PatternNode): void {
    if (!mayBeEmpty(node)) {
      this.#body(node)
      return
    }
    const round = this.#round
    this.#round += 1
    this.#rounds = Math.max(this.#rounds, this.#round)
    this.#add(op.enter, round)
    this.#body(node)
    this.#add(op.leave, round)
    this.#round -= 1
  }

  /** Lets a split go into what stands at `inside`, or on to here. */
  #join(split: number, inside: number, greedy: boolean): void {
    this.#code[split * INSTRUCTION_SIZE + 1] = greedy ? inside : this.#here
    this.#code[split * INSTRUCTION_SIZE + 2] = greedy ? this.#here : inside
  }

  #split(): number {
    const mark = this.#marks
    this.#marks += this.#round + 1
    return this.#add(op.split, 0, 0, mark, this.#round)
  }

  /** Adds an instruction; its number in the program. */
  #add(code: number, a = 0, b = 0, c = 0, d = 0): number {
    this.#room.left -= 1
    if (this.#room.left < 0) throw new TooLong()
    this.#code.push(code, a, b, c, d)
    return this.#here - 1
  }

  #test(source: string, flags: string): number {
    const key = `${flags}/${source}`
    const known = this.#testOf.get(key)
    if (known !== undefined) return known
    const test = this.#tests.push(new CharacterTest(source, flags)) - 1
    this.#testOf.set(key, test)
    return test
  }

  get #here(): number {
    return this.#code.length / INSTRUCTION_SIZE
  }
}

const assertions = { '^': op.begin, $: op.end, '\\b': op.boundary, '\\B': op.noBoundary } as const

/** Tests of the characters that letters without regard to case are compared by, each made when it is first needed. */
function foldedTests(flags: string): (code: number) => CharacterTest {
  const tests = new Map<number, CharacterTest>()
  return code => {
    const known = tests.get(code)
    if (known !== undefined) return known
    const hex = code.toString(16)
    const made = new CharacterTest(flags.includes('u') ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`, flags)
    if (tests.size < 10_000) tests.set(code, made)
    return made
  }
}

function mayBeEmpty(node: PatternNode): boolean {
  switch (node.is) {
    case 'character':
      return false
    case 'assertion':
    case 'look':
    case 'back':
      return true
    case 'group':
      return mayBeEmpty(node.node)
    case 'repeat':
      return node.least === 0 || mayBeEmpty(node.node)
    case 'sequence':
      return node.nodes.every(mayBeEmpty)
    case 'choice':
      return node.nodes.some(mayBeEmpty)
  }
}

function groupsIn(node: PatternNode): readonly number[] {
  switch (node.is) {
    case 'character':
    case 'assertion':
    case 'back':
      return []
    case 'group':
      return [node.number, ...groupsIn(node.node)]
    case 'look':
    case 'repeat':
      return groupsIn(node.node)
    case 'sequence':
    case 'choice':
      return node.nodes.flatMap(groupsIn)
  }
}
