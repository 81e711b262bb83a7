import { StreamdownError } from '../errors/error.ts'
import type { Claim } from './sink.ts'

/**
 * Refuses sinks that would spoil each other's rows. `saved`: the state of their programs is saved.
 * @throws StreamdownError DSD3002 with the place that two of them write.
 */
export function assertAlone(claims: Iterable<Claim>, saved: boolean): void {
  const taken = new Set<string>()
  for (const { at, where } of claims) {
    if (where === 'saved state' && !saved) continue
    if (taken.has(at)) {
      throw new StreamdownError(
        'DSD3002',
        `'${at}' is written twice at a time, and the rows of one cannot be told from those of the other: write it once, by UNION ALL of both.`,
      )
    }
    taken.add(at)
  }
}
