import { createMemory, emptied } from './linear-memory.ts'
import type { Memory } from './memory.ts'

/** A memory that grew beyond this is not kept. */
const KEPT_BYTES = 64 << 20
const KEPT_MEMORIES = 4

/**
 * Memories of queries that have ended, for those that follow: to reserve an address space and to instantiate the
 * kernels takes longer than a small query.
 */
export class MemoryPool {
  readonly #free: Memory[] = []

  /** An empty memory. */
  take(): Memory {
    const used = this.#free.pop()
    return used === undefined ? createMemory() : emptied(used)
  }

  /** Takes a memory back that nothing touches any more. */
  give(memory: Memory): void {
    if (this.#free.length < KEPT_MEMORIES && memory.totalBytes() <= KEPT_BYTES) this.#free.push(memory)
  }
}
