import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { type CallPlan, type Counted, planCall } from './aggregate-calls.ts'
import {
  type Cell,
  type CellRows,
  columnOf,
  countCell,
  type FieldPlace,
  placeOf,
  updateCounts,
} from './aggregate-cells.ts'
import { DistinctSet, MOST_MEMBERS } from './aggregate-distinct.ts'
import type { FinishRows } from './aggregate-finish.ts'
import { Frequencies } from './aggregate-frequencies.ts'
import type { AggregateCallInput, AggregateInput } from './aggregate-input.ts'
import { AggregateList, type KeptCall, listNonNull } from './aggregate-lists.ts'
import { isPlaced, PlacedRows } from './aggregate-placed-rows.ts'
import { isQuantile, QuantileSet } from './aggregate-quantiles.ts'
import { countsValues, ValueSet } from './aggregate-value-set.ts'

/** What the states of all calls of an aggregate are laid out by. */
export interface StatesOptions {
  /** The fields of the key of the groups' table, of which the first `groupBy` decide the key group. */
  readonly keys: readonly Field[]
  readonly groupBy: number
  readonly appendOnly: boolean
  /** There are group keys: a group that is shown has rows. */
  readonly keyed: boolean
  /** Groups are merged (sessions). */
  readonly merging: boolean
  /** The key field that holds a window's end. */
  readonly endKey: number | undefined
}

/** Rows to take in, each with its group. */
export interface GroupedRows extends Omit<CellRows, 'mask'> {
  /** The columns of the groups' key. */
  readonly keys: readonly Column[]
}

/** Cells that see the same rows. */
interface Stream {
  readonly counted: Counted
  readonly cells: { readonly cell: Cell; readonly firstField: number; places: readonly FieldPlace[] }[]
}

/** Streams over the same distinct values: the members of a set. */
interface DistinctStreams {
  readonly set: DistinctSet
  readonly streams: readonly Stream[]
}

interface PlannedCall {
  readonly plan: CallPlan
  readonly stream: Stream
  readonly cells: readonly Stream['cells'][number][]
}

interface ListedCall {
  readonly list: KeptCall
  readonly counted: Counted
}

/**
 * The states of an aggregate's calls: cells in the group's row, shared between calls that need the same one, sets of
 * distinct values and lists of rows in tables of their own.
 */
export class AggregateStates {
  /** What the groups' table holds for the calls, to be put after its other fields. */
  readonly fields: Field[] = []
  readonly tables: StateTable[] = []
  readonly #memory: Memory
  readonly #schema: Schema
  readonly #options: StatesOptions
  readonly #streams = new Map<string, Stream>()
  readonly #calls: (PlannedCall | ListedCall)[] = []
  readonly #lists: KeptCall[] = []
  readonly #distinct: DistinctStreams[] = []
  /** The index, in `fields`, of the number of distinct values that are held of a group; -1 where it is not needed. */
  readonly #held: number
  #heldAt: number | undefined
  #rowCount: Stream['cells'][number] | undefined
  #initial: readonly number[] = []

  constructor(context: OperatorContext, input: AggregateInput, options: StatesOptions) {
    this.#memory = context.memory
    this.#schema = input.schema
    this.#options = options
    if (!options.appendOnly) {
      const every = this.#stream({ nonNull: [], filter: undefined, distinct: undefined })
      this.#rowCount = this.#cell(every, countCell('rows'))
    }
    for (const [index, call] of input.calls.entries()) this.#calls.push(this.#call(context, call, index))
    const counted = !options.appendOnly && options.endKey === undefined && this.#distinctStreams().length > 0
    this.#held = counted ? this.fields.push(field('held', types.bigint, false)) - 1 : -1
  }

