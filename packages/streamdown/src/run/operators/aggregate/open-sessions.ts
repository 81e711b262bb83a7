import { type Batch, CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { sortedRows } from '../../../batch/sort.ts'
import { int64s } from '../../../batch/values.ts'
import type { FoundRows, StateTable } from '../../../state/state-table.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { ordinalColumn } from '../hidden.ts'
import { SlotList } from '../slot-list.ts'
import type { AggregateGroups } from './aggregate-groups.ts'
import { SessionEnds } from './session-ends.ts'
import { type SessionRuns, sessionRuns, type TimedRows } from './session-runs.ts'

/** Bytes of a session that has no row yet, and of the layout: those of kernels/open-sessions.ts. */
const BORN_BYTES = 32
const LAYOUT_BYTES = 40
/** In the layout, how many bytes of lists a kernel has taken. */
const LIST_BYTES = 36

/** The indexes of fields in the table of groups that are sessions, whose key is `keys` fields of the partition and a number. */
export const sessionFields = (keys: number) => ({
  id: keys,
  arrival: keys + 1,
  start: keys + 2,
  end: keys + 3,
  into: keys + 4,
  partition: keys + 5,
})

/** The sessions of a batch's rows: i32 a row, -1 for none; `onTime` (u8 a row) is 0 for late rows. `taken`: how many have one. */
interface RowSessions {
  readonly taken: number
  readonly slots: Pointer
  readonly onTime: Pointer
}

/**
 * Sessions as rows of the groups' table, with their first time and their end. Those of a partition that are open are
 * listed in the order of their ends; kernels take rows into them, begin and merge them (kernels/open-sessions.ts): a row
 * costs the logarithm of their number, and nearly nothing where it comes into one of the last. Lists and queue are derived
 * from the groups: `rebuild` makes them after a restore.
 */
export class OpenSessions {
  readonly #context: OperatorContext
  readonly #groups: AggregateGroups
  readonly #keys: number
  readonly #gap: bigint
  /** By partition, the list of its sessions. */
  readonly #partitions: StateTable
  readonly #ends: SessionEnds
  #listBytes = 0
  #nextId = 0n

  /** `partition`: the key fields of the groups but for the session's number. */
  constructor(context: OperatorContext, groups: AggregateGroups, partition: readonly Field[], gap: bigint) {
    this.#context = context
    this.#groups = groups
    this.#keys = partition.length
    this.#gap = gap
    this.#partitions = context.table({
      name: 'partitions',
      fields: [...partition, field('sessions', types.bigint)],
      keys: partition.length,
      unique: true,
    })
    this.#ends = new SessionEnds(context.memory, gap)
  }

  /** Finds, begins and merges sessions. `keys`: the columns of the rows' partitions. */
  take(batch: Batch, keys: readonly Column[], times: Column): RowSessions {
    const { memory } = this.#context
    const { rows } = batch
    const partitions = this.#partitions.findOrInsert(keys, rows)
    const layout = this.#layout()
    const runs = this.#runs(batch, times, partitions, layout)
    const sessions = this.#assign(batch, keys, partitions, runs, layout)
    const [slots, onTime] = [memory.chunk(rows * 4), memory.chunk(rows)]
    const taken = memory.kernels.session_rows(runs.runOf, sessions, rows, slots, onTime)
    if (taken < rows) {
      const idle = memory.chunk(rows * 4)
      const { addresses, slots: places, fresh } = partitions
      this.#partitions.remove(idle, memory.kernels.session_idle(layout, addresses, places, fresh, rows, idle))
    }
    return { taken, slots, onTime }
  }

  /** The sessions that end by `reached`, by end, then first arrival; no longer open. */
  close(reached: bigint): SlotList {
    const { memory } = this.#context
    const closing = new SlotList(memory)
    const waiting = this.#ends.due(reached)
    const mark = memory.mark()
    const layout = this.#layout()
    for (const { slots, ids } of waiting) {
      const rows = slots.length
      const [over, kept, keptCount] = [memory.chunk(rows * 4), memory.chunk(rows * 4), memory.chunk(4)]
      const [keptIds, keptEnds] = [memory.chunk(rows * 8), memory.chunk(rows * 8)]
      const closes = memory.kernels.session_due(
        layout,
        slots.at(0),
        ids.at(0),
        rows,
        reached,
        over,
        kept,
        keptIds,
        keptEnds,
        keptCount,
      )
      closing.append(over, closes)
      this.#ends.add(kept, keptIds, keptEnds, memory.u32(keptCount, 1)[0] ?? 0)
      slots.free()
      ids.free()
    }
    if (closing.length > 0) {
      const empty = memory.chunk(closing.length * 4)
      const { address } = this.#partitions
      const count = memory.kernels.session_unlist(layout, address, closing.at(0), closing.length, empty)
      this.#account(layout)
      this.#partitions.remove(empty, count)
      this.#inOrder(closing)
    }
    memory.release(mark)
    return closing
  }

  /** The lists and the queue of the sessions that were restored, in the order of their ends. */
  rebuild(): void {
    const { memory } = this.#context
    const { table } = this.#groups
    const { id, end } = sessionFields(this.#keys)
    const { slots: all, rows } = table.all()
    if (rows === 0) return
    const order = sortedRows(memory, [table.gather(all, rows, end)], [{ descending: false, nullsFirst: false }], rows)
    const slots = memory.chunk(rows * 4)
    memory.kernels.agg_take32(all, order, rows, slots)
    const keys = this.#groups.keysOf(slots, rows).slice(0, this.#keys)
    const partitions = this.#partitions.findOrInsert(keys, rows)
    const layout = this.#layout()
    memory.kernels.session_list(layout, partitions.addresses, partitions.slots, slots, rows)
    this.#account(layout)
    const ids = table.gather(slots, rows, id).data
    this.#nextId = memory.kernels.session_latest(ids, rows) + 1n
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - from)
      const at = slots + from * 4
      this.#ends.add(at, ids + from * 8, table.gather(at, count, end).data, count)
    }
  }

  bytes(): number {
    return this.#partitions.bytes() + this.#listBytes + this.#ends.bytes()
  }

  /** Counts what a kernel has taken for lists. */
  #account(layout: Pointer): void {
    this.#listBytes += this.#context.memory.i32(layout + LIST_BYTES, 1)[0] ?? 0
  }

  /** Where things lie, for kernels; in chunk memory. */
  #layout(): Pointer {
    const { memory } = this.#context
    const { table } = this.#groups
    const { id, start, end, into, partition } = sessionFields(this.#keys)
    const layout = memory.chunk(LAYOUT_BYTES)
    memory
      .u32(layout, LIST_BYTES / 4)
      .set([
        table.address,
        this.#partitions.offsets(this.#keys).value,
        ...[id, start, end, into, partition].map(index => table.offsets(index).value),
        table.offsets(start).valid,
        table.offsets(end).valid,
      ])
    return layout
  }

  /** Rows that belong together whatever sessions are open; row by row where the watermark may come between them. */
  #runs(batch: Batch, times: Column, { slots, addresses }: FoundRows, layout: Pointer): SessionRuns {
    const { memory } = this.#context
    const { rows, watermarks } = batch
    const timed: TimedRows = { rows, slots, times, now: 0n }
    const runs = sessionRuns(memory, timed, this.#gap, 'gap')
    const latest = watermarks === 0 ? batch.watermark : memory.kernels.session_latest(watermarks, rows)
    const { firsts, starts, lasts, count } = runs
    const disputed = memory.kernels.session_disputed(layout, addresses, firsts, starts, lasts, count, this.#gap, latest)
    return disputed === 1 ? sessionRuns(memory, timed, this.#gap, 'row') : runs
  }

  /** The slots of the runs' sessions, i32 a run, -1: late; sessions that became one are put together. */
  #assign(batch: Batch, keys: readonly Column[], partitions: FoundRows, runs: SessionRuns, layout: Pointer): Pointer {
    const { memory } = this.#context
    const { kernels } = memory
    const { count, firsts, starts, lasts } = runs
    const { addresses } = partitions
    const [born, taken, counts] = [memory.chunk(count * BORN_BYTES), memory.chunk(count * 4), memory.chunk(12)]
    kernels.session_take(
      layout,
      addresses,
      firsts,
      starts,
      lasts,
      count,
      this.#gap,
      batch.watermarks,
      batch.watermark,
      born,
      taken,
      counts,
    )
    this.#account(layout)
    const [bornCount = 0, mergedCount = 0, lastMerged = 0] = memory.u32(counts, 3)
    const slots = this.#begin(batch, keys, born, bornCount, firsts)
    const [from, into] = [memory.chunk(mergedCount * 4), memory.chunk(mergedCount * 4)]
    kernels.session_settle(
      layout,
      addresses,
      partitions.slots,
      firsts,
      count,
      born,
      bornCount,
      slots,
      taken,
      lastMerged,
      mergedCount,
      from,
      into,
    )
    if (mergedCount > 0) this.#merge(from, into, mergedCount)
    return taken
  }

  /** Makes rows for the sessions that a batch begins; their slots. */
  #begin(batch: Batch, keys: readonly Column[], born: Pointer, bornCount: number, firsts: Pointer): Pointer {
    if (bornCount === 0) return 0
    const { memory } = this.#context
    const [rows, ends] = [memory.chunk(bornCount * 4), memory.chunk(bornCount * 8)]
    const count = memory.kernels.session_born(born, bornCount, firsts, rows, ends)
    const ids = int64s(
      memory,
      Array.from({ length: count }, () => this.#nextId++),
    )
    const partition = keys.map(column => takeColumn(memory, column, rows, count, false))
    const idColumn: Column = { type: types.bigint, data: ids, validity: 0 }
    const { slots, addresses, fresh } = this.#groups.of([...partition, idColumn], count)
    const ordinals = memory.chunk(count * 8)
    memory.kernels.take_values(ordinalColumn(memory, batch), 3, rows, count, ordinals)
    this.#groups.arrive(count, addresses, fresh, { ordinals, firstOrdinal: 0n })
    this.#ends.add(slots, ids, ends, count)
    return slots
  }

  #merge(from: Pointer, into: Pointer, rows: number): void {
    const { table, states } = this.#groups
    const keys = (slots: Pointer) => ({ slots, keys: states.hasLists ? this.#groups.keysOf(slots, rows) : [] })
    states.merge(table, keys(into), keys(from), rows)
    table.remove(from, rows)
  }

  /** Puts sessions in the order of their ends, then of their first arrivals. */
  #inOrder(sessions: SlotList): void {
    const { memory } = this.#context
    const { arrival, end } = sessionFields(this.#keys)
    const rows = sessions.length
    const columns = [end, arrival].map(index => this.#groups.table.gather(sessions.at(0), rows, index))
    const ascending = { descending: false, nullsFirst: false }
    const order = sortedRows(memory, columns, [ascending, ascending], rows)
    const sorted = memory.chunk(rows * 4)
    memory.kernels.agg_take32(sessions.at(0), order, rows, sorted)
    sessions.replace(sorted)
  }
}
