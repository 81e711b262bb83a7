import type { Memory } from '../batch/memory.ts'
import type { StateTable, StateTableSpec } from '../state/state-table.ts'

/** What an operator is built with. State tables are made while it is built, never later. */
export interface OperatorContext {
  readonly memory: Memory
  /** Makes a table in this worker's accounted state; names are unique within the operator. */
  table(spec: StateTableSpec): StateTable
  readonly timeZone: string
  readonly settings: Readonly<Record<string, string>>
  /** The clock of the step that runs, µs. */
  now(): bigint
  random(): number
  /** Of the program: what must be the same whatever step and worker it is in draws from it and from its row. */
  readonly seed: number
  /** The newest event time of all sources so far, µs. */
  newestEventTime(): bigint
}
