import { StreamdownError } from '../errors/error.ts'
import { KEY_GROUPS } from '../state/state-table.ts'
import { byteSizeText } from '../values/byte-size.ts'
import { sharesGroups } from './exchange.ts'
import type { Vertex } from './graph.ts'
import type { Room } from './intake.ts'
import type { SnapshotBytes } from './snapshot-parts.ts'
import type { Worker } from './worker.ts'

/** All that a 32-bit memory can address, less its last page. */
export const MOST_MEMORY_BYTES = 2 ** 32 - 65_536

/** Rows are packed closer in a snapshot than in tables with their indexes. */
const HEAP_PER_SNAPSHOT = 2

const RESUMABLE =
  'The step is finished: a snapshot can be taken now and restored with a larger memory_limit or more workers.'

/** The state that an operator keeps on all workers. */
export interface OperatorState {
  readonly name: string
  /** Of its rows: they tell it from others of its name. */
  readonly columns: readonly string[]
  readonly stateBytes: number
}

/** What `partitions` answers when state fits again: every worker has a memory of its own, none takes turns. */
export const IN_MEMORY = 1

/**
 * State that each of a program's workers may keep. Part of its memory is left free: for the chunks of a step, for tables
 * that grow by doubling, and for the snapshot that is taken when the budget is used up.
 */
export class MemoryBudget {
  readonly #bytes: number
  readonly #workers: number
  /** What state may take of a worker's memory. */
  readonly stateBytes: number

  /** `bytes`: of the memory of each of so many workers. */
  constructor(bytes: number, workers: number) {
    this.#bytes = Math.min(bytes, MOST_MEMORY_BYTES)
    this.#workers = workers
    this.stateBytes = Math.floor(this.#bytes * (7 / 8))
  }

  /** What is left: `short` over what state may take; `none` when what is kept free for a snapshot is taken, too. */
  room(workers: readonly Worker[]): Room {
    let most = 0
    for (const { memory } of workers) most = Math.max(most, memory.stateBytes())
    if (most <= this.stateBytes) return 'enough'
    return most <= Math.min(this.#bytes, MOST_MEMORY_BYTES * (15 / 16)) ? 'short' : 'none'
  }

  /** Rows on their way to workers that take turns in memory, together: what a step takes in then. */
  get exchangeBytes(): number {
    return Math.floor(this.stateBytes / 8)
  }

  /**
   * How many workers should take turns in memory from now on; undefined: as many as there are. Each shall have so little
   * state by key that it fits beside what a step adds to it. `IN_MEMORY` once what a worker would have by itself is a
   * quarter of what it may, so that state which comes and goes is not handed over each time.
   */
  partitions(workers: readonly Worker[], vertices: readonly Vertex[], spilled: boolean): number | undefined {
    const keyed = workers.map(worker => keyedBytes(worker, vertices))
    const total = keyed.reduce((sum, bytes) => sum + bytes, 0)
    const whole = workers.reduce((sum, worker) => sum + worker.stateBytes(), 0) - total
    if (!spilled) {
      if (this.room(workers) === 'enough' || whole > this.stateBytes / 2) return undefined
      return this.partitionsOf(total)
    }
    if (Math.max(...keyed) > this.#partitionBytes && workers.length < KEY_GROUPS) {
      return Math.min(KEY_GROUPS, Math.max(workers.length * 2, this.partitionsOf(total)))
    }
    return this.#mostOfAWorker(keyed) + whole < this.stateBytes / 4 ? IN_MEMORY : undefined
  }

  /** For a snapshot of so many bytes; undefined where it is restored into the memories of the workers. */
  partitionsToRestore({ keyed, whole }: SnapshotBytes, spilled: boolean): number | undefined {
    const most = (keyed / this.#workers + whole) * HEAP_PER_SNAPSHOT
    // Of state that was spilled it is known that it grows: it would be again at once.
    if (most < this.stateBytes / (spilled ? 2 : 1)) return undefined
    return this.partitionsOf((keyed + whole) * HEAP_PER_SNAPSHOT)
  }

  /** State by key of those that take turns, as one worker of the program would have it: of all whose key groups it gets. */
  #mostOfAWorker(keyed: readonly number[]): number {
    let most = 0
    for (let index = 0; index < this.#workers; index++) {
      const own = keyed.filter((_, each) => sharesGroups(each, keyed.length, index, this.#workers))
      most = Math.max(
        most,
        own.reduce((sum, bytes) => sum + bytes, 0),
      )
    }
    return most
  }

  /** A power of two with room for state to become three times as much. */
  partitionsOf(bytes: number): number {
    const wanted = Math.ceil((3 * bytes) / this.#partitionBytes)
    return Math.min(KEY_GROUPS, Math.max(8, 2 ** Math.ceil(Math.log2(Math.max(1, wanted)))))
  }

  /** State by key of one of several workers that take turns in memory. */
  get #partitionBytes(): number {
    return this.stateBytes / 4
  }

  /** Why the program stopped between two steps though state could be put away elsewhere: it could not. */
  notSpilled(workers: readonly Worker[], vertices: readonly Vertex[], step: bigint, cause: Error): StreamdownError {
    return new StreamdownError(
      'DSD7103',
      `After step ${step} state is over the memory budget (${byteSizeText(this.#bytes)}) and cannot be spilled: ${cause.message} ` +
        `${largest(workers, vertices)} ${RESUMABLE}`,
      { cause },
    )
  }

  /** Why the program stopped between two steps: a snapshot can be taken, and restored with more memory or workers. */
  usedUp(workers: readonly Worker[], vertices: readonly Vertex[], step: bigint): StreamdownError {
    const workersText = workers.length === 1 ? '' : ` each of ${workers.length} workers`
    return new StreamdownError(
      'DSD7101',
      `After step ${step} state is over the memory budget (${byteSizeText(this.#bytes)}${workersText}). ${largest(workers, vertices)} ${RESUMABLE}`,
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

/** Operators that keep state, the largest first. */
export function stateByOperator(workers: readonly Worker[], vertices: readonly Vertex[]): readonly OperatorState[] {
  return vertices
    .map(vertex => ({
      name: vertex.name,
      columns: vertex.schema.map(({ name }) => name),
      stateBytes: workers.reduce((sum, worker) => sum + worker.stateBytesOf(vertex), 0),
    }))
    .filter(({ stateBytes }) => stateBytes > 0)
    .sort((a, b) => b.stateBytes - a.stateBytes)
}

const keyedBytes = (worker: Worker, vertices: readonly Vertex[]): number =>
  vertices.reduce(
    (sum, vertex) => sum + (vertex.is === 'operator' && !vertex.single ? worker.stateBytesOf(vertex) : 0),
    0,
  )

function largest(workers: readonly Worker[], vertices: readonly Vertex[]): string {
  const [most] = stateByOperator(workers, vertices)
  if (most === undefined) return 'No operator keeps state: the rows of one step are too large.'
  return (
    `The largest state is that of ${most.name} (${most.columns.join(', ')}): ${byteSizeText(most.stateBytes)}. ` +
    'Shorter windows, a time bound of the join or a state_ttl make it smaller.'
  )
}
