import { type Batch, CHUNK_ROWS, type Column, columnAt, NO_WATERMARK } from '../../../batch/batch.ts'
import { int32s, int64s, ordinalsOf, watermarksOf, weightsOf } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'

export interface KeptAnswersOptions {
  /** The operator's output; its first columns are those of its input. */
  readonly schema: Schema
  /** Input columns that decide the worker. */
  readonly groupBy: readonly number[]
  /** Input columns that name a row; all, where nothing else does. */
  readonly identity: readonly number[]
}

/**
 * What was answered to each row of a changing input, so that its retraction takes back just that, whatever would be
 * answered now. Equal rows have their answers in order of arrival; the oldest is taken back first.
 */
export class KeptAnswers {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #options: KeptAnswersOptions
  /** Output columns by field. */
  readonly #columns: readonly number[]
  /** Output columns of the key. */
  readonly #keys: readonly number[]
  /** Numbers the answers; only differences within one identity count, so workers may use the same numbers. */
  #next = 0n

  constructor(context: OperatorContext, options: KeptAnswersOptions) {
    this.#context = context
    this.#options = options
    const { schema, groupBy, identity } = options
    const keys = [...groupBy, ...identity.filter(column => !groupBy.includes(column))]
    this.#keys = keys
    this.#columns = [...keys, ...schema.map((_, column) => column).filter(column => !keys.includes(column))]
    this.table = context.table({
      name: 'answers',
      fields: [
        ...this.#columns.map((column): Field => schema[column] ?? field('', types.null)),
        field('$answer', types.bigint, false),
        field('$left', types.int, false),
        field('$right', types.int, false),
      ],
      keys: keys.length,
      groupBy: groupBy.length,
      unique: false,
    })
  }

  /**
   * Rows of the output that answer rows of `input`, the indexes `of`; their weights are multiples of the input rows'.
   * The answer of row `i` is number `first + i`.
   */
  keep(input: Batch, output: Batch, of: readonly number[], first: bigint): void {
    const { memory } = this.#context
    const inputWeights = weightsOf(memory, input)
    const left = of.map(row => inputWeights[row] ?? 1)
    const right = weightsOf(memory, output).map((weight, at) => weight / (left[at] ?? 1))
    this.#insert(output, of, first, left, right)
  }

  /** The same for rows to which nothing was answered; `output` holds their own columns, the others NULL. */
  keepNothing(input: Batch, output: Batch, of: readonly number[], first: bigint): void {
    const inputWeights = weightsOf(this.#context.memory, input)
    const left = of.map(row => inputWeights[row] ?? 1)
    this.#insert(
      output,
      of,
      first,
      left,
      left.map(() => 0),
    )
  }

