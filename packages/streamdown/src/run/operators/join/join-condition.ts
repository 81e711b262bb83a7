import { type Batch, CHUNK_ROWS, type Column } from '../../../batch/batch.ts'
import type { CompiledProjection } from '../../../compile/compiled.ts'
import { compileProjection } from '../../../compile/projection.ts'
import type { Expression } from '../../../plan/expressions/expression.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { columnsRead } from '../columns-read.ts'
import { emitDead } from '../dead.ts'
import { withExpressions } from '../failed-expression.ts'
import type { Pairs } from './join-rows.ts'

/** How pairs are looked at: columns of both sides, left then right (only those of `only` are read), and whole rows. */
export interface PairedRows {
  columns(pairs: Pairs, only?: ReadonlySet<number>): readonly Column[]
  joined(pairs: Pairs): Batch
}

/** A condition over the columns of both sides of a join. */
export class JoinCondition {
  readonly reads: ReadonlySet<number>
  readonly #context: OperatorContext
  readonly #schema: Schema
  readonly #projection: CompiledProjection

  constructor(condition: Expression, schema: Schema, context: OperatorContext) {
    this.#context = context
    this.#schema = schema
    this.#projection = compileProjection({ input: schema, filter: condition, outputs: [], context })
    this.reads = columnsRead(condition, schema.length)
  }

  /** The pairs for which it is true, moved to the front. Pairs that it fails for become dead letters. */
  holding(part: Batch, pairs: Pairs, of: PairedRows, out: Output): Pairs {
    const { memory } = this.#context
    let count = 0
    for (let from = 0; from < pairs.count; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(CHUNK_ROWS, pairs.count - from)
      const chunk = { count: rows, probe: pairs.probe + from * 4, slots: pairs.slots + from * 4 }
      const columns = of.columns(chunk, this.reads)
      const { output, selection, failed } = this.#projection.run({
        ...part,
        rows,
        columns,
        weights: 0,
        watermarks: 0,
        ordinals: 0,
      })
      if (failed.count > 0) {
        const named = withExpressions(memory, failed, { input: this.#schema, outputs: [], schema: [] })
        emitDead(memory, this.#schema, of.joined(chunk), named, out)
      }
      memory.kernels.take_values(chunk.probe, 2, selection, output.rows, pairs.probe + count * 4)
      memory.kernels.take_values(chunk.slots, 2, selection, output.rows, pairs.slots + count * 4)
      count += output.rows
      memory.release(mark)
    }
    return { ...pairs, count }
  }
}
