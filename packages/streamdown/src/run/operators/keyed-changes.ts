import type { Memory } from '../../batch/memory.ts'
import type { StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { OperatorContext } from '../operator-context.ts'
import type { ChangeSet, Changes } from './change-set.ts'

/** Changes with the rows of a key together, old before new; keys in the order in which they were first touched. */
export interface KeyedChanges extends Changes {
  /** For each row: whether its key has rows of both signs, so that old and new are one update. */
  readonly updates: Uint8Array
}

/** Puts the changes of a step in order by key. */
export class ChangesByKey {
  readonly #memory: Memory
  readonly #key: readonly number[]
  readonly #table: StateTable

  constructor(context: OperatorContext, name: string, schema: Schema, key: readonly number[]) {
    this.#memory = context.memory
    this.#key = key
    this.#table = context.table({
      name,
      fields: [...key.map(index => schema[index] ?? field('', types.null)), field('$number', types.int)],
      keys: key.length,
      unique: true,
    })
  }

  order(set: ChangeSet, changes: Changes): KeyedChanges {
    const memory = this.#memory
    const { rows } = changes
    if (rows === 0) return { ...changes, updates: new Uint8Array(0) }
    const keys = this.#key.map(index => set.column(changes.slots, rows, index))
    const { slots, fresh } = this.#table.findOrInsert(keys, rows)
    const { value, valid } = this.#table.offsets(this.#key.length)
    const groups = memory.kernels.field_number(this.#table.addresses(slots, rows), value, valid, fresh, 0, rows)
    const groupOf = memory.i32(this.#table.gather(slots, rows, this.#key.length).data, rows).slice()
    const weights = memory.i32(changes.weights, rows).slice()
    const from = memory.i32(changes.slots, rows).slice()
    this.#table.clear()

    const starts = new Int32Array(groups + 1)
    const signs = new Uint8Array(groups)
    for (let row = 0; row < rows; row++) {
      const group = groupOf[row] ?? 0
      starts[group + 1] = (starts[group + 1] ?? 0) + 1
      signs[group] = (signs[group] ?? 0) | ((weights[row] ?? 0) < 0 ? 1 : 2)
    }
    for (let group = 0; group < groups; group++) starts[group + 1] = (starts[group + 1] ?? 0) + (starts[group] ?? 0)
    const orderedSlots = new Int32Array(rows)
    const orderedWeights = new Int32Array(rows)
    const updates = new Uint8Array(rows)
    for (const old of [true, false]) {
      for (let row = 0; row < rows; row++) {
        const weight = weights[row] ?? 0
        if (weight < 0 !== old) continue
        const group = groupOf[row] ?? 0
        const at = starts[group] ?? 0
        starts[group] = at + 1
        orderedSlots[at] = from[row] ?? 0
        orderedWeights[at] = weight
        updates[at] = signs[group] === 3 ? 1 : 0
      }
    }
    const out = { rows, slots: memory.chunk(rows * 4), weights: memory.chunk(rows * 4), updates }
    memory.i32(out.slots, rows).set(orderedSlots)
    memory.i32(out.weights, rows).set(orderedWeights)
    return out
  }

  bytes(): number {
    return this.#table.bytes()
  }
}
