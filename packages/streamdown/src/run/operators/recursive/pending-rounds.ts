import type { Batch, Column, Pointer } from '../../../batch/batch.ts'
import { columnFromValues } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { MomentQueue } from '../moment-queue.ts'

/** Changes of one round that are still to be taken in. */
export interface RoundChanges {
  readonly rows: number
  readonly columns: readonly Column[]
  /** i32 a row; 0 for a row that is only to be looked at again. */
  readonly weights: Pointer
  /** i64 a row. */
  readonly ordinals: Pointer
}

/** Changes by the round that they are of. Empty between steps. */
export class PendingRounds {
  readonly #context: OperatorContext
  readonly #table: StateTable
  readonly #width: number
  readonly #rounds = new MomentQueue()

  constructor(context: OperatorContext, schema: Schema) {
    this.#context = context
    this.#width = schema.length
    this.#table = context.table({
      name: 'pending',
      fields: [
        field('$round', types.bigint, false),
        ...schema,
        field('$weight', types.int, false),
        field('$ordinal', types.bigint, false),
      ],
      keys: 1,
      unique: false,
    })
  }

  /** `rounds`: i64 a row. */
  add(
    rounds: Pointer,
    columns: readonly Column[],
    batch: Pick<Batch, 'weights' | 'ordinals' | 'firstOrdinal' | 'rows'>,
  ): void {
    const { memory } = this.#context
    const { rows } = batch
    if (rows === 0) return
    const runs = memory.chunk(rows * 8)
    const count = memory.kernels.runs_i64(rounds, rows, runs)
    for (const round of memory.i64(runs, count)) this.#rounds.add(round)
    let { weights } = batch
    if (weights === 0) {
      weights = memory.chunk(rows * 4)
      memory.kernels.fill_i32(weights, rows, 1)
    }
    const ordinals = ordinalColumn(memory, { ...batch, columns: [], watermarks: 0, watermark: 0n })
    this.#table.insert(
      [
        { type: types.bigint, data: rounds, validity: 0 },
        ...columns,
        { type: types.int, data: weights, validity: 0 },
        { type: types.bigint, data: ordinals, validity: 0 },
      ],
      rows,
    )
  }

  /** The first round that has changes. */
  next(): bigint | undefined {
    return this.#rounds.first()
  }

  /** Takes those of the first round; in chunk memory, with texts that lie in the table until `clear`. */
  take(round: bigint): RoundChanges {
    const { memory } = this.#context
    this.#rounds.removeFirst()
    const { pairs: rows, slots } = this.#table.matches([columnFromValues(memory, types.bigint, [round])], 1, true)
    const columns = Array.from({ length: this.#width }, (_, at) => this.#table.gather(slots, rows, at + 1))
    const weights = this.#table.gather(slots, rows, this.#width + 1).data
    const ordinals = this.#table.gather(slots, rows, this.#width + 2).data
    return { rows, columns, weights, ordinals }
  }

  /** Everything has been taken. */
  clear(): void {
    if (this.#table.rows > 0) this.#table.clear()
  }

  bytes(): number {
    return this.#table.bytes()
  }
}
