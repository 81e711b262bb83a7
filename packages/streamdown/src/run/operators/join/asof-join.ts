import { type Batch, CHUNK_ROWS, columnAt } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s, weightsOf } from '../../../batch/values.ts'
import type { AsofJoinNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ChangeSet, type Changes } from '../change-set.ts'
import { nullColumn, ordinalColumn, splitByNulls } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { OrderedRows } from '../ordered-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'

export function createAsofJoin(
  node: AsofJoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new AsofJoin(node, context, shapes)
}

/**
 * Each left row with the nearest right row of its key, kept up to date. Right rows are stored in the order of the search,
 * so that the nearest is the first one from the left value on.
 *
 * A step is one change: what the right side's changes touch are the left rows between a changed row and the right row
 * that stood before it in that order. Those rows are taken back as they were before the step, and added as they are after.
 */
class AsofJoin implements Operator {
  readonly #context: OperatorContext
  readonly #node: AsofJoinNode
  readonly #schemas: readonly [Schema, Schema]
  readonly #left: OrderedRows
  readonly #right: OrderedRows
  readonly #changes: readonly [ChangeSet, ChangeSet]
  /** Columns of each side in which a NULL meets nothing. */
  readonly #needed: readonly [readonly number[], readonly number[]]
  readonly #watermarks = new InputWatermarks(2)

