import { CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { int32s, int64s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { nullColumn } from '../hidden.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { fieldOf } from './group-aggregate.ts'
import { type Leaving, RowsInOrder } from './rows-in-order.ts'

export interface StoredSessionRows {
  readonly columns: readonly Column[]
  /** i64 a row, without NULLs. */
  readonly times: Pointer
  readonly ordinals: Pointer
}

/** The rows of open sessions, by partition and in the order of their times: as much of them as the aggregate reads. */
export class SessionRowStore {
  readonly #context: OperatorContext
  readonly #input: AggregateInput
  readonly #partitionBy: readonly number[]
  /** The input columns that are kept behind those of the partition. */
  readonly #columns: readonly number[]
  readonly #timeType: DataType
  /** The place of the time in what is kept behind the keys. */
  readonly #timeAt: number
  readonly #rows: RowsInOrder

  constructor(
    context: OperatorContext,
    input: AggregateInput,
    partitionBy: readonly number[],
    time: number | 'processing',
  ) {
    this.#context = context
    this.#input = input
    this.#partitionBy = partitionBy
    const read = [
      ...(time === 'processing' ? [] : [time]),
      ...input.groups.filter(column => column >= 0),
      ...input.calls.flatMap(({ args, filter, orderBy }) => [
        ...args,
        ...(filter === undefined ? [] : [filter]),
        ...orderBy.map(({ column }) => column),
      ]),
    ]
    this.#columns = [...new Set(read)].filter(column => !partitionBy.includes(column) || column === time)
    const values = this.#columns.map(column => ({ ...fieldOf(input, column), name: `c${column}` }))
    this.#timeType = time === 'processing' ? types.timestamp(6) : fieldOf(input, time).type
    this.#timeAt = time === 'processing' ? values.length : this.#columns.indexOf(time)
    this.#rows = new RowsInOrder(context, {
      name: 'rows',
      keys: partitionBy.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` })),
      groupBy: partitionBy.length,
      values,
      // The processing time at which a row came is not known to the row that takes it back.
      others: time === 'processing' ? [field('time', this.#timeType)] : [],
      order: [{ field: this.#timeAt, descending: false, nullsFirst: false }],
    })
  }

  get tables(): readonly StateTable[] {
    return this.#rows.tables
  }

  rebuild(): void {
    this.#rows.rebuild()
  }

  bytes(): number {
    return this.#rows.bytes()
  }

  /** Adds rows of a batch; which of `rows`, by their places in it, came and were not owed. */
  add(arrived: StoredSessionRows, rows: readonly number[]): readonly number[] {
    return this.#rows.add({ ...this.#kept(arrived), rows })
  }

  /** Takes rows back; `leaving` is told which of `rows`, by their places in it, were there, and their times. */
  take(
    arrived: StoredSessionRows,
    rows: readonly number[],
    leaving: (places: readonly number[], times: BigInt64Array) => void,
  ): void {
    const told: Leaving = (places, slots) => leaving(places, this.#timesOf(slots, places.length).slice())
    this.#rows.take({ ...this.#kept(arrived), rows }, told)
  }

  /** For each of `rows`, whose partition the columns tell: the times of the rows before and not before `times`. */
  around(
    columns: readonly Column[],
    rows: readonly number[],
    times: readonly bigint[],
  ): readonly { readonly before: bigint | undefined; readonly from: bigint | undefined }[] {
    const count = rows.length
    const keys = this.#keys(columns, rows)
    const { before, from } = this.#rows.around(keys, this.#times(times), count)
    const { memory } = this.#context
    const [slotsBefore, slotsFrom] = [memory.i32(before, count).slice(), memory.i32(from, count).slice()]
    const [timesBefore, timesFrom] = [this.#timesOf(before, count).slice(), this.#timesOf(from, count).slice()]
    return rows.map((_, at) => ({
      before: slotsBefore[at] === -1 ? undefined : timesBefore[at],
      from: slotsFrom[at] === -1 ? undefined : timesFrom[at],
    }))
  }

  /** How many rows of a row's partition are before a time. */
  countBefore(columns: readonly Column[], row: number, time: bigint): number {
    return this.#rows.countBefore(this.#keys(columns, [row]), this.#times([time]))
  }

  /** The slots of the rows of partitions between two times, both included. */
  between(keys: readonly Column[], from: readonly bigint[], until: readonly bigint[]): Int32Array {
    const bounds = { lower: this.#times(from), upper: this.#times(until), nullsMatch: true }
    return this.#rows.between(keys, from.length, bounds)
  }

  /** The slots of the rows of a row's partition between two times, in the order in which they arrived; the first arrival. */
  arrivedBetween(
    columns: readonly Column[],
    row: number,
    from: bigint,
    until: bigint,
  ): { readonly slots: Int32Array; readonly arrival: bigint } {
    const { memory } = this.#context
    const mark = memory.mark()
    const slots = this.between(this.#keys(columns, [row]), [from], [until])
    const at = int32s(memory, [...slots])
    const arrivals = memory.i64(this.#rows.arrivals(at, slots.length).data, slots.length).slice()
    memory.release(mark)
    const arrivalAt = (place: number): bigint => arrivals[place] ?? 0n
    const order = [...slots.keys()].sort((a, b) => (arrivalAt(a) < arrivalAt(b) ? -1 : 1))
    return { slots: Int32Array.from(order, place => slots[place] ?? -1), arrival: arrivalAt(order[0] ?? 0) }
  }

  /** Rows as the aggregate reads them; NULL in columns that it does not. */
  read(slots: Pointer, rows: number): { readonly columns: readonly Column[]; readonly ordinals: Pointer } {
    const { memory } = this.#context
    const keys = this.#rows.keysOf(slots, rows)
    const columns = this.#input.schema.map(({ type }, column) => {
      const key = keys[this.#partitionBy.indexOf(column)]
      if (key !== undefined) return key
      const at = this.#columns.indexOf(column)
      return at < 0 ? nullColumn(memory, type, rows) : this.#rows.gather(slots, rows, at)
    })
    return { columns, ordinals: this.#rows.arrivals(slots, rows).data }
  }

  remove(slots: Int32Array): void {
    const { memory } = this.#context
    for (let from = 0; from < slots.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const some = slots.subarray(from, from + CHUNK_ROWS)
      const at = memory.chunk(some.length * 4)
      memory.i32(at, some.length).set(some)
      this.#rows.remove(at, some.length)
      memory.release(mark)
    }
  }

  /** Forgets rows that are owed, of whose times this holds. */
  forgetOwed(isOver: (time: bigint) => boolean): void {
    this.#rows.forgetOwed(this.#timeAt, isOver)
  }

  #kept({ columns, times, ordinals }: StoredSessionRows): {
    readonly kept: readonly Column[]
    readonly arrival: Column
  } {
    const wanted = [...this.#partitionBy, ...this.#columns]
    const kept = wanted.flatMap(column => columns[column] ?? [])
    const clock: Column = { type: this.#timeType, data: times, validity: 0 }
    return {
      kept: this.#timeAt === this.#columns.length ? [...kept, clock] : kept,
      arrival: { type: types.bigint, data: ordinals, validity: 0 },
    }
  }

  #keys(columns: readonly Column[], rows: readonly number[]): readonly Column[] {
    const { memory } = this.#context
    const selection = int32s(memory, rows)
    return this.#partitionBy.flatMap(column => {
      const own = columns[column]
      return own === undefined ? [] : takeColumn(memory, own, selection, rows.length, false)
    })
  }

  #times(times: readonly bigint[]): Column {
    return { type: this.#timeType, data: int64s(this.#context.memory, times), validity: 0 }
  }

  #timesOf(slots: Pointer, rows: number): BigInt64Array {
    return this.#context.memory.i64(this.#rows.gather(slots, rows, this.#timeAt).data, rows)
  }
}
