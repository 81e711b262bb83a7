import type { Batch, Column, Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import type { RankNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import { field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ChangeSet } from '../change-set.ts'
import { ordinalColumn, selectBytes } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { partitionFields, TouchedPartitions } from '../touched-partitions.ts'
import { type RankOptions, RankStore, type TopRows } from './rank-store.ts'
import { isSmallTop, TopRank } from './top-rank.ts'

/**
 * Top-N of partitions of a stream or a changing table. At the end of a step each touched partition emits the difference
 * between its top before and after the step.
 */
export function createRank(node: RankNode, context: OperatorContext, shape: InputShape): Operator {
  const { partitionBy, orderBy, from, to, output, latest = false } = node
  const { schema, appendOnly } = shape
  const options = { function: node.function, partitionBy, orderBy, from, to, latest, schema, appendOnly }
  return isSmallTop(options) ? new TopRank(options, output, context) : new Rank(options, output, context)
}

export class Rank implements Operator {
  readonly #context: OperatorContext
  readonly #store: RankStore
  readonly #set: ChangeSet
  readonly #numbered: boolean
  readonly #touched: TouchedPartitions
  readonly #watermarks = new InputWatermarks(1)

  constructor(options: RankOptions, numbered: boolean, context: OperatorContext) {
    this.#context = context
    this.#numbered = numbered
    this.#store = new RankStore(context, options)
    const number = numbered ? [field('$rank', types.bigint, false)] : []
    this.#set = new ChangeSet(context, 'changes', [...options.schema, ...number])
    this.#touched = new TouchedPartitions(context, partitionFields(options))
  }

  push(_input: number, all: Batch): void {
    const { memory } = this.#context
    const batch = this.#store.candidates(all)
    if (batch.rows === 0) return
    const keys = this.#store.keysOf(batch)
    const ordinals = ordinalColumn(memory, batch)
    const fresh = this.#touched.touch(keys, batch.rows, ordinals)
    const first = selectBytes(memory, fresh, true, batch.rows)
    if (first.rows > 0) {
      const partitions = keys.map(column => takeColumn(memory, column, first.selection, first.rows, false))
      const own = memory.chunk(first.rows * 8)
      memory.kernels.take_values(ordinals, 3, first.selection, first.rows, own)
      this.#addTops(partitions, first.rows, own, -1)
    }
    this.#store.push(batch)
  }

  endStep(end: StepEnd, out: Output): void {
    if (!this.#touched.empty) {
      const { keys, ordinals, rows } = this.#touched.inOrder()
      this.#addTops(keys, rows, ordinals, 1)
      this.#set.emit(this.#set.changes(), this.#watermarks.reached(), out)
      this.#set.clear()
      this.#store.trim(keys, rows)
      this.#touched.clear()
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
    return snapshotOf([this.#store.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#store.table], from)
    this.#store.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#store.bytes() + this.#set.bytes() + this.#touched.bytes()
  }

  /** The tops of these partitions into the changes; `ordinals` i64 a partition. */
  #addTops(keys: readonly Column[], partitions: number, ordinals: Pointer, sign: 1 | -1): void {
    const { memory } = this.#context
    this.#store.forTop(keys, partitions, (top, from) => {
      const own = memory.chunk(top.rows * 8)
      memory.kernels.take_values(ordinals + from * 8, 3, top.partition, top.rows, own)
      this.#set.add(this.#columns(top), top.rows, top.weights, sign, own)
    })
  }

  #columns(top: TopRows): readonly Column[] {
    const columns = this.#store.columns(top.slots, top.rows)
    if (!this.#numbered) return columns
    return [...columns, { type: types.bigint, data: top.numbers, validity: 0 }]
  }
}
