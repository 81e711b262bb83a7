import { emptied } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { SeededRandom } from './clock.ts'
import type { Graph, Vertex } from './graph.ts'
import { IN_MEMORY, type OperatorState, stateByOperator } from './memory-budget.ts'
import type { SavedSnapshot, StatePart } from './snapshot.ts'
import { operatorStates, restoreOperators } from './snapshot-parts.ts'
import { Frame } from './spill/frame.ts'
import { repartition } from './spill/repartition.ts'
import type { SpillStore } from './spill/spill-store.ts'
import type { Worker } from './worker.ts'

export interface WorkerSetOptions {
  readonly graph: Graph
  readonly count: number
  createMemory(): Memory
  createWorker(index: number, memory: Memory): Worker
  /** Where state goes that does not fit into memory; absent where there is no such place. */
  openSpill?(): SpillStore
}

/**
 * The workers of an engine. All are in memory, each in its own, until their state does not fit: then they become more,
 * with fewer key groups each, that take turns in the first one's memory (spilled), until it fits again. Whoever touches
 * a worker's memory enters it first.
 */
export class WorkerSet {
  /** By index; the array stays the same one. */
  readonly list: Worker[] = []
  readonly #options: WorkerSetOptions
  /** A memory for each of `count` workers: they have them while nothing is spilled. */
  #memories: readonly Memory[]
  #store: SpillStore | undefined
  /** There while workers take turns in memory. */
  #frame: Frame | undefined
  #inside: Worker | undefined
  /** State was half way to other workers when something failed: it is nowhere whole. */
  #torn = false
  /** Times that the workers have ended a vertex in this step: the next time they go the other way round. */
  #rounds = 0

  constructor(options: WorkerSetOptions) {
    this.#options = options
    this.#memories = Array.from({ length: options.count }, () => options.createMemory())
    this.list.push(...this.#memories.map((memory, index) => options.createWorker(index, memory)))
  }

  /** Workers take turns in memory. */
  get spilled(): boolean {
    return this.#frame !== undefined
  }

  get maySpill(): boolean {
    return this.#options.openSpill !== undefined
  }

  /** Why state could not be put away in the last step; no other may follow. */
  get failure(): StreamdownError | undefined {
    return this.#frame?.failure
  }

  /** A `repartition` failed so that state is nowhere whole. */
  get torn(): boolean {
    return this.#torn
  }

  /** Brings the worker's memory in, whichever was there before. */
  enter(worker: Worker): void {
    if (this.#frame === undefined || worker === this.#inside) return
    this.#inside?.leave()
    // Should the memory not come in, nobody's is: the next one to enter reads its own.
    this.#inside = undefined
    this.#frame.enter(worker.memory)
    worker.arrive()
    this.#inside = worker
  }

  /** The worker on which the rows of a partition are read, in memory. */
  reader(of: number): Worker {
    const worker = this.list[this.#frame === undefined ? of : 0]
    if (worker === undefined) throw new RangeError(`no worker ${of}`)
    this.enter(worker)
    return worker
  }

  beginStep(): void {
    this.#rounds = 0
  }

  /**
   * The workers on which a vertex runs. What all rows meet in runs on worker 0 alone: elsewhere it would answer for an
   * empty input. Else in an order that is drawn, or, where they take turns, there and back again: the last one is in.
   */
  runningOn(vertex: Vertex, random: SeededRandom): readonly Worker[] {
    if (vertex.is === 'operator' && vertex.single) return this.list.slice(0, 1)
    if (this.list.length === 1) return this.list
    if (!this.spilled) return shuffled(this.list, random)
    this.#rounds += 1
    return this.#rounds % 2 === 1 ? this.list : [...this.list].reverse()
  }

  nextTimer(): bigint | undefined {
    let next: bigint | undefined
    for (const worker of this.list) {
      const timer = worker.nextTimer()
      if (timer !== undefined && (next === undefined || timer < next)) next = timer
    }
    return next
  }

  openWindows(): number {
    return this.list.reduce((open, worker) => open + worker.openWindows(), 0)
  }

  stateBytes(): number {
    return this.list.reduce((bytes, worker) => bytes + worker.stateBytes(), 0)
  }

  /** Operators that keep state, the largest first. */
  operators(): readonly OperatorState[] {
    return stateByOperator(this.list, this.#options.graph.vertices)
  }

  /** Made as they are asked for. */
  states(): Iterable<StatePart> {
    return operatorStates(this.#options.graph, this.list, worker => this.enter(worker))
  }

  /** `partitions`: how many workers shall take turns, where they do; the state would not fit otherwise. */
  restore(from: SavedSnapshot, partitions: number | undefined): void {
    if (partitions !== undefined) this.repartition(partitions)
    restoreOperators(from, this.#options.graph, this.list, worker => this.enter(worker))
  }

  /**
   * So many workers that take turns in memory instead of those there are; one is always in. `IN_MEMORY`: those that the
   * program has, each in its own memory.
   * @throws StreamdownError DSD7103 when the state cannot be put away; then nothing has changed.
   */
  repartition(to: number): void {
    const { graph, count, openSpill } = this.#options
    if (openSpill === undefined) {
      throw new StreamdownError('DSD7103', 'State does not fit into memory, and there is no place to put it away.')
    }
    this.#store ??= openSpill()
    const from = [...this.list]
    const before = this.#frame
    const next = to === IN_MEMORY ? undefined : (before ?? this.#newFrame(this.#store))
    const workers = repartition({
      graph,
      from,
      to: next === undefined ? count : to,
      store: this.#store,
      enter: worker => this.enter(worker),
      create: index => {
        this.#torn = true
        return next === undefined ? this.#createIn(index) : this.#createTakingTurns(index, next)
      },
    })
    if (before !== undefined) for (const { memory } of from) before.forget(memory)
    if (next === undefined) {
      this.#inside = undefined
      this.#memories = workers.map(({ memory }) => memory)
    }
    this.#frame = next
    this.list.splice(0, this.list.length, ...workers)
    this.#torn = false
  }

  close(): void {
    this.#store?.close()
  }

  /** A worker in a memory of its own: what lies there has been handed over. */
  #createIn(index: number): Worker {
    const used = this.#memories[index]
    if (used === undefined) throw new RangeError(`no memory ${index}`)
    return this.#options.createWorker(index, emptied(used))
  }

  #createTakingTurns(index: number, frame: Frame): Worker {
    this.#inside?.leave()
    const worker = this.#options.createWorker(index, frame.create())
    this.#inside = worker
    return worker
  }

  /** In the memory of the first worker: what it has grown to is used on. */
  #newFrame(store: SpillStore): Frame {
    const [first] = this.#memories
    if (first === undefined) throw new RangeError('no worker')
    return new Frame(first.memory, store)
  }
}

function shuffled(workers: readonly Worker[], random: SeededRandom): readonly Worker[] {
  const order = [...workers]
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const moved = order[last]
    const taken = order[other]
    if (moved === undefined || taken === undefined) continue
    order[last] = taken
    order[other] = moved
  }
  return order
}
