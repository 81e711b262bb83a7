import { type Batch, columnAt } from '../../batch/batch.ts'
import { takeRows } from '../../batch/select.ts'
import { failures } from '../../errors/table.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { emitDead } from './dead.ts'
import { selectBytes } from './hidden.ts'
import { Stateless } from './stateless.ts'

/** Rows whose event time is NULL have no place in it: they are dead letters as records that cannot be read are, all others go on. */
export function createTimeless(schema: Schema, time: number, context: OperatorContext): Operator {
  return new Timeless(schema, time, context)
}

class Timeless extends Stateless {
  readonly #schema: Schema
  readonly #time: number
  readonly #context: OperatorContext

  constructor(schema: Schema, time: number, context: OperatorContext) {
    super()
    this.#schema = schema
    this.#time = time
    this.#context = context
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { validity } = columnAt(batch, this.#time)
    const timed = validity === 0 ? undefined : selectBytes(memory, validity, true, batch.rows)
    if (timed === undefined || timed.rows === batch.rows) {
      out.emit(batch)
      return
    }
    if (timed.rows > 0) out.emit(takeRows(memory, batch, timed.selection, timed.rows))
    const { selection, rows } = selectBytes(memory, validity, false, batch.rows)
    const codes = memory.chunk(rows)
    memory.u8(codes, rows).fill(failures.nullValue)
    const message = `The event time "${this.#schema[this.#time]?.name}" is NULL.`
    const messages = new Map(Array.from({ length: rows }, (_, row) => [row, message]))
    emitDead(memory, this.#schema, batch, { count: rows, rows: selection, codes, messages }, out, 'undated')
  }
}
