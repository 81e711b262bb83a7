import { CHUNK_ROWS, END_OF_TIME } from '../../batch/batch.ts'
import { batchFromRows } from '../../batch/values.ts'
import { evaluateConstants } from '../../compile/constant.ts'
import type { ValuesNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'

/** Rows that stand in the program: they come in its first step and are never followed by others. */
export function createValues(node: ValuesNode, context: OperatorContext): Operator {
  return new Values(node, context)
}

class Values implements Operator {
  readonly #node: ValuesNode
  readonly #context: OperatorContext
  #done = false

  constructor(node: ValuesNode, context: OperatorContext) {
    this.#node = node
    this.#context = context
  }

  push(): void {}

  endStep(_end: unknown, out: Output): void {
    if (this.#done) return
    this.#done = true
    const { memory } = this.#context
    const { rows, schema } = this.#node
    for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const values = rows.slice(from, from + CHUNK_ROWS).map(row => evaluateConstants(row, this.#context))
      out.emit(batchFromRows(memory, schema, values, { firstOrdinal: BigInt(from) }))
      memory.release(mark)
    }
  }

  watermark(): bigint {
    return END_OF_TIME
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return { tables: [], values: { done: String(this.#done) } }
  }

  restore(from: StateSnapshot): void {
    this.#done = from.values.done === 'true'
  }

  stateBytes(): number {
    return 0
  }
}
