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
  begin: 9,
  end: 10,
  boundary: 11,
  noBoundary: 12,
} as const

/** An instruction is its number and four operands. */
export const INSTRUCTION_SIZE = 5

interface Look {
  readonly negated: boolean
  readonly program: LinearProgram
}

/** Instructions that a match is found with; `backward`: from its end to its beginning, as behind a look-behind. */
export interface LinearProgram {
  readonly code: Int32Array
  readonly tests: readonly CharacterTest[]
  readonly looks: readonly Look[]
  readonly marks: number
  /** How many rounds that must take a character are within each other. */
  readonly rounds: number
  readonly backward: boolean
}

/** The program of a pattern; undefined: it would be too long. */
export function linearProgram({ node }: Pattern, flags: string): LinearProgram | undefined {
  try {
    return new Compiler(flags, { left: MOST_INSTRUCTIONS }).program(node, false)
  } catch (problem) {
    if (problem instanceof TooLong) return undefined
    throw problem
  }
}

type Repeat = Extract<PatternNode, { is: 'repeat' }>

class TooLong extends Error {}

class Compiler {
  readonly #flags: string
  readonly #room: { left: number }
  readonly #tests: CharacterTest[] = []
  readonly #testOf = new Map<string, number>()
  readonly #looks: Look[] = []
  readonly #code: number[] = []
  #marks = 0
  #round = 0
  #rounds = 0
  #backward = false

  constructor(flags: string, room: { left: number }) {
    this.#flags = flags
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
      marks: this.#marks,
      rounds: this.#rounds,
      backward,
    }
  }

  #emit(node: PatternNode): void {
    switch (node.is) {
      case 'character':
        this.#add(op.character, this.#test(node.source))
        return
      case 'assertion':
        this.#add(assertions[node.source])
        return
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
        const inner = new Compiler(this.#flags, this.#room)
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

  #test(source: string): number {
    const known = this.#testOf.get(source)
    if (known !== undefined) return known
    const test = this.#tests.push(new CharacterTest(source, this.#flags)) - 1
    this.#testOf.set(source, test)
    return test
  }

  get #here(): number {
    return this.#code.length / INSTRUCTION_SIZE
  }
}

const assertions = { '^': op.begin, $: op.end, '\\b': op.boundary, '\\B': op.noBoundary } as const

function mayBeEmpty(node: PatternNode): boolean {
  switch (node.is) {
    case 'character':
      return false
    case 'assertion':
    case 'look':
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
