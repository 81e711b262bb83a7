import { NO_WATERMARK } from '../../../batch/batch.ts'
import { SessionQueue } from './session-queue.ts'

/** A session of one partition: rows at most `gap` apart. `end` is the last row's time plus the gap. */
export interface Session {
  readonly id: bigint
  readonly partition: number
  start: bigint
  end: bigint
  /** The ordinal of its first row. */
  readonly arrival: bigint
  /** Slots of its groups. */
  readonly groups: number[]
  /** The session that took it in. */
  into: Session | undefined
  /** Its bounds are others than when this was last cleared. */
  moved: boolean
  /** The end by which it waits to close. */
  queuedAt: bigint | undefined
}

/** Where a session breaks: the times of two rows, and which of the parts leaves it. */
export interface Break {
  readonly previous: bigint
  readonly next: bigint
  readonly leaves: 'before' | 'after'
}

export type SessionPlace = Pick<Session, 'id' | 'partition' | 'start' | 'end' | 'arrival'>

const newSession = (place: SessionPlace): Session => ({
  ...place,
  groups: [],
  into: undefined,
  moved: false,
  queuedAt: undefined,
})

/** The time of a session's last row. */
export const lastOf = ({ end }: Session, gap: bigint): bigint => end - gap

/** A row's session after everything that touched it was put together. */
export function finalSession(session: Session): Session {
  let last = session
  while (last.into !== undefined) last = last.into
  return last
}

/**
 * The open sessions by partition (a slot of the partitions' table), as Flink merges them: a row opens [time, time + gap);
 * sessions that overlap it or touch its ends become one with it. Those of a partition stand in the order of their ends,
 * which is that of their first times as well: sessions that are not over are apart from one another, and those that are
 * end before them. Derived from the groups' table: not part of a snapshot.
 */
export class Sessions {
  readonly gap: bigint
  readonly #lateness: bigint | undefined
  readonly #open = new Map<number, Session[]>()
  readonly #queue = new SessionQueue()
  #nextId = 0n
  #count = 0

  /** `lateness` undefined: sessions are never closed. */
  constructor(gap: bigint, lateness: bigint | undefined) {
    this.gap = gap
    this.#lateness = lateness
  }

  /**
   * Whether rows from `start` to `last`, taken together, might come into other sessions than one after the other, while the
   * watermark moves on to `latest`: one of them may be late, or a session that they touch end between them.
   */
  isDisputed(partition: number, start: bigint, last: bigint, latest: bigint): boolean {
    if (this.isOver(start + this.gap, latest)) return true
    if (!this.isOver(start, latest)) return false
    const own = last + this.gap
    const known = this.#open.get(partition) ?? []
    for (let i = firstFrom(known, end => end < start); i < known.length; i++) {
      const { start: begin, end } = known[i]!
      if (!this.isOver(end, latest)) return false
      if (begin <= own) return true
    }
    return false
  }

  /**
   * The session of rows from `time` to `last` without a gap between them; undefined: they are late. `merge` is told of every
   * session that another takes in.
   */
  take(
    partition: number,
    time: bigint,
    last: bigint,
    watermark: bigint,
    arrival: bigint,
    merge: (from: Session) => void,
  ): Session | undefined {
    const own = last + this.gap
    const known = this.#open.get(partition)
    if (known === undefined) return this.#begin(partition, time, own, watermark, arrival)
    const from = firstFrom(known, end => end < time || this.isOver(end, watermark))
    let to = from
    while (to < known.length && known[to]!.start <= own) to += 1
    if (from === to) return this.#begin(partition, time, own, watermark, arrival)
    const target = to - from === 1 ? known[from]! : this.#mergeAll(known, from, to, merge)
    this.#widen(target, time, own)
    return target
  }

  /** Whether `take` would not take a row. */
  isLate(partition: number, time: bigint, watermark: bigint): boolean {
    const own = time + this.gap
    if (!this.isOver(own, watermark)) return false
    const known = this.#open.get(partition) ?? []
    const touched = known[firstFrom(known, end => end < time || this.isOver(end, watermark))]
    return touched === undefined || touched.start > own
  }

  /** The session in whose time a row lies. */
  at(partition: number, time: bigint): Session | undefined {
    const known = this.#open.get(partition) ?? []
    const session = known[firstFrom(known, end => end - this.gap < time)]
    return session === undefined || session.start > time ? undefined : session
  }

