import {
  type Batch,
  CHUNK_ROWS,
  type Column,
  columnAt,
  END_OF_TIME,
  NO_WATERMARK,
  type Pointer,
} from '../../../batch/batch.ts'
import { takeColumn, takeRows } from '../../../batch/select.ts'
import type { TemporalJoinNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { splitByMask, splitByNulls, watermarkColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { sendMissed } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { StepRows } from '../step-rows.ts'
import { JoinCondition } from './join-condition.ts'
import type { Pairs } from './join-rows.ts'
import { JoinSide } from './join-side.ts'
import { Versions } from './versions.ts'

/** 100 ms. */
const TIMER_BUCKET = 100_000n

type EventTimeNode = TemporalJoinNode & { readonly moment: Extract<TemporalJoinNode['moment'], { is: 'eventTime' }> }

/** A temporal join by event time: each left row meets the version of the right that was valid at its time. */
export function createEventTimeJoin(
  node: EventTimeNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new EventTimeJoin(node, context, shapes)
}

/**
 * Left rows wait until the watermarks of both inputs have reached their time; then no version of that time is to come.
 * A left row that is taken back while it waits never shows, so nothing is ever taken back from the result. Left rows from
 * before the watermark are late, retractions too. Versions that come late hold for the left rows that still wait.
 */
class EventTimeJoin implements Operator {
  readonly #context: OperatorContext
  readonly #node: EventTimeNode
  readonly #shapes: readonly [InputShape, InputShape]
  readonly #keys: readonly [readonly number[], readonly number[]]
  readonly #left: JoinSide
  readonly #changes: StepRows
  readonly #versions: Versions
  readonly #condition: JoinCondition | undefined
  readonly #watermarks = new InputWatermarks(2)

  constructor(node: EventTimeNode, context: OperatorContext, shapes: readonly [InputShape, InputShape]) {
    const [left, right] = shapes
    this.#context = context
    this.#node = node
    this.#shapes = shapes
    this.#keys = [node.keys.map(key => key.left), node.keys.map(key => key.right)]
    this.#left = new JoinSide(context, {
      name: 'left',
      schema: left.schema,
      keys: this.#keys[0],
      groupBy: node.keys.length,
      stored: left.schema.map((_, column) => column),
      appendOnly: left.appendOnly,
      tracked: false,
      timers: TIMER_BUCKET,
    })
    this.#changes = new StepRows(context, 'right of the step', right.schema)
    this.#versions = new Versions(context, { schema: right.schema, keys: this.#keys[1], time: node.moment.right })
    this.#condition =
      node.condition === undefined
        ? undefined
        : new JoinCondition(node.condition, [...left.schema, ...right.schema], context)
  }

  push(input: number, batch: Batch, out: Output): void {
    if (input === 1) this.#changes.add(batch)
    else this.#wait(batch, out)
  }

  endStep(end: StepEnd, out: Output): void {
    this.#applyChanges()
    const time = end.ended ? END_OF_TIME : end.watermark
    if (time !== NO_WATERMARK) {
      const bound = time === END_OF_TIME ? time : time + 1n
      this.#left.forDue(bound, ({ rows, slots }) => {
        this.#answer(slots, rows, out)
        this.#left.end(slots, rows)
      })
      this.#versions.free(time)
    }
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#left.table, this.#versions.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#left.table, this.#versions.table], from)
    this.#left.rebuild()
    this.#versions.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#left.bytes() + this.#versions.bytes() + this.#changes.bytes()
  }

  #wait(batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { left: time } = this.#node.moment
    const bounded = this.#watermarks.bound(memory, 0, batch)
    const timed = splitByNulls(memory, bounded, [time])
    if (timed.lone !== undefined) sendMissed(memory, timed.lone, out)
    if (timed.rest === undefined) return
    const { rest } = timed
    const mask = memory.chunk(rest.rows)
    const watermarks = watermarkColumn(memory, rest)
    memory.kernels.mask_from_watermark(columnAt(rest, time).data, 0n, watermarks, rest.rows, mask)
    const inTime = splitByMask(memory, rest, mask)
    if (inTime.lone !== undefined) sendMissed(memory, inTime.lone, out)
    if (inTime.rest === undefined) return
    // No version has a NULL in its key.
    const waiting = this.#node.kind === 'left' ? inTime : splitByNulls(memory, inTime.rest, this.#keys[0])
    if (waiting.rest === undefined) return
    this.#left.add(waiting.rest, { matches: 0, expires: columnAt(waiting.rest, time).data })
  }

  #applyChanges(): void {
    const { memory } = this.#context
    if (this.#changes.rows === 0) return
    const { slots } = this.#changes.arrived()
    for (let from = 0; from < slots.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const batch = this.#changes.batch(slots.subarray(from, from + CHUNK_ROWS))
      const { rest } = splitByNulls(memory, batch, [...this.#keys[1], this.#node.moment.right])
      if (rest !== undefined) this.#versions.change(rest)
      memory.release(mark)
    }
    this.#changes.clear()
  }

  #answer(slots: Pointer, rows: number, out: Output): void {
    const { memory } = this.#context
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      this.#answerChunk(slots + from * 4, Math.min(CHUNK_ROWS, rows - from), out)
      memory.release(mark)
    }
  }

  /** Left rows whose time has come. */
  #answerChunk(slots: Pointer, rows: number, out: Output): void {
    const { memory } = this.#context
    const side = this.#left
    const weights = memory.chunk(rows * 4)
    memory.kernels.narrow_i64(side.weights(slots, rows), rows, weights)
    const plain = memory.i32(weights, rows).every(weight => weight === 1)
    const batch: Batch = {
      rows,
      columns: this.#shapes[0].schema.map((_, column) => side.column(slots, rows, column)),
      weights: plain ? 0 : weights,
      watermarks: 0,
      watermark: this.#watermarks.reached(),
      ordinals: side.ordinals(slots, rows),
      firstOrdinal: 0n,
    }
    const keys = this.#keys[0].map(column => columnAt(batch, column))
    const found = this.#versions.validAt(keys, columnAt(batch, this.#node.moment.left), rows)
    if (this.#condition !== undefined) this.#test(this.#condition, batch, found, out)
    if (this.#node.kind === 'left') {
      out.emit({ ...batch, columns: [...batch.columns, ...this.#versions.columns(found, rows)] })
      return
    }
    const pairs = this.#pairsOf(found, rows)
    if (pairs.count > 0) out.emit(this.#joined(batch, pairs))
  }

  /** Rows for which the condition does not hold have no version. */
  #test(condition: JoinCondition, batch: Batch, found: Pointer, out: Output): void {
    const { memory } = this.#context
    const paired = {
      columns: ({ count, probe, slots }: Pairs, only?: ReadonlySet<number>): readonly Column[] => {
        const width = batch.columns.length
        const left = batch.columns.map((column, index) =>
          only === undefined || only.has(index)
            ? takeColumn(memory, column, probe, count, false)
            : { type: column.type, data: 0, validity: 0 },
        )
        const right = this.#versions.columns(slots, count, column => only === undefined || only.has(width + column))
        return [...left, ...right]
      },
      joined: (pairs: Pairs) => this.#joined(batch, pairs),
    }
    const { count, probe, slots } = condition.holding(batch, this.#pairsOf(found, batch.rows), paired, out)
    memory.i32(found, batch.rows).fill(-1)
    const rows = memory.i32(found, batch.rows)
    const holding = memory.i32(slots, count)
    for (const [at, row] of memory.i32(probe, count).entries()) rows[row] = holding[at] ?? -1
  }

  #pairsOf(found: Pointer, rows: number): Pairs {
    const { memory } = this.#context
    const probe = memory.chunk(rows * 4)
    const slots = memory.chunk(rows * 4)
    const probes = memory.i32(probe, rows)
    const met = memory.i32(slots, rows)
    let count = 0
    for (const [row, slot] of memory.i32(found, rows).entries()) {
      if (slot === -1) continue
      probes[count] = row
      met[count++] = slot
    }
    return { count, probe, slots }
  }

  #joined(batch: Batch, { count, probe, slots }: Pairs): Batch {
    const left = takeRows(this.#context.memory, batch, probe, count)
    return { ...left, columns: [...left.columns, ...this.#versions.columns(slots, count)] }
  }
}
