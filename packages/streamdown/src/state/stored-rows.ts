import type { Column, Pointer } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { type Field, types } from '../types/data-type.ts'
import type { StateTable } from './state-table.ts'

/** How the rows of a table stand in a snapshot: as they are, or under the keys of their owners. */
export interface StoredRows {
  readonly fields: readonly Field[]
  /** The first of these fields that decide the key group; undefined: the whole key does, as the table hashes it. */
  readonly grouping: number | undefined
  /** One of these fields of the rows in `slots`. */
  gather(slots: Pointer, rows: number, field: number): Column
  /** The table's own columns, of those that a snapshot holds. */
  restored(columns: readonly Column[], rows: number): readonly Column[]
}

export function storedRows(memory: Memory, table: StateTable): StoredRows {
  const { owner, fields, keys, groupBy = keys } = table.spec
  if (owner !== undefined) return new OwnedRows(memory, table, owner)
  return {
    fields,
    grouping: groupBy < keys ? groupBy : undefined,
    gather: (slots, rows, field) => table.gather(slots, rows, field),
    restored: columns => columns,
  }
}

/** Rows that name their owner by its slot, which is another one after a restore. */
class OwnedRows implements StoredRows {
  readonly fields: readonly Field[]
  readonly grouping: number
  readonly #memory: Memory
  readonly #table: StateTable
  readonly #owner: StateTable

  constructor(memory: Memory, table: StateTable, owner: StateTable) {
    const { fields, keys, groupBy = keys } = owner.spec
    this.#memory = memory
    this.#table = table
    this.#owner = owner
    this.fields = [...fields.slice(0, keys), ...table.spec.fields.slice(1)]
    this.grouping = groupBy
  }

  gather(slots: Pointer, rows: number, field: number): Column {
    const { keys } = this.#owner.spec
    if (field >= keys) return this.#table.gather(slots, rows, field - keys + 1)
    const owners = this.#memory.chunk(rows * 4)
    this.#memory.kernels.narrow_i64(this.#table.gather(slots, rows, 0).data, rows, owners)
    return this.#owner.gather(owners, rows, field)
  }

  restored(columns: readonly Column[], rows: number): readonly Column[] {
    const { keys } = this.#owner.spec
    const slots = this.#owner.find(columns.slice(0, keys), rows)
    if (this.#memory.i32(slots, rows).includes(-1)) {
      throw new StreamdownError(
        'DSD7001',
        `State table ${this.#table.spec.name} holds rows of a key that is not there.`,
      )
    }
    return [ownerColumn(this.#memory, slots, rows), ...columns.slice(keys)]
  }
}

/** Slots of a table as the key field of the rows that they own. */
export function ownerColumn(memory: Memory, slots: Pointer, rows: number): Column {
  const data = memory.chunk(rows * 8)
  memory.kernels.widen_weights(slots, rows, data)
  return { type: types.bigint, data, validity: 0 }
}
