import { END_OF_TIME, NO_WATERMARK } from '../batch/batch.ts'
import type { EventTimeTracker } from './event-time.ts'
import type { Vertex } from './graph.ts'
import type { InputTimes } from './operator.ts'
import type { Worker } from './worker.ts'

/** How far the rows that leave a vertex have come. */
interface OutputTime {
  readonly watermark: bigint
  /** Nothing is expected of it now: it holds nothing back. */
  readonly idle: boolean
}

const NOT_YET: OutputTime = { watermark: NO_WATERMARK, idle: false }

/** Event time on its way through the graph: how far each vertex is, and its inputs together, after the last step. */
export class Watermarks {
  readonly #workers: readonly Worker[]
  readonly #trackers: ReadonlyMap<number, EventTimeTracker>
  readonly #outputs = new Map<number, OutputTime>()
  readonly #reached = new Map<number, bigint>()

  constructor(workers: readonly Worker[], trackers: ReadonlyMap<number, EventTimeTracker>) {
    this.#workers = workers
    this.#trackers = trackers
  }

  /** What the inputs of a vertex have come to in this step, which they have ended. */
  inputsOf(vertex: Vertex): InputTimes {
    const inputs = this.#inputsOf(vertex)
    let watermark = this.#reached.get(vertex.id) ?? NO_WATERMARK
    const now = together(inputs)
    if (now > watermark) watermark = now
    this.#reached.set(vertex.id, watermark)
    return { watermarks: inputs.map(input => input.watermark), watermark }
  }

  /** A vertex has ended the step on all workers. `ended`: there are no more rows. */
  endStep(vertex: Vertex, inputs: InputTimes, ended: boolean): void {
    this.#outputs.set(vertex.id, this.#outputTime(vertex, inputs, ended))
  }

  snapshot(): Record<number, string> {
    return Object.fromEntries([...this.#reached].map(([id, reached]) => [id, String(reached)]))
  }

  restore(saved: Readonly<Record<number, string>>): void {
    for (const [id, reached] of Object.entries(saved)) this.#reached.set(Number(id), BigInt(reached))
  }

  #inputsOf({ inputs }: Vertex): readonly OutputTime[] {
    return inputs.map(edge => this.#outputs.get(edge.from.id) ?? NOT_YET)
  }

  #outputTime(vertex: Vertex, inputs: InputTimes, ended: boolean): OutputTime {
    switch (vertex.is) {
      case 'source':
        return { watermark: ended ? END_OF_TIME : NO_WATERMARK, idle: false }
      case 'eventTime': {
        const tracker = this.#trackers.get(vertex.id)
        return tracker === undefined ? NOT_YET : { watermark: tracker.current(), idle: tracker.idle }
      }
      case 'output':
        return { watermark: inputs.watermark, idle: false }
      case 'operator': {
        const from = this.#inputsOf(vertex)
        const running = (vertex.single ? this.#workers.slice(0, 1) : this.#workers).flatMap(
          worker => worker.operator(vertex) ?? [],
        )
        const idle = from.map(input => input.idle)
        return {
          watermark: lowestOf(running.map(operator => operator.watermark(inputs))) ?? inputs.watermark,
          idle: running.every(operator => operator.idle?.(idle) ?? noneActive(from)),
        }
      }
    }
  }
}

/**
 * Inputs that are idle hold nothing back, as partitions of a source do not; where no other is left that has not ended,
 * the furthest of them counts.
 */
function together(inputs: readonly OutputTime[]): bigint {
  const open = inputs.filter(({ watermark }) => watermark !== END_OF_TIME)
  const active = lowestOf(open.filter(({ idle }) => !idle).map(({ watermark }) => watermark))
  if (active !== undefined) return active
  let furthest: bigint | undefined
  for (const { watermark } of open) if (furthest === undefined || watermark > furthest) furthest = watermark
  return furthest ?? END_OF_TIME
}

const noneActive = (inputs: readonly OutputTime[]): boolean =>
  inputs.some(({ idle }) => idle) && inputs.every(({ idle, watermark }) => idle || watermark === END_OF_TIME)

function lowestOf(watermarks: readonly bigint[]): bigint | undefined {
  let lowest: bigint | undefined
  for (const watermark of watermarks) if (lowest === undefined || watermark < lowest) lowest = watermark
  return lowest
}
