import { CHUNK_ROWS } from '../../../batch/batch.ts'
import { batchFromRows } from '../../../batch/values.ts'
import type { ProcessNode } from '../../../plan/nodes/node.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'

interface Leaving {
  rows: (readonly Value[])[]
  watermarks: bigint[]
  ordinals: bigint[]
}

/** Rows on their way out of a process function: those of the node itself (0), then those of its sides. */
export class ProcessOutput {
  readonly #context: OperatorContext
  readonly #targets: readonly { readonly schema: Schema; readonly side?: string }[]
  readonly #leaving: Leaving[]

  constructor(node: ProcessNode, context: OperatorContext) {
    this.#context = context
    this.#targets = [{ schema: node.schema }, ...node.sides.map(({ name, schema }) => ({ schema, side: name }))]
    this.#leaving = this.#targets.map(nothing)
  }

  add(output: number, row: readonly Value[], watermark: bigint, ordinal: bigint, out: Output): void {
    const leaving = this.#leaving[output]
    if (leaving === undefined) throw new RangeError(`no output ${output}`)
    leaving.rows.push(row)
    leaving.watermarks.push(watermark)
    leaving.ordinals.push(ordinal)
    if (leaving.rows.length === CHUNK_ROWS) this.#send(output, out)
  }

  flush(out: Output): void {
    for (const output of this.#targets.keys()) this.#send(output, out)
  }

  #send(output: number, out: Output): void {
    const target = this.#targets[output]
    const leaving = this.#leaving[output]
    if (target === undefined || leaving === undefined || leaving.rows.length === 0) return
    this.#leaving[output] = nothing()
    const { memory } = this.#context
    const mark = memory.mark()
    const batch = batchFromRows(memory, target.schema, leaving.rows, leaving)
    if (target.side === undefined) out.emit(batch)
    else out.side(target.side, batch)
    memory.release(mark)
  }
}

const nothing = (): Leaving => ({ rows: [], watermarks: [], ordinals: [] })
