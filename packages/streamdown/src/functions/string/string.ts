import type { ScalarFunction } from '../definition.ts'
import { characterFunctions } from './characters.ts'
import { cuttingFunctions } from './cutting.ts'
import { formattingFunctions } from './formatting.ts'
import { joiningFunctions } from './joining.ts'
import { lengthFunctions } from './length.ts'
import { letterFunctions } from './letters.ts'
import { quoteFunctions } from './quotes.ts'
import { replacingFunctions } from './replacing.ts'
import { searchingFunctions } from './searching.ts'
import { trimmingFunctions } from './trimming.ts'

export const stringFunctions: readonly ScalarFunction[] = [
  ...letterFunctions,
  ...lengthFunctions,
  ...trimmingFunctions,
  ...cuttingFunctions,
  ...searchingFunctions,
  ...replacingFunctions,
  ...joiningFunctions,
  ...formattingFunctions,
  ...characterFunctions,
  ...quoteFunctions,
]
