import { patternSize, type RowPattern } from '../../plan/match/pattern.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { Identifier, MatchRecognize, Pattern } from '../parse/ast.ts'
import type { Names } from './names.ts'
import { fail } from './problem.ts'

/** Counted repetitions are written out, so that the matcher keeps no counters. */
const LARGEST_PATTERN = 10_000
const MOST_PERMUTED = 6

/** The variables of a pattern, numbered as they are first written, and its subsets. */
export class MatchVariables {
  readonly variables: string[] = []
  readonly pattern: RowPattern
  readonly #names: Names
  readonly #subsets = new Map<string, readonly number[]>()

  constructor(names: Names, { pattern, subsets }: Pick<MatchRecognize, 'pattern' | 'subsets'>) {
    this.#names = names
    this.pattern = this.#bind(pattern)
    if (patternSize(this.pattern) > LARGEST_PATTERN)
      fail('DSD2006', `This pattern has more than ${LARGEST_PATTERN} variables once {n, m} is written out.`, pattern.at)
    for (const { name, variables } of subsets) {
      if (this.find(name) !== undefined) fail('DSD2008', `"${name.text}" names a variable already.`, name.at)
      this.#subsets.set(
        names.fold(name),
        variables.flatMap(variable => this.get(variable)),
      )
    }
  }

  /** The variables that a name stands for: one, or those of a subset. */
  find(name: Identifier): readonly number[] | undefined {
    const text = this.#names.fold(name)
    const index = this.variables.findIndex(variable => this.#names.same(variable, text))
    if (index >= 0) return [index]
    for (const [subset, variables] of this.#subsets) if (this.#names.same(subset, text)) return variables
    return undefined
  }

  get(name: Identifier): readonly number[] {
    const known = [...this.variables, ...this.#subsets.keys()]
    return (
      this.find(name) ??
      fail('DSD2006', `There is no variable "${name.text}" in the pattern.${didYouMean(name.text, known)}`, name.at)
    )
  }

  #variable(name: Identifier): number {
    const text = this.#names.fold(name)
    const known = this.variables.findIndex(variable => this.#names.same(variable, text))
    return known >= 0 ? known : this.variables.push(text) - 1
  }

  #bind(pattern: Pattern): RowPattern {
    switch (pattern.is) {
      case 'variable':
        return { is: 'variable', variable: this.#variable(pattern.name) }
      case 'sequence':
      case 'alternation':
        return { is: pattern.is, items: pattern.items.map(item => this.#bind(item)) }
      case 'permute': {
        if (pattern.items.length > MOST_PERMUTED)
          fail('DSD2006', `PERMUTE takes ${MOST_PERMUTED} parts at most.`, pattern.at)
        const items = pattern.items.map(item => this.#bind(item))
        return { is: 'alternation', items: orders(items).map(order => ({ is: 'sequence', items: order })) }
      }
      case 'exclusion':
        return { is: 'exclusion', item: this.#bind(pattern.item) }
      case 'anchor':
        return { is: 'anchor', place: pattern.place === 'START' ? 'start' : 'end' }
      case 'repeat': {
        const { min, max, greedy } = pattern
        if (max !== undefined && (max < min || max === 0))
          fail('DSD2006', `{${min}, ${max}} is no number of repetitions.`, pattern.at)
        return { is: 'repeat', item: this.#bind(pattern.item), min, max, greedy }
      }
    }
  }
}

/** All orders of the items, in the order in which they are preferred: by the place of each item. */
function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, i) => orders(items.filter((_, other) => other !== i)).map(rest => [item, ...rest]))
}
