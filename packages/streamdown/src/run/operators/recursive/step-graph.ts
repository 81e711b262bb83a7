import { type Batch, columnAt, NO_WATERMARK } from '../../../batch/batch.ts'
import type { Relation } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { Graph, SourceVertex, Vertex } from '../../graph.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { Worker } from '../../worker.ts'

/** What leaves the step: its rows, and rows that failed in it. */
interface StepOutput {
  made(batch: Batch): void
  dead(batch: Batch): void
}

/** The running step of a recursion: a graph of its own within one operator, on its worker. */
export class StepGraph {
  readonly #graph: Graph
  readonly #worker: Worker

  constructor(graph: Graph, context: OperatorContext, output: StepOutput) {
    this.#graph = graph
    const worker: Worker = new Worker({
      index: 0,
      memory: context.memory,
      graph,
      trackers: new Map(),
      timeZone: context.timeZone,
      settings: context.settings,
      seed: context.seed,
      now: () => context.now(),
      random: () => context.random(),
      send: (_edge, to, input, batch) => worker.receive(to, input, batch),
      deliver: (_vertex, batch) => output.made(batch),
      side: (_vertex, port, batch) => {
        if (port === 'dead') output.dead(batch)
      },
    })
    this.#worker = worker
  }

  /** Rows of a relation that the step scans. */
  feed(relation: Relation, batch: Batch): void {
    for (const vertex of this.#sources(relation)) {
      const columns = vertex.scan.columns.map(({ column }) => columnAt(batch, column))
      this.#worker.feed(vertex, '', { ...batch, columns })
    }
  }

  /** What operators have gathered goes on: all that the rows fed so far make has been handed over. */
  finish(step: bigint, now: bigint): void {
    for (const vertex of this.#graph.vertices) {
      const watermarks = vertex.inputs.map(() => NO_WATERMARK)
      this.#worker.endStep(vertex, { step, watermarks, watermark: NO_WATERMARK, now, ended: false })
    }
  }

  stateBytes(): number {
    return this.#worker.stateBytes()
  }

  snapshot(): StateSnapshot {
    const tables: StateSnapshot['tables'][number][] = []
    const values: Record<string, string> = {}
    for (const vertex of this.#graph.vertices) {
      const state = this.#worker.operator(vertex)?.snapshot()
      if (state === undefined) continue
      for (const table of state.tables) tables.push({ ...table, name: prefixOf(vertex) + table.name })
      for (const [name, value] of Object.entries(state.values)) values[prefixOf(vertex) + name] = value
    }
    return { tables, values }
  }

  restore(from: StateSnapshot): void {
    for (const vertex of this.#graph.vertices) {
      const prefix = prefixOf(vertex)
      const own = (name: string): boolean => name.startsWith(prefix)
      const tables = from.tables.filter(({ name }) => own(name))
      const values = Object.entries(from.values).filter(([name]) => own(name))
      this.#worker.operator(vertex)?.restore({
        tables: tables.map(table => ({ ...table, name: table.name.slice(prefix.length) })),
        values: Object.fromEntries(values.map(([name, value]) => [name.slice(prefix.length), value])),
      })
    }
  }

  #sources(relation: Relation): readonly SourceVertex[] {
    return this.#graph.vertices.filter(
      (vertex): vertex is SourceVertex => vertex.is === 'source' && vertex.scan.relation === relation,
    )
  }
}

const prefixOf = ({ id }: Vertex): string => `step ${id}: `
