import { type Batch, CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { OverNode } from '../../../plan/nodes/node.ts'
import { isComputedOnce } from '../../../plan/over.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { exactKey } from '../../../types/value-key.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { CallsInput } from '../aggregate/aggregate-input.ts'
import { ChangeSet } from '../change-set.ts'
import { ordinalColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import type { Result } from './over-accumulators.ts'
import { framedResults } from './over-framed.ts'
import { int32sOf, type OverLayout, overLayout, valuesIn } from './over-layout.ts'
import { fitting, type LeavingRow, sendRows } from './over-output.ts'
import { type Reach, reachOf } from './over-reach.ts'
import { changedRanges, type Segment } from './over-segments.ts'
import { sequenceOf } from './over-sequence.ts'
import { OverSpans } from './over-spans.ts'
import { copiesWith, OverStore } from './over-store.ts'

/** Rows that are looked at together. */
const TOGETHER = 8 * CHUNK_ROWS

/** What a row was sent as. */
const NEW = 0
const SENT = 1
const WITHHELD = 2

/**
 * OVER of any input: rows are kept in their order, and at the end of a step those that a change may reach are computed
 * again; of those that give something else the old row is taken back. Over input that ends: once, at its end.
 */
export function createOver(
  node: OverNode,
  input: CallsInput<OverNode['calls'][number]>,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new UpdatingOver(node, overLayout(node, input), context, shape.appendOnly)
}

class UpdatingOver implements Operator {
  readonly #context: OperatorContext
  readonly #layout: OverLayout
  readonly #schema: Schema
  readonly #once: boolean
  readonly #reach: Reach
  readonly #store: OverStore
  /** Where values of the order say what changes reach. */
  readonly #spans: OverSpans | undefined
  /** Rows that the running step takes back, with how many of each. */
  readonly #gone: ChangeSet
  readonly #fresh: SlotList
  /** Partitions that the running step touches, in the order in which it did. Empty between steps. */
  readonly #touched: StateTable
  #touches = 0
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: OverNode, layout: OverLayout, context: OperatorContext, appendOnly: boolean) {
    this.#context = context
    this.#layout = layout
    this.#schema = node.schema
    this.#once = isComputedOnce(node)
    this.#reach = reachOf(layout)
    const results = this.#once ? [] : node.calls.map(({ type }) => type)
    this.#store = new OverStore(context, layout, appendOnly, results)
    const { values } = this.#reach
    this.#spans = values === undefined ? undefined : new OverSpans(context, this.#store, layout, this.#reach, values)
    this.#gone = new ChangeSet(context, 'gone', layout.schema)
    this.#fresh = new SlotList(context.memory)
    this.#touched = context.table({
      name: 'touched',
      fields: [
        ...layout.partitionBy.map(column => layout.schema[column] ?? field('', types.null)),
        field('$number', types.int),
        field('$ordinal', types.bigint),
      ],
      keys: layout.partitionBy.length,
      unique: true,
    })
  }

  push(_input: number, batch: Batch): void {
    if (batch.rows === 0) return
    const { memory } = this.#context
    if (!this.#once) this.#touch(this.#store.keysOf(batch), batch.rows, ordinalColumn(memory, batch))
    const added = copiesWith(this.#context, batch, 1)
    if (added.rows > 0) {
      const slots = this.#store.insert(added)
      if (!this.#once) this.#fresh.append(slots, added.rows)
    }
    const taken = copiesWith(this.#context, batch, -1)
    if (taken.rows > 0) this.#gone.add(taken.columns, taken.rows, 0, 1, ordinalColumn(memory, taken))
  }

  endStep(end: StepEnd, out: Output): void {
    const gone = this.#takenBack()
    if (this.#once) {
      if (gone.length > 0) this.#store.remove(int32s(this.#context.memory, gone), gone.length)
      if (end.ended) {
        this.#sendAll(out)
        // A restored program must not send them again.
        this.#store.clear()
      }
    } else if (this.#touches > 0) {
      this.#change(gone, out)
    }
    this.#fresh.free()
    this.#gone.clear()
    this.#touched.clear()
    this.#touches = 0
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#store.table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#store.table], from)
    this.#store.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#store.bytes() + this.#gone.bytes() + this.#fresh.bytes() + this.#touched.bytes()
  }

  #touch(keys: readonly Column[], rows: number, ordinals: Pointer): void {
    const { kernels } = this.#context.memory
    const { slots, fresh } = this.#touched.findOrInsert(keys, rows)
    const addresses = this.#touched.addresses(slots, rows)
    const number = this.#touched.offsets(this.#numberField)
    const ordinal = this.#touched.offsets(this.#numberField + 1)
    this.#touches = kernels.field_number(addresses, number.value, number.valid, fresh, this.#touches, rows)
    kernels.field_set_i64(addresses, ordinal.value, ordinal.valid, ordinals, fresh, rows)
  }

  get #numberField(): number {
    return this.#layout.partitionBy.length
  }

  /** Touched partitions in order: their keys, and the ordinals at which they were touched. */
  #partitions(): { readonly keys: readonly Column[]; readonly ordinals: readonly bigint[] } {
    const { memory } = this.#context
    const { slots, rows } = this.#touched.all()
    const numbers = int32sOf(memory, this.#touched.gather(slots, rows, this.#numberField).data, rows)
    const ordered = new Int32Array(rows)
    for (const [row, slot] of memory.i32(slots, rows).entries()) ordered[numbers[row] ?? 0] = slot
    const own = int32s(memory, [...ordered])
    const keys = Array.from({ length: this.#numberField }, (_, at) => this.#touched.gather(own, rows, at))
    const ordinals = [...memory.i64(this.#touched.gather(own, rows, this.#numberField + 1).data, rows)]
    return { keys, ordinals }
  }

  /** The slots of the rows that the step takes back: of equal rows those that came first. */
  #takenBack(): readonly number[] {
    if (this.#gone.empty) return []
    const { memory } = this.#context
    const changes = this.#gone.changes()
    const { rows } = changes
    const wanted = int32sOf(memory, changes.weights, rows)
    const columns = this.#layout.schema.map((_, column) => this.#gone.column(changes.slots, rows, column))
    const most = wanted.reduce((a, b) => Math.max(a, b), 0)
    const { pairs, probe, slots } = this.#store.copiesOf(columns, rows, most)
    const probes = memory.i32(probe, pairs)
    const found = memory.i32(slots, pairs)
    const gone: number[] = []
    for (let pair = 0; pair < pairs; pair++) {
      const row = probes[pair] ?? 0
      const left = wanted[row] ?? 0
      if (left === 0) continue
      wanted[row] = left - 1
      gone.push(found[pair] ?? -1)
    }
    return gone
  }

  #change(gone: readonly number[], out: Output): void {
    const { memory } = this.#context
    const { keys, ordinals } = this.#partitions()
    const leaving = new Set(gone)
    const fresh = [...memory.i32(this.#fresh.at(0), this.#fresh.length)].filter(slot => !leaving.has(slot))
    const changed = int32s(memory, [...fresh, ...gone])
    const rows = fresh.length + gone.length
    const partitions = this.#partitionsOf(changed, rows)
    const segments = this.#reached(changed, rows, partitions, fresh.length, keys, () => {
      if (gone.length > 0) this.#removeRows(gone, partitions.subarray(fresh.length), ordinals, out)
      return this.#store.counts(keys, ordinals.length)
    })
    this.#compute(segments, keys, ordinals, out)
  }

  /** What changed rows reach, of which the first `fresh` are new. `remove` lets the others leave: how many rows stay. */
  #reached(
    changed: Pointer,
    rows: number,
    partitions: Int32Array,
    fresh: number,
    keys: readonly Column[],
    remove: () => Int32Array,
  ): readonly Segment[] {
    const [first] = this.#layout.orderBy
    if (this.#spans !== undefined && first !== undefined) {
      const values = valuesIn(this.#context.memory, this.#store.column(changed, rows, first.column), rows)
      return this.#spans.segments({ partitions, values }, keys, remove())
    }
    const places = this.#store.positions(changed, rows)
    return changedRanges({ partitions, places, fresh, counts: remove(), reach: this.#reach })
  }

  /** The numbers of the touched partitions that rows are in. */
  #partitionsOf(slots: Pointer, rows: number): Int32Array {
    const found = this.#touched.find(this.#store.keysAt(slots, rows), rows)
    return int32sOf(this.#context.memory, this.#touched.gather(found, rows, this.#numberField).data, rows)
  }

  #removeRows(gone: readonly number[], partitions: Int32Array, ordinals: readonly bigint[], out: Output): void {
    const { memory } = this.#context
    const slots = int32s(memory, gone)
    const states = this.#store.states(slots, gone.length)
    const results = this.#store.results(slots, gone.length).map(column => valuesIn(memory, column, gone.length))
    const rows = gone.flatMap((slot, row): readonly LeavingRow[] => {
      const state = states[row] ?? NEW
      const ordinal = ordinals[partitions[row] ?? 0] ?? 0n
      if (state === NEW) return []
      return [{ slot, weight: -1, ordinal, results: state === SENT ? results.map(of => of[row] ?? null) : undefined }]
    })
    this.#send(rows, out)
    this.#store.remove(slots, gone.length)
  }

  /** Of input that ended: every partition, in the order of the first of its rows. */
  #sendAll(out: Output): void {
    const { memory } = this.#context
    const { slots, rows } = this.#store.table.all()
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, rows - from)
      this.#touch(this.#store.keysAt(slots + from * 4, count), count, this.#store.ordinals(slots + from * 4, count))
      memory.release(mark)
    }
    if (rows === 0) return
    const { keys, ordinals } = this.#partitions()
    const counts = this.#store.counts(keys, ordinals.length)
    const whole = [...counts.entries()].map(([partition, to]) => ({ partition, from: 0, to, first: 0, last: to }))
    this.#compute(whole, keys, ordinals, out)
  }

  #compute(segments: readonly Segment[], keys: readonly Column[], ordinals: readonly bigint[], out: Output): void {
    const { memory } = this.#context
    let group: Segment[] = []
    let rows = 0
    const flush = (): void => {
      if (group.length === 0) return
      const mark = memory.mark()
      this.#computeTogether(group, rows, keys, ordinals, out)
      memory.release(mark)
      group = []
      rows = 0
    }
    for (const segment of segments) {
      const size = segment.to - segment.from
      if (rows > 0 && rows + size > TOGETHER) flush()
      group.push(segment)
      rows += size
    }
    flush()
  }

  #computeTogether(
    segments: readonly Segment[],
    rows: number,
    keys: readonly Column[],
    ordinals: readonly bigint[],
    out: Output,
  ): void {
    const { memory } = this.#context
    const slotsAt = this.#rowsOf(segments, rows, keys)
    const slots = int32sOf(memory, slotsAt, rows)
    const read = new Map(
      this.#layout.reads.map(column => [column, valuesIn(memory, this.#store.column(slotsAt, rows, column), rows)]),
    )
    const looked: { readonly slot: number; readonly ordinal: bigint; readonly results: readonly Result[] }[] = []
    let start = 0
    for (const segment of segments) {
      const { partition, from, to, last } = segment
      const length = to - from
      const columns = new Map([...read].map(([column, values]) => [column, values.slice(start, start + length)]))
      const sequence = sequenceOf(length, columns, this.#layout.peers)
      const first = this.#firstChanged(segment, sequence.groups, sequence.groupStarts)
      const results = this.#layout.calls.map(call =>
        framedResults(call, this.#layout.schema, this.#layout.measure, sequence, first - from, last - from),
      )
      const ordinal = ordinals[partition] ?? 0n
      for (let row = first; row < last; row++) {
        const own = results.map((of): Result => of[row - first] ?? null)
        looked.push({ slot: slots[start + row - from] ?? -1, ordinal, results: own })
      }
      start += length
    }
    if (this.#once) {
      this.#send(
        looked.map(row => ({ ...row, results: fitting(row.results), weight: 1 })),
        out,
      )
    } else {
      this.#sendChanged(looked, out)
    }
  }

  /** Peers change together: those of the changed row, and of the one before it, whose peer may have left. */
  #firstChanged({ from, first }: Segment, groups: Int32Array, starts: readonly number[]): number {
    if (!this.#reach.peers || first === 0) return first
    return from + (starts[groups[first - from - 1] ?? 0] ?? 0)
  }

  #rowsOf(segments: readonly Segment[], rows: number, keys: readonly Column[]): Pointer {
    const { memory } = this.#context
    const partitions = new Int32Array(rows)
    const places = new Int32Array(rows)
    let at = 0
    for (const { partition, from, to } of segments) {
      for (let place = from; place < to; place++) {
        partitions[at] = partition
        places[at++] = place
      }
    }
    const selection = memory.chunk(rows * 4)
    memory.i32(selection, rows).set(partitions)
    const own = keys.map(column => takeColumn(memory, column, selection, rows, false))
    const placesAt = memory.chunk(rows * 4)
    memory.i32(placesAt, rows).set(places)
    return this.#store.rowsAt(own, placesAt, rows)
  }

  #sendChanged(
    looked: readonly { readonly slot: number; readonly ordinal: bigint; readonly results: readonly Result[] }[],
    out: Output,
  ): void {
    const { memory } = this.#context
    const slots = int32s(
      memory,
      looked.map(({ slot }) => slot),
    )
    const states = this.#store.states(slots, looked.length)
    const before = this.#store.results(slots, looked.length).map(column => valuesIn(memory, column, looked.length))
    const rows: LeavingRow[] = []
    const noted: { readonly slot: number; readonly results: readonly Value[] | undefined }[] = []
    for (const [row, { slot, ordinal, results: now }] of looked.entries()) {
      const state = states[row] ?? NEW
      const results = fitting(now)
      const old = state === SENT ? before.map(of => of[row] ?? null) : undefined
      const isSame =
        state === WITHHELD
          ? results === undefined
          : results !== undefined && old?.every((v, i) => isEqual(v, results[i] ?? null))
      if (isSame === true) continue
      if (state !== NEW) rows.push({ slot, ordinal, results: old, weight: -1 })
      rows.push({ slot, ordinal, results, weight: 1 })
      noted.push({ slot, results })
    }
    this.#send(rows, out)
    if (noted.length === 0) return
    this.#store.note(
      int32s(
        memory,
        noted.map(({ slot }) => slot),
      ),
      noted.map(({ results }) => (results === undefined ? WITHHELD : SENT)),
      this.#layout.calls.map(({ call }, i) =>
        columnFromValues(
          memory,
          call.type,
          noted.map(({ results }) => results?.[i] ?? null),
        ),
      ),
    )
  }

  #send(rows: readonly LeavingRow[], out: Output): void {
    const { memory } = this.#context
    const outputs = (slots: Pointer, count: number) => this.#store.outputs(slots, count)
    sendRows(memory, this.#schema, rows, outputs, this.#watermarks.reached(), out)
  }
}

/** Bit for bit, so that -0 follows 0. */
function isEqual(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  return exactKey(a) === exactKey(b)
}
