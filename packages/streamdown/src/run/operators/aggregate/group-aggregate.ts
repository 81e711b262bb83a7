import { type Batch, type Column, columnAt, type Pointer } from '../../../batch/batch.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { InputShape } from '../shape.ts'
import { SlotList } from '../slot-list.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { AggregateGroups, watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { loneKey } from './aggregate-states.ts'
import { endField, GroupLifetime } from './group-lifetime.ts'

/**
 * Updating groups: at the end of a step each group touched in it gives at most its old row and its new one, when they
 * differ bit for bit. A group without rows left is taken back and forgotten. Without keys there is one group, always,
 * which also gives its row over no input, in the first step.
 */
export function createGroupAggregate(
  node: AggregateNode,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new GroupAggregate(node, input, context, shape)
}

class GroupAggregate implements Operator {
  readonly #context: OperatorContext
  readonly #input: AggregateInput
  readonly #groups: AggregateGroups
  readonly #slots: SlotList
  readonly #ordinals: SlotList
  readonly #keyed: boolean
  readonly #lifetime: GroupLifetime | undefined
  /** Whether this step looked for groups whose time is over. */
  #swept = false
  /** The one group of an aggregate without keys; -1 until it is made. */
  #lone = -1
  #watermark = watermarkOf(undefined)

  constructor(node: AggregateNode, input: AggregateInput, context: OperatorContext, { appendOnly }: InputShape) {
    this.#context = context
    this.#input = input
    this.#keyed = input.groups.length > 0
    const keys = this.#keyed
      ? input.groups.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
      : [loneKey]
    this.#groups = new AggregateGroups(node, context, input, {
      keys,
      groupBy: this.#keyed ? keys.length : 0,
      extra: node.ttl === undefined ? [] : [endField],
      outputs: input.groups.map((_, i) => i),
      appendOnly,
      keyed: this.#keyed,
      merging: false,
      endKey: undefined,
      corrected: true,
    })
    if (node.ttl !== undefined) this.#lifetime = new GroupLifetime(context, this.#groups, keys.length, node.ttl)
    this.#slots = new SlotList(context.memory)
    this.#ordinals = new SlotList(context.memory, 8)
  }

  push(_input: number, batch: Batch, out: Output): void {
    if (batch.rows === 0) return
    this.#sweep(this.#context.now())
    const { rows, ordinals, firstOrdinal } = batch
    const keys = this.#keyed ? this.#input.groups.map(column => columnAt(batch, column)) : []
    const { slots, addresses } = this.#keyed ? this.#groups.of(keys, rows) : this.#loneGroup(rows)
    const touched = this.#groups.touch({ rows, slots, addresses, ordinals, firstOrdinal })
    this.#slots.append(touched.slots, touched.rows)
    this.#ordinals.append(touched.ordinals, touched.rows)
    this.#groups.update(batch, { keys: this.#keyed ? keys : [this.#loneKeys(rows)], slots, addresses }, out)
  }

  endStep({ watermark, now }: StepEnd, out: Output): void {
    this.#sweep(now)
    this.#swept = false
    if (!this.#keyed && this.#lone < 0) this.#touchLone()
    const touched = { rows: this.#slots.length, slots: this.#slots.at(0), ordinals: this.#ordinals.at(0) }
    this.#groups.sendChanges(touched, out, this.#watermark)
    this.#groups.untouch(touched.slots, touched.rows)
    this.#lifetime?.renew(touched, now)
    this.#groups.removeEmpty(touched)
    this.#slots.free()
    this.#ordinals.free()
    this.#watermark = watermark
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    return this.#lifetime?.nextTimer()
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#groups.tables(), { watermark: watermarkText(this.#watermark) })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#groups.tables(), from)
    this.#watermark = watermarkOf(from.values.watermark)
    this.#groups.states.rebuild()
    if (!this.#keyed && this.#groups.table.rows > 0)
      this.#lone = this.#context.memory.i32(this.#groups.table.all().slots, 1)[0] ?? -1
  }

  stateBytes(): number {
    return this.#groups.bytes() + this.#slots.bytes() + this.#ordinals.bytes()
  }

  #sweep(now: bigint): void {
    if (this.#swept) return
    this.#swept = true
    this.#lifetime?.sweep(now)
  }

  /** The one group without keys exists from the first step on, so that its row is sent. */
  #touchLone(): void {
    const { slots, addresses } = this.#loneGroup(1)
    const touched = this.#groups.touch({ rows: 1, slots, addresses, ordinals: 0, firstOrdinal: 0n })
    this.#slots.append(touched.slots, touched.rows)
    this.#ordinals.append(touched.ordinals, touched.rows)
  }

  #loneGroup(rows: number): { readonly slots: Pointer; readonly addresses: Pointer } {
    const { memory } = this.#context
    if (this.#lone < 0) this.#lone = memory.i32(this.#groups.of([this.#loneKeys(1)], 1).slots, 1)[0] ?? -1
    const slots = memory.chunk(rows * 4)
    memory.kernels.fill_i32(slots, rows, this.#lone)
    return { slots, addresses: this.#groups.table.addresses(slots, rows) }
  }

  #loneKeys(rows: number): Column {
    return { type: loneKey.type, data: this.#context.memory.chunkZeroed(rows), validity: 0 }
  }
}

/** The field of an input column. */
export function fieldOf(input: AggregateInput, column: number): AggregateInput['schema'][number] {
  const found = input.schema[column]
  if (found === undefined) throw new RangeError(`an aggregate's input has no column ${column}`)
  return found
}
