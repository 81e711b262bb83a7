import { RowError } from '../definition.ts'
import { beginsOf, type Effort, effortOf } from './backtracking.ts'
import type { CharacterSet } from './character-sets.ts'
import { searchLinear } from './linear-matcher.ts'
import { type LinearProgram, linearProgram } from './linear-program.ts'
import { type Pattern, parsePattern } from './pattern-tree.ts'

/** A search that may take more steps of backtracking than 2 to this goes to the linear matcher: some milliseconds. */
const MOST_BITS = 20

interface Guard {
  readonly pattern: Pattern
  readonly effort: Effort
  readonly begins: CharacterSet
  /** Made when it is first needed; 'too long': never. */
  program: LinearProgram | 'too long' | undefined
}

/**
 * A regular expression whose searches end: JavaScript's own matcher tries every way that a pattern offers, of which
 * `^(a+)+$` has one more for each subset of the letters of a text. Where there may be too many for a text, a matcher
 * finds the same match in time linear in its length, times that length for each look inside of a repetition. Patterns
 * with references back are left to JavaScript.
 */
export function guardedRegExp(source: string, flags: string): RegExp {
  const plain = new RegExp(source, flags)
  const pattern = parsePattern(plain)
  if (pattern === undefined) return plain
  const effort = effortOf(pattern, plain)
  // JavaScript goes over a text once from each place at most.
  if (effort.power <= 1 && effort.bits === 0) return plain
  const guarded = new GuardedRegExp(plain, flags)
  guarded.guard = { pattern, effort, begins: beginsOf(pattern, plain), program: undefined }
  return guarded
}

/** All methods of texts that take a regular expression search with its `exec`, by the standard. */
class GuardedRegExp extends RegExp {
  guard: Guard | undefined

  /** Also called by `matchAll` and `split`, for a copy with other flags. */
  constructor(pattern: RegExp, flags?: string) {
    super(pattern, flags)
    if (pattern instanceof GuardedRegExp) this.guard = pattern.guard
  }

  override exec(text: string): RegExpExecArray | null {
    const repeats = this.global || this.sticky
    const from = repeats ? this.lastIndex : 0
    const { guard } = this
    if (guard === undefined || from > text.length || bitsOf(guard.effort, text.length - from) <= MOST_BITS)
      return super.exec(text)
    guard.program ??= linearProgram(guard.pattern, this.flags) ?? 'too long'
    const { unicode, multiline, ignoreCase } = this
    const { begins, pattern } = guard
    const search = { text, groups: pattern.groups, unicode, multiline, ignoreCase, begins }
    const places = guard.program === 'too long' ? guard.program : searchLinear(guard.program, search, from, this.sticky)
    if (places === 'too long')
      throw new RowError(5, `'${this.source}' has too many repetitions to be matched with a text of ${text.length}`)
    if (repeats) this.lastIndex = places?.[1] ?? 0
    return places === undefined ? null : this.#result(text, places, guard.pattern)
  }

  #result(text: string, places: Int32Array, { groups, names }: Pattern): RegExpExecArray {
    const spans = Array.from({ length: groups + 1 }, (_, group): [number, number] | undefined => {
      const [from = -1, to = -1] = places.subarray(group * 2, group * 2 + 2)
      return from < 0 || to < 0 ? undefined : [from, to]
    })
    const named = <T>(values: readonly T[]): Record<string, T> | undefined =>
      names.size === 0
        ? undefined
        : Object.assign(Object.create(null), Object.fromEntries([...names].map(([name, at]) => [name, values[at]])))
    const texts = spans.map(span => (span === undefined ? undefined : text.slice(...span)))
    const result = Object.assign(texts, { index: places[0] ?? 0, input: text, groups: named(texts) })
    if (this.hasIndices) Object.assign(result, { indices: Object.assign([...spans], { groups: named(spans) }) })
    return asMatch(result)
  }
}

/** How many steps of backtracking a text may take, as a power of two. */
const bitsOf = ({ power, bits }: Effort, length: number): number => bits + power * Math.log2(length + 1)

/** The standard's type has no `undefined` for groups that take no part, though they are just that. */
function asMatch(result: object): RegExpExecArray
function asMatch(result: unknown): unknown {
  return result
}
