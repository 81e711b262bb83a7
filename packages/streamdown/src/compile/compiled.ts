import type { Batch, Pointer } from '../batch/batch.ts'
import type { Expression } from '../plan/expressions/expression.ts'

/** Rows that an expression failed on: their indexes in the input (i32), and the byte of `failures` for each. */
export interface FailedRows {
  readonly count: number
  readonly rows: Pointer
  readonly codes: Pointer
  /** Messages by position in `rows`, where the failing function gave one. */
  readonly messages: ReadonlyMap<number, string>
  /** By position in `rows`, which expression failed, where that is known. */
  readonly failedIn?: readonly FailedIn[]
}

/** One of the conditions that the filter joins by AND, or one of the outputs. */
export interface FailedIn {
  readonly is: 'condition' | 'output'
  readonly of: Expression
}

/**
 * A fused filter and projection: keeps the rows whose filter is TRUE, evaluates the outputs for them, carries weights,
 * watermarks and ordinals along. A row that fails anywhere in it is in `failed` and not in the output.
 * `selection`: i32 a row of the output, its index in the input.
 */
export interface CompiledProjection {
  run(input: Batch): { readonly output: Batch; readonly selection: Pointer; readonly failed: FailedRows }
  /** Gives the memory of its constants back; it must not run again. */
  free(): void
}
