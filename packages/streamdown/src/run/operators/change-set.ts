import { type Batch, CHUNK_ROWS, type Column, type Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import type { StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'

/** Changes that are left of a step: slots in the order in which rows were first touched, and their i32 weights. */
export interface Changes {
  readonly rows: number
  readonly slots: Pointer
  readonly weights: Pointer
}

/**
 * The changes of one step, consolidated by whole row: weights of equal rows are added up, and what comes to nothing is
 * dropped. Empty between steps.
 */
export class ChangeSet {
  readonly table: StateTable
  readonly #memory: Memory
  readonly #columns: number
  readonly #single: boolean
  #next = 0

  /** `single`: there is at most one of a row, even when the input adds it twice. Its last change counts. */
  constructor(context: OperatorContext, name: string, schema: Schema, single = false) {
    this.#memory = context.memory
    this.#columns = schema.length
    this.#single = single
    this.table = context.table({
      name,
      fields: [
        ...schema,
        field('$number', types.int),
        field('$weight', types.bigint),
        field('$ordinal', types.bigint),
        ...(single ? [field('$last', types.bigint)] : []),
      ],
      keys: schema.length,
      unique: true,
      exact: true,
    })
  }

  get empty(): boolean {
    return this.#next === 0
  }

  /** `sign` -1 takes the rows away. `ordinals`: i64 a row; a row keeps that of its first change. */
  add(columns: readonly Column[], rows: number, weights: Pointer, sign: 1 | -1, ordinals: Pointer): void {
    if (rows === 0) return
    const { kernels } = this.#memory
    const { slots, fresh } = this.table.findOrInsert(columns, rows)
    const addresses = this.table.addresses(slots, rows)
    const number = this.table.offsets(this.#columns)
    const weight = this.table.offsets(this.#columns + 1)
    const ordinal = this.table.offsets(this.#columns + 2)
    this.#next = kernels.field_number(addresses, number.value, number.valid, fresh, this.#next, rows)
    kernels.field_add(addresses, weight.value, weight.valid, weights, sign, rows)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinals, fresh, rows)
    if (!this.#single) return
    if (sign === -1) throw new RangeError('a set of single rows takes changes as they came')
    const last = this.table.offsets(this.#columns + 3)
    const wide = this.#memory.chunk(rows * 8)
    kernels.widen_weights(weights, rows, wide)
    kernels.field_set_i64(addresses, last.value, last.valid, wide, 0, rows)
  }

  /** What is left; in chunk memory. `clear` once it is out. */
  changes(): Changes {
    if (this.#next === 0) return { rows: 0, slots: 0, weights: 0 }
    const { slots, rows } = this.table.all()
    const slotsOut = this.#memory.chunk(rows * 4)
    const weights = this.#memory.chunk(rows * 4)
    const left = this.#memory.kernels.changes_in_order(
      this.table.addresses(slots, rows),
      slots,
      rows,
      this.table.offsets(this.#columns).value,
      this.table.offsets(this.#columns + 1).value,
      this.#memory.chunk(rows * 4),
      slotsOut,
      weights,
    )
    const changes = { rows: left, slots: slotsOut, weights }
    return this.#single ? this.#settled(changes) : changes
  }

  /** One of each row, and none whose last change has the other sign than what its changes add up to. */
  #settled({ rows, slots, weights }: Changes): Changes {
    const last = this.#memory.i64(this.table.gather(slots, rows, this.#columns + 3).data, rows)
    const [ownSlots, ownWeights] = [this.#memory.i32(slots, rows), this.#memory.i32(weights, rows)]
    let kept = 0
    for (let row = 0; row < rows; row++) {
      const sign = Math.sign(ownWeights[row] ?? 0)
      if (sign !== Math.sign(Number(last[row] ?? 0n))) continue
      ownSlots[kept] = ownSlots[row] ?? 0
      ownWeights[kept++] = sign
    }
    return { rows: kept, slots, weights }
  }

  clear(): void {
    if (this.#next === 0) return
    this.table.clear()
    this.#next = 0
  }

  column(slots: Pointer, rows: number, index: number): Column {
    return this.table.gather(slots, rows, index)
  }

  /** When each change came first. */
  ordinals({ slots, rows }: Changes): BigInt64Array {
    return this.#memory.i64(this.table.gather(slots, rows, this.#columns + 2).data, rows)
  }

  /** A chunk of changes as a batch. */
  batch(changes: Changes, from: number, rows: number, watermark: bigint): Batch {
    const slots = changes.slots + from * 4
    return {
      rows,
      columns: Array.from({ length: this.#columns }, (_, index) => this.table.gather(slots, rows, index)),
      weights: changes.weights + from * 4,
      watermarks: 0,
      watermark,
      ordinals: this.table.gather(slots, rows, this.#columns + 2).data,
      firstOrdinal: 0n,
    }
  }

  /** Emits the changes chunk by chunk; `finish` may add columns to a chunk. */
  emit(
    changes: Changes,
    watermark: bigint,
    out: Output,
    finish: (batch: Batch, from: number) => Batch = batch => batch,
  ): void {
    for (let from = 0; from < changes.rows; from += CHUNK_ROWS) {
      const mark = this.#memory.mark()
      const rows = Math.min(CHUNK_ROWS, changes.rows - from)
      out.emit(finish(this.batch(changes, from, rows, watermark), from))
      this.#memory.release(mark)
    }
  }

  bytes(): number {
    return this.table.bytes()
  }
}
