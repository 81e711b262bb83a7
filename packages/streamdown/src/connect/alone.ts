import { StreamdownError } from '../errors/error.ts'
import type { Sink } from './sink.ts'

/**
 * Refuses sinks that would spoil each other's rows. `saved`: the state of their programs is saved.
 * @throws StreamdownError DSD3002 with the place that two of them write.
 */
export function assertAlone(sinks: Iterable<Sink>, saved: boolean): void {
  const taken = new Set<string>()
  for (const { alone } of sinks) {
    if (alone === undefined || (alone.where === 'saved state' && !saved)) continue
    if (taken.has(alone.at)) {
      throw new StreamdownError(
        'DSD3002',
        `'${alone.at}' is written twice at a time, and the rows of one cannot be told from those of the other: write it once, by UNION ALL of both.`,
      )
    }
    taken.add(alone.at)
  }
}
