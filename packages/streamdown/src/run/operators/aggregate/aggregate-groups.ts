import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { int32s } from '../../../batch/values.ts'
import { failures } from '../../../errors/table.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import type { FoundRows, StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { emitDead } from '../dead.ts'
import type { AggregateCallInput, AggregateInput } from './aggregate-input.ts'
import { AggregateOutput, type Touched } from './aggregate-output.ts'
import { AggregateStates, type GroupedRows } from './aggregate-states.ts'

/** How an aggregate's groups are kept. */
export interface GroupsOptions {
  /** The key of the groups' table; the first `groupBy` fields decide the key group. */
  readonly keys: readonly Field[]
  readonly groupBy: number
  /** Further fields of a group, after its key; the first may be the ordinal of its first row. */
  readonly extra: readonly Field[]
  /** The fields of the table (key or extra) that are the node's keys, in the order of its output. */
  readonly outputs: readonly number[]
  readonly appendOnly: boolean
  readonly keyed: boolean
  readonly merging: boolean
  readonly endKey: number | undefined
  /** Results are corrected: keep what was sent. */
  readonly corrected: boolean
  /** Bounds of sessions, which move: their fields (in `extra`) hold what was sent, `of` gives them as they are. */
  readonly bounds?: {
    readonly fields: readonly number[]
    of(slots: Pointer, rows: number): readonly Column[]
  }
}

/**
 * The groups of an aggregate: a table with key, extra fields, states of the calls, and, where results are corrected, the
 * row that was sent last, kept as it was sent.
 */
export class AggregateGroups {
  readonly table: StateTable
  readonly states: AggregateStates
  readonly #context: OperatorContext
  readonly #input: AggregateInput
  readonly #options: GroupsOptions
  readonly #initial: readonly number[]
  readonly #touched: { readonly value: number }
  readonly #output: AggregateOutput