  #insert(
    output: Batch,
    of: readonly number[],
    first: bigint,
    left: readonly number[],
    right: readonly number[],
  ): void {
    const { memory } = this.#context
    const int = (values: readonly number[]): Column => ({
      type: types.int,
      data: int32s(memory, values),
      validity: 0,
    })
    const answers: Column = {
      type: types.bigint,
      data: int64s(
        memory,
        of.map(row => first + BigInt(row)),
      ),
      validity: 0,
    }
    this.table.insert(
      [...this.#columns.map(column => columnAt(output, column)), answers, int(left), int(right)],
      output.rows,
    )
  }

  /** Numbers for the answers of so many input rows: the first of them. */
  number(rows: number): bigint {
    const first = this.#next
    this.#next += BigInt(rows)
    return first
  }

  /** Takes back what was answered to rows of weight below 0. One that was never answered takes back nothing. */
  retract(input: Batch, out: Output): void {
    const { memory } = this.#context
    const found = this.table.matches(
      this.#keys.map(column => columnAt(input, column)),
      input.rows,
      true,
    )
    const { pairs } = found
    if (pairs === 0) return
    const probe = memory.i32(found.probe, pairs).slice()
    const slots = memory.i32(found.slots, pairs).slice()
    const width = this.#columns.length
    const numbers = (at: number) => {
      const kept = int32s(memory, [...slots])
      return memory.i32(this.table.gather(kept, pairs, width + at).data, pairs).slice()
    }
    const answers = memory.i64(this.table.gather(int32s(memory, [...slots]), pairs, width).data, pairs).slice()
    const [left, right] = [numbers(1), numbers(2)]
    const weights = weightsOf(memory, input)
    const taken: TakenBack = { slots: [], rows: [], weights: [] }
    /** What is left of an answer that an earlier row of the batch took from, by slot. */
    const leftOf = new Map<number, number>()
    for (let from = 0, to = 0; from < pairs; from = to) {
      const row = probe[from] ?? 0
      let owed = -(weights[row] ?? 0)
      while (to < pairs && probe[to] === row) to++
      for (let start = from, end = from; start < to && owed > 0; start = end) {
        while (end < to && answers[end] === answers[start]) end++
        const there = leftOf.get(slots[start] ?? 0) ?? left[start] ?? 0
        const take = Math.min(owed, there)
        if (take === 0) continue
        owed -= take
        for (let at = start; at < end; at++) {
          const slot = slots[at] ?? 0
          leftOf.set(slot, there - take)
          if (right[at] === 0) continue
          taken.slots.push(slot)
          taken.rows.push(row)
          taken.weights.push(-take * (right[at] ?? 1))
        }
      }
    }
    this.#emit(input, taken, out)
    this.#settle(leftOf)
  }

  /** After a restore: numbers go on behind those that are there. */
  rebuild(): void {
    const { memory } = this.#context
    const mark = memory.mark()
    const { slots, rows } = this.table.all()
    for (const answer of memory.i64(this.table.gather(slots, rows, this.#columns.length).data, rows))
      if (answer >= this.#next) this.#next = answer + 1n
    memory.release(mark)
  }

  bytes(): number {
    return this.table.bytes()
  }

  #emit(input: Batch, taken: TakenBack, out: Output): void {
    const { memory } = this.#context
    const ordinals = ordinalsOf(memory, input)
    const watermarks = watermarksOf(memory, input)
    for (let from = 0; from < taken.slots.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const to = Math.min(from + CHUNK_ROWS, taken.slots.length)
      const rows = to - from
      const slots = int32s(memory, taken.slots.slice(from, to))
      const of = taken.rows.slice(from, to)
      out.emit({
        rows,
        columns: this.#options.schema.map((_, column) => this.table.gather(slots, rows, this.#columns.indexOf(column))),
        weights: int32s(memory, taken.weights.slice(from, to)),
        watermarks: int64s(
          memory,
          of.map(row => watermarks[row] ?? NO_WATERMARK),
        ),
        watermark: input.watermark,
        ordinals: int64s(
          memory,
          of.map(row => ordinals[row] ?? 0n),
        ),
        firstOrdinal: ordinals[of[0] ?? 0] ?? 0n,
      })
      memory.release(mark)
    }
  }

  /** Writes down what is left, and removes what is used up. */
  #settle(leftOf: ReadonlyMap<number, number>): void {
    const { memory } = this.#context
    const gone: number[] = []
    const kept: number[] = []
    for (const [slot, left] of leftOf) (left === 0 ? gone : kept).push(slot)
    if (kept.length > 0) {
      const left = int32s(
        memory,
        kept.map(slot => leftOf.get(slot) ?? 0),
      )
      const at = this.#columns.length + 1
      this.table.scatter(int32s(memory, kept), kept.length, at, { type: types.int, data: left, validity: 0 })
    }
    if (gone.length > 0) this.table.remove(int32s(memory, gone), gone.length)
  }
}

interface TakenBack {
  readonly slots: number[]
  /** The input row that each answers. */
  readonly rows: number[]
  readonly weights: number[]
}
