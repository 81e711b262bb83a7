import { StreamdownError } from '../errors/error.ts'
import type { StateSnapshot } from '../state/state-table.ts'
import { ownerOf } from './exchange.ts'
import type { Graph } from './graph.ts'
import { type EngineSnapshot, mergeStates, ownedState } from './snapshot.ts'
import type { Worker } from './worker.ts'

const EMPTY: StateSnapshot = { tables: [], values: {} }

/** The state of every operator by vertex id, that of all workers put together. */
export function operatorStates(graph: Graph, workers: readonly Worker[]): Record<number, StateSnapshot> {
  const operators: Record<number, StateSnapshot> = {}
  for (const vertex of graph.vertices) {
    if (vertex.is !== 'operator') continue
    const states = workers.map(worker => {
      const mark = worker.memory.mark()
      const state = worker.operator(vertex)?.snapshot() ?? EMPTY
      worker.memory.release(mark)
      return state
    })
    operators[vertex.id] = vertex.single ? (states[0] ?? EMPTY) : mergeStates(states)
  }
  return operators
}

/** Gives each worker the key groups that it owns, whatever number of workers took the snapshot. */
export function restoreOperators({ operators }: EngineSnapshot, graph: Graph, workers: readonly Worker[]): void {
  for (const vertex of graph.vertices) {
    const state = operators[vertex.id]
    if (vertex.is !== 'operator' || state === undefined) continue
    for (const worker of workers) {
      const owns = (group: number): boolean =>
        vertex.single ? worker.index === 0 : ownerOf(group, workers.length) === worker.index
      const mark = worker.memory.mark()
      worker.operator(vertex)?.restore(ownedState(state, owns))
      worker.memory.release(mark)
    }
  }
}

/** Names and schemas of the stateful parts: what a snapshot must fit. */
export function planText(graph: Graph): string {
  return graph.vertices
    .map(({ id, is, name, schema }) => `${id} ${is} ${name}(${schema.map(({ type }) => type.is).join(', ')})`)
    .join('\n')
}

/** @throws StreamdownError DSD7001 when the snapshot is of another program. */
export function requireSamePlan({ plan }: EngineSnapshot, graph: Graph): void {
  const own = planText(graph)
  if (plan === own) return
  throw new StreamdownError('DSD7001', `the snapshot is of another program:\n${plan}\nthis one is:\n${own}`)
}
