import { type Batch, columnAt, END_OF_TIME, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import { failures } from '../../../errors/table.ts'
import { matchTimeColumns } from '../../../plan/match/columns.ts'
import type { MatchNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import { types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { emitDead } from '../dead.ts'
import { constantI64, lowest, ordinalColumn, selectBytes, watermarkColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { LateRows } from '../late-rows.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { Timers } from '../timers.ts'
import { Definitions } from './match-definitions.ts'
import { MatchOutput } from './match-output.ts'
import { MatchPartitions, type Visited } from './match-partitions.ts'
import { compilePattern } from './match-program.ts'
import { MatchRows } from './match-rows.ts'
import { farthest, Search, type Until } from './match-search.ts'

/** Rows that fall due together are looked up together. */
const DUE_BUCKET = 1000n

/**
 * MATCH_RECOGNIZE. Rows are kept in order by partition and handed to the partition's search once their order is
 * certain: when the watermark has passed them, when they come (processing time), or when the input has ended. A row is
 * forgotten as soon as no match can begin at it, or see it.
 */
export function createMatchRecognize(node: MatchNode, context: OperatorContext): Operator {
  return new MatchRecognize(node, context)
}

class MatchRecognize implements Operator {
  readonly #node: MatchNode
  readonly #context: OperatorContext
  readonly #rows: MatchRows
  readonly #partitions: MatchPartitions
  readonly #definitions: Definitions
  readonly #search: Search
  readonly #output: MatchOutput
  readonly #late: LateRows
  /** When rows are in order, by event time. */
  readonly #due: Timers | undefined
  /** Whether the time of matches goes on with the watermark. */
  readonly #timed: boolean
  /** How many rows before a match can be seen (PREV). */
  readonly #back: number
  /** Partitions with rows that came in this step and are in order already, and how many. */
  readonly #arrived = new Map<number, number>()
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: MatchNode, context: OperatorContext) {
    const { input } = node
    const program = compilePattern(node.pattern)
    this.#node = node
    this.#context = context
    this.#rows = new MatchRows(node, context)
    this.#partitions = new MatchPartitions(node, program, this.#rows, context)
    this.#definitions = new Definitions(node, this.#rows, context)
    this.#search = new Search(node, program, this.#definitions.looksBack)
    this.#output = new MatchOutput(node, this.#rows, context)
    this.#late = new LateRows(context.memory, input.schema, false)
    this.#due =
      typeof node.time === 'number'
        ? new Timers(context, 'due', this.#rows.table, this.#rows.time, DUE_BUCKET)
        : undefined
    this.#timed = matchTimeColumns(node).length > 0
    this.#back = farthest(node, shift => -shift)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const timely = this.#timely(batch, out)
    if (timely === undefined) return
    const { memory } = this.#context
    const { rows } = timely
    const partitions = this.#partitions.of(timely)
    const times = this.#times(timely)
    const slots = this.#rows.insert(timely, {
      times,
      ordinals: ordinalColumn(memory, timely),
      holds: this.#definitions.holds(timely),
    })
    if (this.#node.time === 'processing') {
      for (const slot of memory.i32(partitions, rows)) this.#arrived.set(slot, (this.#arrived.get(slot) ?? 0) + 1)
    } else this.#due?.add(times, slots, rows)
  }

  endStep(end: StepEnd, out: Output): void {
    const until = this.#until(end)
    const arrived = this.#inOrder(end, until)
    this.#arrived.clear()
    const due = this.#partitions.outOfTime(until.time)
    const slots = end.ended ? this.#partitions.all() : [...new Set([...arrived.keys(), ...due])]
    const before = lowest([this.#watermarks.reached(), this.#held()])
    if (slots.length > 0) {
      const visited = this.#partitions.visit(slots, arrived)
      for (const partition of visited) this.#look(partition, until)
      this.#output.send(before, out)
      this.#partitions.leave(visited, this.#back)
    }
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return lowest([inputs.watermark, this.#held()])
  }

  nextTimer(): bigint | undefined {
    return this.#node.time === 'processing' ? this.#partitions.earliest() : undefined
  }

  snapshot(): StateSnapshot {
    this.#partitions.write()
    return snapshotOf([this.#rows.table, this.#partitions.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#rows.table, this.#partitions.table], from)
    this.#watermarks.restore(from.values)
    this.#partitions.rebuild()
    if (this.#due === undefined) return
    const { memory } = this.#context
    const { slots, rows } = this.#rows.table.all()
    this.#due.clear()
    if (rows === 0) return
    const times = this.#rows.table.gather(slots, rows, this.#rows.time).data
    const open = memory.chunk(rows)
    memory.kernels.mask_from_watermark(
      times,
      0n,
      constantI64(memory, types.bigint, this.#watermarks.reached(), rows).data,
      rows,
      open,
    )
    const { selection, rows: waiting } = selectBytes(memory, open, true, rows)
    if (waiting === 0) return
    const dueTimes = memory.chunk(waiting * 8)
    const dueSlots = memory.chunk(waiting * 4)
    memory.kernels.take_values(times, 3, selection, waiting, dueTimes)
    memory.kernels.take_values(slots, 2, selection, waiting, dueSlots)
    this.#due.add(dueTimes, dueSlots, waiting)
  }

  stateBytes(): number {
    return this.#rows.table.bytes() + this.#partitions.bytes() + (this.#due?.bytes() ?? 0)
  }

  /** Rows whose time the watermark has passed go to the late rows, those without time to the dead letters. */
  #timely(batch: Batch, out: Output): Batch | undefined {
    const { time, input } = this.#node
    if (typeof time !== 'number') return batch
    const { memory } = this.#context
    const times = columnAt(batch, time)
    const timed = times.validity === 0 ? batch : this.#without(batch, times.validity, out)
    if (timed.rows === 0) return undefined
    const column = columnAt(timed, time)
    const mask = memory.chunk(timed.rows)
    const late = memory.kernels.mask_from_watermark(column.data, 0n, watermarkColumn(memory, timed), timed.rows, mask)
    this.#late.take({ ...timed, columns: timed.columns.slice(0, input.schema.length) }, column, mask, late, out)
    if (late === 0) return timed
    const rest = selectBytes(memory, mask, true, timed.rows)
    return rest.rows === 0 ? undefined : takeRows(memory, timed, rest.selection, rest.rows)
  }

  #without(batch: Batch, validity: Pointer, out: Output): Batch {
    const { memory } = this.#context
    const nulls = selectBytes(memory, validity, false, batch.rows)
    if (nulls.rows === 0) return batch
    const codes = memory.chunk(nulls.rows)
    memory.u8(codes, nulls.rows).fill(failures.nullValue)
    const messages = new Map(Array.from({ length: nulls.rows }, (_, i) => [i, 'The event time is NULL.']))
    emitDead(memory, this.#node.input.schema, batch, { count: nulls.rows, rows: nulls.selection, codes, messages }, out)
    const rest = selectBytes(memory, validity, true, batch.rows)
    return takeRows(memory, batch, rest.selection, rest.rows)
  }

  /** µs, by which WITHIN counts: the event time, the clock, or the first key where that is a time. */
  #times(batch: Batch): Pointer {
    const { memory } = this.#context
    const { time, orderBy, input } = this.#node
    const column = typeof time === 'number' ? time : time === 'end' ? orderBy[0]?.column : undefined
    if (column !== undefined && input.schema[column]?.type.is === 'timestamp') return columnAt(batch, column).data
    return constantI64(memory, types.bigint, this.#context.now(), batch.rows).data
  }

  #until({ ended, watermark, now }: StepEnd): Until {
    if (ended) return { time: END_OF_TIME, ended }
    switch (this.#node.time) {
      case 'processing':
        return { time: now, ended }
      case 'end':
        return { time: NO_WATERMARK, ended }
      default:
        return { time: watermark, ended }
    }
  }

  /** Partitions by slot, and how many more of their rows are in order now. */
  #inOrder(end: StepEnd, { time }: Until): ReadonlyMap<number, number> {
    if (this.#node.time === 'end') return end.ended ? this.#partitions.counts() : new Map()
    this.#due?.forDue(time, ({ rows, slots }) => {
      const keys = this.#node.partitionBy.map((_, key) => this.#rows.table.gather(slots, rows, key))
      const found = this.#partitions.find(keys, rows)
      for (const slot of this.#context.memory.i32(found, rows))
        this.#arrived.set(slot, (this.#arrived.get(slot) ?? 0) + 1)
    })
    return new Map(this.#arrived)
  }

  #look(partition: Visited, until: Until): void {
    const { state, rows } = partition
    const results = this.#output.of(rows)
    const rules = this.#definitions.rulesFor(
      rows,
      () => BigInt(state.matches + 1),
      (row, { code, message }) => results.failed(row, code, message),
    )
    this.#search.run(state, rows, rules, until, results)
  }

  /** The earliest time that a match to come may have. */
  #held(): bigint {
    return this.#timed ? this.#partitions.held() : END_OF_TIME
  }
}
