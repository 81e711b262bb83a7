import type { ScalarFunction } from '../definition.ts'
import { timeArithmeticFunctions } from './arithmetic.ts'
import { timeMakingFunctions } from './making.ts'
import { strftimeFunctions } from './strftime-functions.ts'
import { timeTextFunctions } from './text-functions.ts'

/** Functions of DATE, TIME, TIMESTAMP, TIMESTAMP_LTZ and INTERVAL. */
export const timeFunctions: readonly ScalarFunction[] = [
  ...timeArithmeticFunctions,
  ...timeTextFunctions,
  ...strftimeFunctions,
  ...timeMakingFunctions,
]
