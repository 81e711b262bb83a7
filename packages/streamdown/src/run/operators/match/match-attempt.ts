import type { NumberSet } from '../../../values/number-set.ts'
import type { Total } from './match-aggregate.ts'
import type { MatchProgram } from './match-program.ts'

/** A row of a partial match. Partial matches share the links that they have in common. */
export interface Link {
  readonly parent: Link | undefined
  /** Its number within the partition. */
  readonly row: number
  readonly variable: number
  /** Left out of ALL ROWS PER MATCH. */
  readonly excluded: boolean
  /** What was computed of the rows up to this one, so that it goes on from here. Not kept between steps. */
  readonly known: Known
}

export interface Known {
  /** By aggregate. */
  totals?: Map<object, Total>
  /** By place: the first rows that are mapped to its variables, as far as it looks. */
  firsts?: Map<object, readonly Link[]>
}

/** One way to go on: the instruction it waits at, and its rows so far. */
export interface Thread {
  readonly at: number
  readonly path: Link | undefined
}

export interface Found {
  /** The last row; undefined: a match of no rows. */
  readonly path: Link | undefined
}

export interface MatchRules {
  /** Whether the row may be mapped to the link's variable, with the link as the last of the match so far. */
  holds(link: Link): boolean
  /**
   * Equal for partial matches that no definition can tell apart from here on; undefined: they must all be followed.
   */
  memory(path: Link | undefined): string | undefined
}

/**
 * The search for the preferred match that begins at one row. All ways to go on are followed row by row, most preferred
 * first, so that what is found is what backtracking in that order would find first: a match makes all less preferred
 * ways end, and is final when none before it is left.
 */
export class Attempt {
  readonly start: number
  readonly #program: MatchProgram
  /** The next row to be taken. */
  next: number
  threads: readonly Thread[]
  found: Found | undefined
  /** Ways that were gone since a match was found: none of them leads to one when none is left. */
  #ways: number[] = []

  private constructor(program: MatchProgram, start: number, next: number, threads: readonly Thread[], found?: Found) {
    this.#program = program
    this.start = start
    this.next = next
    this.threads = threads
    this.found = found
  }

  /** `failed`: as for `take`. */
  static begin(program: MatchProgram, start: number, failed: NumberSet | undefined): Attempt {
    const attempt = new Attempt(program, start, start, [])
    const threads: Thread[] = []
    attempt.#follow(program.entry, undefined, threads)
    attempt.threads = threads
    if (failed !== undefined) attempt.#leaveOut(failed)
    return attempt
  }

  static resume(
    program: MatchProgram,
    start: number,
    next: number,
    threads: readonly Thread[],
    found?: Found,
  ): Attempt {
    return new Attempt(program, start, next, threads, found)
  }

  /** Takes the next row. `failed`: ways that lead to no match, which are left out. */
  take(rules: MatchRules, failed: NumberSet | undefined): void {
    const row = this.next++
    const { found } = this
    const threads: Thread[] = []
    for (const { at, path } of this.threads) {
      const instruction = this.#program.instructions[at]
      if (instruction?.is !== 'take') continue
      const { variable, excluded } = instruction
      const link: Link = { parent: path, row, variable, excluded, known: {} }
      if (rules.holds(link) && this.#follow(instruction.next, link, threads)) break
    }
    this.threads = threads.length > 1 ? distinct(threads, rules) : threads
    if (this.found !== found) this.#ways = []
    if (failed !== undefined) this.#leaveOut(failed)
  }

  /** Adds the ways that have led to no match, when all have come to their end. */
  fail(failed: NumberSet): void {
    for (const way of this.#ways) failed.add(way)
  }

  #leaveOut(failed: NumberSet): void {
    const ways = this.threads.map(({ at }) => this.next * this.#program.instructions.length + at)
    this.threads = this.threads.filter((_, i) => !failed.has(ways[i]!))
    this.#ways.push(...ways)
  }

  /** Whether only the end of the partition can tell how it goes on. */
  get waitsForEnd(): boolean {
    return this.threads.some(({ at }) => this.#program.instructions[at]?.is === 'end')
  }

  /** There are no more rows: what waits for the end of the partition goes on. */
  close(): void {
    const { found } = this
    for (const { at, path } of this.threads) {
      const instruction = this.#program.instructions[at]
      if (instruction?.is === 'end' && this.#follow(instruction.next, path, [], true)) break
    }
    this.threads = []
    if (this.found !== found) this.#ways = []
  }

  /** Adds the rows that may come next, in order of preference; true when a match ends here. */
  #follow(from: number, path: Link | undefined, threads: Thread[], ended = false): boolean {
    const seen = new Set<number | string>()
    const open: Place[] = [{ at: from, entered: undefined }]
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const { at, entered } = place
      const key = entered === undefined ? at : `${at} ${enteredText(entered)}`
      if (seen.has(key)) continue
      seen.add(key)
      const go = (next: number, inside = entered): number => open.push({ at: next, entered: inside })
      const instruction = this.#program.instructions[at]
      switch (instruction?.is) {
        case 'take':
          if (!ended) threads.push({ at, path })
          break
        case 'end':
          if (ended) go(instruction.next)
          else threads.push({ at, path })
          break
        case 'start':
          if (this.next === 0) go(instruction.next)
          break
        case 'enter':
          go(instruction.next, { repetition: instruction.repetition, outer: entered })
          break
        case 'leave':
          if (!isInside(entered, instruction.repetition)) go(instruction.next)
          break
        case 'fork':
          for (const target of instruction.targets.toReversed()) go(target)
          break
        case 'accept':
          this.found = { path }
          return true
        case undefined:
          throw new RangeError(`no instruction ${at}`)
      }
    }
    return false
  }
}

/** The repetitions that were entered since the last row was taken. */
interface Entered {
  readonly repetition: number
  readonly outer: Entered | undefined
}

interface Place {
  readonly at: number
  readonly entered: Entered | undefined
}

const isInside = (entered: Entered | undefined, repetition: number): boolean =>
  entered !== undefined && (entered.repetition === repetition || isInside(entered.outer, repetition))

const enteredText = ({ repetition, outer }: Entered): string =>
  outer === undefined ? `${repetition}` : `${repetition} ${enteredText(outer)}`

/** Of ways that go on alike the most preferred is enough. */
function distinct(threads: readonly Thread[], rules: MatchRules): readonly Thread[] {
  const byPlace = new Map<number, Thread[]>()
  for (const thread of threads) {
    const same = byPlace.get(thread.at)
    if (same === undefined) byPlace.set(thread.at, [thread])
    else same.push(thread)
  }
  if (byPlace.size === threads.length) return threads
  const dropped = new Set<Thread>()
  for (const same of byPlace.values()) {
    if (same.length === 1) continue
    const known = new Set<string>()
    for (const thread of same) {
      const memory = rules.memory(thread.path)
      if (memory === undefined) continue
      if (known.has(memory)) dropped.add(thread)
      known.add(memory)
    }
  }
  return dropped.size === 0 ? threads : threads.filter(thread => !dropped.has(thread))
}

/** The rows of a match in order. */
export function linksOf(tip: Link | undefined): readonly Link[] {
  const links: Link[] = []
  for (let link = tip; link !== undefined; link = link.parent) links.push(link)
  return links.reverse()
}
