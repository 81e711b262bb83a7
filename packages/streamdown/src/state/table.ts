import { type Column, NO_WATERMARK, type Pointer } from '../batch/batch.ts'
import { describeColumns, widthBitsOf } from '../batch/columns.ts'
import { hashesOf } from '../batch/key-groups.ts'
import type { Memory } from '../batch/memory.ts'
import { orderFlags } from '../batch/sort.ts'
import { decodeFrames, encodeFrames } from '../batch/wire.ts'
import { StreamdownError } from '../errors/error.ts'
import { type Physical, physicalCodes, physicalOf, widthOf } from '../types/physical.ts'
import { layoutOf, type RowLayout, tableKinds } from './row-layout.ts'
import {
  type FoundRows,
  KEY_GROUPS,
  type MatchCursor,
  type Matches,
  type RangeBounds,
  type StateTable,
  type StateTableSpec,
  type TableSnapshot,
} from './state-table.ts'
import { type StoredRows, storedRows } from './stored-rows.ts'

const NO_LIMIT = 0xffffffff
/** Rows that a snapshot gathers at a time. */
const FRAME_ROWS = 16384

/** A form of the same bytes in which only what is the same is equal. Their hashes may be those of equal values. */
const exactOf = (physical: Physical): Physical =>
  physical === 'numeric' ? 'view' : physical === 'interval' ? 'i128' : physical

/** Says of a key group whether a snapshot takes it in. */
export type GroupFilter = (keyGroup: number) => boolean

/** A state table in the heap of a worker's memory. `filter`, asked at each snapshot: undefined takes in all groups. */
export function createStateTable(
  memory: Memory,
  spec: StateTableSpec,
  filter: () => GroupFilter | undefined = () => undefined,
): StateTable {
  return new HeapTable(memory, spec, filter)
}

class HeapTable implements StateTable {
  readonly spec: StateTableSpec
  readonly #memory: Memory
  readonly #layout: RowLayout
  readonly #physicals: readonly Physical[]
  readonly #stored: StoredRows
  readonly #filter: () => GroupFilter | undefined
  /** Of the table's description, for kernels. */
  readonly address: Pointer

  constructor(memory: Memory, spec: StateTableSpec, filter: () => GroupFilter | undefined) {
    if (spec.payload !== undefined && (spec.unique || spec.order !== undefined)) {
      throw new RangeError(`state table ${spec.name}: only a multimap without an order has a payload`)
    }
    const layout = layoutOf(spec)
    this.spec = spec
    this.#filter = filter
    this.#memory = memory
    this.#layout = layout
    this.#physicals = spec.fields.map(field => physicalOf(field.type))
    this.#stored = storedRows(memory, this)
    const order = spec.order ?? []
    const mark = memory.mark()
    const fields = memory.chunk(spec.fields.length * 16)
    const ordering = memory.chunk(order.length * 8)
    const view = memory.view()
    for (const [index, physical] of this.#physicals.entries()) {
      const offsets = layout.offsets[index] ?? { value: 0, valid: 0 }
      const compared = spec.exact === true ? exactOf(physical) : physical
      view.setUint32(fields + index * 16, physicalCodes[compared], true)
      view.setUint32(fields + index * 16 + 4, offsets.value, true)
      view.setUint32(fields + index * 16 + 8, offsets.valid, true)
      view.setUint32(fields + index * 16 + 12, widthBitsOf(physical), true)
    }
    for (const [index, by] of order.entries()) {
      view.setUint32(ordering + index * 8, by.field, true)
      view.setUint32(ordering + index * 8 + 4, orderFlags(by), true)
    }
    this.address =
      memory.kernels.table_new(
        fields,
        spec.fields.length,
        spec.payload ?? 0,
        spec.keys,
        layout.kind,
        layout.stride,
        layout.pageShift,
        ordering,
        order.length,
      ) >>> 0
    memory.release(mark)
  }

  get rows(): number {
    return this.#memory.kernels.table_rows(this.address) >>> 0
  }

  findOrInsert(keys: readonly Column[], rows: number): FoundRows {
    const columns = this.#identity(keys)
    const slots = this.#memory.chunk(rows * 4)
    const fresh = this.#memory.chunk(rows)
    const addresses = this.#memory.chunk(rows * 4)
    const { kernels } = this.#memory
    if (!this.#isOrdered()) {
      const inserted = kernels.table_find_or_insert(this.address, columns, rows, slots, fresh, addresses)
      return { slots, fresh, addresses, inserted }
    }
    const inserted = kernels.ordered_find(this.address, columns, rows, 1, slots, fresh)
    kernels.table_addresses(this.address, slots, rows, addresses)
    return { slots, fresh, addresses, inserted }
  }

