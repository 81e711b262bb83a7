import type { Column, Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import type { StateTable } from '../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'

/** The partitions that the running step touches, numbered in the order in which it does. Empty between steps. */
export class TouchedPartitions {
  readonly #memory: Memory
  readonly #table: StateTable
  readonly #keys: number
  #count = 0

  constructor(context: OperatorContext, keys: readonly Field[]) {
    this.#memory = context.memory
    this.#keys = keys.length
    this.#table = context.table({
      name: 'touched',
      fields: [...keys, field('$number', types.int), field('$ordinal', types.bigint)],
      keys: keys.length,
      unique: true,
    })
  }

  get empty(): boolean {
    return this.#count === 0
  }

  /** The partitions of rows, with the rows' ordinals (i64). Gives u8 a row: whether it is the first of its partition. */
  touch(keys: readonly Column[], rows: number, ordinals: Pointer): Pointer {
    const { kernels } = this.#memory
    const { slots, fresh } = this.#table.findOrInsert(keys, rows)
    const addresses = this.#table.addresses(slots, rows)
    const number = this.#table.offsets(this.#keys)
    const ordinal = this.#table.offsets(this.#keys + 1)
    this.#count = kernels.field_number(addresses, number.value, number.valid, fresh, this.#count, rows)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinals, fresh, rows)
    return fresh
  }

  /** All of them in order: their keys, and the ordinals (i64) of the rows that touched them first. */
  inOrder(): { readonly keys: readonly Column[]; readonly ordinals: Pointer; readonly rows: number } {
    const memory = this.#memory
    const all = this.#table.all()
    const { rows } = all
    const numbers = memory.i32(this.#table.gather(all.slots, rows, this.#keys).data, rows)
    const ordered = new Int32Array(rows)
    for (const [row, slot] of memory.i32(all.slots, rows).entries()) ordered[numbers[row] ?? 0] = slot
    const slots = memory.chunk(rows * 4)
    memory.i32(slots, rows).set(ordered)
    const keys = Array.from({ length: this.#keys }, (_, at) => this.#table.gather(slots, rows, at))
    return { keys, ordinals: this.#table.gather(slots, rows, this.#keys + 1).data, rows }
  }

  /** The numbers (i32) of partitions by key; all of them were touched. */
  numbersOf(keys: readonly Column[], rows: number): Pointer {
    return this.#table.gather(this.#table.find(keys, rows), rows, this.#keys).data
  }

  clear(): void {
    this.#table.clear()
    this.#count = 0
  }

  bytes(): number {
    return this.#table.bytes()
  }
}

export function partitionFields(options: {
  readonly schema: Schema
  readonly partitionBy: readonly number[]
}): Field[] {
  return options.partitionBy.map(column => {
    const found = options.schema[column]
    if (found === undefined) throw new RangeError(`no column ${column}`)
    return found
  })
}
