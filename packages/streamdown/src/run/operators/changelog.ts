import type { Batch, Column } from '../../batch/batch.ts'
import { takeRows } from '../../batch/select.ts'
import { columnFromValues, int32s } from '../../batch/values.ts'
import type { ChangelogNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import { types } from '../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ChangeSet, type Changes } from './change-set.ts'
import { ordinalColumn } from './hidden.ts'
import { InputWatermarks } from './input-watermarks.ts'
import { ChangesByKey } from './keyed-changes.ts'
import type { InputShape } from './shape.ts'

/**
 * Changes as rows: the input's columns and `$op`. A step is consolidated by key: the old and the new row of a key are
 * -U and +U, one alone is -D or +I; without a key so are two that come one right behind the other. A row that changed n times over occurs n times. The output only ever adds rows.
 */
export function createChangelog(_node: ChangelogNode, context: OperatorContext, shape: InputShape): Operator {
  return new Changelog(context, shape)
}

class Changelog implements Operator {
  readonly #context: OperatorContext
  readonly #appendOnly: boolean
  readonly #set: ChangeSet
  readonly #byKey: ChangesByKey | undefined
  readonly #watermarks = new InputWatermarks(1)

  constructor(context: OperatorContext, shape: InputShape) {
    this.#context = context
    this.#appendOnly = shape.appendOnly
    this.#set = new ChangeSet(context, 'changes', shape.schema)
    this.#byKey = shape.key === undefined ? undefined : new ChangesByKey(context, 'keys', shape.schema, shape.key)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    if (this.#appendOnly) {
      const weights = batch.weights === 0 ? undefined : memory.i32(batch.weights, batch.rows).slice()
      out.emit(
        this.#asRows(
          batch,
          Array.from({ length: batch.rows }, () => '+I'),
          weights,
        ),
      )
    } else {
      this.#set.add(batch.columns, batch.rows, batch.weights, 1, ordinalColumn(memory, batch))
    }
  }

  endStep(end: StepEnd, out: Output): void {
    if (!this.#set.empty) {
      const changes = this.#set.changes()
      const ordered = this.#byKey?.order(this.#set, changes) ?? { ...changes, updates: this.#arrivedInPairs(changes) }
      this.#set.emit(ordered, this.#watermarks.reached(), out, (batch, from) => {
        const weights = this.#context.memory.i32(batch.weights, batch.rows).slice()
        const ops = Array.from(weights, (weight, row) => {
          if (ordered.updates[from + row] === 1) return weight < 0 ? '-U' : '+U'
          return weight < 0 ? '-D' : '+I'
        })
        return this.#asRows(batch, ops, weights)
      })
      this.#set.clear()
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
    return { tables: [], values: this.#watermarks.values() }
  }

  restore(from: StateSnapshot): void {
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#set.bytes() + (this.#byKey?.bytes() ?? 0)
  }

  /** Without a key: a row taken back and the one right behind it are an update, as UPDATE writes them. */
  #arrivedInPairs(changes: Changes): Uint8Array {
    const { rows, weights } = changes
    const updates = new Uint8Array(rows)
    const signs = this.#context.memory.i32(weights, rows)
    const ordinals = this.#set.ordinals(changes)
    for (let row = 1; row < rows; row++) {
      if (signs[row - 1] !== -1 || signs[row] !== 1 || ordinals[row] !== (ordinals[row - 1] ?? 0n) + 1n) continue
      updates[row - 1] = 1
      updates[row] = 1
    }
    return updates
  }

  #asRows(batch: Batch, ops: readonly string[], weights: Int32Array | undefined): Batch {
    const { memory } = this.#context
    const op: Column = columnFromValues(memory, types.string, ops)
    const rows = { ...batch, columns: [...batch.columns, op], weights: 0 }
    if (weights === undefined || weights.every(weight => weight === 1 || weight === -1)) return rows
    const selection: number[] = []
    weights.forEach((weight, row) => {
      for (let copy = Math.abs(weight); copy > 0; copy--) selection.push(row)
    })
    return takeRows(memory, rows, int32s(memory, selection), selection.length)
  }
}
