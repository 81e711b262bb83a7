import { type Batch, CHUNK_ROWS, type Column, type Pointer } from '../../../batch/batch.ts'
import { int32s } from '../../../batch/values.ts'
import type { OverNode } from '../../../plan/nodes/node.ts'
import { isComputedOnce } from '../../../plan/over.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { CallsInput } from '../aggregate/aggregate-input.ts'
import { ChangeSet } from '../change-set.ts'
import { ordinalColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { partitionFields, TouchedPartitions } from '../touched-partitions.ts'
import type { Result } from './over-accumulators.ts'
import { type LookedRow, OverChanges } from './over-changes.ts'
import { framedResults } from './over-framed.ts'
import { int32sOf, type OverLayout, overLayout, valuesIn } from './over-layout.ts'
import { mirrored } from './over-mirror.ts'
import { fitting, type LeavingRow } from './over-output.ts'
import { type Reach, reachOf } from './over-reach.ts'
import { changedRanges, type Segment } from './over-segments.ts'
import { sequenceOf } from './over-sequence.ts'
import { OverSpans } from './over-spans.ts'
import { copiesWith, NEW, OverStore, SENT } from './over-store.ts'
import { OverSweep } from './over-sweep.ts'
import { sweepPlan } from './over-sweep-plan.ts'

/** Rows that are looked at together. */
const TOGETHER = 8 * CHUNK_ROWS

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
  return new UpdatingOver(node, swept(overLayout(node, input)), context, shape.appendOnly)
}

/** In the order, as written or the opposite, in which frames begin with the partition. */
function swept(layout: OverLayout): OverLayout {
  if (sweepPlan(layout) !== undefined) return layout
  const other = mirrored(layout)
  return other === undefined || sweepPlan(other) === undefined ? layout : other
}

class UpdatingOver implements Operator {
  readonly #context: OperatorContext
  readonly #layout: OverLayout
  readonly #once: boolean
  readonly #reach: Reach
  readonly #store: OverStore
  /** Where values of the order say what changes reach. */
  readonly #spans: OverSpans | undefined
  /** Where all calls go on from the row before, or ask for a few rows around. */
  readonly #sweep: OverSweep | undefined
  readonly #changes: OverChanges
  /** Rows that the running step takes back, with how many of each. */
  readonly #gone: ChangeSet
  readonly #fresh: SlotList
  readonly #touched: TouchedPartitions
  readonly #watermarks = new InputWatermarks(1)

  constructor(node: OverNode, layout: OverLayout, context: OperatorContext, appendOnly: boolean) {
    this.#context = context
    this.#layout = layout
    this.#once = isComputedOnce(node)
    this.#reach = reachOf(layout)
    const sweep = this.#once ? undefined : sweepPlan(layout)
    const results = this.#once ? [] : node.calls.map(({ type }) => type)
    this.#store = new OverStore(context, layout, appendOnly, [...results, ...(sweep?.kept ?? [])])
    this.#changes = new OverChanges(context, this.#store, node.schema)
    this.#sweep = sweep === undefined ? undefined : new OverSweep(context, this.#store, layout, sweep)
    const { values } = this.#reach
    this.#spans = values === undefined ? undefined : new OverSpans(context, this.#store, layout, this.#reach, values)
    this.#gone = new ChangeSet(context, 'gone', layout.schema)
    this.#fresh = new SlotList(context.memory)
    this.#touched = new TouchedPartitions(context, partitionFields(layout))
  }

  push(_input: number, batch: Batch): void {
    if (batch.rows === 0) return
    const { memory } = this.#context
    if (!this.#once) this.#touched.touch(this.#store.keysOf(batch), batch.rows, ordinalColumn(memory, batch))
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
    } else if (!this.#touched.empty) {
      this.#change(gone, out)
    }
    this.#fresh.free()
    this.#gone.clear()
    this.#touched.clear()
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

  /** Touched partitions in order: their keys, and the ordinals at which they were touched. */
  #partitions(): { readonly keys: readonly Column[]; readonly ordinals: readonly bigint[] } {
    const { keys, ordinals, rows } = this.#touched.inOrder()
    return { keys, ordinals: [...this.#context.memory.i64(ordinals, rows)] }
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
    const leave = (): Int32Array => {
      if (gone.length > 0) this.#removeRows(gone, partitions.subarray(fresh.length), ordinals, out)
      return this.#store.counts(keys, ordinals.length)
    }
    if (this.#spans !== undefined) {
      const values = this.#spans.valuesOf(changed, rows)
      this.#compute(this.#spans.segments({ partitions, values }, keys, leave()), keys, ordinals, out)
      return
    }
    const places = this.#store.positions(changed, rows)
    const changes = { partitions, places, fresh: fresh.length, counts: leave() }
    if (this.#sweep === undefined) this.#compute(changedRanges(changes, this.#reach), keys, ordinals, out)
    else this.#sweep.run(changes, keys, looked => this.#sendChanged(looked, ordinals, out))
  }

  /** The numbers of the touched partitions that rows are in. */
  #partitionsOf(slots: Pointer, rows: number): Int32Array {
    return int32sOf(this.#context.memory, this.#touched.numbersOf(this.#store.keysAt(slots, rows), rows), rows)
  }

  #removeRows(gone: readonly number[], partitions: Int32Array, ordinals: readonly bigint[], out: Output): void {
    const { memory } = this.#context
    const slots = int32s(memory, gone)
    const sent = this.#store.sent(slots, gone.length)
    const rows = gone.flatMap((slot, row): readonly LeavingRow[] => {
      const { state, results } = sent[row]!
      const ordinal = ordinals[partitions[row] ?? 0] ?? 0n
      if (state === NEW) return []
      return [{ slot, weight: -1, ordinal, results: state === SENT ? results : undefined }]
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
      const own = slots + from * 4
      this.#touched.touch(this.#store.keysAt(own, count), count, this.#store.ordinals(own, count))
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
    const { slots: slotsAt } = this.#store.stretches(segments, keys)
    const slots = int32sOf(memory, slotsAt, rows)
    const sent = this.#once ? [] : this.#store.sent(slotsAt, rows)
    const read = new Map(
      this.#layout.reads.map(column => [column, valuesIn(memory, this.#store.column(slotsAt, rows, column), rows)]),
    )
    const looked: LookedRow[] = []
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
      for (let row = first; row < last; row++) {
        const at = start + row - from
        const own = results.map((of): Result => of[row - first] ?? null)
        looked.push({ slot: slots[at] ?? -1, partition, sent: sent[at] ?? unsent, results: own, kept: [] })
      }
      start += length
    }
    if (this.#once) {
      this.#send(
        looked.map(({ slot, partition, results }) => ({
          slot,
          ordinal: ordinals[partition] ?? 0n,
          results: fitting(results),
          weight: 1,
        })),
        out,
      )
    } else {
      this.#sendChanged(looked, ordinals, out)
    }
  }

  /** Peers change together: those of the changed row, and of the one before it, whose peer may have left. */
  #firstChanged({ from, first }: Segment, groups: Int32Array, starts: readonly number[]): number {
    if (!this.#reach.peers || first === 0) return first
    return from + (starts[groups[first - from - 1] ?? 0] ?? 0)
  }

  #sendChanged(looked: readonly LookedRow[], ordinals: readonly bigint[], out: Output): void {
    this.#changes.sendChanged(looked, ordinals, this.#watermarks.reached(), out)
  }

  #send(rows: readonly LeavingRow[], out: Output): void {
    this.#changes.send(rows, this.#watermarks.reached(), out)
  }
}

const unsent = { state: NEW, results: [] }
