import type { ScalarFunction } from '../definition.ts'
import { arrayMakingFunctions } from './array-making.ts'
import { arrayReadingFunctions } from './array-reading.ts'
import { arrayRelationFunctions } from './array-relations.ts'
import { mapFunctions } from './maps.ts'

/** Functions of ARRAY, MAP and ROW. */
export const nestedFunctions: readonly ScalarFunction[] = [
  ...arrayReadingFunctions,
  ...arrayMakingFunctions,
  ...arrayRelationFunctions,
  ...mapFunctions,
]
