import { type Batch, columnAt } from '../../batch/batch.ts'
import type { RepeatNode } from '../../plan/nodes/node.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { Stateless } from './stateless.ts'

/** Rows as often as they say: by their weights, so that a row costs the same however often it is there. */
export function createRepeat(node: RepeatNode, context: OperatorContext): Operator {
  return new Repeat(node, context)
}

class Repeat extends Stateless {
  readonly #times: number
  readonly #context: OperatorContext

  constructor({ times }: RepeatNode, context: OperatorContext) {
    super()
    this.#times = times
    this.#context = context
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const weights = memory.chunk(batch.rows * 4)
    memory.kernels.weights_times(batch.weights, columnAt(batch, this.#times).data, batch.rows, weights)
    out.emit({ ...batch, weights })
  }
}