  /** A session has lost rows at its start or its end. */
  shrink(session: Session, start: bigint, end: bigint): void {
    session.start = start
    session.moved = true
    if (end === session.end) return
    session.end = end
    this.#enqueue(session)
  }

  /** A session breaks between two rows; the part that leaves, which began with `arrival`, becomes a session of its own. */
  split(session: Session, { previous, next, leaves }: Break, arrival: bigint): Session {
    const { partition, start, end } = session
    const [before, after] = [
      { start, end: previous + this.gap },
      { start: next, end },
    ] as const
    const [stays, goes] = leaves === 'before' ? [after, before] : [before, after]
    this.shrink(session, stays.start, stays.end)
    const part = this.add({ id: this.#nextId, partition, arrival, ...goes })
    part.moved = true
    return part
  }

  /** A session has lost all its rows. */
  remove(session: Session): void {
    const known = this.#open.get(session.partition) ?? []
    const at = firstFrom(known, end => end < session.end)
    if (known[at] !== session) throw new RangeError('the session is not open')
    session.queuedAt = undefined
    this.#count--
    if (known.length === 1) this.#open.delete(session.partition)
    else known.splice(at, 1)
  }

  #widen(session: Session, start: bigint, end: bigint): void {
    if (start >= session.start && end <= session.end) return
    if (start < session.start) session.start = start
    if (end > session.end) session.end = end
    session.moved = true
  }

  /** The session that began first takes in the others. */
  #mergeAll(known: Session[], from: number, to: number, merge: (from: Session) => void): Session {
    const touching = known.slice(from, to).sort((a, b) => (a.id < b.id ? -1 : 1))
    const [target, ...others] = touching
    if (target === undefined) throw new RangeError('there is no session to merge')
    for (const other of others) {
      other.into = target
      other.queuedAt = undefined
      this.#count--
      this.#widen(target, other.start, other.end)
      merge(other)
    }
    known.splice(from, to - from, target)
    return target
  }

  #begin(partition: number, start: bigint, end: bigint, watermark: bigint, arrival: bigint): Session | undefined {
    return this.isOver(end, watermark) ? undefined : this.add({ partition, start, end, arrival, id: this.#nextId })
  }

  add(place: SessionPlace): Session {
    const added = this.gone(place)
    const known = this.#open.get(place.partition)
    if (known === undefined) this.#open.set(place.partition, [added])
    else
      known.splice(
        firstFrom(known, each => each < place.end),
        0,
        added,
      )
    this.#count++
    this.#enqueue(added)
    return added
  }

  /** One that is not open. */
  gone(place: SessionPlace): Session {
    if (place.id >= this.#nextId) this.#nextId = place.id + 1n
    return newSession(place)
  }

  #enqueue(session: Session): void {
    if (this.#lateness !== undefined) this.#queue.add(session)
  }

  /** Sessions that have ended by `reached`, with `lateness` still to wait for each, by end, then arrival; removed. */
  close(reached: bigint): readonly Session[] {
    const closing = this.#queue.take(end => this.isOver(end, reached))
    this.#count -= closing.length
    for (const session of closing) {
      const open = this.#open.get(session.partition) ?? []
      if (open.length <= 1) this.#open.delete(session.partition)
      else
        open.splice(
          firstFrom(open, end => end < session.end),
          1,
        )
    }
    return closing
  }

  has(partition: number): boolean {
    return this.#open.has(partition)
  }

  /** When the next session ends at the earliest. */
  nextEnd(): bigint | undefined {
    return this.#queue.nextEnd()
  }

  /** How many are open. */
  get size(): number {
    return this.#count
  }

  /** Whether a session with this end has ended, and the lateness gone by. */
  isOver(end: bigint, watermark: bigint): boolean {
    const lateness = this.#lateness
    return lateness !== undefined && watermark !== NO_WATERMARK && end <= watermark && watermark - end >= lateness
  }
}

/** The index of the first session whose end is not `before` what is looked for: most often it is one of the last two. */
function firstFrom(sessions: readonly Session[], before: (end: bigint) => boolean): number {
  let [low, high] = [0, sessions.length]
  for (let tried = 0; low < high; tried++) {
    const middle = tried < 2 ? high - 1 : (low + high) >> 1
    if (before(sessions[middle]!.end)) low = middle + 1
    else high = middle
  }
  return low
}
