import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'

/** Draws one value after the other; a counterexample is what was drawn. */
export interface Draw {
  integer(min: number, max: number): number
  oneOf<T>(choices: readonly T[]): T
  /** True once in `outOf` times. */
  sometimes(outOf: number): boolean
}

export function drawFrom(g: GeneratorValue): Draw {
  const integer = (min: number, max: number): number => g(evenly, min, max)
  return {
    integer,
    oneOf: choices => {
      const choice = choices[integer(0, choices.length - 1)]
      if (choice === undefined) throw new RangeError('nothing to choose from')
      return choice
    },
    sometimes: outOf => integer(0, outOf - 1) === outOf - 1,
  }
}

/** Not the extremes rather than the rest: a choice is no size. */
const evenly = (min: number, max: number): fc.Arbitrary<number> => fc.noBias(fc.integer({ min, max }))
