import { StreamdownError } from '../errors/error.ts'
import { byteSizeText } from '../values/byte-size.ts'
import type { Vertex } from './graph.ts'
import type { Worker } from './worker.ts'

/** All that a 32-bit memory can address, less its last page. */
export const MOST_MEMORY_BYTES = 2 ** 32 - 65_536

/**
 * State that one worker may keep. Part of its memory is left free: for the chunks of a step, for tables that grow by
 * doubling, and for the snapshot that is taken when the budget is used up.
 */
export class MemoryBudget {
  readonly #bytes: number
  readonly #stateBytes: number

  constructor(bytes: number) {
    this.#bytes = Math.min(bytes, MOST_MEMORY_BYTES)
    this.#stateBytes = Math.floor(this.#bytes * (7 / 8))
  }

  isUsedUp(workers: readonly Worker[]): boolean {
    return workers.some(worker => worker.memory.stateBytes() > this.#stateBytes)
  }

  /** Why the program stopped between two steps: a snapshot can be taken, and restored with more memory or workers. */
  usedUp(workers: readonly Worker[], vertices: readonly Vertex[], step: bigint): StreamdownError {
    const workersText = workers.length === 1 ? '' : ` each of ${workers.length} workers`
    return new StreamdownError(
      'DSD7101',
      `After step ${step} state is over the memory budget (${byteSizeText(this.#bytes)}${workersText}). ${largest(workers, vertices)} ` +
        'The step is finished: a snapshot can be taken now and restored with a larger `memory` or more workers.',
    )
  }

  /** Why a step could not be finished: memory ran out in its middle, so that its state is of no use. */
  exhausted(workers: readonly Worker[], vertices: readonly Vertex[], step: bigint, cause: Error): StreamdownError {
    return new StreamdownError(
      'DSD9001',
      `${cause.message} Step ${step} was not finished; the last snapshot stands. ${largest(workers, vertices)}`,
      { cause },
    )
  }
}

function largest(workers: readonly Worker[], vertices: readonly Vertex[]): string {
  let most = { name: '', bytes: 0 }
  for (const vertex of vertices) {
    const bytes = workers.reduce((sum, worker) => sum + (worker.operator(vertex)?.stateBytes() ?? 0), 0)
    if (bytes > most.bytes) most = { name: `${vertex.name} (${columnsOf(vertex)})`, bytes }
  }
  if (most.bytes === 0) return 'No operator keeps state: the rows of one step are too large.'
  return `The largest state is that of ${most.name}: ${byteSizeText(most.bytes)}. Shorter windows, a time bound of the join or a state_ttl make it smaller.`
}

const columnsOf = ({ schema }: Vertex): string => schema.map(({ name }) => name).join(', ')
