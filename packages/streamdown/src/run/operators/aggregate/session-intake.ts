import { type Batch, columnAt } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import type { StateTable } from '../../../state/state-table.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { LateRows } from '../late-rows.ts'
import type { SessionGroups } from './session-groups.ts'
import type { SessionPartitions } from './session-partitions.ts'
import type { Session, Sessions } from './sessions.ts'

/** What takes rows into sessions and their groups. */
export interface SessionIntake {
  /** What a snapshot holds beside the groups. */
  readonly tables: readonly StateTable[]
  /** Takes the rows of a batch; late ones leave. `watermark`: what rows that are sent leave with. */
  take(batch: Batch, out: Output, watermark: bigint): void
  /** At the end of a step: sessions that are over, by end, then arrival; event time, or the clock, has come to `reached`. */
  close(reached: bigint): readonly Session[]
  /** The sessions that have lost all their rows since this was last asked. */
  emptied(): readonly Session[]
  /** After tables and sessions were restored. */
  rebuild(): void
  bytes(): number
}

export interface SessionParts {
  readonly context: OperatorContext
  readonly time: number | 'processing'
  readonly sessions: Sessions
  readonly groups: SessionGroups
  readonly partitions: SessionPartitions
  readonly late: LateRows
}

/** The rows at these indexes, in order, are late. */
export function sendLate(memory: Memory, to: LateRows, batch: Batch, late: readonly number[], out: Output): void {
  const onTime = memory.chunk(batch.rows)
  const bytes = memory.u8(onTime, batch.rows).fill(1)
  for (const row of late) bytes[row] = 0
  to.take(batch, columnAt(batch, 0), onTime, late.length, out)
}
