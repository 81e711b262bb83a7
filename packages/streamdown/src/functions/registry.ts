import { byteFunctions } from './bytes/bytes.ts'
import { comparisonFunctions } from './comparison/comparison.ts'
import { conditionalFunctions } from './conditional/conditional.ts'
import type { ScalarFunction } from './definition.ts'
import { hashFunctions } from './hash/hash.ts'
import { jsonFunctions } from './json/functions.ts'
import { logicFunctions } from './logic/logic.ts'
import { mathFunctions } from './math/math.ts'
import { operatorFunctions } from './math/operators.ts'
import { nestedFunctions } from './nested/nested.ts'
import { likeFunctions } from './regex/like.ts'
import { regexFunctions } from './regex/regex.ts'
import { concatOperator } from './string/concat-operator.ts'
import { stringFunctions } from './string/string.ts'
import { systemFunctions } from './system/system.ts'
import { timeFunctions } from './time/time.ts'

/** Every scalar function and operator. Docs, `dsd functions`, the binder and the compiler read this list. */
export const scalarFunctions: readonly ScalarFunction[] = [
  ...operatorFunctions,
  concatOperator,
  ...comparisonFunctions,
  ...logicFunctions,
  ...conditionalFunctions,
  ...stringFunctions,
  ...likeFunctions,
  ...regexFunctions,
  ...mathFunctions,
  ...timeFunctions,
  ...jsonFunctions,
  ...nestedFunctions,
  ...byteFunctions,
  ...hashFunctions,
  ...systemFunctions,
]

const byName = new Map<string, ScalarFunction>()
for (const definition of scalarFunctions) {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) byName.set(name.toLowerCase(), definition)
}

/** By name or alias, in any case. */
export const findFunction = (name: string): ScalarFunction | undefined =>
  byName.get(name) ?? byName.get(name.toLowerCase())

export const functionNames = (): Iterable<string> => byName.keys()
