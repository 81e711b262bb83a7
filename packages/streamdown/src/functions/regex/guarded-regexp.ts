import { failures } from '../../errors/table.ts'
import { RowError } from '../definition.ts'
import { beginsOf, type Effort, effortOf } from './backtracking.ts'
import { type Places, type SearchedPattern, SearchTooLong, TextSearch } from './linear-matcher.ts'
import { linearProgram } from './linear-program.ts'
import { type Pattern, parsePattern } from './pattern-tree.ts'

/** A search that may take more steps of backtracking than 2 to this goes to the linear matcher: some milliseconds. */
const MOST_BITS = 20

interface Guard {
  readonly pattern: Pattern
  readonly effort: Effort
  /** Made when it is first needed; 'too long': never. */
  searched: SearchedPattern | 'too long' | undefined
}

/**
 * A regular expression whose searches end: JavaScript's own matcher tries every way that a pattern offers, of which
 * `^(a+)+$` has one more for each subset of the letters of a text. Where there may be too many for a text, a matcher
 * finds the same matches, all of them in time linear in the text's length. With references back no matcher is known that
 * does, and groups in a look are found anew from each place: there a row fails whose text takes too many steps.
 */
export function guardedRegExp(source: string, flags: string): RegExp {
  const plain = new RegExp(source, flags)
  const pattern = parsePattern(plain)
  if (pattern === undefined) return plain
  const effort = effortOf(pattern)
  // JavaScript goes over a text once from each place at most.
  if (effort.power <= 1 && effort.bits === 0) return plain
  const guarded = new GuardedRegExp(plain, flags)
  guarded.guard = { pattern, effort, searched: undefined }
  return guarded
}

/** All methods of texts that take a regular expression search with its `exec`, by the standard. */
class GuardedRegExp extends RegExp {
  guard: Guard | undefined
  /** Of the last text that had a match: what follows goes on with it. */
  #search: TextSearch | undefined

  /** Also called by `matchAll` and `split`, for a copy with other flags. */
  constructor(pattern: RegExp, flags?: string) {
    super(pattern, flags)
    if (pattern instanceof GuardedRegExp) this.guard = pattern.guard
  }

  override exec(text: string): RegExpExecArray | null {
    const repeats = this.global || this.sticky
    const from = repeats ? this.lastIndex : 0
    const { guard } = this
    if (guard === undefined || from > text.length || bitsOf(guard.effort, text.length - from) <= MOST_BITS) {
      this.#search = undefined
      return super.exec(text)
    }
    const places = this.#find(guard, text, from)
    if (repeats) this.lastIndex = places?.[1] ?? 0
    return places === undefined ? null : this.#result(text, places, guard.pattern)
  }

  #find(guard: Guard, text: string, from: number): Places | undefined {
    guard.searched ??= searched(guard.pattern, this.unicode)
    if (guard.searched === 'too long')
      throw new RowError(
        failures.argument,
        `'${this.source}' has too many repetitions to be matched with a text of ${text.length}`,
      )
    try {
      const search = this.#search?.text === text ? this.#search : new TextSearch(guard.searched, text)
      const places = search.find(from, this.sticky)
      // Only a search that goes on behind a match, or at the next place for `split`, asks once more.
      this.#search = this.sticky || (this.global && places !== undefined) ? search : undefined
      return places
    } catch (problem) {
      if (!(problem instanceof SearchTooLong)) throw problem
      this.#search = undefined
      throw new RowError(
        failures.argument,
        `'${this.source}' takes too many steps to be matched with a text of ${text.length}`,
      )
    }
  }

  #result(text: string, places: Places, { groups, names }: Pattern): RegExpExecArray {
    const spans = Array.from({ length: groups + 1 }, (_, group): [number, number] | undefined => {
      const [from = -1, to = -1] = places.subarray(group * 2, group * 2 + 2)
      return from < 0 || to < 0 ? undefined : [from, to]
    })
    const partOf = (groups: readonly number[]) => groups.find(group => spans[group] !== undefined) ?? -1
    const named = <T>(values: readonly T[]): Record<string, T> | undefined =>
      names.size === 0
        ? undefined
        : Object.assign(
            Object.create(null),
            Object.fromEntries([...names].map(([name, groups]) => [name, values[partOf(groups)]])),
          )
    const texts = spans.map(span => (span === undefined ? undefined : text.slice(...span)))
    const result = Object.assign(texts, { index: places[0] ?? 0, input: text, groups: named(texts) })
    if (this.hasIndices) Object.assign(result, { indices: Object.assign([...spans], { groups: named(spans) }) })
    return asMatch(result)
  }
}

function searched(pattern: Pattern, unicode: boolean): SearchedPattern | 'too long' {
  const program = linearProgram(pattern)
  const { groups, refersBack } = pattern
  return program === undefined ? 'too long' : { program, groups, refersBack, unicode, begins: beginsOf(pattern) }
}

/** How many steps of backtracking a text may take, as a power of two. */
const bitsOf = ({ power, bits }: Effort, length: number): number => bits + power * Math.log2(length + 1)

/** The standard's type has no `undefined` for groups that take no part, though they are just that. */
function asMatch(result: object): RegExpExecArray
function asMatch(result: unknown): unknown {
  return result
}
