import type { Hint } from '../parse/ast.ts'
import { durationOrNone, readSetting } from '../setting-texts.ts'
import type { BindContext } from './context.ts'
import { durationMicros } from './literals.ts'

/** How long a query's joins and groups keep their state, µs: by the setting, or the longest of the hint's times, so that no row goes before the time that was asked for it. */
export function stateTtl(context: BindContext, hints: readonly Hint[]): bigint | undefined {
  const setting = readSetting(context.settings, 'state_ttl', durationOrNone)
  let longest = setting === 'none' ? undefined : setting
  for (const hint of hints) {
    if (hint.name.toUpperCase() !== 'STATE_TTL') continue
    for (const { value } of hint.args) {
      const micros = durationMicros(value)
      if (micros !== undefined && (longest === undefined || micros > longest)) longest = micros
    }
  }
  return longest === 0n ? undefined : longest
}