  constructor(node: AggregateNode, context: OperatorContext, input: AggregateInput, options: GroupsOptions) {
    const { keys, extra, corrected } = options
    this.#context = context
    this.#input = input
    this.#options = options
    this.states = new AggregateStates(context, input, options)
    const firstState = keys.length + extra.length
    const sentAt = firstState + this.states.fields.length
    const sent = corrected ? node.calls.map(({ type }, i) => field(`sent${i}`, type)) : []
    const flags = ['touched', 'sent', 'withheld'].map(name => field(name, types.boolean, false))
    const fields = [...keys, ...extra, ...this.states.fields, ...sent, ...flags]
    this.table = context.table({ name: 'groups', fields, keys: keys.length, unique: true, groupBy: options.groupBy })
    this.states.bind(context, this.table, firstState)
    const flagAt = sentAt + sent.length
    const flagOffsets = flags.map((_, i) => this.table.offsets(flagAt + i))
    const [touched, sentFlag, withheld] = flagOffsets
    if (touched === undefined || sentFlag === undefined || withheld === undefined) throw new RangeError('no flags')
    this.#touched = touched
    this.#output = new AggregateOutput(context.memory, node, {
      table: this.table,
      states: this.states,
      options,
      sentAt,
      sentFlag: sentFlag.value,
      withheldFlag: withheld.value,
      everyRowCounts: options.appendOnly && !options.merging && input.calls.some(countsEveryRow),
    })
    this.#initial = [...this.states.initial, ...flagOffsets.map(({ valid }) => valid)]
  }

  /** The groups of rows, made where they are new. */
  of(keys: readonly Column[], rows: number): FoundRows {
    const found = this.table.findOrInsert(keys, rows)
    if (found.inserted > 0) this.#initialise(found.addresses, found.fresh, rows)
    return found
  }

  /** Takes the rows of a batch into their groups. */
  update(
    batch: Batch,
    groups: { readonly keys: readonly Column[]; readonly slots: Pointer; readonly addresses: Pointer },
    out: Output,
  ): void {
    const { memory } = this.#context
    const { columns, rows, weights, ordinals, firstOrdinal } = batch
    const { keys, slots, addresses } = groups
    const grouped: GroupedRows = {
      rows,
      table: this.table,
      slots,
      addresses,
      keys,
      columns,
      weights,
      ordinals,
      firstOrdinal,
    }
    const failed = this.states.update(grouped)
    if (failed.length === 0) return
    const codes = memory.chunk(failed.length)
    memory.u8(codes, failed.length).fill(failures.threw)
    const messages = new Map(failed.map(({ message }, i) => [i, message]))
    const indexes = int32s(
      memory,
      failed.map(({ row }) => row),
    )
    emitDead(memory, this.#input.schema, batch, { count: failed.length, rows: indexes, codes, messages }, out)
  }

  /** Notes groups that are touched for the first time in this step. */
  touch(rows: {
    readonly rows: number
    readonly slots: Pointer
    readonly addresses: Pointer
    readonly ordinals: Pointer
    readonly firstOrdinal: bigint
  }): Touched {
    const { memory } = this.#context
    const slots = memory.chunk(rows.rows * 4)
    const ordinals = memory.chunk(rows.rows * 8)
    const count = memory.kernels.agg_touch(
      rows.addresses,
      rows.rows,
      this.#touched.value,
      rows.slots,
      rows.ordinals,
      rows.firstOrdinal,
      slots,
      ordinals,
    )
    return { rows: count, slots, ordinals }
  }

  /** Notes the first arrival of groups in the first of the extra fields. */
  arrive(
    rows: number,
    addresses: Pointer,
    fresh: Pointer,
    { ordinals, firstOrdinal }: { readonly ordinals: Pointer; readonly firstOrdinal: bigint },
  ): void {
    const { value, valid } = this.table.offsets(this.#options.keys.length)
    this.#context.memory.kernels.agg_first_ordinal(addresses, rows, fresh, value, valid, ordinals, firstOrdinal)
  }

  untouch(slots: Pointer, rows: number): void {
    const { memory } = this.#context
    memory.kernels.agg_store_byte(this.table.addresses(slots, rows), rows, this.#touched.value, 0)
  }

  /** All groups that were touched and not yet sent: after a restore. */
  touchedSlots(): { readonly slots: Pointer; readonly rows: number } {
    const { memory } = this.#context
    const { slots, rows } = this.table.all()
    const flags = memory.chunk(rows)
    memory.kernels.agg_gather(this.table.addresses(slots, rows), rows, this.#touched.value, 1, flags)
    const selection = memory.chunk(rows * 4)
    const count = memory.kernels.agg_select(flags, rows, 1, selection)
    const touched = memory.chunk(count * 4)
    memory.kernels.agg_take32(slots, selection, count, touched)
    return { slots: touched, rows: count }
  }

  /** One old row and one new row of each group whose result differs from what was sent. */
  sendChanges(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS / 2, chunk => this.#output.sendChanges(chunk, false, out, watermark))
  }

  /** Takes back what was sent of groups that are about to be removed. */
  takeBack(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS / 2, chunk => this.#output.sendChanges(chunk, true, out, watermark))
  }

  /** The rows of groups that end, once, without keeping what was sent. */
  sendFinal(groups: Touched, out: Output, watermark: bigint): void {
    this.#inChunks(groups, CHUNK_ROWS, chunk => this.#output.sendFinal(chunk, out, watermark))
  }

  /** Removes groups that have no rows left, nor any values: what is taken back may come before what it takes back. */
  removeEmpty(groups: Touched): void {
    const { memory } = this.#context
    const { rowCount, heldCount } = this.states
    if (rowCount === undefined || !this.#options.keyed) return
    this.#inChunks(groups, CHUNK_ROWS, ({ slots, rows }) => {
      const empty = memory.chunk(rows * 4)
      let count = memory.kernels.agg_zero_slots(this.table.addresses(slots, rows), slots, rows, rowCount, empty)
      if (count > 0 && heldCount !== undefined)
        count = memory.kernels.agg_zero_slots(this.table.addresses(empty, count), empty, count, heldCount, empty)
      if (count > 0) this.#remove(empty, count)
    })
  }

  /** Removes groups and what other tables hold of them. */
  remove(groups: Touched): void {
    this.states.forgetValues(groups.slots, groups.rows)
    this.#inChunks(groups, CHUNK_ROWS, ({ slots, rows }) => this.#remove(slots, rows))
  }

  /** The columns of groups' keys. */
  keysOf(slots: Pointer, rows: number): readonly Column[] {
    return this.#options.keys.map((_, i) => this.table.gather(slots, rows, i))
  }

  bytes(): number {
    return this.table.bytes() + this.states.bytes()
  }

  tables(): readonly StateTable[] {
    return [this.table, ...this.states.tables]
  }

  #initialise(addresses: Pointer, fresh: Pointer, rows: number): void {
    const { memory } = this.#context
    const count = this.#initial.length
    const offsets = memory.chunk(count * 4)
    memory.u32(offsets, count).set(this.#initial)
    memory.kernels.agg_init(addresses, rows, fresh, offsets, count)
  }

  #inChunks({ rows, slots, ordinals }: Touched, size: number, each: (chunk: Touched) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < rows; from += size) {
      const mark = memory.mark()
      const count = Math.min(size, rows - from)
      const at = slots + from * 4
      const arrival =
        ordinals === 0 ? this.table.gather(at, count, this.#options.keys.length).data : ordinals + from * 8
      each({ rows: count, slots: at, ordinals: arrival })
      memory.release(mark)
    }
  }

  #remove(slots: Pointer, rows: number): void {
    if (this.states.hasLists) this.states.forget(this.keysOf(slots, rows), rows)
    this.table.remove(slots, rows)
  }
}

const countsEveryRow = ({ call, args, filter }: AggregateCallInput): boolean =>
  call.name === 'count' && !call.distinct && args.length === 0 && filter === undefined

/** A watermark kept in a snapshot. */
export const watermarkText = (watermark: bigint): string => String(watermark)
export const watermarkOf = (text: string | undefined): bigint => (text === undefined ? NO_WATERMARK : BigInt(text))
