import type { ScalarFunction } from '../definition.ts'
import { jsonContainmentFunctions } from './containment.ts'
import { jsonInspectingFunctions } from './inspecting.ts'
import { jsonMakingFunctions } from './making.ts'
import { jsonMemberFunctions } from './members.ts'
import { jsonPathFunctions } from './path-functions.ts'
import { jsonPopulatingFunctions } from './populating.ts'
import { jsonRemovingFunctions } from './removing.ts'
import { jsonRowFunctions } from './rows.ts'
import { jsonSettingFunctions } from './setting.ts'
import { standardJsonFunctions } from './standard.ts'

export const jsonFunctions: readonly ScalarFunction[] = [
  ...standardJsonFunctions,
  ...jsonMakingFunctions,
  ...jsonInspectingFunctions,
  ...jsonMemberFunctions,
  ...jsonContainmentFunctions,
  ...jsonRemovingFunctions,
  ...jsonSettingFunctions,
  ...jsonPathFunctions,
  ...jsonPopulatingFunctions,
  ...jsonRowFunctions,
]
