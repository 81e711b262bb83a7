import type { StateSnapshot } from '../../state/state-table.ts'
import { joined } from '../../values/bytes.ts'
import { sharesGroups } from '../exchange.ts'
import type { Graph } from '../graph.ts'
import { hasState, owns } from '../snapshot-parts.ts'
import { mergeStates, stateRecord, statesIn } from '../state-records.ts'
import type { Worker } from '../worker.ts'
import type { SpillStore } from './spill-store.ts'

export interface Repartition {
  readonly graph: Graph
  readonly from: readonly Worker[]
  /** How many workers there will be. */
  readonly to: number
  readonly store: SpillStore
  /** Brings one of `from` into memory. */
  enter(worker: Worker): void
  /** A new worker, in memory. What the old ones had is in the store when the first is asked for. */
  create(index: number): Worker
}

/**
 * Hands the state of workers over to another number of workers, as a snapshot and a restore do, but piece by piece: what
 * one worker gives to one other is encoded and decoded by itself, so that the whole is never in memory twice.
 * @throws StreamdownError DSD7103 when the store does not take the pieces; then nothing has changed.
 */
export function repartition(moving: Repartition): Worker[] {
  const pieces = new Map<number, Piece[]>()
  const values = new Map<number, StateSnapshot[]>()
  try {
    for (const worker of moving.from) putPieces(moving, worker, pieces, values)
  } catch (error) {
    for (const { name } of [...pieces.values()].flat()) moving.store.remove(name)
    throw error
  }
  const workers: Worker[] = []
  for (let index = 0; index < moving.to; index++) {
    const worker = moving.create(index)
    takePieces(moving, worker, pieces.get(index) ?? [], values)
    workers.push(worker)
  }
  return workers
}

interface Piece {
  readonly name: string
  readonly bytes: number
}

/** Small values are those of all workers together, as in a snapshot. */
function putPieces(
  { graph, to, store, enter, from }: Repartition,
  worker: Worker,
  pieces: Map<number, Piece[]>,
  values: Map<number, StateSnapshot[]>,
): void {
  enter(worker)
  const vertices = graph.vertices.filter(vertex => hasState(vertex, worker))
  const own = new Map<number, StateSnapshot>()
  for (let index = 0; index < to; index++) {
    if (!sharesGroups(worker.index, from.length, index, to)) continue
    const parts: Uint8Array[] = []
    for (const vertex of vertices) {
      if (!hasState(vertex, { index })) continue
      const state = worker.snapshot(vertex, vertex.single ? undefined : group => owns(vertex, group, index, to))
      parts.push(...stateRecord(vertex.id, { tables: state.tables, values: {} }))
      own.set(vertex.id, { tables: [], values: state.values })
    }
    const name = `piece-${worker.index}-${index}`
    const bytes = joined(parts)
    pieces.set(index, [...(pieces.get(index) ?? []), { name, bytes: bytes.length }])
    store.write(name, [bytes])
  }
  for (const [id, state] of own) values.set(id, [...(values.get(id) ?? []), state])
}

function takePieces(
  { graph, store }: Repartition,
  worker: Worker,
  pieces: readonly Piece[],
  values: ReadonlyMap<number, readonly StateSnapshot[]>,
): void {
  const parts = pieces.map(({ name, bytes: length }) => {
    const bytes = new Uint8Array(length)
    store.read(name, [bytes])
    store.remove(name)
    return statesIn(bytes)
  })
  for (const vertex of graph.vertices) {
    if (!hasState(vertex, worker)) continue
    const { tables } = mergeStates(parts.flatMap(part => part.get(vertex.id) ?? []))
    worker.restore(vertex, { tables, values: mergeStates(values.get(vertex.id) ?? []).values })
  }
}
