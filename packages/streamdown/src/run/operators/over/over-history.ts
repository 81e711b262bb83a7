import type { Column, Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'
import { Timers } from '../timers.ts'
import type { OverCallInput } from './over-framed.ts'
import { int32sOf, type OverLayout, valuesIn } from './over-layout.ts'
import type { InOrder } from './over-pending.ts'

/** Rows before those that come next, partition by partition. */
export interface Before {
  /** For each partition asked for where its rows begin; then the number of all. */
  readonly starts: readonly number[]
  readonly slots: Int32Array
  readonly columns: ReadonlyMap<number, readonly Value[]>
}

/** Of the state of a time, how finely it is forgotten. */
const PARTS = 16n

/**
 * The rows that have left and that frames of rows to come still see: what the calls look at of them. Where all frames
 * reach back by time, rows are forgotten with the watermark; else those that no frame sees any more are.
 */
export class OverHistory {
  readonly table: StateTable
  /** How far frames reach back, µs; undefined: not by time alone. */
  readonly reach: bigint | undefined
  readonly #context: OperatorContext
  readonly #partitionBy: readonly number[]
  readonly #columns: readonly number[]
  readonly #timers: Timers | undefined
  readonly #timeField: number
  #next = 0n

  constructor(context: OperatorContext, layout: OverLayout, calls: readonly OverCallInput[]) {
    this.#context = context
    this.#partitionBy = layout.partitionBy
    const order = [...new Set(layout.orderBy.map(({ column }) => column))]
    this.#columns = [...new Set([...order, ...layout.reads])].filter(column => !layout.partitionBy.includes(column))
    const fieldAt = (column: number): Field => layout.schema[column] ?? field('', types.null)
    const keys = layout.partitionBy.length
    this.#timeField = keys
    this.table = context.table({
      name: 'history',
      fields: [...layout.partitionBy, ...this.#columns].map(fieldAt).concat(field('$sequence', types.bigint, false)),
      keys,
      unique: false,
      order: [{ field: keys + this.#columns.length, descending: false, nullsFirst: false }],
    })
    this.reach = timeReach(calls)
    if (this.reach !== undefined)
      this.#timers = new Timers(context, 'expiry', this.table, this.#timeField, this.reach / PARTS)
  }

  /** The rows of partitions. */
  of(keys: readonly Column[], partitions: number): Before {
    const { memory } = this.#context
    const { pairs, probe, slots } = this.table.matches(keys, partitions, true)
    const probes = memory.i32(probe, pairs)
    const starts: number[] = []
    for (let pair = 0; pair < pairs; pair++) while (starts.length <= (probes[pair] ?? 0)) starts.push(pair)
    while (starts.length <= partitions) starts.push(pairs)
    const own = int32sOf(memory, slots, pairs)
    const columns = new Map(
      [...this.#partitionBy, ...this.#columns].map((column, at) => [
        column,
        valuesIn(memory, this.table.gather(slots, pairs, at), pairs),
      ]),
    )
    return { starts, slots: own, columns }
  }

  /** Keeps these of the rows. */
  keep({ columns }: InOrder, rows: readonly number[]): void {
    const { memory } = this.#context
    if (rows.length === 0) return
    const count = rows.length
    const selection = int32s(memory, rows)
    const take = (column: number): Column =>
      takeColumn(memory, columns[column] ?? { type: types.null, data: 0, validity: 0 }, selection, count, false)
    const taken = [...this.#partitionBy, ...this.#columns].map(take)
    const sequence = memory.chunk(count * 8)
    memory.kernels.sequence(this.#next, count, sequence)
    this.#next += BigInt(count)
    const slots = this.table.insert([...taken, { type: types.bigint, data: sequence, validity: 0 }], count)
    this.#expire(slots, count)
  }

  forget(slots: readonly number[]): void {
    if (slots.length > 0) this.table.remove(int32s(this.#context.memory, slots), slots.length)
  }

  /** Forgets the rows that no row from `time` on sees. */
  forgetBefore(time: bigint): void {
    if (this.reach === undefined) return
    this.#timers?.forDue(time - this.reach, ({ slots, rows }) => this.table.remove(slots, rows))
  }

  /** After a restore. */
  rebuild(): void {
    const { memory } = this.#context
    const { slots, rows } = this.table.all()
    this.#timers?.clear()
    if (rows === 0) return
    this.#expire(slots, rows)
    const sequences = memory.i64(this.table.gather(slots, rows, this.#timeField + this.#columns.length).data, rows)
    for (const sequence of sequences) if (sequence >= this.#next) this.#next = sequence + 1n
  }

  bytes(): number {
    return bytesOf([this.table]) + (this.#timers?.bytes() ?? 0)
  }

  #expire(slots: Pointer, rows: number): void {
    this.#timers?.add(this.table.gather(slots, rows, this.#timeField).data, slots, rows)
  }
}

function timeReach(calls: readonly OverCallInput[]): bigint | undefined {
  let reach = 0n
  for (const { call } of calls) {
    const { unit, start } = call.frame
    if (unit !== 'range' || start === 'unbounded') return undefined
    if (-BigInt(start) > reach) reach = -BigInt(start)
  }
  return reach
}
