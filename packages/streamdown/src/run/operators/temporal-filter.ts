import { type Batch, columnAt, NO_WATERMARK, type Pointer } from '../../batch/batch.ts'
import { boundColumns, type TemporalFilterNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { DatedRows } from './dated-rows.ts'
import { lowest, negatedWeights, splitByMask, splitByNulls } from './hidden.ts'
import { InputWatermarks } from './input-watermarks.ts'
import { restoreTables, snapshotOf } from './state-of.ts'

/**
 * Rows while the clock is between their bounds. Those that wait to come and those that will go are kept, each until its
 * next moment; all others pass, or are not looked at again.
 */
export function createTemporalFilter(node: TemporalFilterNode, context: OperatorContext): Operator {
  return new TemporalFilter(node, context)
}

class TemporalFilter implements Operator {
  readonly #context: OperatorContext
  readonly #node: TemporalFilterNode
  readonly #waiting: DatedRows | undefined
  readonly #present: DatedRows | undefined
  readonly #watermarks = new InputWatermarks(1)
  /** The clock of the last step: what was due then has moved. */
  #now = NO_WATERMARK

  constructor(node: TemporalFilterNode, context: OperatorContext) {
    this.#context = context
    this.#node = node
    const { schema } = node.input
    this.#waiting = node.from === undefined ? undefined : new DatedRows(context, 'waiting', schema, node.from)
    this.#present = node.until === undefined ? undefined : new DatedRows(context, 'present', schema, node.until)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    this.#catchUp(this.#context.now(), out)
    const { rest } = splitByNulls(memory, batch, boundColumns(this.#node))
    if (rest !== undefined) this.#take(rest, out)
  }

  endStep(end: StepEnd, out: Output): void {
    this.#catchUp(end.now, out)
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    const moments = [this.#waiting?.nextAfter(this.#now), this.#present?.nextAfter(this.#now)]
    const known = moments.filter(moment => moment !== undefined)
    return known.length === 0 ? undefined : lowest(known)
  }

  snapshot(): StateSnapshot {
    return snapshotOf(
      this.#kept().map(({ table }) => table),
      { ...this.#watermarks.values(), now: String(this.#now) },
    )
  }

  restore(from: StateSnapshot): void {
    const kept = this.#kept()
    restoreTables(
      kept.map(({ table }) => table),
      from,
    )
    for (const rows of kept) rows.rebuild()
    this.#watermarks.restore(from.values)
    if (from.values.now !== undefined) this.#now = BigInt(from.values.now)
  }

  stateBytes(): number {
    return this.#kept().reduce((bytes, rows) => bytes + rows.bytes(), 0)
  }

  #kept(): readonly DatedRows[] {
    return [this.#waiting, this.#present].filter(rows => rows !== undefined)
  }

  /** Rows whose moment came before those of this step. */
  #catchUp(now: bigint, out: Output): void {
    if (now <= this.#now) return
    this.#now = now
    const { memory } = this.#context
    const watermark = this.#watermarks.reached()
    this.#waiting?.forDue(now, watermark, batch => this.#come(batch, out))
    this.#present?.forDue(now, watermark, batch =>
      out.emit({ ...batch, weights: negatedWeights(memory, batch.weights, batch.rows) }),
    )
  }

  #take(batch: Batch, out: Output): void {
    const { from } = this.#node
    if (from === undefined) {
      this.#come(batch, out)
      return
    }
    const { rest: later, lone: now } = splitByMask(this.#context.memory, batch, this.#isAhead(batch, from))
    if (later !== undefined) this.#waiting?.add(later)
    if (now !== undefined) this.#come(now, out)
  }

  /** Rows whose time has begun; those whose time is over are dropped. */
  #come(batch: Batch, out: Output): void {
    const { until } = this.#node
    if (until === undefined) {
      out.emit(batch)
      return
    }
    const { rest } = splitByMask(this.#context.memory, batch, this.#isAhead(batch, until))
    if (rest === undefined) return
    this.#present?.add(rest)
    out.emit(rest)
  }

  /** u8 a row: whether the moment is still to come. */
  #isAhead(batch: Batch, column: number): Pointer {
    const { memory } = this.#context
    const mask = memory.chunk(batch.rows)
    const now = memory.chunk(batch.rows * 8)
    memory.kernels.fill_i64(now, batch.rows, this.#now)
    memory.kernels.mask_from_watermark(columnAt(batch, column).data, -1n, now, batch.rows, mask)
    return mask
  }
}
