import { END_OF_TIME, NO_WATERMARK } from '../batch/batch.ts'
import type { EventTimeTracker } from './event-time.ts'
import type { Vertex } from './graph.ts'
import type { InputTimes, Operator } from './operator.ts'

/** How far the rows that leave a vertex have come. */
export interface OutputTime {
  readonly watermark: bigint
  /** Nothing is expected of it now: it holds nothing back. */
  readonly idle: boolean
}

const NOT_YET: OutputTime = { watermark: NO_WATERMARK, idle: false }

/** Event time on its way through the graph: how far each vertex is, and its inputs together, after the last step. */
export class Watermarks {
  readonly #trackers: ReadonlyMap<number, EventTimeTracker>
  readonly #outputs = new Map<number, OutputTime>()
  readonly #reached = new Map<number, bigint>()
  /** Outputs of rows that have event time. */
  readonly #timed: readonly Vertex[]

  constructor(vertices: readonly Vertex[], trackers: ReadonlyMap<number, EventTimeTracker>) {
    this.#trackers = trackers
    const timed = new Set<Vertex>()
    for (const vertex of vertices) {
      if (vertex.is === 'eventTime' || vertex.inputs.some(({ from }) => timed.has(from))) timed.add(vertex)
    }
    this.#timed = [...timed].filter(({ is }) => is === 'output')
  }

  /** How far the results are complete: the lowest of the outputs that have event time; NO_WATERMARK without any. */
  ofResults(): bigint {
    return lowestOf(this.#timed.map(({ id }) => this.#reached.get(id) ?? NO_WATERMARK)) ?? NO_WATERMARK
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

  /** What an operator that has just ended the step says of the rows that leave it on its worker. */
  saidBy(operator: Operator, vertex: Vertex, inputs: InputTimes): OutputTime {
    const from = this.#inputsOf(vertex)
    return {
      watermark: operator.watermark(inputs),
      idle: operator.idle?.(from.map(input => input.idle)) ?? noneActive(from),
    }
  }

  /** A vertex has ended the step on all workers, and its operators have said so much. `ended`: there are no more rows. */
  endStep(vertex: Vertex, inputs: InputTimes, said: readonly OutputTime[], ended: boolean): void {
    this.#outputs.set(vertex.id, this.#outputTime(vertex, inputs, said, ended))
  }

  /** What a vertex came to in the last step. */
  of(vertex: Vertex): OutputTime {
    return this.#outputs.get(vertex.id) ?? NOT_YET
  }

  snapshot(): Record<number, string> {
    return Object.fromEntries([...this.#reached].map(([id, reached]) => [id, String(reached)]))
  }

  restore(saved: Readonly<Record<number, string>>): void {
    for (const [id, reached] of Object.entries(saved)) this.#reached.set(Number(id), BigInt(reached))
  }

  #inputsOf({ inputs }: Vertex): readonly OutputTime[] {
    return inputs.map(({ from }) => this.of(from))
  }

  #outputTime(vertex: Vertex, inputs: InputTimes, said: readonly OutputTime[], ended: boolean): OutputTime {
    switch (vertex.is) {
      case 'source':
        return { watermark: ended ? END_OF_TIME : NO_WATERMARK, idle: false }
      case 'eventTime': {
        const tracker = this.#trackers.get(vertex.id)
        return tracker === undefined ? NOT_YET : { watermark: tracker.current(), idle: tracker.idle }
      }
      case 'output':
        return { watermark: inputs.watermark, idle: noneActive(this.#inputsOf(vertex)) }
      case 'operator':
        return {
          watermark: lowestOf(said.map(({ watermark }) => watermark)) ?? inputs.watermark,
          idle: said.every(({ idle }) => idle),
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
