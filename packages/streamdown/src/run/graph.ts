import type { ScanNode, SinkNode } from '../plan/nodes/node.ts'
import type { Schema } from '../types/data-type.ts'
import type { Drift } from './alignment.ts'
import type { Operator } from './operator.ts'
import type { OperatorContext } from './operator-context.ts'

/**
 * How rows travel along an edge: to the same worker; to the worker that owns the key group of these columns; or all
 * to worker 0.
 */
export type Routing =
  | { readonly is: 'forward' }
  | { readonly is: 'hash'; readonly columns: readonly number[] }
  | { readonly is: 'single' }

export interface Edge {
  readonly from: Vertex
  /** `main`, or a side output of `from`. */
  readonly port: string
  readonly routing: Routing
}

/** Where sources are decoded: the scheduler reads partitions and pushes their chunks here. */
export interface SourceVertex {
  readonly is: 'source'
  readonly id: number
  readonly name: string
  readonly schema: Schema
  readonly scan: ScanNode
  readonly inputs: readonly Edge[]
}

/** Gives rows their watermarks; the tracker is shared by all workers. */
export interface EventTimeVertex {
  readonly is: 'eventTime'
  readonly id: number
  readonly name: string
  readonly schema: Schema
  readonly inputs: readonly Edge[]
  /** Where they come from: the newest event time of a column, less a delay; or the rows have them already. */
  readonly from:
    | { readonly is: 'column'; readonly column: number; readonly delay: bigint }
    | { readonly is: 'handedOn' }
  /** µs without rows after which a partition counts as idle; undefined: as the program's settings say. */
  readonly idleTimeout?: bigint
  /** How far its partitions may lead those of other sources. */
  readonly drift?: Drift
  readonly source: SourceVertex
}

export interface OperatorVertex {
  readonly is: 'operator'
  readonly id: number
  readonly name: string
  readonly schema: Schema
  readonly inputs: readonly Edge[]
  /** True when all rows must meet on one worker: its state is that worker's whatever its key groups. */
  readonly single: boolean
  create(context: OperatorContext): Operator
}

/** The end of the way: a connector's sink, or a view that is read from outside. */
export interface OutputVertex {
  readonly is: 'output'
  readonly id: number
  readonly name: string
  readonly schema: Schema
  readonly inputs: readonly Edge[]
  readonly target:
    | { readonly is: 'sink'; readonly sink: SinkNode }
    | { readonly is: 'view'; readonly key: readonly number[]; readonly timed: boolean }
}

export type Vertex = SourceVertex | EventTimeVertex | OperatorVertex | OutputVertex

/** Vertices in topological order: an edge comes from an earlier vertex. */
export interface Graph {
  readonly vertices: readonly Vertex[]
}
