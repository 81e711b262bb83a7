import type { Hint } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { durationMicros } from './literals.ts'

/** How long a query's joins and groups keep their state, µs: by the setting, or the longest of the hint's times, so that no row goes before the time that was asked for it. */
export function stateTtl(context: BindContext, hints: readonly Hint[]): bigint | undefined {
  let longest = durationMicros(context.settings.state_ttl)
  for (const hint of hints) {
    if (hint.name.toUpperCase() !== 'STATE_TTL') continue
    for (const { value } of hint.args) {
      const micros = durationMicros(value)
      if (micros !== undefined && (longest === undefined || micros > longest)) longest = micros
    }
  }
  return longest === 0n ? undefined : longest
}
