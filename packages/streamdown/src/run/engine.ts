import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import type { DeadLetters, PartitionReader, Source } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import type { ScanNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { buildGraph } from './build.ts'
import { type Clock, SeededRandom } from './clock.ts'
import { Dispatch } from './dispatch.ts'
import { EventTimeTracker, newestOf } from './event-time.ts'
import type { EventTimeVertex, Graph, OutputVertex, SourceVertex, Vertex } from './graph.ts'
import { type Asker, Inquiries } from './inquiries.ts'
import { arrived, Intake, type OpenPartition, type Room, type Taken } from './intake.ts'
import { Journal, type JournalEntry } from './journal.ts'
import { MemoryBudget, MOST_MEMORY_BYTES, type OperatorState } from './memory-budget.ts'
import type { StepEnd } from './operator.ts'
import { Outside } from './outside.ts'
import type { SavedSnapshot, Snapshot, StatePart } from './snapshot.ts'
import { planText, requireSamePlan, snapshotBytes } from './snapshot-parts.ts'
import type { SpillStore } from './spill/spill-store.ts'
import { createStepSize, type Stopwatch } from './step-size.ts'
import { type OutputTime, Watermarks } from './watermarks.ts'
import { Worker } from './worker.ts'
import { WorkerSet } from './worker-set.ts'

/** Smaller inboxes would have workers take turns for a few rows. */
const LEAST_INBOX_BYTES = 65_536

export interface EngineOptions {
  readonly workers: number
  /** Rows that a step takes from a partition at most; 'random' draws 1 to 1,000 by the seed each time. */
  readonly stepRows: number | 'random'
  /** Measures steps: then they grow and shrink to take about `stepMs`, and `stepRows` is how the first one starts. */
  readonly stopwatch?: Stopwatch
  /** ms; 10 unless said. */
  readonly stepMs?: number
  readonly seed: number
  readonly clock: Clock
  readonly timeZone: string
  readonly settings: Readonly<Record<string, string>>
  /** µs without rows after which a partition counts as idle, where its table says nothing; 0 unless said. */
  readonly idleTimeout?: bigint
  /** µs of event time that a partition may lead others by, where its table says nothing; undefined: none is held back. */
  readonly maxDrift?: bigint
  /** Bytes that a worker's state may take, and an eighth more for steps and snapshots. Default 4 GiB. */
  readonly memoryBytes?: number
  /** Bytes that an inbox between two workers holds at most (more only for one parcel). Default 4 MiB. */
  readonly inboxBytes?: number
  /** Keep the journal of every step (replay, checkpoints). */
  readonly journal: boolean
  /** Steps to repeat: each takes exactly the rows, the clock and the ends of its entry. What follows the last is free. */
  readonly replay?: readonly JournalEntry[]
  /** Asks the questions of asynchronous operators; without one somebody else answers `inquiries`. */
  readonly asker?: (inquiries: Inquiries) => Asker
  createMemory(): Memory
  /** Where state goes that does not fit into memory; without it a program whose state does not fit stops. */
  readonly openSpill?: () => SpillStore
  openSource(scan: ScanNode): Source
  readonly outputs: Outputs
}

/** Where rows leave the engine. Batches are valid during the call. */
export interface Outputs {
  deliver(vertex: OutputVertex, batch: Batch, memory: Memory, step: bigint): void
  /** Rows of a side output: `late` and `dead`; whether or not something else reads them. */
  side(vertex: Vertex, port: string, batch: Batch, memory: Memory, step: bigint): void
  readonly deadLetters: DeadLetters
  /** Every row of the step has been delivered. */
  stepDone(step: bigint): void
}

/**
 * Runs a program in steps on one thread, with any number of workers in an order drawn by the seed. A step takes what
 * has arrived, runs it through, ends every vertex in topological order, and leaves nothing in flight.
 */
export class Engine {
  readonly graph: Graph
  readonly journal = new Journal()
  readonly #options: EngineOptions
  readonly #workers: WorkerSet
  readonly #trackers = new Map<number, EventTimeTracker>()
  readonly #dispatch: Dispatch
  readonly #replay: ReadonlyMap<bigint, JournalEntry>
  /** Of the step: drawn from seed and number alone, so that a step that is repeated draws the same. */
  #random: SeededRandom
  readonly #intake: Intake
  readonly #outside: Outside
  readonly #watermarks: Watermarks
  #step = 0n
  #ordinal = 0n
  #now: bigint
  #started = false
  #ended = false
  #stopped: StreamdownError | undefined
  /** A step failed in its middle: state is of no step. */
  #broken = false
  readonly #budget: MemoryBudget

  constructor(program: Program, options: EngineOptions) {
    this.#options = options
    this.#random = new SeededRandom(options.seed)
    this.#replay = new Map(options.replay?.map(entry => [entry.step, entry]))
    this.#now = options.clock.now()
    this.#outside = new Outside(options.replay ?? [], options.asker)
    this.#budget = new MemoryBudget(options.memoryBytes ?? MOST_MEMORY_BYTES, options.workers)
    this.graph = buildGraph(program)
    for (const vertex of this.graph.vertices) {
      if (vertex.is !== 'eventTime') continue
      this.#trackers.set(vertex.id, new EventTimeTracker(vertex.from.is === 'column' ? vertex.from.delay : 0n))
    }
    const { openSpill } = options
    this.#workers = new WorkerSet({
      graph: this.graph,
      count: options.workers,
      createMemory: () => options.createMemory(),
      createWorker: (index, memory) => this.#createWorker(index, memory),
      ...(openSpill === undefined ? {} : { openSpill }),
    })
    this.#dispatch = new Dispatch(this.#workers.list, options.inboxBytes, worker => this.#workers.enter(worker))
    this.#watermarks = new Watermarks(this.graph.vertices, this.#trackers)
    this.#intake = new Intake({
      stepSize: createStepSize({ ...options, bulk: () => this.#workers.spilled }),
      read: (from, maxRows) => this.#read(from, maxRows),
      room: share => this.#room(share),
    })
  }

  get step(): bigint {
    return this.#step
  }

  /** The clock of the last step, µs. */
  get now(): bigint {
    return this.#now
  }

  /** Whether nothing comes any more but by connectors of that name. */
  endedBut(connector: string): boolean {
    return this.#intake.endedBut(connector)
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Why no step follows though the sources have not ended: state is over its budget, or a step failed in its middle. */
  get stopped(): StreamdownError | undefined {
    return this.#stopped
  }

  /** Opens the sources, from given positions. */
  async open(positions: ReadonlyMap<string, string> = new Map()): Promise<void> {
    for (const vertex of this.graph.vertices) {
      if (vertex.is !== 'source' || this.#attachAnswers(vertex)) continue
      const own = new Map<string, string>()
      const prefix = `${vertex.id}/`
      for (const [id, position] of positions) if (id.startsWith(prefix)) own.set(id.slice(prefix.length), position)
      const source = this.#options.openSource(vertex.scan)
      const context = {
        scan: vertex.scan,
        schema: vertex.schema,
        positions: own,
        clock: this.#options.clock,
      }
      this.#attach(vertex, await source.open(context))
      const discovery = await source.discover?.(context)
      if (discovery !== undefined) {
        this.#intake.discover(vertex.id, discovery, reader => this.#attach(vertex, [reader]))
      }
    }
  }

  /** Takes the readers of sources that are there at once (rows pushed by a test), instead of `open`. */
  openWith(readersOf: (scan: ScanNode) => readonly PartitionReader[]): void {
    for (const vertex of this.graph.vertices) {
      if (vertex.is !== 'source' || this.#attachAnswers(vertex)) continue
      this.#attach(vertex, readersOf(vertex.scan))
    }
  }

  /** What asynchronous operators ask. */
  get inquiries(): readonly Inquiries[] {
    return this.#outside.inquiries
  }

  /** Answers come from the operator itself. */
  #attachAnswers(vertex: SourceVertex): boolean {
    const { handle } = vertex.scan.relation
    if (!(handle instanceof Inquiries)) return false
    this.#outside.add(handle)
    this.#attach(vertex, [handle.reader()])
    return true
  }

  #attach(vertex: SourceVertex, readers: readonly PartitionReader[]): void {
    const timed = this.graph.vertices.filter(
      (each): each is EventTimeVertex => each.is === 'eventTime' && each.source === vertex,
    )
    const trackers = timed.flatMap(({ id }) => this.#trackers.get(id) ?? [])
    const declared = timed.flatMap(({ idleTimeout }) => idleTimeout ?? [])
    const idleTimeout = declared[0] ?? this.#options.idleTimeout ?? 0n
    const drift = timed.flatMap(each => each.drift ?? [])[0] ?? { group: '' }
    const most = drift.most ?? this.#options.maxDrift
    for (const reader of readers) {
      const worker = this.#intake.partitions.length % this.#options.workers
      this.#intake.add({
        id: `${vertex.id}/${reader.partition}`,
        vertex,
        worker,
        reader,
        trackers,
        idleTimeout,
        drift: { group: drift.group, ...(most === undefined ? {} : { most }) },
      })
    }
  }

  /** True when a step would do something: rows to take, a partition that ended or falls idle, a timer that is due. */
  pending(): boolean {
    if (this.#ended || this.#stopped !== undefined) return false
    const entry = this.#replay.get(this.#step + 1n)
    if (entry !== undefined) return this.#intake.repeatable(entry)
    // A restored program whose sources have all ended, or that has none, still has its last step to do.
    if (!this.#started || this.#intake.allEnded) return true
    const now = this.#options.clock.now()
    if (this.#intake.pending(now)) return true
    const timer = this.#workers.nextTimer()
    return timer !== undefined && timer <= now
  }

  /** When a step is due though nothing arrives, µs: a timer of an operator, a partition that counts as idle. */
  nextTimer(): bigint | undefined {
    const timer = this.#workers.nextTimer()
    const idle = this.#intake.nextIdle()
    return timer === undefined || (idle !== undefined && idle < timer) ? idle : timer
  }

  /** Every partition was asked and has nothing now, or has ended; one that is fed from here has what it was fed. */
  idle(): boolean {
    return !this.pending() && this.#intake.quiet
  }

  /** Rows that the session or another program pushed wait to be taken: nobody could give them again. */
  get fed(): boolean {
    return this.#intake.fed
  }

  /** True while a partition waits for what is sure to come. */
  loading(): boolean {
    return this.#intake.partitions.some(({ status, reader }) => status !== 'ended' && reader.loading?.() === true)
  }

  /** Rows taken from the sources so far. */
  get rowsIn(): number {
    return Number(this.#ordinal)
  }

  /** The most bytes that have waited at once for one input of one worker. */
  peakInboxBytes(): number {
    return this.#dispatch.peakInboxBytes()
  }

  /** Windows that are open: of the operators that keep some, by their own count. */
  openWindows(): number {
    return this.#workers.openWindows()
  }

  /** Resolves when `pending()` may have become true. */
  ready(): Promise<void> {
    return this.#intake.ready()
  }

  /** The last step: all sources end where they are, whatever they would still give, and all windows close. */
  drain(): void {
    if (!this.#ended) this.#wholeStep(() => this.#intake.end())
  }

  /**
   * One step; it reads at most `maxRows` rows, over all partitions, or over those alone that rows are pushed to. Over the memory budget the step is finished, and
   * `stopped` says why no other follows.
   * @throws StreamdownError when a step cannot be finished: DSD9001 when memory ran out in it.
   */
  runStep(maxRows = Number.POSITIVE_INFINITY, from: 'all' | 'fed' = 'all'): void {
    this.#wholeStep((step, now) => this.#intake.take(step, now, maxRows, from))
  }

  #wholeStep(take: (step: bigint, now: bigint) => Taken): void {
    this.#step += 1n
    const { vertices } = this.graph
    const { list } = this.#workers
    try {
      const partitions = this.#runStep(take)
      if (partitions !== undefined) this.#repartition(partitions)
    } catch (error) {
      if (!(error instanceof StreamdownError)) throw error
      this.#broken = true
      this.#stopped = error.code === 'DSD9001' ? this.#budget.exhausted(list, vertices, this.#step, error) : error
      throw this.#stopped
    }
    if (this.#ended || this.#stopped !== undefined) return
    const { failure } = this.#workers
    const room = this.#budget.room(list)
    if (failure !== undefined) {
      this.#stopped = this.#budget.notSpilled(list, vertices, this.#step, failure)
    } else if (room === 'none' || (room === 'short' && !this.#intake.relievable)) {
      this.#stopped = this.#budget.usedUp(list, vertices, this.#step)
    }
  }

  /** How many workers shall take turns in memory from now on; undefined: as it is. */
  #runStep(take: (step: bigint, now: bigint) => Taken): number | undefined {
    this.#started = true
    const entry = this.#replay.get(this.#step)
    this.#now = entry?.now ?? this.#options.clock.now()
    this.#random = new SeededRandom(this.#options.seed, this.#step)
    this.#workers.beginStep()
    const taken = entry === undefined ? take(this.#step, this.#now) : this.#intake.repeat(entry)
    const { allEnded } = this.#intake
    this.#endVertices(allEnded)
    const answers = this.#outside.endStep(this.#replay.has(this.#step + 1n), this.#intake)
    const partitions = entry === undefined ? this.#partitionsWanted(allEnded) : entry.partitions
    if (this.#options.journal) {
      const moved = partitions === undefined ? {} : { partitions }
      this.journal.append({ step: this.#step, now: this.#now, ...taken, ...moved, ...answers })
    }
    this.#options.outputs.stepDone(this.#step)
    if (entry === undefined) this.#intake.stepDone()
    this.#ended = allEnded
    return partitions
  }

  #partitionsWanted(allEnded: boolean): number | undefined {
    const { list, maySpill, spilled, failure } = this.#workers
    if (allEnded || !maySpill || failure !== undefined) return undefined
    return this.#budget.partitions(list, this.graph.vertices, spilled)
  }

  #repartition(partitions: number): void {
    const { list } = this.#workers
    try {
      this.#workers.repartition(partitions)
      this.#resizeInboxes()
    } catch (error) {
      if (!(error instanceof StreamdownError) || error.code !== 'DSD7103' || this.#workers.torn) throw error
      this.#stopped = this.#budget.notSpilled(list, this.graph.vertices, this.#step, error)
    }
  }

  /** Rows that wait while others have their turn are many; what all inboxes of an input hold is within the budget. */
  #resizeInboxes(): void {
    const { list, spilled } = this.#workers
    const ofTurns = Math.max(LEAST_INBOX_BYTES, (2 * this.#budget.exchangeBytes) / list.length)
    this.#dispatch.reset(spilled ? ofTurns : this.#options.inboxBytes)
  }

  #room(share: number): Room {
    const { list, spilled } = this.#workers
    if (spilled && this.#dispatch.heldBytes() > this.#budget.exchangeBytes * share) return 'none'
    return this.#budget.room(list)
  }

  /** Raises every source's watermark to at least `watermark - its delay` (a test's `advance`). */
  raiseWatermarks(time: bigint): void {
    for (const tracker of this.#trackers.values()) tracker.raise(time - tracker.delay)
  }

  /** How far the rows that have left at an output have come, after the last step. */
  outputTime(vertex: OutputVertex): OutputTime {
    return this.#watermarks.of(vertex)
  }

  stateBytes(): number {
    return this.#workers.stateBytes()
  }

  /** What state may take, of all workers together. */
  get stateLimitBytes(): number {
    return this.#budget.stateBytes * (this.#workers.spilled ? 1 : this.#workers.list.length)
  }

  /** Operators that keep state, the largest first. */
  operatorStates(): readonly OperatorState[] {
    return this.#workers.operators()
  }

  /** The lowest watermark of the outputs: what the results are complete up to; NO_WATERMARK without event time. */
  watermark(): bigint {
    return this.#watermarks.ofResults()
  }

  /** The newest event time of all sources; `NO_WATERMARK` before the first row. */
  newestEventTime(): bigint {
    return newestOf(this.#trackers.values())
  }

  /** All state, its parts to be taken before the next step. @throws StreamdownError when the last step was not finished: why. */
  snapshot(): Snapshot {
    if (this.#broken && this.#stopped !== undefined) throw this.#stopped
    const positions: Record<string, string> = {}
    for (const each of this.#intake.partitions) positions[each.id] = each.reader.position()
    const trackers: Record<number, string> = {}
    for (const [id, tracker] of this.#trackers) trackers[id] = tracker.snapshot()
    return {
      step: this.#step,
      ordinal: this.#ordinal,
      now: this.#now,
      positions,
      trackers,
      watermarks: this.#watermarks.snapshot(),
      states: () => this.#states(this.#step),
      ...(this.#workers.spilled ? { partitions: this.#workers.list.length } : {}),
      plan: planText(this.graph),
    }
  }

  *#states(step: bigint): Iterable<StatePart> {
    for (const part of this.#workers.states()) {
      if (this.#step !== step)
        throw new StreamdownError('DSD9002', `A step was run while state after ${step} was taken.`)
      yield part
    }
  }

  /** Before `open`; `open` then takes the snapshot's positions. */
  restore(from: SavedSnapshot): void {
    requireSamePlan(from, this.graph)
    this.#step = from.step
    this.#ordinal = from.ordinal
    this.#started = true
    for (const [id, text] of Object.entries(from.trackers)) this.#trackers.get(Number(id))?.restore(text)
    this.#watermarks.restore(from.watermarks)
    const partitions = this.#workers.maySpill
      ? this.#budget.partitionsToRestore(snapshotBytes(from, this.graph), from.partitions !== undefined)
      : undefined
    this.#workers.restore(from, partitions)
    if (partitions !== undefined) this.#resizeInboxes()
  }

  async close(): Promise<void> {
    await this.#intake.close()
    this.#workers.close()
  }

  /** One chunk of at most `maxRows` rows, run through; how many there were. */
  #read(from: OpenPartition, maxRows: number): number {
    const worker = this.#workers.reader(from.worker)
    const mark = worker.memory.mark()
    const batch = from.reader.read(maxRows, worker.memory, this.#options.outputs.deadLetters)
    if (batch !== undefined && batch.rows > 0) {
      arrived(from)
      const firstOrdinal = this.#ordinal
      this.#ordinal += BigInt(batch.rows)
      worker.feed(from.vertex, from.id, { ...batch, ordinals: 0, firstOrdinal })
    }
    worker.memory.release(mark)
    return batch?.rows ?? 0
  }

  #endVertices(ended: boolean): void {
    for (const vertex of this.graph.vertices) {
      const times = this.#watermarks.inputsOf(vertex)
      const end: StepEnd = { ...times, step: this.#step, now: this.#now, ended }
      const said: OutputTime[] = []
      for (const worker of this.#workers.runningOn(vertex, this.#random)) {
        if (worker.keepsState(vertex) || (vertex.is === 'operator' && vertex.single)) this.#workers.enter(worker)
        vertex.inputs.forEach((edge, input) => {
          this.#dispatch.deliver(worker, edge, vertex, input)
        })
        worker.endStep(vertex, end)
        const operator = worker.operator(vertex)
        if (operator !== undefined) said.push(this.#watermarks.saidBy(operator, vertex, times))
      }
      this.#watermarks.endStep(vertex, times, said, ended)
    }
  }

  #createWorker(index: number, memory: Memory): Worker {
    const { timeZone, settings, outputs } = this.#options
    return new Worker({
      index,
      memory,
      graph: this.graph,
      trackers: this.#trackers,
      timeZone,
      settings,
      now: () => this.#now,
      random: () => this.#random.next(),
      seed: this.#options.seed,
      send: (edge, to, input, batch, from) => this.#dispatch.send(edge, to, input, batch, from),
      deliver: (vertex, batch, memory) => {
        if (vertex.is === 'output') outputs.deliver(vertex, batch, memory, this.#step)
      },
      side: (vertex, port, batch, memory) => outputs.side(vertex, port, batch, memory, this.#step),
    })
  }
}
