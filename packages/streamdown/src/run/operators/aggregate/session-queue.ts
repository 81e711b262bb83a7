import { MinHeap } from '../min-heap.ts'
import type { Session } from './sessions.ts'

/**
 * Sessions by the end that they had when they were queued; one that has grown since is queued again at its turn, one that
 * has shrunk at once (`Session.queuedAt` is then the end that counts).
 */
export class SessionQueue {
  readonly #queued = new Map<bigint, Session[]>()
  readonly #ends = new MinHeap<bigint>((a, b) => a < b)

  add(session: Session): void {
    session.queuedAt = session.end
    const known = this.#queued.get(session.end)
    if (known !== undefined) {
      known.push(session)
      return
    }
    this.#queued.set(session.end, [session])
    this.#ends.push(session.end)
  }

  /** Takes out those that are over, by end, then arrival. */
  take(isOver: (end: bigint) => boolean): readonly Session[] {
    const taken: Session[] = []
    for (let end = this.#ends.peek(); end !== undefined && isOver(end); end = this.#ends.peek()) {
      this.#ends.pop()
      const queued = this.#queued.get(end) ?? []
      this.#queued.delete(end)
      for (const session of queued) {
        if (session.queuedAt !== end) continue
        session.queuedAt = undefined
        if (session.end > end) this.add(session)
        else taken.push(session)
      }
    }
    return taken.sort(byEnd)
  }

  /** When the next session ends at the earliest. */
  nextEnd(): bigint | undefined {
    return this.#ends.peek()
  }
}

/** By end, then arrival. */
export const byEnd = (a: Session, b: Session): number => compare(a.end, b.end) || compare(a.arrival, b.arrival)

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
