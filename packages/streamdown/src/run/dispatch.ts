import type { Batch } from '../batch/batch.ts'
import { Inbox, partition } from './exchange.ts'
import type { Edge, Vertex } from './graph.ts'
import type { Worker } from './worker.ts'

const INBOX_BYTES = 4 << 20

/** Sends rows between workers along the edges of the graph, each worker's inbound rows waiting in bounded inboxes. */
export class Dispatch {
  readonly #workers: readonly Worker[]
  readonly #enter: (worker: Worker) => void
  #inboxBytes: number
  readonly #inboxes = new Map<string, Inbox>()

  /**
   * `inboxBytes`: what an inbox holds at most (more only for one parcel); 4 MiB unless said. `enter` brings the memory of
   * a worker in before rows are pushed on it.
   */
  constructor(
    workers: readonly Worker[],
    inboxBytes: number = INBOX_BYTES,
    enter: (worker: Worker) => void = () => undefined,
  ) {
    this.#workers = workers
    this.#inboxBytes = inboxBytes
    this.#enter = enter
  }

  /**
   * With one worker rows go on at once; else they are partitioned and held until the receiver's turn, which comes at the
   * end of the step, or sooner when its inbox is full: a stage never waits, and nothing grows with the step.
   */
  send(edge: Edge, to: Vertex, input: number, batch: Batch, from: number): void {
    const sender = this.#worker(from)
    if (this.#workers.length === 1) {
      sender.receive(to, input, batch)
      return
    }
    for (const parcel of partition(batch, edge, from, this.#workers.length, sender.memory)) {
      const receiver = this.#worker(parcel.to)
      const inbox = this.#inboxOf(receiver, to, input)
      if (inbox.offer(parcel) === 'done') continue
      // The graph has no cycle: what the receiver runs lies behind all that is running now.
      this.deliver(receiver, edge, to, input)
      this.#enter(sender)
      inbox.offer(parcel)
    }
  }

  /** Pushes what waits for an input of a vertex on a worker. */
  deliver(worker: Worker, edge: Edge, to: Vertex, input: number): void {
    const inbox = this.#inboxes.get(inboxKey(worker, to, input))
    if (inbox === undefined || inbox.bytes === 0) return
    this.#enter(worker)
    inbox.drain(worker.memory, edge.from.schema, batch => worker.receive(to, input, batch))
  }

  /** Between two steps: there are other workers now, and inboxes of another size. */
  reset(inboxBytes: number = INBOX_BYTES): void {
    this.#inboxes.clear()
    this.#inboxBytes = inboxBytes
  }

  /** Bytes that wait for workers now. */
  heldBytes(): number {
    let bytes = 0
    for (const inbox of this.#inboxes.values()) bytes += inbox.bytes
    return bytes
  }

  /** The most bytes that have waited at once for one input of one worker. */
  peakInboxBytes(): number {
    let peak = 0
    for (const inbox of this.#inboxes.values()) peak = Math.max(peak, inbox.peakBytes)
    return peak
  }

  #worker(index: number): Worker {
    const worker = this.#workers[index]
    if (worker === undefined) throw new RangeError(`no worker ${index}`)
    return worker
  }

  #inboxOf(worker: Worker, to: Vertex, input: number): Inbox {
    const key = inboxKey(worker, to, input)
    let inbox = this.#inboxes.get(key)
    if (inbox === undefined) {
      inbox = new Inbox(this.#inboxBytes)
      this.#inboxes.set(key, inbox)
    }
    return inbox
  }
}

const inboxKey = ({ index }: Worker, vertex: Vertex, input: number): string => `${index}/${vertex.id}/${input}`
