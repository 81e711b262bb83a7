import type { ScalarFunction } from '../definition.ts'
import { baseFunctions } from './bases.ts'
import { digitFunctions } from './digits.ts'
import { integerFunctions } from './integers.ts'
import { powerFunctions } from './powers.ts'
import { randomFunctions } from './random.ts'
import { roundingFunctions } from './rounding.ts'
import { trigonometryFunctions } from './trigonometry.ts'

export const mathFunctions: readonly ScalarFunction[] = [
  ...roundingFunctions,
  ...powerFunctions,
  ...trigonometryFunctions,
  ...integerFunctions,
  ...baseFunctions,
  ...digitFunctions,
  ...randomFunctions,
]