  find(keys: readonly Column[], rows: number): Pointer {
    const columns = this.#identity(keys)
    const slots = this.#memory.chunk(rows * 4)
    const { kernels } = this.#memory
    if (this.#isOrdered()) kernels.ordered_find(this.address, columns, rows, 0, slots, this.#memory.chunk(rows))
    else kernels.table_find(this.address, columns, rows, 1, slots)
    return slots
  }

  insert(columns: readonly Column[], rows: number): Pointer {
    if (this.spec.unique) throw this.#misused('rows are found or inserted, not appended')
    const described = this.#describe(columns, [...this.#physicals.keys()])
    const slots = this.#memory.chunk(rows * 4)
    const { kernels } = this.#memory
    if (this.#isOrdered()) kernels.ordered_insert(this.address, described, rows, slots)
    else kernels.table_insert(this.address, described, rows, slots)
    return slots
  }

  matches(keys: readonly Column[], rows: number, nullsMatch: boolean): Matches {
    return this.matchCursor(keys, rows, nullsMatch).next(NO_LIMIT)
  }

  matchCursor(keys: readonly Column[], rows: number, nullsMatch: boolean): MatchCursor {
    if (this.#isOrdered()) return this.#ends(keys, rows, NO_LIMIT, false, nullsMatch)
    if (this.spec.unique) throw this.#misused('it has one row a key')
    const references = this.#references(keys, rows, nullsMatch)
    const cursor = this.#memory.chunkZeroed(16)
    return this.#cursor(limit => this.#memory.kernels.table_walk(this.address, references, rows, cursor, limit))
  }

  firstOf(keys: readonly Column[], rows: number, limit: number): Matches {
    return this.#ends(keys, rows, limit, false, true).next(NO_LIMIT)
  }

  lastOf(keys: readonly Column[], rows: number, limit: number): Matches {
    return this.#ends(keys, rows, limit, true, true).next(NO_LIMIT)
  }

  rangeOf(keys: readonly Column[], rows: number, bounds: RangeBounds): Matches {
    return this.rangeCursor(keys, rows, bounds).next(NO_LIMIT)
  }

  rangeCursor(keys: readonly Column[], rows: number, bounds: RangeBounds): MatchCursor {
    const [order] = this.#order()
    if (order === undefined) throw this.#misused('no field orders its rows')
    const references = this.#references(keys, rows, bounds.nullsMatch ?? false)
    const bound = (column: Column | undefined): Pointer =>
      column === undefined ? 0 : this.#describe([column], [order.field])
    const [lower, upper] = [bound(bounds.lower), bound(bounds.upper)]
    return this.#orderedCursor(rows, (leaves, places, counts) =>
      this.#memory.kernels.ordered_range(this.address, references, rows, lower, upper, leaves, places, counts),
    )
  }

  countOf(keys: readonly Column[], rows: number): Pointer {
    this.#order()
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.ordered_counts(this.#references(keys, rows, true), rows, out)
    return out
  }

  slotAt(keys: readonly Column[], positions: Pointer, rows: number): Pointer {
    this.#order()
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.ordered_at(this.#references(keys, rows, true), positions, rows, out)
    return out
  }

  firstFrom(keys: readonly Column[], bound: Column, rows: number, strict: boolean): Pointer {
    const [order] = this.#order()
    if (order === undefined) throw this.#misused('no field orders its rows')
    const out = this.#memory.chunk(rows * 4)
    const references = this.#references(keys, rows, true)
    const described = this.#describe([bound], [order.field])
    this.#memory.kernels.ordered_from(this.address, references, rows, described, strict ? 1 : 0, out)
    return out
  }

  positionOf(slots: Pointer, rows: number): Pointer {
    this.#order()
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.ordered_positions(this.address, slots, rows, out)
    return out
  }

  nextOf(slots: Pointer, rows: number): Pointer {
    return this.#neighbours(slots, rows, 0)
  }

  previousOf(slots: Pointer, rows: number): Pointer {
    return this.#neighbours(slots, rows, 1)
  }

  gather(slots: Pointer, rows: number, field: number): Column {
    const described = this.#field(field)
    const data = this.#memory.chunk(rows * widthOf(described.physical))
    const validity = this.#memory.chunk(rows)
    const nulls = this.#memory.kernels.table_gather(this.address, slots, rows, field, data, validity)
    return { type: described.type, data, validity: nulls === 0 ? 0 : validity }
  }

  scatter(slots: Pointer, rows: number, field: number, values: Column): void {
    this.offsets(field)
    this.#memory.kernels.table_scatter(this.address, slots, rows, field, this.#describe([values], [field]))
  }

  remove(slots: Pointer, rows: number): void {
    this.#memory.kernels.table_remove(this.address, slots, rows)
  }

  moveSparse(each: (moved: { readonly from: Pointer; readonly to: Pointer; readonly rows: number }) => void): void {
    const memory = this.#memory
    const { kernels } = memory
    const page = kernels.table_sparse_page(this.address)
    if (page === 0) return
    const start = memory.mark()
    const slots = memory.chunk(2 ** this.#layout.pageShift * 4)
    const live = kernels.table_page_live(this.address, page, slots)
    for (let at = 0; at < live; at += FRAME_ROWS) {
      const mark = memory.mark()
      const rows = Math.min(FRAME_ROWS, live - at)
      const from = slots + at * 4
      const columns = this.spec.fields.map((_, index) => this.gather(from, rows, index))
      const to = this.insert(columns, rows)
      kernels.table_move_sequence(this.address, from, to, rows)
      each({ from, to, rows })
      this.remove(from, rows)
      memory.release(mark)
    }
    memory.release(start)
  }

  renew(slots: Pointer, rows: number): void {
    if (!this.spec.unique || this.#isOrdered()) throw this.#misused('its rows stand in another order')
    this.#memory.kernels.table_renew(this.address, slots, rows)
  }

  removeKey(slots: Pointer, rows: number): void {
    if (this.spec.unique || this.#isOrdered()) throw this.#misused('the rows of a key are no ring')
    this.#memory.kernels.table_remove_key(this.address, slots, rows)
  }

  removeOwned(owners: Pointer, rows: number): void {
    const { kernels } = this.#memory
    const mark = this.#memory.mark()
    const live = this.#memory.chunk(this.rows * 4)
    const count = kernels.table_live(this.address, live)
    this.remove(live, kernels.table_owned(this.address, live, count, this.offsets(0).value, owners, rows, live))
    this.#memory.release(mark)
  }

  all(): { readonly slots: Pointer; readonly rows: number } {
    const { slots, rows } = this.#byGroup()
    return { slots, rows }
  }

  addresses(slots: Pointer, rows: number): Pointer {
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.table_addresses(this.address, slots, rows, out)
    return out
  }

  offsets(field: number): { readonly value: number; readonly valid: number } {
    const offsets = this.#layout.offsets[field]
    if (offsets === undefined) throw this.#misused(`no field ${field} lies in its rows`)
    return offsets
  }

  clear(): void {
    this.#memory.kernels.table_clear(this.address)
  }

  bytes(): number {
    return this.#memory.kernels.table_bytes(this.address) >>> 0
  }

  snapshot(): TableSnapshot {
    const memory = this.#memory
    const mark = memory.mark()
    const groups = new Map<number, Uint8Array>()
    const { slots, counts: countsAt } = this.#byGroup()
    const counts = memory.u32(countsAt, KEY_GROUPS).slice()
    const filter = this.#filter()
    let from = slots
    for (const [group, rows] of counts.entries()) {
      const first = from
      from += rows * 4
      if (rows === 0 || filter?.(group) === false) continue
      groups.set(
        group,
        encodeFrames(memory, this.#stored.fields, rows, FRAME_ROWS, (at, count) => ({
          rows: count,
          columns: this.#stored.fields.map((_, index) => this.#stored.gather(first + at * 4, count, index)),
          weights: 0,
          watermarks: 0,
          watermark: NO_WATERMARK,
          ordinals: 0,
          firstOrdinal: 0n,
        })),
      )
    }
    memory.release(mark)
    return { name: this.spec.name, fields: this.#stored.fields, groups }
  }

  restore(from: TableSnapshot, owns: (keyGroup: number) => boolean): void {
    if (JSON.stringify(from.fields) !== JSON.stringify(this.#stored.fields)) {
      throw new StreamdownError('DSD7001', `State table ${this.spec.name} was stored with other fields.`)
    }
    for (const group of [...from.groups.keys()].sort((a, b) => a - b)) {
      const bytes = from.groups.get(group)
      if (bytes === undefined || !owns(group)) continue
      decodeFrames(this.#memory, bytes, this.#stored.fields, batch => {
        this.#add(this.#stored.restored(batch.columns, batch.rows), batch.rows)
      })
    }
  }

  #add(columns: readonly Column[], rows: number): void {
    if (!this.spec.unique) {
      this.insert(columns, rows)
      return
    }
    const identity = this.#identityFields()
    const { slots } = this.findOrInsert(
      identity.flatMap(index => columns[index] ?? []),
      rows,
    )
    for (const [index, column] of columns.entries()) {
      if (!identity.includes(index)) this.scatter(slots, rows, index, column)
    }
  }

  #byGroup(): { readonly slots: Pointer; readonly rows: number; readonly counts: Pointer } {
    const memory = this.#memory
    const { rows } = this
    const live = memory.chunk(rows * 4)
    memory.kernels.table_live(this.address, live)
    const { grouping } = this.#stored
    const hashes =
      grouping === undefined
        ? 0
        : hashesOf(
            memory,
            Array.from({ length: grouping }, (_, index) => this.#stored.gather(live, rows, index)),
            rows,
          )
    const slots = memory.chunk(rows * 4)
    const counts = memory.chunk(KEY_GROUPS * 4)
    memory.kernels.table_by_group(this.address, live, rows, hashes, slots, counts)
    return { slots, rows, counts }
  }

  #ends(keys: readonly Column[], rows: number, limit: number, fromEnd: boolean, nullsMatch: boolean): MatchCursor {
    this.#order()
    const references = this.#references(keys, rows, nullsMatch)
    return this.#orderedCursor(rows, (leaves, places, counts) =>
      this.#memory.kernels.ordered_ends(references, rows, limit, fromEnd ? 1 : 0, leaves, places, counts),
    )
  }

  #orderedCursor(rows: number, place: (leaves: Pointer, places: Pointer, counts: Pointer) => void): MatchCursor {
    const memory = this.#memory
    const [leaves, places, counts] = [memory.chunk(rows * 4), memory.chunk(rows * 4), memory.chunk(rows * 4)]
    place(leaves, places, counts)
    const cursor = memory.chunkZeroed(16)
    return this.#cursor(limit => memory.kernels.ordered_walk(leaves, places, counts, rows, cursor, limit))
  }

  #cursor(walk: (limit: number) => number): MatchCursor {
    const { kernels } = this.#memory
    return {
      next: limit => {
        const pairs = walk(Math.min(limit, NO_LIMIT)) >>> 0
        return { pairs, probe: kernels.pairs_probes() >>> 0, slots: kernels.pairs_slots() >>> 0 }
      },
    }
  }

  #neighbours(slots: Pointer, rows: number, backwards: number): Pointer {
    this.#order()
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.ordered_neighbours(this.address, slots, rows, backwards, out)
    return out
  }

