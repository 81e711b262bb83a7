import { type Batch, CHUNK_ROWS, columnAt, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { TemporalJoinNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { splitByMask, splitByNulls } from '../hidden.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { StepRows } from '../step-rows.ts'
import { JoinCondition } from './join-condition.ts'
import { JoinRows, type Pairs } from './join-rows.ts'
import { JoinSide } from './join-side.ts'
import { KeptAnswers } from './kept-answers.ts'

/** Pairs that are looked at together. */
const PAIRS = 65536

/** A temporal join by arrival: each left row meets the right rows that are there when it comes. */
export function createArrivalJoin(
  node: TemporalJoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new ArrivalJoin(node, context, shapes)
}

/**
 * Rows of a step wait for its end, then left and right rows are taken by their ordinals: of one ordinal the right ones
 * first. Retractions of left rows take back what was joined, which is kept for that, and come last.
 */
class ArrivalJoin implements Operator {
  readonly #context: OperatorContext
  readonly #outer: boolean
  readonly #keys: readonly number[]
  /** Left key columns in which a NULL meets nothing. */
  readonly #refused: readonly number[]
  readonly #waiting: readonly [StepRows, StepRows]
  readonly #right: JoinSide
  readonly #rows: JoinRows
  readonly #condition: JoinCondition | undefined
  readonly #answers: KeptAnswers | undefined

  constructor(node: TemporalJoinNode, context: OperatorContext, shapes: readonly [InputShape, InputShape]) {
    const [left, right] = shapes
    const schemas: readonly [Schema, Schema] = [left.schema, right.schema]
    this.#context = context
    this.#outer = node.kind === 'left'
    this.#keys = node.keys.map(key => key.left)
    this.#refused = node.keys.flatMap(key => (key.nullsMatch ? [] : [key.left]))
    this.#waiting = [
      new StepRows(context, 'left of the step', left.schema),
      new StepRows(context, 'right of the step', right.schema),
    ]
    this.#right = new JoinSide(context, {
      name: 'right',
      schema: right.schema,
      keys: node.keys.map(key => key.right),
      groupBy: node.keys.length,
      stored: right.schema.map((_, column) => column),
      appendOnly: right.appendOnly,
      tracked: false,
    })
    // Only right rows are stored: what is pushed is always the left.
    this.#rows = new JoinRows(context.memory, node.kind, schemas, [this.#right, this.#right], 0n)
    this.#condition =
      node.condition === undefined
        ? undefined
        : new JoinCondition(node.condition, [...left.schema, ...right.schema], context)
    this.#answers = left.appendOnly
      ? undefined
      : new KeptAnswers(context, {
          schema: node.schema,
          groupBy: this.#keys,
          identity: left.key ?? left.schema.map((_, column) => column),
        })
  }

  push(input: number, batch: Batch): void {
    this.#waiting[input === 0 ? 0 : 1].add(batch)
  }

  endStep(_end: StepEnd, out: Output): void {
    const [waitingLeft, waitingRight] = this.#waiting
    if (waitingLeft.rows === 0 && waitingRight.rows === 0) return
    const left = waitingLeft.arrived()
    const right = waitingRight.arrived()
    let at = 0
    let seen = 0
    while (at < left.slots.length || seen < right.slots.length) {
      const next = left.ordinals[at]
      const first = seen
      while (seen < right.slots.length && (next === undefined || (right.ordinals[seen] ?? 0n) <= next)) seen++
      this.#inChunks(waitingRight, right.slots.subarray(first, seen), batch =>
        this.#right.add(batch, { matches: 0, expires: 0 }),
      )
      const change = right.ordinals[seen]
      const start = at
      while (at < left.slots.length && (change === undefined || (left.ordinals[at] ?? 0n) < change)) at++
      this.#inChunks(waitingLeft, left.slots.subarray(start, at), batch => this.#meetAdded(batch, out))
    }
    const answers = this.#answers
    if (answers !== undefined)
      this.#inChunks(waitingLeft, left.slots, batch => {
        const taken = this.#ofSign(batch, -1)
        if (taken !== undefined) answers.retract(taken, out)
      })
    waitingLeft.clear()
    waitingRight.clear()
  }

  /** Results have the left rows' times, and no right row changes them. */
  watermark({ watermarks: [left = NO_WATERMARK] }: InputTimes): bigint {
    return left
  }

  idle([left = false]: readonly boolean[]): boolean {
    return left
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#tables())
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#tables(), from)
    this.#right.rebuild()
    this.#answers?.rebuild()
  }

  stateBytes(): number {
    const waiting = this.#waiting[0].bytes() + this.#waiting[1].bytes()
    return this.#right.bytes() + (this.#answers?.bytes() ?? 0) + waiting
  }

  #tables() {
    return this.#answers === undefined ? [this.#right.table] : [this.#right.table, this.#answers.table]
  }

  #inChunks(rows: StepRows, slots: Int32Array, each: (batch: Batch) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < slots.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      each(rows.batch(slots.subarray(from, from + CHUNK_ROWS)))
      memory.release(mark)
    }
  }

  #ofSign(batch: Batch, sign: 1 | -1): Batch | undefined {
    const { memory } = this.#context
    if (batch.weights === 0) return sign === 1 ? batch : undefined
    const wanted: number[] = []
    for (const [row, weight] of memory.i32(batch.weights, batch.rows).entries())
      if (Math.sign(weight) === sign) wanted.push(row)
    if (wanted.length === 0) return undefined
    return takeRows(memory, batch, int32s(memory, wanted), wanted.length)
  }

  /** Added left rows meet what is there. */
  #meetAdded(batch: Batch, out: Output): void {
    const { memory } = this.#context
    const added = this.#ofSign(batch, 1)
    if (added === undefined) return
    const { rest, lone } = splitByNulls(memory, added, this.#refused)
    if (lone !== undefined) this.#answerUnmet(lone, out)
    if (rest === undefined) return
    const minded = this.#outer || this.#answers !== undefined
    const counts = minded ? memory.chunkZeroed(rest.rows * 8) : 0
    const first = this.#answers?.number(rest.rows) ?? 0n
    const cursor = this.#right.probe(
      this.#keys.map(column => columnAt(rest, column)),
      rest.rows,
    )
    for (;;) {
      const mark = memory.mark()
      const { pairs: count, probe, slots } = cursor.next(PAIRS)
      if (count > 0) this.#meet(rest, { count, probe, slots }, counts, first, out)
      memory.release(mark)
      if (count === 0) break
    }
    if (!minded) return
    const met = memory.chunk(rest.rows)
    const bytes = memory.u8(met, rest.rows)
    for (const [row, weight] of memory.i64(counts, rest.rows).entries()) bytes[row] = weight > 0n ? 1 : 0
    const { lone: unmet } = splitByMask(memory, rest, met)
    if (unmet !== undefined) this.#answerUnmet(unmet, out)
  }

  #meet(batch: Batch, candidates: Pairs, counts: Pointer, first: bigint, out: Output): void {
    const { memory } = this.#context
    const paired = {
      columns: (some: Pairs, only?: ReadonlySet<number>) => this.#rows.columns(0, batch, some, only),
      joined: (some: Pairs) => this.#rows.joined(0, batch, some),
    }
    const pairs = this.#condition === undefined ? candidates : this.#condition.holding(batch, candidates, paired, out)
    if (pairs.count === 0) return
    if (counts !== 0) {
      const weights = this.#right.weights(pairs.slots, pairs.count)
      memory.kernels.join_count_probe(pairs.probe, weights, pairs.count, counts)
    }
    for (let from = 0; from < pairs.count; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, pairs.count - from)
      const some = { count, probe: pairs.probe + from * 4, slots: pairs.slots + from * 4 }
      const joined = this.#rows.joined(0, batch, some)
      this.#answers?.keep(batch, joined, [...memory.i32(some.probe, count)], first)
      out.emit(joined)
      memory.release(mark)
    }
  }

  /** Left rows that meet nothing. That an inner join answers nothing is kept too: of equal rows the oldest goes first. */
  #answerUnmet(batch: Batch, out: Output): void {
    const answers = this.#answers
    if (!this.#outer && answers === undefined) return
    const lone = { ...batch, columns: this.#rows.alone(0, batch.columns, batch.rows) }
    const rows = [...Array(batch.rows).keys()]
    if (answers !== undefined) {
      const first = answers.number(batch.rows)
      if (this.#outer) answers.keep(batch, lone, rows, first)
      else answers.keepNothing(batch, lone, rows, first)
    }
    if (this.#outer) out.emit(lone)
  }
}
