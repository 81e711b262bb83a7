import { type Batch, type Column, columnAt, END_OF_TIME, NO_WATERMARK, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { LateRows } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { AggregateGroups, watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { fieldOf } from './group-aggregate.ts'
import { OpenSessions, sessionFields } from './open-sessions.ts'
import { WINDOW_TIME } from './window-time.ts'

/** Stands for the field of window_time, which follows from the end. */
const TIME_FIELD = -1

type SessionWindow = WindowNode & {
  readonly windowing: Extract<WindowNode['windowing'], { kind: 'session' }>
  readonly time: number
}

/**
 * The session window that `createClosingSessions` can take: each session is one group, which gives its row once, when the
 * watermark reaches its end.
 */
export function closingSessions(
  node: AggregateNode,
  session: WindowNode,
  input: AggregateInput,
): SessionWindow | undefined {
  const { windowing, time } = session
  const { window } = node
  if (windowing.kind !== 'session' || time === 'processing') return undefined
  if (window === undefined || window.changes || window.allowedLateness > 0n) return undefined
  if (input.groups.some(column => column >= 0 && !windowing.partitionBy.includes(column))) return undefined
  return { ...session, windowing, time }
}

/** Each session is one group (open-sessions.ts), which gives its row when it closes. */
export function createClosingSessions(
  node: AggregateNode,
  session: SessionWindow,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new ClosingSessions(node, session, input, context, shape)
}

class ClosingSessions implements Operator {
  readonly #context: OperatorContext
  readonly #time: number
  readonly #partitionColumns: readonly number[]
  readonly #boundType: DataType
  readonly #groups: AggregateGroups
  readonly #sessions: OpenSessions
  readonly #late: LateRows
  #watermark = NO_WATERMARK

  constructor(
    node: AggregateNode,
    session: SessionWindow,
    input: AggregateInput,
    context: OperatorContext,
    { appendOnly }: InputShape,
  ) {
    const { partitionBy, gap } = session.windowing
    this.#context = context
    this.#time = session.time
    this.#partitionColumns = partitionBy
    this.#boundType = session.schema.at(-3)?.type ?? types.timestamp(3)
    const partition = partitionBy.map((column, i) => ({ ...fieldOf(input, column), name: `k${i}` }))
    const keys = [...partition, field('session', types.bigint, false)]
    const { start, end } = sessionFields(partitionBy.length)
    const listed = [field('into', types.int), field('partition', types.int)]
    const outputs = node.keys.map((column, position) => {
      const own = input.groups[position] ?? -1
      return own >= 0 ? partitionBy.indexOf(own) : ([start, end][column - session.input.schema.length] ?? TIME_FIELD)
    })
    this.#groups = new AggregateGroups(node, context, input, {
      keys,
      groupBy: partition.length,
      extra: [
        field('arrival', types.bigint, false),
        field('from', this.#boundType),
        field('until', this.#boundType),
        ...listed,
      ],
      outputs,
      appendOnly,
      keyed: true,
      merging: true,
      endKey: undefined,
      corrected: false,
      bounds: { fields: [start, end, TIME_FIELD], of: (slots, rows) => this.#boundsOf(slots, rows) },
    })
    this.#sessions = new OpenSessions(context, this.#groups, partition, gap)
    this.#late = new LateRows(context.memory, input.schema.slice(0, input.inputColumns), false)
  }

  push(_input: number, arrived: Batch, out: Output): void {
    const { rows } = arrived
    if (rows === 0) return
    const { memory } = this.#context
    const partition = this.#partitionColumns.map(column => columnAt(arrived, column))
    const { taken, slots, onTime } = this.#sessions.take(arrived, partition, columnAt(arrived, this.#time))
    if (taken === rows) {
      this.#update(arrived, slots, out)
      return
    }
    const selection = memory.chunk(rows * 4)
    const late = memory.kernels.agg_select(onTime, rows, 0, selection)
    if (late > 0) this.#late.take(arrived, columnAt(arrived, 0), onTime, late, out)
    if (taken === 0) return
    const chosen = memory.chunk(taken * 4)
    memory.kernels.select_not_negative(slots, rows, selection)
    memory.kernels.agg_take32(slots, selection, taken, chosen)
    this.#update(takeRows(memory, arrived, selection, taken), chosen, out)
  }

  endStep({ watermark, ended }: StepEnd, out: Output): void {
    const reached = ended ? END_OF_TIME : watermark
    const closing = this.#sessions.close(reached)
    if (closing.length > 0) {
      const groups = { rows: closing.length, slots: closing.at(0), ordinals: 0 }
      this.#groups.sendFinal(groups, out, this.#watermark)
      this.#groups.remove(groups)
    }
    closing.free()
    this.#watermark = reached
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#groups.tables(), { watermark: watermarkText(this.#watermark) })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#groups.tables(), from)
    this.#groups.states.rebuild()
    this.#watermark = watermarkOf(from.values.watermark)
    this.#sessions.rebuild()
  }

  openWindows(): number {
    return this.#groups.table.rows
  }

  stateBytes(): number {
    return this.#groups.bytes() + this.#sessions.bytes()
  }

  #update(batch: Batch, slots: Pointer, out: Output): void {
    const { table, states } = this.#groups
    const keys = states.hasLists ? this.#groups.keysOf(slots, batch.rows) : []
    this.#groups.update(batch, { keys, slots, addresses: table.addresses(slots, batch.rows) }, out)
  }

  #boundsOf(slots: Pointer, rows: number): readonly Column[] {
    const { memory } = this.#context
    const { start, end } = sessionFields(this.#partitionColumns.length)
    const [from, until] = [start, end].map(index => this.#groups.table.gather(slots, rows, index))
    if (from === undefined || until === undefined) throw new RangeError('a session without bounds')
    const data = memory.chunk(rows * 8)
    memory.kernels.session_minus(until.data, rows, WINDOW_TIME, data)
    return [from, until, { type: this.#boundType, data, validity: 0 }]
  }
}
