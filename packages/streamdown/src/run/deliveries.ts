import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { assertAlone } from '../connect/alone.ts'
import type { Claim, Sink } from '../connect/sink.ts'
import type { SinkNode } from '../plan/nodes/node.ts'
import type { Graph, OutputVertex } from './graph.ts'

/** Bytes that a sink may hold before steps wait for it. */
const BACKLOG_BYTES = 16 << 20

interface Epoch {
  readonly step: bigint
  /** What each sink answered, by its vertex. */
  readonly prepared: Readonly<Record<number, string>>
}

/** Drives a program's sinks: steps wait while one is behind, and an epoch is committed once its state is kept. */
export class Deliveries {
  readonly #sinks = new Map<number, Sink>()
  /** Epochs that are prepared and not committed, the oldest first. */
  #open: Epoch[] = []
  #claims: readonly Claim[] = []

  /**
   * `prepared`: of the snapshot that the program goes on from. `openSink`: undefined where rows go elsewhere. `claimed`:
   * places that programs which run write.
   * @throws StreamdownError DSD3002, before a sink is opened, where two would write the same place.
   */
  async open(
    graph: Graph,
    openSink: (sink: SinkNode) => Sink | undefined,
    prepared: Readonly<Record<number, string>> = {},
    claimed: readonly Claim[] = [],
  ): Promise<void> {
    const sinks = new Map<number, Sink>()
    const claims: Claim[] = []
    for (const vertex of graph.vertices) {
      if (vertex.is !== 'output' || vertex.target.is !== 'sink') continue
      const sink = openSink(vertex.target.sink)
      if (sink === undefined) continue
      sinks.set(vertex.id, sink)
      if (sink.alone !== undefined) claims.push(await sink.alone())
    }
    assertAlone([...claimed, ...claims], false)
    this.#claims = claims
    for (const [id, sink] of sinks) {
      await sink.open(prepared[id])
      this.#sinks.set(id, sink)
    }
  }

  /** Places that nobody else may write meanwhile. */
  get claims(): readonly Claim[] {
    return this.#claims
  }

  /** False when no sink takes the rows of this output. */
  write({ id }: OutputVertex, batch: Batch, memory: Memory, step: bigint): boolean {
    const sink = this.#sinks.get(id)
    sink?.write(batch, memory, step)
    return sink !== undefined
  }

  /** Waits for the sinks that are behind. */
  async keepUp(): Promise<void> {
    for (const sink of this.#sinks.values()) if (sink.backlog() > BACKLOG_BYTES) await sink.flush()
  }

  async flush(): Promise<void> {
    for (const sink of this.#sinks.values()) await sink.flush()
  }

  /** Ends an epoch after a step; what is returned belongs into the snapshot of that step. */
  async prepare(step: bigint): Promise<Readonly<Record<number, string>>> {
    assertAlone(this.#claims, true)
    const prepared: Record<number, string> = {}
    for (const [id, sink] of this.#sinks) prepared[id] = await sink.prepare(step)
    this.#open.push({ step, prepared })
    return prepared
  }

  /** The snapshots of all prepared epochs are kept. What is not committed when this fails is committed the next time. */
  async commit(): Promise<void> {
    for (let epoch = this.#open[0]; epoch !== undefined; epoch = this.#open[0]) {
      for (const [id, sink] of this.#sinks) await sink.commit(epoch.step, epoch.prepared[id] ?? '')
      this.#open.shift()
    }
  }

  /** The program failed within this step: none of its rows leave, and nothing is committed any more. */
  async abort(step: bigint): Promise<void> {
    this.#open = []
    for (const sink of this.#sinks.values()) await sink.abort(step)
  }

  async close(): Promise<void> {
    for (const sink of this.#sinks.values()) await sink.close()
  }
}
