import type { ScalarFunction } from '../definition.ts'
import { charactersFunctions } from './characters.ts'
import { cuttingFunctions } from './cutting.ts'
import { formattingFunctions } from './formatting.ts'
import { joiningFunctions } from './joining.ts'
import { lengthFunctions } from './length.ts'
import { lettersFunctions } from './letters.ts'
import { quotesFunctions } from './quotes.ts'
import { replacingFunctions } from './replacing.ts'
import { searchingFunctions } from './searching.ts'
import { trimmingFunctions } from './trimming.ts'

export const stringFunctions: readonly ScalarFunction[] = [
  ...lettersFunctions,
  ...lengthFunctions,
  ...trimmingFunctions,
  ...cuttingFunctions,
  ...searchingFunctions,
  ...replacingFunctions,
  ...joiningFunctions,
  ...formattingFunctions,
  ...charactersFunctions,
  ...quotesFunctions,
]
