import { type Batch, columnAt, type Pointer } from '../../batch/batch.ts'
import { takeRows } from '../../batch/select.ts'
import type { StateSnapshot, StateTable } from '../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../types/data-type.ts'
import type { InputTimes, Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { negatedWeights } from './hidden.ts'
import { restoreTables, snapshotOf } from './state-of.ts'

/**
 * Upserts by primary key become weights: weight +1 puts a row in the place of its key's row, -1 deletes by key alone
 * (its other columns may be NULL). Of several rows of a key in one chunk only the last counts, unless `every` row is
 * wanted, because its time matters. Deletes of keys that are not there do nothing.
 */
export function createUpsertSource(
  options: { readonly schema: Schema; readonly key: readonly number[]; readonly every: boolean },
  context: OperatorContext,
): Operator {
  return new UpsertSource(options.schema, options.key, options.every, context)
}

class UpsertSource implements Operator {
  readonly #context: OperatorContext
  readonly #schema: Schema
  readonly #key: readonly number[]
  readonly #every: boolean
  readonly #table: StateTable
  /** Input columns by field: the key, then the others. */
  readonly #columns: readonly number[]

  constructor(schema: Schema, key: readonly number[], every: boolean, context: OperatorContext) {
    this.#context = context
    this.#schema = schema
    this.#key = key
    this.#every = every
    this.#columns = [...key, ...schema.map((_, column) => column).filter(column => !key.includes(column))]
    const fields = this.#columns.map((column): Field => schema[column] ?? field('', types.null))
    this.#table = context.table({
      name: 'rows',
      fields: [...fields, field('$there', types.int), field('$mark', types.int)],
      keys: key.length,
      unique: true,
    })
  }

  push(_input: number, batch: Batch, out: Output): void {
    if (this.#every) for (const round of this.#rounds(batch)) this.#apply(round, out)
    else this.#apply(batch, out)
  }

  /** The rows in parts in which each key stands once; the rows of a key are in their order. */
  #rounds(batch: Batch): readonly Batch[] {
    const { memory } = this.#context
    const keys = this.#key.map(column => columnAt(batch, column))
    const { slots } = this.#table.findOrInsert(keys, batch.rows)
    const seen = new Map<number, number>()
    const rounds: number[][] = []
    for (const [row, slot] of memory.i32(slots, batch.rows).entries()) {
      const round = seen.get(slot) ?? 0
      seen.set(slot, round + 1)
      const rows = rounds[round]
      if (rows === undefined) rounds.push([row])
      else rows.push(row)
    }
    return rounds.length === 1 ? [batch] : rounds.map(rows => takeRows(memory, batch, this.#pick(rows), rows.length))
  }

  #apply(batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { kernels } = memory
    const keys = this.#key.map(column => columnAt(batch, column))
    const { slots } = this.#table.findOrInsert(keys, batch.rows)
    const addresses = this.#table.addresses(slots, batch.rows)
    const selection = memory.chunk(batch.rows * 4)
    const width = this.#columns.length
    const rows = kernels.field_last(addresses, this.#table.offsets(width + 1).value, batch.rows, selection)
    const last = takeRows(memory, batch, selection, rows)
    const lastSlots = memory.chunk(rows * 4)
    kernels.take_values(slots, 2, selection, rows, lastSlots)

    this.#emitOld(last, lastSlots, out)
    const puts: number[] = []
    const deletes: number[] = []
    const weights = last.weights === 0 ? undefined : memory.i32(last.weights, rows)
    for (let row = 0; row < rows; row++) ((weights?.[row] ?? 1) > 0 ? puts : deletes).push(row)
    if (puts.length > 0) this.#put(last, lastSlots, puts, out)
    if (deletes.length > 0) {
      const gone = this.#pick(deletes)
      const goneSlots = memory.chunk(deletes.length * 4)
      kernels.take_values(lastSlots, 2, gone, deletes.length, goneSlots)
      this.#table.remove(goneSlots, deletes.length)
    }
  }

  endStep(): void {}

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#table])
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#table], from)
  }

  stateBytes(): number {
    return this.#table.bytes()
  }

  /** What the touched keys held until now. */
  #emitOld(last: Batch, slots: Pointer, out: Output): void {
    const { memory } = this.#context
    const there = this.#table.gather(slots, last.rows, this.#columns.length)
    const selection = memory.chunk(last.rows * 4)
    const rows = memory.kernels.select_valid_nonzero(there.data, there.validity, last.rows, selection)
    if (rows === 0) return
    const old = takeRows(memory, last, selection, rows)
    const oldSlots = memory.chunk(rows * 4)
    memory.kernels.take_values(slots, 2, selection, rows, oldSlots)
    const columns = this.#schema.map((_, column) => this.#table.gather(oldSlots, rows, this.#columns.indexOf(column)))
    out.emit({ ...old, columns, weights: negatedWeights(memory, 0, rows) })
  }

  #put(last: Batch, lastSlots: Pointer, puts: readonly number[], out: Output): void {
    const { memory } = this.#context
    const rows = puts.length
    const selection = this.#pick(puts)
    const slots = memory.chunk(rows * 4)
    memory.kernels.take_values(lastSlots, 2, selection, rows, slots)
    const put = takeRows(memory, last, selection, rows)
    for (const [at, column] of this.#columns.entries()) {
      if (at >= this.#key.length) this.#table.scatter(slots, rows, at, columnAt(put, column))
    }
    const ones = memory.chunk(rows * 4)
    memory.kernels.fill_i32(ones, rows, 1)
    this.#table.scatter(slots, rows, this.#columns.length, { type: types.int, data: ones, validity: 0 })
    out.emit({ ...put, weights: 0 })
  }

  #pick(rows: readonly number[]): Pointer {
    const { memory } = this.#context
    const at = memory.chunk(rows.length * 4)
    memory.i32(at, rows.length).set(rows)
    return at
  }
}
