import { NO_WATERMARK } from '../batch/batch.ts'
import { createMemory, type MemoryOptions } from '../batch/linear-memory.ts'
import type { OperatorContext } from '../run/operator-context.ts'

/** What expressions need of an operator's context, for tests. */
export function testContext(options: MemoryOptions & { readonly timeZone?: string } = {}): OperatorContext {
  let seed = 1
  return {
    memory: createMemory(options),
    table() {
      throw new Error('expressions have no state')
    },
    timeZone: options.timeZone ?? 'UTC',
    settings: {},
    now: () => 1_704_067_200_000_000n,
    seed: 0,
    newestEventTime: () => NO_WATERMARK,
    random: () => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    },
  }
}
