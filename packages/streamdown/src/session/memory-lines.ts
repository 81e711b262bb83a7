import { MemoryBudget } from '../run/memory-budget.ts'
import { byteSize, readSetting } from '../sql/setting-texts.ts'
import { presets } from '../sql/settings.ts'
import { byteSizeText } from '../values/byte-size.ts'
import type { Workspace } from './workspace.ts'

/** What explain says of the memory that programs get, where it is not what they get by default. */
export function memoryLines({ settings, environment, options }: Workspace): readonly string[] {
  if (settings.memory_limit === presets.flink.memory_limit) return []
  const { workers = 1 } = options
  const bytes = readSetting(settings, 'memory_limit', byteSize)
  const { stateBytes } = new MemoryBudget(bytes, workers)
  const each = workers === 1 ? '' : ` for each of ${workers} workers`
  const over = environment.openSpill === undefined ? 'the program stops' : 'state is spilled'
  return ['Memory:', `  ${byteSizeText(bytes)}${each}, of it ${byteSizeText(stateBytes)} for state; over that ${over}`]
}
