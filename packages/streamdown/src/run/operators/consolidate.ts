import type { Batch } from '../../batch/batch.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import type { Schema } from '../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { ChangeSet } from './change-set.ts'
import { ordinalColumn } from './hidden.ts'
import { InputWatermarks } from './input-watermarks.ts'
import { ChangesByKey } from './keyed-changes.ts'

/**
 * Before sinks and views: the changes of a step by key, at most one old and one new row a key, old first; rows that
 * end the step as they began it are not sent. Without a key equal rows are added up. `single`: the key is that of a sink,
 * so a row that the input adds twice is there once.
 */
export function createConsolidate(
  options: { readonly schema: Schema; readonly key?: readonly number[]; readonly single?: boolean },
  context: OperatorContext,
): Operator {
  return new Consolidate(options.schema, options.key, options.single === true, context)
}

class Consolidate implements Operator {
  readonly #context: OperatorContext
  readonly #set: ChangeSet
  readonly #byKey: ChangesByKey | undefined
  readonly #watermarks = new InputWatermarks(1)

  constructor(schema: Schema, key: readonly number[] | undefined, single: boolean, context: OperatorContext) {
    this.#context = context
    this.#set = new ChangeSet(context, 'changes', schema, single)
    this.#byKey = key === undefined ? undefined : new ChangesByKey(context, 'keys', schema, key)
  }

  push(_input: number, batch: Batch): void {
    this.#set.add(batch.columns, batch.rows, batch.weights, 1, ordinalColumn(this.#context.memory, batch))
  }

  endStep(end: StepEnd, out: Output): void {
    if (!this.#set.empty) {
      const changes = this.#set.changes()
      const ordered = this.#byKey === undefined ? changes : this.#byKey.order(this.#set, changes)
      this.#set.emit(ordered, this.#watermarks.reached(), out)
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
}
