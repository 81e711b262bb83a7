import { matchesNothing, type RowPattern } from '../../../plan/match/pattern.ts'

/**
 * A step of the automaton that a pattern is compiled to. Only `take` consumes a row; `fork` goes on at each of its
 * targets, the most preferred first.
 */
export type Instruction =
  | { readonly is: 'take'; readonly variable: number; readonly excluded: boolean; readonly next: number }
  | { readonly is: 'fork'; readonly targets: readonly number[] }
  /** Around a repetition that need not be, and may take no row: then it is none, and does not go on. */
  | { readonly is: 'enter' | 'leave'; readonly repetition: number; readonly next: number }
  /** Goes on before the first row of the partition only. */
  | { readonly is: 'start'; readonly next: number }
  /** Goes on behind the last row of the partition only. */
  | { readonly is: 'end'; readonly next: number }
  | { readonly is: 'accept' }

export interface MatchProgram {
  readonly instructions: readonly Instruction[]
  readonly entry: number
}

/** Counted repetitions are written out; the order of targets is the order in which SQL prefers matches. */
export function compilePattern(pattern: RowPattern): MatchProgram {
  const instructions: Instruction[] = []
  let repetitions = 0
  const add = (instruction: Instruction): number => instructions.push(instruction) - 1

  const compile = (part: RowPattern, next: number, excluded: boolean): number => {
    switch (part.is) {
      case 'variable':
        return add({ is: 'take', variable: part.variable, excluded, next })
      case 'sequence':
        return part.items.reduceRight((after, item) => compile(item, after, excluded), next)
      case 'alternation':
        return add({ is: 'fork', targets: part.items.map(item => compile(item, next, excluded)) })
      case 'exclusion':
        return compile(part.item, next, true)
      case 'anchor':
        return add({ is: part.place, next })
      case 'repeat': {
        const { item, min, max, greedy } = part
        const once = (then: number): number => {
          if (!matchesNothing(item)) return compile(item, then, excluded)
          const repetition = repetitions++
          const leave = add({ is: 'leave', repetition, next: then })
          return add({ is: 'enter', repetition, next: compile(item, leave, excluded) })
        }
        const choice = (body: number): readonly number[] => (greedy ? [body, next] : [next, body])
        let after = next
        if (max === undefined) {
          after = add({ is: 'fork', targets: [] })
          instructions[after] = { is: 'fork', targets: choice(once(after)) }
        } else {
          for (let more = min; more < max; more++) after = add({ is: 'fork', targets: choice(once(after)) })
        }
        for (let times = 0; times < min; times++) after = compile(item, after, excluded)
        return after
      }
    }
  }

  const accept = add({ is: 'accept' })
  const entry = compile(pattern, accept, false)
  return { instructions, entry }
}
