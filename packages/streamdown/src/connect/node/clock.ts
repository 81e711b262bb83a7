import type { Clock } from '../../run/clock.ts'
import type { Stopwatch } from '../../run/step-size.ts'

/** The machine's clock. */
export const systemClock: Clock = { now: () => BigInt(Date.now()) * 1000n }

/**
 * What the calling thread has worked: on a machine that others keep busy a step lasts longer, and smaller steps would
 * only add to the load.
 */
export const systemStopwatch: Stopwatch = {
  elapsedMs: () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  },
}
