import type { Clock } from '../../run/clock.ts'

/** The machine's clock. */
export const systemClock: Clock = { now: () => BigInt(Date.now()) * 1000n }
