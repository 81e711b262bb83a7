import { type Batch, END_OF_TIME, NO_WATERMARK } from '../../../batch/batch.ts'
import { StreamdownError } from '../../../errors/error.ts'
import type { AggregateNode, WindowNode } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { lowest } from '../hidden.ts'
import { LateRows } from '../late-rows.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { AddedSessionRows } from './added-session-rows.ts'
import { watermarkOf, watermarkText } from './aggregate-groups.ts'
import type { AggregateInput } from './aggregate-input.ts'
import { ChangingSessionRows } from './changing-session-rows.ts'
import { closingSessions, createClosingSessions } from './closing-sessions.ts'
import { SessionGroups } from './session-groups.ts'
import type { SessionIntake } from './session-intake.ts'
import { SessionPartitions } from './session-partitions.ts'
import { Sessions } from './sessions.ts'

/** Bytes that the derived index takes for a session, about. */
const SESSION_BYTES = 160

/**
 * Aggregates over session windows. Sessions form per partition of the window function; the groups of a session are its
 * other keys. With a closing window a session gives its rows when the watermark reaches its end, ordered as windows are;
 * a row is late when the session that it would belong to has ended (plus the allowed lateness) before it. Without one,
 * or with EMIT CHANGES, rows appear at once and move with their session.
 */
export function createSessionAggregate(
  node: AggregateNode,
  session: WindowNode,
  input: AggregateInput,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  const { windowing } = session
  if (windowing.kind !== 'session') throw new RangeError('not a session window')
  for (const column of windowing.partitionBy) {
    if (!input.groups.includes(column)) {
      throw new StreamdownError(
        'DSD2005',
        'GROUP BY over a session window without its PARTITION BY columns; group by them, too',
      )
    }
  }
  const closing = shape.appendOnly ? closingSessions(node, session, input) : undefined
  if (closing !== undefined) return createClosingSessions(node, closing, input, context, shape)
  return new SessionAggregate(node, session, windowing, input, context, shape)
}

class SessionAggregate implements Operator {
  readonly #node: AggregateNode
  readonly #time: number | 'processing'
  readonly #sessions: Sessions
  readonly #partitions: SessionPartitions
  readonly #groups: SessionGroups
  readonly #intake: SessionIntake
  #watermark = NO_WATERMARK
  #due: bigint | undefined

  constructor(
    node: AggregateNode,
    session: WindowNode,
    { gap, partitionBy }: Extract<WindowNode['windowing'], { kind: 'session' }>,
    input: AggregateInput,
    context: OperatorContext,
    { appendOnly }: InputShape,
  ) {
    const { time } = session
    this.#node = node
    this.#time = time
    const sessions = new Sessions(gap, node.window?.allowedLateness)
    const corrected = this.#corrected
    const groups = new SessionGroups(context, { node, session, partitionBy, input, appendOnly, corrected })
    const partitions = new SessionPartitions(context, groups.partition, partitionBy)
    const late = new LateRows(context.memory, input.schema.slice(0, input.inputColumns), false)
    const parts = { context, time, sessions, groups, partitions, late }
    this.#sessions = sessions
    this.#groups = groups
    this.#partitions = partitions
    this.#intake = appendOnly
      ? new AddedSessionRows(parts)
      : new ChangingSessionRows(parts, { input, partitionBy, closes: node.window !== undefined })
  }

  /** Rows are corrected after they were sent. */
  get #corrected(): boolean {
    const { window } = this.#node
    return window === undefined || window.changes || window.allowedLateness > 0n
  }

  push(_input: number, batch: Batch, out: Output): void {
    if (batch.rows > 0) this.#intake.take(batch, out, this.#watermark)
  }

  endStep({ watermark, now, ended }: StepEnd, out: Output): void {
    const before = this.#watermark
    const reached = ended ? END_OF_TIME : this.#time === 'processing' ? now : watermark
    const closing = this.#intake.close(reached)
    if (this.#corrected) this.#sendTouched(reached, now, ended || closing.length > 0, out, before)
    const emptied = this.#intake.emptied()
    this.#groups.close(this.#corrected ? closing : [...emptied, ...closing], out, before)
    this.#partitions.touch(closing.map(({ partition }) => partition))
    this.#partitions.forget(this.#sessions)
    this.#watermark = this.#time === 'processing' ? watermark : reached
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    const close = this.#time === 'processing' ? this.#sessions.nextEnd() : undefined
    if (close === undefined || this.#due === undefined) return close ?? this.#due
    return lowest([close, this.#due])
  }

  snapshot(): StateSnapshot {
    this.#groups.storeBounds()
    const due = this.#due === undefined ? {} : { due: String(this.#due) }
    return snapshotOf(this.#tables, { watermark: watermarkText(this.#watermark), ...due })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#tables, from)
    this.#watermark = watermarkOf(from.values.watermark)
    const { due } = from.values
    this.#due = due === undefined ? undefined : BigInt(due)
    this.#groups.rebuild(this.#sessions, this.#partitions.table)
    this.#intake.rebuild()
  }

  openWindows(): number {
    return this.#node.window === undefined ? 0 : this.#sessions.size
  }

  stateBytes(): number {
    const derived = (this.#sessions.size + this.#groups.size) * SESSION_BYTES
    return this.#groups.bytes() + this.#partitions.table.bytes() + this.#intake.bytes() + derived
  }

  get #tables(): readonly StateTable[] {
    return [...this.#groups.tables(), ...this.#intake.tables]
  }

  /** Corrections: at once, when due, or, with allowed lateness, from a session's end on. */
  #sendTouched(reached: bigint, now: bigint, everything: boolean, out: Output, watermark: bigint): void {
    const { window } = this.#node
    if (this.#groups.touched === 0) return
    if (window?.emitEvery !== undefined) {
      this.#due ??= now + window.emitEvery
      if (now < this.#due && !everything) return
      this.#due = undefined
    }
    const waits = window !== undefined && !window.changes
    this.#groups.sendTouched(session => !waits || session.end <= reached, out, watermark)
  }
}
