import { createMemory, type MemoryOptions } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { Frame } from '../run/spill/frame.ts'
import { MemoryStore } from '../run/spill/memory-store.fixture.ts'

/** Where a state table lies. */
export interface Place {
  readonly memory: Memory
  /** What may happen to it between any two calls. */
  turn(): void
}

const alone = (options: MemoryOptions) => (): Place => ({ memory: createMemory(options), turn: () => undefined })

/** More than a table of a test has: the other heap writes over all of it. */
const OTHER_BYTES = 4 << 20

/** Spilled: at each turn the heap is put away, and another one uses its addresses. */
function takingTurns(): Place {
  const frame = new Frame(createMemory().memory, new MemoryStore())
  const [memory, other] = [frame.create(), frame.create()]
  frame.enter(memory)
  return {
    memory,
    turn: () => {
      frame.enter(other)
      const at = other.alloc(OTHER_BYTES)
      other.u8(at, OTHER_BYTES).fill(0xa5)
      other.free(at)
      frame.enter(memory)
    },
  }
}

/** The places in which every state table answers the same. */
export const places: Readonly<Record<string, () => Place>> = {
  plain: alone({}),
  'grow at every allocation': alone({ growAlways: true }),
  'heap above 2 GiB': alone({ heapStart: 2 ** 31 }),
  spilled: takingTurns,
}
