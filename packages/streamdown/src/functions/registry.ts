import { comparisonFunctions } from './comparison/comparison.ts'
import type { ScalarFunction } from './definition.ts'
import { logicFunctions } from './logic/logic.ts'
import { operatorFunctions } from './math/operators.ts'
import { likeFunctions } from './regex/like.ts'

/** Every scalar function and operator. Docs, `dsd functions`, the binder and the compiler read this list. */
export const scalarFunctions: readonly ScalarFunction[] = [
  ...operatorFunctions,
  ...comparisonFunctions,
  ...logicFunctions,
  ...likeFunctions,
]

const byName = new Map<string, ScalarFunction>()
for (const definition of scalarFunctions) {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) byName.set(name.toLowerCase(), definition)
}

/** By name or alias, in any case. */
export const findFunction = (name: string): ScalarFunction | undefined => byName.get(name) ?? byName.get(name.toLowerCase())

export const functionNames = (): Iterable<string> => byName.keys()
