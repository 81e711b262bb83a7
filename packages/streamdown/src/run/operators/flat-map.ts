import { type Batch, CHUNK_ROWS } from '../../batch/batch.ts'
import { batchFromRows, int32s, ordinalsOf, readValue, watermarksOf, weightsOf } from '../../batch/values.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { LambdaExpression } from '../../plan/expressions/expression.ts'
import type { FlatMapNode } from '../../plan/nodes/node.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { emitDead, thrown } from './dead.ts'
import type { InputShape } from './shape.ts'
import { Stateless } from './stateless.ts'

/** Any number of rows for each row, made by a TypeScript function. They keep the row's weight, watermark and ordinal. */
export function createFlatMap(node: FlatMapNode, context: OperatorContext, shape: InputShape): Operator {
  const { lambda } = node
  if (lambda.is !== 'lambda' || lambda.whole !== 'rows') {
    throw new StreamdownError('DSD9002', 'a flatMap needs a function that gives rows')
  }
  return new FlatMap(lambda, node.schema, shape.schema, context)
}

interface Made {
  readonly rows: (readonly Value[])[]
  readonly weights: number[]
  readonly watermarks: bigint[]
  readonly ordinals: bigint[]
}

class FlatMap extends Stateless {
  readonly #lambda: LambdaExpression
  readonly #schema: Schema
  readonly #input: Schema
  readonly #reads: ReadonlySet<number> | undefined
  readonly #context: OperatorContext

  constructor(lambda: LambdaExpression, schema: Schema, input: Schema, context: OperatorContext) {
    super()
    this.#lambda = lambda
    this.#schema = schema
    this.#input = input
    this.#reads = lambda.reads === undefined ? undefined : new Set(lambda.reads)
    this.#context = context
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const weights = weightsOf(memory, batch)
    const watermarks = watermarksOf(memory, batch)
    const ordinals = ordinalsOf(memory, batch)
    const failed: { readonly row: number; readonly code: number; readonly message: string }[] = []
    let made: Made = { rows: [], weights: [], watermarks: [], ordinals: [] }
    for (let row = 0; row < batch.rows; row++) {
      const rows = this.#call(batch, row)
      if (rows instanceof Error) {
        failed.push({ row, ...thrown(rows) })
        continue
      }
      for (const values of rows) {
        made.rows.push(values)
        made.weights.push(weights[row] ?? 1)
        made.watermarks.push(watermarks[row] ?? batch.watermark)
        made.ordinals.push(ordinals[row] ?? 0n)
        if (made.rows.length === CHUNK_ROWS) {
          this.#emit(made, out)
          made = { rows: [], weights: [], watermarks: [], ordinals: [] }
        }
      }
    }
    if (made.rows.length > 0) this.#emit(made, out)
    if (failed.length === 0) return
    const codes = memory.chunk(failed.length)
    memory.u8(codes, failed.length).set(failed.map(({ code }) => code))
    const rows = int32s(
      memory,
      failed.map(({ row }) => row),
    )
    const messages = new Map(failed.map(({ message }, at) => [at, message]))
    emitDead(memory, this.#input, batch, { count: failed.length, rows, codes, messages }, out)
  }

  /** The rows that the function gives for a row, or what it threw. */
  #call(batch: Batch, row: number): readonly (readonly Value[])[] | Error {
    const { memory } = this.#context
    const values = batch.columns.map((column, index) =>
      this.#reads === undefined || this.#reads.has(index) ? readValue(memory, column, row) : null,
    )
    try {
      const rows = this.#lambda.arrow(values)
      if (!Array.isArray(rows)) return new Error('the function gave no rows')
      return rows.filter((each): each is readonly Value[] => Array.isArray(each))
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #emit(made: Made, out: Output): void {
    const { memory } = this.#context
    const mark = memory.mark()
    out.emit(batchFromRows(memory, this.#schema, made.rows, made))
    memory.release(mark)
  }
}