  /** Tells where the fields came to lie: from field `first` of the groups' table on. */
  bind(context: OperatorContext, table: StateTable, first: number): void {
    if (this.#held >= 0) this.#heldAt = table.offsets(first + this.#held).value
    this.#makeSets(context, table)
    for (const { cells } of this.#streams.values()) {
      for (const each of cells) {
        each.places = each.cell.fields.map((_, i) => {
          const field = first + each.firstField + i
          return { field, ...table.offsets(field) }
        })
      }
    }
    this.#initial = this.fields.flatMap((field, i) => (field.nullable ? [] : [table.offsets(first + i).valid]))
  }

  /** Offsets of the null bytes to set in a new row. */
  get initial(): readonly number[] {
    return this.#initial
  }

  /** Where a group's number of rows lies; undefined where rows are never taken back. */
  get rowCount(): number | undefined {
    return this.#rowCount === undefined ? undefined : placeOf(this.#rowCount.places, 0).value
  }

  /** Under retraction, where the number of distinct values lies that are held of a group: it stays while there are some. */
  get heldCount(): number | undefined {
    return this.#heldAt
  }

  /** Whether `finish` needs the groups' keys. */
  get hasLists(): boolean {
    return this.#lists.length > 0
  }

  /** Takes rows in; returns those that a user's function failed on. */
  update(rows: GroupedRows): readonly { readonly row: number; readonly message: string }[] {
    const failed: { row: number; message: string }[] = []
    const masks = new Map<string, Pointer>()
    const maskOf = (counted: Counted): Pointer => {
      const key = `${counted.nonNull.join(',')}|${counted.filter ?? ''}`
      const known = masks.get(key)
      if (known !== undefined) return known
      const mask = this.#mask(counted, rows)
      masks.set(key, mask)
      return mask
    }
    const counts: { readonly places: readonly FieldPlace[]; readonly mask: Pointer }[] = []
    const take = ({ cells }: Stream, seen: CellRows): void => {
      const together = seen.weights === 0 && seen.addresses === rows.addresses
      for (const { cell, places } of cells) {
        if (cell.isCount === true && together) counts.push({ places, mask: seen.mask })
        else cell.update(this.#memory, seen, places)
      }
    }
    for (const stream of this.#streams.values()) {
      const { counted } = stream
      if (counted.distinct === undefined) take(stream, { ...rows, mask: maskOf(counted), failed })
    }
    for (const { set, streams } of this.#distinct) {
      const masks = streams.map(({ counted }) => maskOf(counted))
      const changes = set.take({ ...rows, failed }, rows.keys, masks)
      for (const [member, stream] of streams.entries()) take(stream, changes(member))
    }
    updateCounts(this.#memory, rows, counts)
    for (const call of this.#calls) {
      if ('list' in call) call.list.insert({ ...rows, mask: maskOf(call.counted) })
    }
    return failed
  }

  /**
   * The results of groups, a column a call. `overflow`: u8 a row, 1 where one does not fit its type; such a group has no
   * result. `keys`: the columns of their keys, where `hasLists`.
   */
  finish(
    rows: number,
    addresses: Pointer,
    keys: readonly Column[],
  ): { readonly columns: readonly Column[]; readonly overflow: Pointer } {
    const memory = this.#memory
    const overflow = memory.chunkZeroed(rows)
    const finishing: FinishRows = { rows, addresses, overflow }
    const columns = this.#calls.map(call =>
      'list' in call
        ? call.list.finish(keys, rows, overflow)
        : call.plan.finish(
            memory,
            finishing,
            call.cells.map(({ places }) => places),
          ),
    )
    return { columns, overflow }
  }

  /** The groups end: forgets the rows that lists hold of them. */
  forget(keys: readonly Column[], rows: number): void {
    for (const list of this.#lists) list.forget(keys, rows)
  }

  /** Groups (slots, each once) end: forgets their distinct values, except those that end with a window. */
  forgetValues(groups: Pointer, rows: number): void {
    for (const { set } of this.#distinct) set.forget(groups, rows)
  }

  closeWindow(end: bigint): void {
    for (const { set } of this.#distinct) set.close(end)
  }

  /** Takes the states of the groups `from` into those of `to`, row by row, in order. */
  merge(
    table: StateTable,
    to: { readonly slots: Pointer; readonly keys: readonly Column[] },
    from: { readonly slots: Pointer; readonly keys: readonly Column[] },
    rows: number,
  ): void {
    this.mergeCells(table, to.slots, table.addresses(from.slots, rows), rows)
    for (const list of this.#lists) list.move(from.keys, to.keys, rows)
  }

  /** The same of groups at addresses in another table, laid out like this one, of calls that are cells alone. */
  mergeCells(table: StateTable, toSlots: Pointer, from: Pointer, rows: number): void {
    const memory = this.#memory
    const merged = { rows, table, toSlots, to: table.addresses(toSlots, rows), from }
    for (const { cells } of this.#streams.values())
      for (const { cell, places } of cells) cell.merge(memory, merged, places)
  }

  /** After the tables were restored. */
  rebuild(): void {
    for (const { set } of this.#distinct) set.rebuild()
    for (const list of this.#lists) list.rebuild()
  }

  bytes(): number {
    let bytes = 0
    for (const { set } of this.#distinct) bytes += set.bytes()
    for (const list of this.#lists) bytes += list.bytes()
    return bytes
  }

  #call(context: OperatorContext, input: AggregateCallInput, index: number): PlannedCall | ListedCall {
    const { keys, groupBy, appendOnly, keyed, merging } = this.#options
    const plan = planCall(input, { schema: this.#schema, appendOnly, keyed, merging })
    if (plan !== undefined) {
      const stream = this.#stream(plan.counted)
      return { plan, stream, cells: plan.cells.map(cell => this.#cell(stream, cell)) }
    }
    const list = new (keptBy(input, this.#schema, appendOnly))(
      context,
      input,
      this.#schema,
      `kept${index}`,
      keys,
      groupBy,
    )
    this.#lists.push(list)
    this.tables.push(...list.tables)
    return { list, counted: { nonNull: listNonNull(input), filter: input.filter, distinct: undefined } }
  }

  #stream(counted: Counted): Stream {
    const { nonNull, filter, distinct: args } = counted
    const id = `${nonNull.join(',')}|${filter ?? ''}|${args?.join(',') ?? ''}`
    const known = this.#streams.get(id)
    if (known !== undefined) return known
    const stream: Stream = { counted, cells: [] }
    this.#streams.set(id, stream)
    return stream
  }

  #distinctStreams(): readonly Stream[] {
    return [...this.#streams.values()].filter(({ counted }) => counted.distinct !== undefined)
  }

  /** The sets of distinct values: one for all streams over the same columns. */
  #makeSets(context: OperatorContext, groups: StateTable): void {
    const { appendOnly, endKey } = this.#options
    const byArguments = Map.groupBy(this.#distinctStreams(), ({ counted }) => counted.distinct?.join(','))
    for (const all of byArguments.values()) {
      const args = all[0]?.counted.distinct ?? []
      for (let from = 0; from < all.length; from += MOST_MEMBERS) {
        const streams = all.slice(from, from + MOST_MEMBERS)
        const name = `distinct${this.#distinct.length}`
        const members = streams.length
        const set = new DistinctSet(context, {
          name,
          groups,
          held: this.#heldAt,
          schema: this.#schema,
          args,
          appendOnly,
          members,
          endKey,
        })
        this.#distinct.push({ set, streams })
        this.tables.push(set.table)
      }
    }
  }

  #cell(stream: Stream, cell: Cell): Stream['cells'][number] {
    const known = stream.cells.find(each => each.cell.id === cell.id)
    if (known !== undefined) return known
    const added = { cell, firstField: this.fields.length, places: [] }
    const prefix = `s${this.fields.length}`
    this.fields.push(...cell.fields.map(field => ({ ...field, name: `${prefix}_${field.name}` })))
    stream.cells.push(added)
    return added
  }

  /** u8 a row: whether it counts; 0 when all do. */
  #mask({ nonNull, filter }: Counted, { rows, columns }: GroupedRows): Pointer {
    const memory = this.#memory
    const validities = nonNull.map(column => columnOf(columns, column).validity).filter(validity => validity !== 0)
    const condition = filter === undefined ? undefined : columnOf(columns, filter)
    if (validities.length === 0 && condition === undefined) return 0
    const mask = memory.chunk(rows)
    const [first = 0, ...others] = validities
    let count = memory.kernels.agg_mask(mask, rows, first, condition?.data ?? 0, condition?.validity ?? 0)
    for (const other of others) count = memory.kernels.agg_mask(mask, rows, mask, other, 0)
    return count === rows ? 0 : mask
  }
}

/** How the rows of a call that has no cells are kept. */
function keptBy(
  input: AggregateCallInput,
  schema: Schema,
  appendOnly: boolean,
): typeof ValueSet | typeof Frequencies | typeof PlacedRows | typeof QuantileSet | typeof AggregateList {
  const { call, args, orderBy } = input
  const read = [...args, ...orderBy.map(({ column }) => column)].map(column => schema[column]?.type.is ?? 'null')
  // Nested values are ordered element by element, not as the table orders their bytes.
  if (read.some(is => ['row', 'array', 'map'].includes(is))) return AggregateList
  if (call.name === 'min' || call.name === 'max' || countsValues(input)) return ValueSet
  if (call.name === 'mode' && !call.distinct) return Frequencies
  if (appendOnly && isQuantile(input)) return QuantileSet
  return isPlaced(input) ? PlacedRows : AggregateList
}

/** A key of one constant, for aggregates without keys: their one group lives in key group 0. */
export const loneKey: Field = { name: 'all', type: types.boolean, nullable: false }
