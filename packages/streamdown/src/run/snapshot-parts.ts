import { StreamdownError } from '../errors/error.ts'
import { ownerOf } from './exchange.ts'
import type { Graph, OperatorVertex, Vertex } from './graph.ts'
import type { SavedSnapshot, SnapshotHead, StatePart } from './snapshot.ts'
import type { Worker } from './worker.ts'

/** The state of every operator on each worker, made when it is asked for; `enter` comes before a worker's memory is used. */
export function* operatorStates(
  graph: Graph,
  workers: readonly Worker[],
  enter: (worker: Worker) => void,
): Iterable<StatePart> {
  for (const worker of workers) {
    for (const vertex of graph.vertices) {
      if (!hasState(vertex, worker)) continue
      enter(worker)
      yield { vertex: vertex.id, state: worker.snapshot(vertex) }
    }
  }
}

/** Gives each worker the key groups that it owns, whatever number of workers took the snapshot. */
export function restoreOperators(
  from: SavedSnapshot,
  graph: Graph,
  workers: readonly Worker[],
  enter: (worker: Worker) => void,
): void {
  for (const worker of workers) {
    enter(worker)
    for (const vertex of graph.vertices) {
      if (vertex.is !== 'operator') continue
      const state = from.stateOf(vertex.id, group => owns(vertex, group, worker.index, workers.length))
      if (state !== undefined) worker.restore(vertex, state)
    }
  }
}

/** An operator that all rows meet in has its state on worker 0 alone. */
export const hasState = (vertex: Vertex, { index }: Pick<Worker, 'index'>): vertex is OperatorVertex =>
  vertex.is === 'operator' && (index === 0 || !vertex.single)

export const owns = (vertex: OperatorVertex, group: number, index: number, workers: number): boolean =>
  vertex.single ? index === 0 : ownerOf(group, workers) === index

/** Bytes of the rows of state: by key, which workers share, and of operators that all rows meet in. */
export interface SnapshotBytes {
  readonly keyed: number
  readonly whole: number
}

export function snapshotBytes(from: SavedSnapshot, graph: Graph): SnapshotBytes {
  const sums = { keyed: 0, whole: 0 }
  for (const vertex of graph.vertices) {
    const share = vertex.is === 'operator' && vertex.single ? 'whole' : 'keyed'
    sums[share] += from.stateBytes(vertex.id)
  }
  return sums
}

/** Names and schemas of the stateful parts: what a snapshot must fit. */
export function planText(graph: Graph): string {
  return graph.vertices
    .map(({ id, is, name, schema }) => `${id} ${is} ${name}(${schema.map(({ type }) => type.is).join(', ')})`)
    .join('\n')
}

/** @throws StreamdownError DSD7001 when the snapshot is of another program. */
export function requireSamePlan({ plan }: SnapshotHead, graph: Graph): void {
  const own = planText(graph)
  if (plan === own) return
  throw new StreamdownError('DSD7001', `the snapshot is of another program:\n${plan}\nthis one is:\n${own}`)
}
