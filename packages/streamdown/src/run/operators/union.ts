import type { Batch } from '../../batch/batch.ts'
import type { UnionNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { InputWatermarks } from './input-watermarks.ts'
import type { InputShape } from './shape.ts'

/** UNION ALL: rows pass in arrival order; before each row the watermark is the lowest of the inputs' current ones, where none is idle. */
export function createUnion(_node: UnionNode, context: OperatorContext, shapes: readonly InputShape[]): Operator {
  return new Union(context, shapes.length)
}

class Union implements Operator {
  readonly #context: OperatorContext
  readonly #watermarks: InputWatermarks

  constructor(context: OperatorContext, inputs: number) {
    this.#context = context
    this.#watermarks = new InputWatermarks(inputs)
  }

  push(input: number, batch: Batch, out: Output): void {
    out.emit(this.#watermarks.boundInOrder(this.#context.memory, input, batch))
  }

  endStep(end: StepEnd): void {
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
    return 0
  }
}
