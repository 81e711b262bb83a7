import type { Batch } from '../batch/batch.ts'
import type { StateSnapshot } from '../state/state-table.ts'

/** Where an operator's rows go. `emit` pushes the chunk to the end of its stage before it returns. */
export interface Output {
  emit(batch: Batch): void
  /** A side output by name: `late`, `dead`, or one declared by the node. Columns as that output's schema says. */
  side(name: string, batch: Batch): void
}

/** How far an operator's inputs have come, µs. */
export interface InputTimes {
  /** The watermark of each input. */
  readonly watermarks: readonly bigint[]
  /** Of all together: the lowest of those that are neither idle nor ended. It never goes back. */
  readonly watermark: bigint
}

/** What the end of a step tells an operator; the times are those after the step. */
export interface StepEnd extends InputTimes {
  readonly step: bigint
  /** The processing clock, read once a step, µs. */
  readonly now: bigint
  /** True in the step after which no input has any more rows. */
  readonly ended: boolean
}

/**
 * A running operator of one worker. The stage calls it on one thread, in this order within a step: any number of
 * `push` (inputs interleaved in arrival order), then `endStep` once, after every operator before it has ended the
 * step. Between steps it holds nothing but its state tables. It may throw a StreamdownError only for a defect or an
 * exhausted resource: rows that fail go to the `dead` side output.
 */
export interface Operator {
  push(input: number, batch: Batch, out: Output): void
  endStep(end: StepEnd, out: Output): void
  /** The watermark that the rows after this step keep to; that of all inputs unless the operator says otherwise. */
  watermark(inputs: InputTimes): bigint
  /** Which inputs are idle -> whether what comes out is; unless said when none of them is active. */
  idle?(inputs: readonly boolean[]): boolean
  /** The next processing time, µs, at which `endStep` must be called though nothing arrived; undefined: never. */
  nextTimer(): bigint | undefined
  snapshot(): StateSnapshot
  restore(from: StateSnapshot): void
  stateBytes(): number
  /** Windows that are open, of operators that close some. */
  openWindows?(): number
}
