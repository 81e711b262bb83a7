import type { Batch } from '../batch/batch.ts'
import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import type { MemoryPool } from '../batch/memory-pool.ts'
import { rowsOf } from '../batch/values.ts'
import { deadLetters } from '../connect/dead-letters.ts'
import type { FeedTime, WeightedRow } from '../connect/memory.ts'
import type { Claim, Sink } from '../connect/sink.ts'
import type { Source } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import { isRowError } from '../errors/table.ts'
import type { Relation, ScanNode, SinkNode } from '../plan/nodes/node.ts'
import type { Program } from '../plan/program.ts'
import { askerWith } from '../run/ask-outside.ts'
import type { Clock } from '../run/clock.ts'
import { Deliveries } from '../run/deliveries.ts'
import { Engine } from '../run/engine.ts'
import type { OutputVertex, Vertex } from '../run/graph.ts'
import { watermarkColumn } from '../run/operators/hidden.ts'
import type { SavedSnapshot, Snapshot } from '../run/snapshot.ts'
import type { SpillStore } from '../run/spill/spill-store.ts'
import type { Stopwatch } from '../run/step-size.ts'
import { consolidateRows } from './consolidate-rows.ts'
import type { DeadLetter, DeadLetterLog } from './dead-letters.ts'
import type { JobStatus } from './session.ts'
import { StepLetters } from './step-letters.ts'

export interface JobOptions {
  readonly name: string
  readonly workers: number
  readonly stepRows: number | 'random'
  /** Measures steps, so that their size adapts. */
  readonly stopwatch?: Stopwatch
  /** What a step should take then, ms. */
  readonly stepMs?: number
  readonly seed: number
  readonly clock: Clock
  readonly timeZone: string
  readonly settings: Readonly<Record<string, string>>
  readonly journal?: boolean
  /** µs without rows after which a partition counts as idle, where its table says nothing; 0 unless said. */
  readonly idleTimeout?: bigint
  /** Waits between tries and for timeouts of asynchronous operators; without it they are not asked. */
  readonly sleep?: (ms: number, sooner?: Promise<unknown>) => Promise<void>
  /** µs of event time that a partition may lead others by, where its table says nothing; undefined: none is held back. */
  readonly maxDrift?: bigint
  /** Bytes of each worker's memory; 4 GiB unless said. */
  readonly memoryBytes?: number
  /** Where state goes that does not fit into memory; without it the job stops then. */
  readonly openSpill?: () => SpillStore
  openSource(scan: ScanNode): Source
  openSink(sink: SinkNode): Sink | undefined
  /** The consolidated changes of a step at a view, or at a sink that the session itself keeps. */
  onChanges(output: string, changes: readonly WeightedRow[]): void
  /** How far the rows of a view that is handed on in event time have come, behind the changes of a step. */
  onTime?(output: string, time: FeedTime): void
  /** `fail`: the first row that fails ends the job; `dead-letter`: it goes there and the job goes on. */
  readonly onError: 'fail' | 'dead-letter'
  /** The same for records of sources that cannot be decoded; `onError` unless said. A query goes on behind them. */
  readonly onUndecodable?: 'fail' | 'dead-letter'
  /** Where its dead letters go. */
  readonly letters: DeadLetterLog
  /** No other program's do: they come to their end when nothing else is read any more. */
  readonly isAlone?: boolean
  /** Relations whose rows were made of dead letters. */
  isOfLetters?(relation: Relation): boolean
  /** Where its workers' memories come from, and go back to when it is closed: it is not asked for anything then. */
  readonly memories?: MemoryPool
}

/** One program that runs: an engine, its sinks, and what came out at the sides. */
export class Job {
  readonly name: string
  readonly engine: Engine
  lateCount = 0
  rowsOut = 0
  readonly #options: JobOptions
  readonly #letters: StepLetters
  readonly #deliveries = new Deliveries()
  readonly #pending = new Map<string, WeightedRow[]>()
  readonly #handedOn: readonly OutputVertex[]
  readonly #pooled: Memory[] = []
  #failure: StreamdownError | undefined
  #closed = false

