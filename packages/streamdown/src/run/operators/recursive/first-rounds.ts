import { type Batch, type Column, NO_WATERMARK } from '../../../batch/batch.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { constantI64 } from '../hidden.ts'
import type { PendingRounds, RoundChanges } from './pending-rounds.ts'

/**
 * How often each round makes a row: of UNION it counts in the first that does. When that round no longer makes it, the
 * next one that does takes over, so that rows which only each other lead to (in a cycle) go with the last that led there.
 */
export class FirstRounds {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #width: number

  constructor(context: OperatorContext, schema: Schema) {
    this.#context = context
    this.#width = schema.length
    this.table = context.table({
      name: 'rounds',
      fields: [
        ...schema,
        field('$round', types.bigint, false),
        field('$count', types.bigint),
        field('$ordinal', types.bigint),
        field('$counts', types.int),
      ],
      keys: schema.length,
      unique: true,
      order: [{ field: schema.length, descending: false, nullsFirst: false }],
    })
  }

  /**
   * Takes in what changed in a round, all rounds before it being settled; hands over the rows that now count in it, or no
   * longer do. Where that changed, the next round with the row is pending, to be looked at again.
   */
  settle(round: bigint, changes: RoundChanges, pending: PendingRounds, each: (batch: Batch) => void): void {
    const { memory } = this.#context
    const slots = this.#add(round, changes)
    const rows = slots.length
    const at = int32s(memory, slots)
    const counts = memory.i64(this.table.gather(at, rows, this.#width + 1).data, rows)
    const counting = memory.i32(this.table.gather(at, rows, this.#width + 3).data, rows)
    const earlier = memory.i32(this.table.previousOf(at, rows), rows)
    const later = memory.i32(this.table.nextOf(at, rows), rows)
    const moved: { slot: number; weight: 1 | -1 }[] = []
    const gone: number[] = []
    const again: number[] = []
    for (const [i, slot] of slots.entries()) {
      const made = (counts[i] ?? 0n) > 0n
      const counted = counting[i] === 1
      const first = made && earlier[i] === -1
      if (!made) gone.push(slot)
      if (first === counted) continue
      moved.push({ slot, weight: first ? 1 : -1 })
      const next = later[i]
      if (next !== undefined && next !== -1) again.push(next)
    }
    this.#look(again, pending)
    this.#emit(moved, each)
    if (gone.length > 0) this.table.remove(int32s(memory, gone), gone.length)
  }

  bytes(): number {
    return this.table.bytes()
  }

  /** Adds the counts; each touched slot once. */
  #add(round: bigint, { rows, columns, weights, ordinals }: RoundChanges): readonly number[] {
    const { memory } = this.#context
    const { kernels } = memory
    const { slots, fresh } = this.table.findOrInsert([...columns, constantI64(memory, types.bigint, round, rows)], rows)
    const addresses = this.table.addresses(slots, rows)
    const count = this.table.offsets(this.#width + 1)
    const ordinal = this.table.offsets(this.#width + 2)
    kernels.field_add(addresses, count.value, count.valid, weights, 1, rows)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinals, fresh, rows)
    return [...new Set(memory.i32(slots, rows))]
  }

  #look(slots: readonly number[], pending: PendingRounds): void {
    if (slots.length === 0) return
    const { memory } = this.#context
    const rows = slots.length
    const at = int32s(memory, slots)
    const weights = memory.chunkZeroed(rows * 4)
    const ordinals = this.table.gather(at, rows, this.#width + 2).data
    const rounds = this.table.gather(at, rows, this.#width).data
    pending.add(rounds, this.#columns(at, rows), { rows, weights, ordinals, firstOrdinal: 0n })
  }

  #emit(moved: readonly { slot: number; weight: 1 | -1 }[], each: (batch: Batch) => void): void {
    if (moved.length === 0) return
    const { memory } = this.#context
    const rows = moved.length
    const at = int32s(
      memory,
      moved.map(({ slot }) => slot),
    )
    const weights = int32s(
      memory,
      moved.map(({ weight }) => weight),
    )
    const counting = int32s(
      memory,
      moved.map(({ weight }) => (weight === 1 ? 1 : 0)),
    )
    this.table.scatter(at, rows, this.#width + 3, { type: types.int, data: counting, validity: 0 })
    each({
      rows,
      columns: this.#columns(at, rows),
      weights,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: this.table.gather(at, rows, this.#width + 2).data,
      firstOrdinal: 0n,
    })
  }

  #columns(at: number, rows: number): readonly Column[] {
    return Array.from({ length: this.#width }, (_, column) => this.table.gather(at, rows, column))
  }
}
