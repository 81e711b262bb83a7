import { CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { Matches, OrderField, RangeBounds, StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { exactRowKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'

export interface RowsInOrderOptions {
  readonly name: string
  /** The rows of a group are those with one key; its first `groupBy` fields decide the key group. */
  readonly keys: readonly Field[]
  readonly groupBy: number
  /** With the key, what a row that is taken back is found by. */
  readonly values: readonly Field[]
  /** What else is kept of a row. */
  readonly others: readonly Field[]
  /** Indexes in `values` and `others`. */
  readonly order: readonly OrderField[]
}

interface LeavingRow {
  readonly slot: number
  readonly place: number
}

interface FoundAndMissing {
  readonly found: readonly LeavingRow[]
  readonly missing: readonly number[]
}

export type Leaving = (places: readonly number[], slots: Pointer) => void

/** Rows to add or to take; `kept`: keys, values, others. */
export interface RowsToKeep {
  readonly kept: readonly Column[]
  readonly arrival: Column
  /** Which of the rows, each as often as it counts. */
  readonly rows: readonly number[]
}

/**
 * Rows that may be taken back: those of each group in an order, those that tie as they arrived, and the same rows by their
 * values, so that one that is taken back is found. Each costs a logarithm. Of equal rows the one that arrived with the row
 * that takes it back leaves, else the first. A row that is taken back before it came (within a step) is owed, and does not
 * come.
 */
export class RowsInOrder {
  readonly #memory: Memory
  readonly #options: RowsInOrderOptions
  /** Rows by group and values; of equal ones the first that arrived first. */
  readonly #rows: StateTable
  /** Derived: the rows of each group in order. */
  readonly #order: StateTable
  readonly #owed: StateTable
  readonly #width: number

  constructor(context: OperatorContext, options: RowsInOrderOptions) {
    const { name, keys, groupBy, values, others, order } = options
    this.#memory = context.memory
    this.#options = options
    this.#width = keys.length + values.length
    const arrived = (at: number): OrderField => ({ field: at, descending: false, nullsFirst: false })
    const ordinal = field('ordinal', types.bigint, false)
    this.#rows = context.table({
      name,
      fields: [...keys, ...values, ordinal, ...others, field('entry', types.int)],
      keys: this.#width,
      groupBy,
      unique: false,
      exact: true,
      order: [arrived(this.#width)],
    })
    const kept = [...values, ...others]
    this.#order = context.table({
      name: `${name} in order`,
      fields: [
        ...keys,
        ...order.map(each => kept[each.field] ?? field('', types.null)),
        ordinal,
        field('slot', types.int, false),
      ],
      keys: keys.length,
      groupBy,
      unique: false,
      order: [...order.map((each, at) => ({ ...each, field: keys.length + at })), arrived(keys.length + order.length)],
    })
    this.#owed = context.table({
      name: `${name} owed`,
      fields: [...keys, ...values, ...others],
      keys: keys.length,
      groupBy,
      unique: false,
    })
  }

  get tables(): readonly StateTable[] {
    return [this.#rows, this.#owed]
  }

  bytes(): number {
    return bytesOf([this.#rows, this.#order, this.#owed])
  }

  /** After the tables were restored. */
  rebuild(): void {
    this.#order.clear()
    const all = this.#rows.all()
    for (let from = 0; from < all.rows; from += CHUNK_ROWS) {
      const mark = this.#memory.mark()
      this.#enter(all.slots + from * 4, Math.min(CHUNK_ROWS, all.rows - from))
      this.#memory.release(mark)
    }
  }

  /** Adds rows; which of `rows` came, by their places in it: the others were owed. */
  add({ kept, arrival, rows }: RowsToKeep): readonly number[] {
    const memory = this.#memory
    const owed = this.#owed.rows === 0 ? new Set<number>() : this.#settled(kept, rows)
    const came = [...rows.keys()].filter(at => !owed.has(at))
    if (came.length === 0) return came
    const selection = int32s(
      memory,
      came.map(at => rows[at] ?? 0),
    )
    const take = (column: Column): Column => takeColumn(memory, column, selection, came.length, false)
    const entry = columnFromValues(
      memory,
      types.int,
      came.map((): Value => null),
    )
    const own = kept.slice(0, this.#width).map(take)
    this.#insert([...own, take(arrival), ...kept.slice(this.#width).map(take), entry], came.length)
    return came
  }

  /** Takes rows back; `leaving` is told before they go which of `rows`, by their places in it, and their slots. */
  take({ kept, arrival, rows }: RowsToKeep, leaving: Leaving): void {
    if (rows.length === 0) return
    const memory = this.#memory
    const pick = (columns: readonly Column[], places: readonly number[]): readonly Column[] => {
      const selection = int32s(memory, places)
      return columns.map(column => takeColumn(memory, column, selection, places.length, false))
    }
    const all = pick(kept, rows)
    const sought = all.slice(0, this.#width)
    const [at] = pick([arrival], rows)
    const arrived = { ...(at === undefined ? {} : { lower: at, upper: at }), nullsMatch: true }
    const claimed = new Set<number>()
    const found: LeavingRow[] = []
    for (const [slot, places] of this.#claims(this.#rows.rangeOf(sought, rows.length, arrived))) {
      // Several equal rows may have arrived with one: each that is taken back takes one of them.
      const place = places.find(each => !claimed.has(each))
      if (place === undefined) continue
      claimed.add(place)
      found.push({ slot, place })
    }
    this.#leave(found, leaving)
    const rest = [...rows.keys()].filter(place => !claimed.has(place))
    if (rest.length === 0) return
    const first = this.#firsts(pick(sought, rest), rest)
    this.#leave(first.found, leaving)
    if (first.missing.length > 0) this.#owed.insert(pick(all, first.missing), first.missing.length)
  }

  /** Removes rows. */
  remove(slots: Pointer, rows: number): void {
    const entries = this.#rows.gather(slots, rows, this.#entryField).data
    this.#order.remove(entries, rows)
    this.#rows.remove(slots, rows)
  }

  /** Removes the rows of groups, and what is owed to them. */
  forget(keys: readonly Column[], rows: number): void {
    const { pairs, slots } = this.#order.matches(keys, rows, true)
    this.remove(this.#slotsOf(slots, pairs), pairs)
    const owed = this.#owed.matches(keys, rows, true)
    this.#owed.remove(owed.slots, owed.pairs)
  }

  /** Gives the rows of groups to other groups: of `from` to the key at the same row of `to`. */
  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    const memory = this.#memory
    const keys = this.#options.keys.length
    const moved = (table: StateTable, slots: Pointer, probe: Pointer, pairs: number): Column[] => [
      ...to.map(column => takeColumn(memory, column, probe, pairs, false)),
      ...table.spec.fields.slice(keys).map((_, i) => table.gather(slots, pairs, keys + i)),
    ]
    const { pairs, probe, slots } = this.#order.matches(from, rows, true)
    if (pairs > 0) {
      const own = this.#slotsOf(slots, pairs)
      const columns = moved(this.#rows, own, probe, pairs)
      this.remove(own, pairs)
      this.#insert(columns, pairs)
    }
    const owed = this.#owed.matches(from, rows, true)
    if (owed.pairs === 0) return
    const columns = moved(this.#owed, owed.slots, owed.probe, owed.pairs)
    this.#owed.remove(owed.slots, owed.pairs)
    this.#owed.insert(columns, owed.pairs)
  }

  /** Slots of the rows that stand before, and first not before, a value of the first field of the order; -1 for none. */
  around(keys: readonly Column[], values: Column, rows: number): { readonly before: Pointer; readonly from: Pointer } {
    const memory = this.#memory
    const from = this.#order.firstFrom(keys, values, rows, false)
    const last = this.#order.lastOf(keys, rows, 1)
    const before = memory.chunk(rows * 4)
    memory.i32(before, rows).fill(-1)
    const probes = memory.i32(last.probe, last.pairs)
    for (const [pair, slot] of memory.i32(last.slots, last.pairs).entries())
      memory.i32(before, rows)[probes[pair] ?? 0] = slot
    const known = [...memory.i32(from, rows).entries()].filter(([, slot]) => slot !== -1)
    const slots = int32s(
      memory,
      known.map(([, slot]) => slot),
    )
    const previous = this.#order.previousOf(slots, known.length)
    for (const [at, [row]] of known.entries())
      memory.i32(before, rows)[row] = memory.i32(previous, known.length)[at] ?? -1
    return { before: this.#slotsOf(before, rows), from: this.#slotsOf(from, rows) }
  }

  /** How many rows of a group stand before a value of the first field of the order. */
  countBefore(key: readonly Column[], value: Column): number {
    const memory = this.#memory
    const from = this.#order.firstFrom(key, value, 1, false)
    const none = memory.i32(from, 1)[0] === -1
    const count = none ? this.#order.countOf(key, 1) : this.#order.positionOf(from, 1)
    return memory.i32(count, 1)[0] ?? 0
  }

  /** The slots of the rows of each group whose first field of the order is between two values. */
  between(keys: readonly Column[], rows: number, bounds: RangeBounds): Int32Array {
    const memory = this.#memory
    const cursor = this.#order.rangeCursor(keys, rows, bounds)
    const portions: Int32Array[] = []
    for (;;) {
      const mark = memory.mark()
      const { pairs, slots } = cursor.next(CHUNK_ROWS)
      if (pairs > 0) portions.push(memory.i32(this.#slotsOf(slots, pairs), pairs).slice())
      memory.release(mark)
      if (pairs === 0) break
    }
    const all = new Int32Array(portions.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const portion of portions) {
      all.set(portion, at)
      at += portion.length
    }
    return all
  }

  /** Forgets what is owed, by the values in one of its fields (i64). */
  forgetOwed(index: number, isGone: (value: bigint) => boolean): void {
    if (this.#owed.rows === 0) return
    const memory = this.#memory
    const mark = memory.mark()
    const { slots, rows } = this.#owed.all()
    const values = memory.i64(this.#owed.gather(slots, rows, this.#options.keys.length + index).data, rows)
    const gone = [...memory.i32(slots, rows)].filter((_, at) => isGone(values[at] ?? 0n))
    this.#owed.remove(int32s(memory, gone), gone.length)
    memory.release(mark)
  }

  /** How many rows each group has; i32 a group. */
  countOf(keys: readonly Column[], rows: number): Pointer {
    return this.#order.countOf(keys, rows)
  }

  /** The rows at 0-based places in the order of each group, -1 where there is none. */
  slotAt(keys: readonly Column[], places: Pointer, rows: number): Pointer {
    return this.#slotsOf(this.#order.slotAt(keys, places, rows), rows)
  }

  /** A value, or one of the others (behind them), of rows. */
  gather(slots: Pointer, rows: number, index: number): Column {
    const { keys, values } = this.#options
    return this.#rows.gather(slots, rows, keys.length + index + (index < values.length ? 0 : 1))
  }

  keysOf(slots: Pointer, rows: number): readonly Column[] {
    return this.#options.keys.map((_, at) => this.#rows.gather(slots, rows, at))
  }

  arrivals(slots: Pointer, rows: number): Column {
    return this.#rows.gather(slots, rows, this.#width)
  }

  get #entryField(): number {
    return this.#rows.spec.fields.length - 1
  }

  /** Which of the rows that come are owed: they are no longer, then. */
  #settled(kept: readonly Column[], added: readonly number[]): ReadonlySet<number> {
    const memory = this.#memory
    const sought = kept.slice(0, this.#width)
    const { slots, rows } = this.#owed.all()
    const open = new Map<string, number[]>()
    const fields = sought.map((_, at) => this.#owed.gather(slots, rows, at))
    for (const [row, slot] of memory.i32(slots, rows).slice().entries()) {
      const key = exactRowKey(fields.map(column => readValue(memory, column, row)))
      const known = open.get(key)
      if (known === undefined) open.set(key, [slot])
      else known.push(slot)
    }
    const settled = new Set<number>()
    const gone: number[] = []
    for (const [at, row] of added.entries()) {
      const slot = open.get(exactRowKey(sought.map(column => readValue(memory, column, row))))?.pop()
      if (slot === undefined) continue
      settled.add(at)
      gone.push(slot)
    }
    this.#owed.remove(int32s(memory, gone), gone.length)
    return settled
  }

  /** By the slot that was found, the probe rows that found it. */
  #claims({ pairs, probe, slots }: Matches): ReadonlyMap<number, readonly number[]> {
    const probes = this.#memory.i32(probe, pairs)
    const claims = new Map<number, number[]>()
    for (const [pair, slot] of this.#memory.i32(slots, pairs).entries()) {
      const known = claims.get(slot)
      const place = probes[pair] ?? 0
      if (known === undefined) claims.set(slot, [place])
      else known.push(place)
    }
    return claims
  }

  /** The first rows equal to those sought: the first two for two that are equal, and so on. */
  #firsts(sought: readonly Column[], places: readonly number[]): FoundAndMissing {
    const memory = this.#memory
    const claims = this.#claims(this.#rows.firstOf(sought, places.length, 1))
    const found: LeavingRow[] = []
    const missing = new Set(places.keys())
    for (const [slot, probes] of claims) {
      for (const probe of probes) missing.delete(probe)
      if (probes.length === 1) {
        found.push({ slot, place: places[probes[0] ?? 0] ?? 0 })
        continue
      }
      const one = int32s(memory, probes.slice(0, 1))
      const equal = this.#rows.firstOf(
        sought.map(column => takeColumn(memory, column, one, 1, false)),
        1,
        probes.length,
      )
      const slots = memory.i32(equal.slots, equal.pairs)
      for (const [at, probe] of probes.entries()) {
        const next = slots[at]
        if (next === undefined) missing.add(probe)
        else found.push({ slot: next, place: places[probe] ?? 0 })
      }
    }
    return { found, missing: [...missing].map(probe => places[probe] ?? 0) }
  }

  #leave(rows: readonly LeavingRow[], leaving: Leaving): void {
    if (rows.length === 0) return
    const slots = int32s(
      this.#memory,
      rows.map(({ slot }) => slot),
    )
    leaving(
      rows.map(({ place }) => place),
      slots,
    )
    this.remove(slots, rows.length)
  }

  /** `columns`: as the table of rows has them. */
  #insert(columns: readonly Column[], rows: number): void {
    this.#enter(this.#rows.insert(columns, rows), rows)
  }

  /** Puts rows in order. */
  #enter(slots: Pointer, rows: number): void {
    const { order } = this.#options
    const entries = this.#order.insert(
      [
        ...this.keysOf(slots, rows),
        ...order.map(each => this.gather(slots, rows, each.field)),
        this.arrivals(slots, rows),
        { type: types.int, data: slots, validity: 0 },
      ],
      rows,
    )
    this.#rows.scatter(slots, rows, this.#entryField, { type: types.int, data: entries, validity: 0 })
  }

  /** Slots of the order as slots of the rows; -1 where there is none. */
  #slotsOf(entries: Pointer, rows: number): Pointer {
    const memory = this.#memory
    const { data } = this.#order.gather(entries, rows, this.#order.spec.fields.length - 1)
    const found = memory.i32(entries, rows)
    const slots = memory.i32(data, rows)
    for (let row = 0; row < rows; row++) if (found[row] === -1) slots[row] = -1
    return data
  }
}