  #references(keys: readonly Column[], rows: number, nullsMatch: boolean): Pointer {
    const columns = this.#describe(keys, [...this.#physicals.keys()].slice(0, this.spec.keys))
    const out = this.#memory.chunk(rows * 4)
    this.#memory.kernels.table_find(this.address, columns, rows, nullsMatch ? 1 : 0, out)
    return out
  }

  #isOrdered(): boolean {
    return this.#layout.kind >= tableKinds.ordered
  }

  #order(): NonNullable<StateTableSpec['order']> {
    if (this.spec.order === undefined) throw this.#misused('its rows have no order')
    return this.spec.order
  }

  /** The fields that tell the rows of a unique table apart. */
  #identityFields(): readonly number[] {
    const keys = [...this.#physicals.keys()].slice(0, this.spec.keys)
    return [...keys, ...(this.spec.order ?? []).map(order => order.field)]
  }

  #identity(columns: readonly Column[]): Pointer {
    if (!this.spec.unique) throw this.#misused('it may have many rows a key')
    return this.#describe(columns, this.#identityFields())
  }

  #describe(columns: readonly Column[], fields: readonly number[]): Pointer {
    if (columns.length !== fields.length) {
      throw this.#misused(`${fields.length} columns are needed, not ${columns.length}`)
    }
    for (const [index, column] of columns.entries()) {
      const field = this.#field(fields[index] ?? -1)
      if (physicalOf(column.type) !== field.physical) {
        throw this.#misused(`field ${field.name} of type ${field.type.is} is given as ${column.type.is}`)
      }
    }
    return describeColumns(this.#memory, columns)
  }

  #field(index: number) {
    const field = this.spec.fields[index]
    const physical = this.#physicals[index]
    if (field === undefined || physical === undefined) throw this.#misused(`it has no field ${index}`)
    return { ...field, physical }
  }

  #misused(problem: string): StreamdownError {
    return new StreamdownError('DSD9002', `State table ${this.spec.name} is misused: ${problem}.`)
  }
}