  constructor(node: AsofJoinNode, context: OperatorContext, shapes: readonly [InputShape, InputShape]) {
    const [left, right] = shapes
    const { keys, nearest, ties } = node
    const refused = keys.filter(key => !key.nullsMatch)
    this.#context = context
    this.#node = node
    this.#schemas = [left.schema, right.schema]
    this.#needed = [
      [...refused.map(key => key.left), nearest.left],
      [...refused.map(key => key.right), nearest.right],
    ]
    this.#left = new OrderedRows(context, {
      name: 'left',
      schema: left.schema,
      keys: keys.map(key => key.left),
      order: [nearest.left],
      descending: false,
    })
    this.#right = new OrderedRows(context, {
      name: 'right',
      schema: right.schema,
      keys: keys.map(key => key.right),
      order: [nearest.right, ...ties.filter(column => column !== nearest.right)],
      descending: this.#greatest,
    })
    this.#changes = [
      new ChangeSet(context, 'left of the step', left.schema),
      new ChangeSet(context, 'right of the step', right.schema),
    ]
  }

  push(input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const side = input === 0 ? 0 : 1
    const { rest, lone } = splitByNulls(memory, batch, this.#needed[side])
    if (lone !== undefined && side === 0 && this.#node.kind === 'left') {
      const nulls = this.#schemas[1].map(({ type }) => nullColumn(memory, type, lone.rows))
      out.emit({ ...lone, columns: [...lone.columns, ...nulls] })
    }
    if (rest !== undefined)
      this.#changes[side].add(rest.columns, rest.rows, rest.weights, 1, ordinalColumn(memory, rest))
  }

  endStep(end: StepEnd, out: Output): void {
    const { memory } = this.#context
    const [left, right] = this.#changes
    const rightChanges = right.changes()
    const leftChanges = left.changes()
    const touched = new Set<number>()
    this.#inChunks(right, rightChanges, batch => this.#touch(batch, touched))
    const slots = [...touched]
    this.#emitStored(slots, -1, out)
    this.#inChunks(right, rightChanges, batch => {
      this.#right.removeGone(this.#right.add(batch))
    })
    const changed: number[] = []
    this.#inChunks(left, leftChanges, batch => {
      const at = this.#left.add(batch)
      changed.push(...at)
      const weights = weightsOf(memory, batch)
      const own = at.flatMap((slot, row) => (touched.has(slot) ? [] : [{ slot, weight: weights[row] ?? 0 }]))
      this.#emit(own, out)
    })
    this.#emitStored(slots, 1, out)
    this.#left.removeGone(changed)
    left.clear()
    right.clear()
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#left.table, this.#right.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#left.table, this.#right.table], from)
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return [this.#left, this.#right, ...this.#changes].reduce((sum, each) => sum + each.bytes(), 0)
  }

  /** The nearest right row is the greatest that fits, not the least. */
  get #greatest(): boolean {
    return this.#node.nearest.operator.startsWith('>')
  }

  #inChunks(set: ChangeSet, changes: Changes, each: (batch: Batch) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < changes.rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      each(set.batch(changes, from, Math.min(CHUNK_ROWS, changes.rows - from), this.#watermarks.reached()))
      memory.release(mark)
    }
  }

  /** The stored left rows whose nearest row the changes of right rows may be, or may have been. */
  #touch(batch: Batch, touched: Set<number>): void {
    const { memory } = this.#context
    const keys = this.#node.keys.map(key => columnAt(batch, key.right))
    const values = columnAt(batch, this.#node.nearest.right)
    const before = this.#right.before(keys, values, batch.rows)
    for (const bounded of [true, false]) {
      const rows = [...before.keys()].filter(row => (before[row] !== -1) === bounded)
      if (rows.length === 0) continue
      const selection = int32s(memory, rows)
      const own = takeColumn(memory, values, selection, rows.length, false)
      const limit = bounded
        ? this.#right.column(
            int32s(
              memory,
              rows.map(row => before[row] ?? -1),
            ),
            rows.length,
            this.#node.nearest.right,
          )
        : undefined
      const bounds = this.#greatest
        ? { lower: own, ...(limit === undefined ? {} : { upper: limit }) }
        : { upper: own, ...(limit === undefined ? {} : { lower: limit }) }
      const { pairs, slots } = this.#left.table.rangeOf(
        keys.map(column => takeColumn(memory, column, selection, rows.length, false)),
        rows.length,
        { ...bounds, nullsMatch: true },
      )
      for (const slot of memory.i32(slots, pairs)) touched.add(slot)
    }
  }

  /** Stored left rows as they are now, all added or all taken back. */
  #emitStored(slots: readonly number[], sign: 1 | -1, out: Output): void {
    const { memory } = this.#context
    for (let from = 0; from < slots.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const some = slots.slice(from, from + CHUNK_ROWS)
      const weights = this.#left.weights(int32s(memory, some), some.length)
      this.#emit(
        some.map((slot, at) => ({ slot, weight: sign * (weights[at] ?? 0) })),
        out,
      )
      memory.release(mark)
    }
  }

  /** Left rows with what is nearest to them now. At most a chunk. */
  #emit(rows: readonly { readonly slot: number; readonly weight: number }[], out: Output): void {
    const { memory } = this.#context
    const { keys, nearest, kind } = this.#node
    const there = rows.filter(({ weight }) => weight !== 0)
    const slots = int32s(
      memory,
      there.map(({ slot }) => slot),
    )
    const found = this.#right.table.firstFrom(
      keys.map(key => this.#left.column(slots, there.length, key.left)),
      this.#left.column(slots, there.length, nearest.left),
      there.length,
      nearest.operator.length === 1,
    )
    const met = [...memory.i32(found, there.length)]
    const shown = [...there.keys()].filter(row => kind === 'left' || met[row] !== -1)
    const count = shown.length
    if (count === 0) return
    const leftSlots = int32s(
      memory,
      shown.map(row => there[row]?.slot ?? 0),
    )
    const rightSlots = int32s(
      memory,
      shown.map(row => met[row] ?? -1),
    )
    const weights = shown.map(row => there[row]?.weight ?? 0)
    out.emit({
      rows: count,
      columns: [
        ...this.#schemas[0].map((_, column) => this.#left.column(leftSlots, count, column)),
        ...this.#schemas[1].map((_, column) => this.#right.column(rightSlots, count, column)),
      ],
      weights: weights.every(weight => weight === 1) ? 0 : int32s(memory, weights),
      watermarks: 0,
      watermark: this.#watermarks.reached(),
      ordinals: this.#left.ordinals(leftSlots, count),
      firstOrdinal: 0n,
    })
  }
}
