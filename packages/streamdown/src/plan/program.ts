import type { PlanNode, SinkNode } from './nodes/node.ts'

/**
 * What runs: sinks (INSERT INTO, `.into()`), and views that can be read while they run. A node that several of them
 * reach (by identity) runs once.
 */
export interface Program {
  readonly sinks: readonly SinkNode[]
  readonly views: readonly ViewOutput[]
}

export interface ViewOutput {
  readonly name: string
  readonly input: PlanNode
  readonly key: readonly number[]
  /** Its rows go on to other programs with their watermarks. */
  readonly timed?: boolean
}
