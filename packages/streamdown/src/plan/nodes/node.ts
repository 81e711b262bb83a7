import type { AggregateNode } from './aggregate-node.ts'
import type { AsofJoinNode } from './asof-join-node.ts'
import type { AsyncNode } from './async-node.ts'
import type { ChangelogNode } from './changelog-node.ts'
import type { FilterNode } from './filter-node.ts'
import type { FlatMapNode } from './flat-map-node.ts'
import type { JoinNode } from './join-node.ts'
import type { LateNode } from './late-node.ts'
import type { MatchNode } from './match-node.ts'
import type { OverNode } from './over-node.ts'
import type { ProcessNode } from './process-node.ts'
import type { ProjectNode } from './project-node.ts'
import type { RankNode } from './rank-node.ts'
import type { RecursiveNode } from './recursive-node.ts'
import type { RepeatNode } from './repeat-node.ts'
import type { ScanNode } from './scan-node.ts'
import type { SortNode } from './sort-node.ts'
import type { TemporalFilterNode } from './temporal-filter-node.ts'
import type { TemporalJoinNode } from './temporal-join-node.ts'
import type { UnionNode } from './union-node.ts'
import type { ValuesNode } from './values-node.ts'
import type { WindowNode } from './window-node.ts'

export * from './aggregate-node.ts'
export * from './asof-join-node.ts'
export * from './async-node.ts'
export * from './changelog-node.ts'
export * from './filter-node.ts'
export * from './flat-map-node.ts'
export * from './join-node.ts'
export * from './late-node.ts'
export * from './match-node.ts'
export * from './over-node.ts'
export * from './process-node.ts'
export * from './project-node.ts'
export * from './rank-node.ts'
export * from './recursive-node.ts'
export * from './relation.ts'
export * from './repeat-node.ts'
export * from './scan-node.ts'
export * from './sink-node.ts'
export * from './sort-node.ts'
export * from './temporal-filter-node.ts'
export * from './temporal-join-node.ts'
export * from './union-node.ts'
export * from './values-node.ts'
export * from './window-node.ts'

/**
 * The logical plan: immutable tagged nodes. SQL and the TypeScript API build it; every back end reads it and nothing
 * else. `schema` is the node's output, in column order. Column names within a schema may repeat; indexes decide.
 */
export type PlanNode =
  | ScanNode
  | ValuesNode
  | FilterNode
  | TemporalFilterNode
  | ProjectNode
  | WindowNode
  | AggregateNode
  | JoinNode
  | TemporalJoinNode
  | AsofJoinNode
  | AsyncNode
  | UnionNode
  | RecursiveNode
  | RankNode
  | OverNode
  | SortNode
  | ChangelogNode
  | LateNode
  | FlatMapNode
  | RepeatNode
  | MatchNode
  | ProcessNode
