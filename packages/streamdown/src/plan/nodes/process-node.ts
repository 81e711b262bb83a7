import type { DataType, Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { PlanNode } from './node.ts'

/** A part of the state of a key. `ttl`: µs of the processing clock after its last change in which it is forgotten. */
export type StateCell = { readonly name: string; readonly ttl?: bigint } & (
  | { readonly is: 'value' | 'list'; readonly type: DataType }
  | { readonly is: 'map'; readonly key: DataType; readonly type: DataType }
)

/** Event time, as the watermark tells it, or the processing clock. */
export type TimerClock = 'event' | 'processing'

/** The list of a key. Elements are added behind and taken from the front. */
export interface ListAccess {
  values(): readonly Value[]
  push(values: readonly Value[]): void
  shift(): Value | undefined
  clear(): void
}

/** The map of a key, its entries in the order of their keys. */
export interface MapAccess {
  entries(): readonly (readonly [Value, Value])[]
  get(key: Value): Value | undefined
  set(key: Value, value: Value): void
  delete(key: Value): boolean
  clear(): void
}

/** What a process function is given for one call, in values of the plan. Everything it does is undone when it throws. */
export interface ProcessHost {
  /** The key's values. */
  readonly key: readonly Value[]
  /** µs: the event time of the row, or the time of the timer; undefined where the row has none. */
  readonly time: bigint | undefined
  /** The same, undefined in a timer of the processing clock. */
  readonly eventTime: bigint | undefined
  /** µs: the clock of the step. */
  readonly now: bigint
  /** In [0, 1): drawn from the seed and the row, not from the step or the worker. */
  random(): number
  /** `output` 0: the rows of the node itself; from 1 on its sides. */
  emit(output: number, row: readonly Value[]): void
  /** Of a value cell; undefined: never written, or forgotten. */
  read(cell: number): Value | undefined
  write(cell: number, value: Value): void
  /** Of a value cell: as if it had never been written. A key of which nothing is left takes no room. */
  clear(cell: number): void
  list(cell: number): ListAccess
  map(cell: number): MapAccess
  /** A timer with a name takes the place of the key's timer of that name; others are one a clock and time. */
  setTimer(clock: TimerClock, name: string | undefined, time: bigint): void
  cancelTimer(name: string): void
}

/** Longer sources are cut where they are shown. */
const SHOWN = 80

/** A process function written in TypeScript. */
export interface ProcessCode {
  /** Of all its functions. */
  readonly source: string
  /** Every call is made twice, the first time undone, and must give the same rows. */
  readonly checked: boolean
  row(values: readonly Value[], host: ProcessHost): void
  timer(name: string, host: ProcessHost): void
}

/**
 * Code of the user's over the rows of a key, with state and timers. Rows are taken as they arrive. A timer of event
 * time T fires when the watermark is after T (rows of time T come before it), before any row that sees that watermark;
 * due timers in the order of their times, then of the rows that set them. Where a row's watermark has passed a timer
 * does not depend on how the input is cut.
 *
 * `sides`: further outputs by name, reached by a `LateNode`. With `time` (the event time's column of the input) the
 * last column of every output is the event time of the row, or of the timer, that gave it.
 */
export interface ProcessNode {
  readonly is: 'process'
  readonly input: PlanNode
  readonly by: readonly number[]
  readonly time?: number
  /** Columns that the code may look at. */
  readonly reads: readonly number[]
  readonly code: ProcessCode
  readonly cells: readonly StateCell[]
  readonly sides: readonly { readonly name: string; readonly schema: Schema }[]
  readonly schema: Schema
}

/** The beginning of the source, for one line. */
export function shownSource({ source }: ProcessCode): string {
  const line = source.replace(/\s+/g, ' ')
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line
}

export const ProcessNode = {
  is: (node: PlanNode): node is ProcessNode => node.is === 'process',
  create: (input: PlanNode, parts: Omit<ProcessNode, 'is' | 'input'>): ProcessNode => ({
    is: 'process',
    input,
    ...parts,
  }),
}