  constructor(program: Program, options: JobOptions) {
    this.name = options.name
    this.#options = options
    this.#letters = new StepLetters({
      program: options.name,
      log: options.letters,
      now: () => ({ step: this.engine.step, at: this.engine.now }),
      onDead: (letter, of) =>
        this.#dead(letter, of === 'row' ? options.onError : (options.onUndecodable ?? options.onError)),
      ...(options.isOfLetters === undefined ? {} : { isOfLetters: options.isOfLetters }),
    })
    this.engine = new Engine(program, {
      workers: options.workers,
      stepRows: options.stepRows,
      ...(options.stopwatch === undefined ? {} : { stopwatch: options.stopwatch }),
      ...(options.stepMs === undefined ? {} : { stepMs: options.stepMs }),
      seed: options.seed,
      clock: options.clock,
      timeZone: options.timeZone,
      settings: options.settings,
      journal: options.journal ?? false,
      idleTimeout: options.idleTimeout ?? 0n,
      ...(options.maxDrift === undefined ? {} : { maxDrift: options.maxDrift }),
      ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
      createMemory: () => this.#createMemory(),
      ...(options.openSpill === undefined ? {} : { openSpill: options.openSpill }),
      ...(options.sleep === undefined ? {} : { asker: askerWith({ clock: options.clock, sleep: options.sleep }) }),
      openSource: scan => options.openSource(scan),
      outputs: {
        deliver: (vertex, batch, memory, step) => this.#deliver(vertex, batch, memory, step),
        side: (vertex, port, batch, memory) => this.#side(vertex, port, batch, memory),
        deadLetters: this.#letters.undecoded,
        stepDone: () => this.#stepDone(),
      },
    })
    this.#handedOn = this.engine.graph.vertices.filter(isHandedOn)
    this.#letters.watch(this.engine.graph)
  }

  /** Its rows come of dead letters, or some of them. */
  get readsLetters(): boolean {
    return this.#letters.readsLetters
  }

  get letters(): DeadLetterLog {
    return this.#options.letters
  }

  /** Places outside of the session that nobody else may write meanwhile. */
  get claims(): readonly Claim[] {
    return this.#deliveries.claims
  }

  /** `claimed`: places that other jobs write. When it fails the job is closed, and nothing was written. */
  async open(from?: SavedSnapshot, claimed: readonly Claim[] = []): Promise<void> {
    try {
      await this.#deliveries.open(this.engine.graph, sink => this.#options.openSink(sink), from?.sinks, claimed)
      if (from !== undefined) this.#restore(from)
      await this.engine.open(new Map(Object.entries(from?.positions ?? {})))
    } catch (error) {
      await this.fail()
      await this.close()
      throw error
    }
  }

  /** The snapshots that were taken are kept: what they hold is published, and not only when the program goes on. */
  commit(): Promise<void> {
    return this.#deliveries.commit()
  }

  /** The program has failed, here or elsewhere: what came behind its last checkpoint is not published. */
  fail(): Promise<void> {
    return this.#deliveries.abort(this.engine.step + 1n)
  }

  /** Runs steps while there is something to take now. Sinks are waited for when they fall behind. */
  async settle(): Promise<void> {
    for (;;) {
      if (this.engine.pending()) await this.runStep()
      else if (!this.engine.ended && this.engine.loading()) await this.engine.ready()
      else break
    }
    await this.flush()
  }

  /**
   * One step that reads at most so many rows, waiting for sinks that fell behind.
   * @throws StreamdownError DSD7101 when no other may follow it.
   */
  async runStep(maxRows?: number): Promise<void> {
    // More than who reads the dead letters can take would only wait in memory.
    const from = this.#options.letters.isFull ? 'fed' : 'all'
    await this.#step(() => this.engine.runStep(maxRows, from))
    this.assertRunning()
  }

  /** Takes what was pushed to it, so that no such row is under way. */
  async takeFed(): Promise<void> {
    while (this.engine.fed) {
      await this.#step(() => this.engine.runStep(undefined, 'fed'))
      this.assertRunning()
    }
  }

  /** Whoever waits for a program that stopped would wait for ever. @throws StreamdownError why it stopped. */
  assertRunning(): void {
    if (this.engine.stopped !== undefined) throw this.engine.stopped
  }

  /** Ends the sources where they are: the last results are made and delivered. */
  async drain(): Promise<void> {
    await this.#step(() => this.engine.drain())
    await this.flush()
  }

  flush(): Promise<void> {
    return this.#deliveries.flush()
  }

  /**
   * State, positions and prepared deliveries between two steps; its states are taken before the next one. The deliveries are committed when the program goes on:
   * whoever took the snapshot has kept it by then.
   */
  async snapshot(): Promise<Snapshot> {
    const snapshot = this.engine.snapshot()
    const sinks = await this.#deliveries.prepare(snapshot.step)
    this.engine.journal.truncate(snapshot.step + 1n)
    const counts = { rowsOut: this.rowsOut, late: this.lateCount, dead: this.#letters.count }
    return { ...snapshot, sinks, counts }
  }

  /** Milliseconds until a timer of this job is due; infinite when none is set. */
  untilTimerMs(): number {
    const timer = this.engine.nextTimer()
    if (timer === undefined) return Number.POSITIVE_INFINITY
    return Math.max(1, Number((timer - this.#options.clock.now()) / 1000n))
  }

  status(): JobStatus {
    return {
      name: this.name,
      rowsIn: this.engine.rowsIn,
      rowsOut: this.rowsOut,
      late: this.lateCount,
      dead: this.#letters.count,
      stateBytes: this.engine.stateBytes(),
      stateLimitBytes: this.engine.stateLimitBytes,
      operators: this.engine.operatorStates(),
      openWindows: this.engine.openWindows(),
      watermark: this.engine.watermark(),
      newestEventTime: this.engine.newestEventTime(),
      ended: this.engine.ended,
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.engine.close()
    await this.#deliveries.commit()
    await this.flush()
    await this.#deliveries.close()
    for (const memory of this.#pooled) this.#options.memories?.give(memory)
  }

  #restore(from: SavedSnapshot): void {
    this.engine.restore(from)
    const { rowsOut = 0, late = 0, dead = 0 } = from.counts ?? {}
    this.rowsOut = rowsOut
    this.lateCount = late
    this.#letters.count = dead
  }

  async #step(run: () => void): Promise<void> {
    await this.#deliveries.commit()
    try {
      run()
      if (this.#failure !== undefined) throw this.#failure
    } catch (error) {
      await this.#deliveries.abort(this.engine.step)
      throw error
    }
    await this.#deliveries.keepUp()
  }

  #createMemory(): Memory {
    const { memories } = this.#options
    if (memories === undefined) return createMemory()
    const memory = memories.take()
    this.#pooled.push(memory)
    return memory
  }

  #deliver(vertex: OutputVertex, batch: Batch, memory: Memory, step: bigint): void {
    this.rowsOut += batch.rows
    if (this.#deliveries.write(vertex, batch, memory, step)) return
    const rows = rowsOf(memory, batch)
    const weights = batch.weights === 0 ? undefined : memory.i32(batch.weights, batch.rows)
    const watermarks = isHandedOn(vertex) ? memory.i64(watermarkColumn(memory, batch), batch.rows) : undefined
    let pending = this.#pending.get(vertex.name)
    if (pending === undefined) {
      pending = []
      this.#pending.set(vertex.name, pending)
    }
    rows.forEach((values, row) => {
      const weight = weights?.[row] ?? 1
      const watermark = watermarks?.[row]
      pending.push(watermark === undefined ? { values, weight } : { values, weight, watermark })
    })
  }

  #stepDone(): void {
    // What a step that fails has written is dropped.
    if (this.#failure !== undefined) {
      this.#pending.clear()
      this.#letters.drop()
    }
    this.#letters.end()
    for (const [output, rows] of this.#pending) {
      if (rows.length === 0) continue
      this.#pending.set(output, [])
      const changes = rows.every(({ weight }) => weight > 0) ? rows : consolidateRows(rows)
      if (changes.length > 0) this.#options.onChanges(output, changes)
    }
    const { letters, isAlone = false } = this.#options
    if (isAlone && this.engine.endedBut(deadLetters.name)) letters.feed.end()
    for (const vertex of this.#handedOn) this.#options.onTime?.(vertex.name, this.engine.outputTime(vertex))
  }

  #side(vertex: Vertex, port: string, batch: Batch, memory: Memory): void {
    if (port === 'late') {
      this.lateCount += batch.rows
      return
    }
    if (port === 'dead') this.#letters.failed(vertex, batch, memory, 'row')
    if (port === 'undated') this.#letters.failed(vertex, batch, memory, 'record')
  }

  #dead(letter: DeadLetter, rule: JobOptions['onError']): void {
    if (rule === 'fail' && this.#failure === undefined) {
      this.#failure = new StreamdownError(
        isRowError(letter.code) ? letter.code : 'DSD4007',
        `${letter.problem} (in ${letter.where}${letter.position === undefined ? '' : `, ${letter.position}`})`,
      )
    }
  }
}

const isHandedOn = (vertex: Vertex): vertex is OutputVertex =>
  vertex.is === 'output' && vertex.target.is === 'view' && vertex.target.timed
