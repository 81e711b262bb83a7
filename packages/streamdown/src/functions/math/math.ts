import type { ScalarFunction } from '../definition.ts'
import { basesFunctions } from './bases.ts'
import { digitsFunctions } from './digits.ts'
import { integersFunctions } from './integers.ts'
import { powersFunctions } from './powers.ts'
import { randomFunctions } from './random.ts'
import { roundingFunctions } from './rounding.ts'
import { trigonometryFunctions } from './trigonometry.ts'

export const mathFunctions: readonly ScalarFunction[] = [
  ...roundingFunctions,
  ...powersFunctions,
  ...trigonometryFunctions,
  ...integersFunctions,
  ...basesFunctions,
  ...digitsFunctions,
  ...randomFunctions,
]
