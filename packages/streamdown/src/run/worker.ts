import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import type { StateSnapshot, StateTable } from '../state/state-table.ts'
import { createStateTable, type GroupFilter } from '../state/table.ts'
import { type EventTimeTracker, newestOf } from './event-time.ts'
import type { Edge, Graph, Vertex } from './graph.ts'
import type { Operator, StepEnd } from './operator.ts'
import type { OperatorContext } from './operator-context.ts'
import { Ports } from './ports.ts'

export interface WorkerOptions {
  readonly index: number
  readonly memory: Memory
  readonly graph: Graph
  readonly trackers: ReadonlyMap<number, EventTimeTracker>
  readonly timeZone: string
  readonly settings: Readonly<Record<string, string>>
  now(): bigint
  random(): number
  readonly seed: number
  /** Rows that leave this worker along an edge, to be routed by the scheduler. */
  send(edge: Edge, to: Vertex, input: number, batch: Batch, from: number): void
  /** Rows that reached an output on this worker. */
  deliver(vertex: Vertex, batch: Batch, memory: Memory): void
  side(vertex: Vertex, port: string, batch: Batch, memory: Memory): void
}

/** What a worker whose memory is put away is asked for. */
interface Away {
  /** By vertex id. */
  readonly stateBytes: ReadonlyMap<number, number>
  readonly nextTimer: bigint | undefined
  readonly openWindows: number
}

/**
 * One worker's copy of the graph, over its own memory: operators joined by calls where rows stay on the worker, cut
 * where they may leave it. It never waits: the scheduler decides when a vertex gets its inbound rows and ends a step.
 */
export class Worker {
  readonly index: number
  readonly memory: Memory
  readonly #options: WorkerOptions
  readonly #operators = new Map<number, Operator>()
  readonly #ports = new Map<number, Ports>()
  /** Vertices whose operators have state tables here. */
  readonly #stateful = new Set<number>()
  /** What snapshots take in while part of the key groups moves elsewhere; undefined: all. */
  #filter: GroupFilter | undefined
  #away: Away | undefined
  /** The partition whose rows are being pushed: event time is kept by partition. */
  #partition = ''

  constructor(options: WorkerOptions) {
    this.#options = options
    this.index = options.index
    this.memory = options.memory
    for (const vertex of options.graph.vertices) {
      this.#ports.set(vertex.id, new Ports((port, batch) => options.side(vertex, port, batch, this.memory)))
      if (vertex.is === 'operator') this.#operators.set(vertex.id, vertex.create(this.#context(vertex)))
    }
    for (const vertex of options.graph.vertices) {
      vertex.inputs.forEach((edge, input) => {
        this.#portsOf(edge.from).connect(edge.port, batch => this.#follow(edge, vertex, input, batch))
      })
    }
  }

  operator(vertex: Vertex): Operator | undefined {
    return this.#operators.get(vertex.id)
  }

  /** Pushes a source's chunk to the ends of the stage, then gives back the memory it used. */
  feed(vertex: Vertex, partition: string, batch: Batch): void {
    this.#partition = partition
    this.#portsOf(vertex).emit(batch)
  }

  receive(vertex: Vertex, input: number, batch: Batch): void {
    switch (vertex.is) {
      case 'operator': {
        const operator = this.#operators.get(vertex.id)
        operator?.push(input, batch, this.#portsOf(vertex))
        return
      }
      case 'eventTime': {
        const tracker = this.#options.trackers.get(vertex.id)
        const timed =
          tracker === undefined || vertex.from.is === 'handedOn'
            ? batch
            : tracker.assign(batch, vertex.from.column, this.#partition, this.memory)
        this.#portsOf(vertex).emit(timed)
        return
      }
      case 'output':
        this.#options.deliver(vertex, batch, this.memory)
        return
      case 'source':
        throw new RangeError('a source has no input')
    }
  }

  endStep(vertex: Vertex, end: StepEnd): void {
    // An operator that all rows meet in lives on worker 0 alone: what it says of no rows must be said once.
    if (vertex.is === 'operator' && vertex.single && this.index !== 0) return
    const mark = this.memory.mark()
    this.#operators.get(vertex.id)?.endStep(end, this.#portsOf(vertex))
    this.memory.release(mark)
  }

  /** An operator of that vertex has state here: it has to be in memory when it ends a step. */
  keepsState(vertex: Vertex): boolean {
    return this.#stateful.has(vertex.id)
  }

  stateBytes(): number {
    let bytes = 0
    for (const vertex of this.#options.graph.vertices) bytes += this.stateBytesOf(vertex)
    return bytes
  }

  stateBytesOf(vertex: Vertex): number {
    return this.#away?.stateBytes.get(vertex.id) ?? this.#operators.get(vertex.id)?.stateBytes() ?? 0
  }

  /** When the next timer of an operator is due, µs. */
  nextTimer(): bigint | undefined {
    if (this.#away !== undefined) return this.#away.nextTimer
    let next: bigint | undefined
    for (const operator of this.#operators.values()) {
      const timer = operator.nextTimer()
      if (timer !== undefined && (next === undefined || timer < next)) next = timer
    }
    return next
  }

  /** Windows that are open: of the operators that keep some, by their own count. */
  openWindows(): number {
    if (this.#away !== undefined) return this.#away.openWindows
    let open = 0
    for (const operator of this.#operators.values()) open += operator.openWindows?.() ?? 0
    return open
  }

  /** The state of an operator; of these key groups alone where a filter is given. */
  snapshot(vertex: Vertex, filter?: GroupFilter): StateSnapshot {
    const mark = this.memory.mark()
    this.#filter = filter
    try {
      return this.#operators.get(vertex.id)?.snapshot() ?? { tables: [], values: {} }
    } finally {
      this.#filter = undefined
      this.memory.release(mark)
    }
  }

  restore(vertex: Vertex, from: StateSnapshot): void {
    const mark = this.memory.mark()
    this.#operators.get(vertex.id)?.restore(from)
    this.memory.release(mark)
  }

  /** Its memory is about to be put away: what is asked of it until `arrive` is answered from what is noted here. */
  leave(): void {
    const stateBytes = new Map<number, number>()
    for (const [id, operator] of this.#operators) stateBytes.set(id, operator.stateBytes())
    this.#away = { stateBytes, nextTimer: this.nextTimer(), openWindows: this.openWindows() }
  }

  arrive(): void {
    this.#away = undefined
  }

  #follow(edge: Edge, to: Vertex, input: number, batch: Batch): void {
    if (edge.routing.is === 'forward') this.receive(to, input, batch)
    else this.#options.send(edge, to, input, batch, this.index)
  }

  #portsOf(vertex: Vertex): Ports {
    const ports = this.#ports.get(vertex.id)
    if (ports === undefined) throw new RangeError(`no vertex ${vertex.id}`)
    return ports
  }

  #context(vertex: Vertex): OperatorContext {
    const { timeZone, settings, now, random, seed, trackers } = this.#options
    const names = new Set<string>()
    return {
      memory: this.memory,
      timeZone,
      settings,
      now,
      random,
      seed,
      newestEventTime: () => newestOf(trackers.values()),
      table: (spec): StateTable => {
        if (names.has(spec.name)) throw new RangeError(`two state tables ${spec.name} in ${vertex.name}`)
        names.add(spec.name)
        this.#stateful.add(vertex.id)
        return createStateTable(this.memory, spec, () => this.#filter)
      },
    }
  }
}
