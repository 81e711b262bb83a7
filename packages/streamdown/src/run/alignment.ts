import { NO_WATERMARK } from '../batch/batch.ts'
import type { OpenPartition } from './intake.ts'

/** How far the partitions of a source may go ahead of others in event time. */
export interface Drift {
  /** Sources of one name are compared with each other. */
  readonly group: string
  /** µs ahead of the slowest of the group; undefined: no partition is held back. */
  readonly most?: bigint
}

/**
 * Compares the partitions that are read by their event time: what one that leads gives has to be kept until the others
 * have come as far. Partitions that are idle or ended hold nothing back, and count for nothing here.
 */
export class Alignment {
  readonly #partitions: readonly OpenPartition[]

  constructor(partitions: readonly OpenPartition[]) {
    this.#partitions = partitions
  }

  /** It is further ahead than it may be: it is not read until the slowest of its group has come nearer. */
  leads({ trackers, id, drift: { group, most } }: OpenPartition): boolean {
    const own = trackers[0]?.timeOf(id)
    if (most === undefined || own === undefined || own === NO_WATERMARK) return false
    let slowest = own
    for (const other of this.#partitions) {
      const time = other.drift.group === group ? activeTime(other) : undefined
      // Nobody knows where one is that has given nothing yet.
      if (time !== undefined && time !== NO_WATERMARK && time < slowest) slowest = time
    }
    return own - slowest > most
  }

  /** The watermark waits for it while others lead: what it gives lets state go. */
  holdsBack(each: OpenPartition): boolean {
    const own = activeTime(each)
    if (own === undefined) return false
    let others = false
    for (const other of this.#partitions) {
      const time = activeTime(other)
      if (time === undefined) continue
      if (time < own) return false
      if (time > own) others = true
    }
    return others
  }
}

/** How far its rows have come, `NO_WATERMARK` before the first; undefined where it holds no watermark back. */
const activeTime = ({ status, trackers, id }: OpenPartition): bigint | undefined =>
  status === 'active' ? trackers[0]?.timeOf(id) : undefined
