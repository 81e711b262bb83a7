import { MinHeap } from '../min-heap.ts'
import type { Session } from './sessions.ts'

/** Sessions by the end that they had when they were queued; one that has grown since is queued again at its turn. */
export class SessionQueue {
  readonly #queued = new Map<bigint, Session[]>()
  readonly #ends = new MinHeap<bigint>((a, b) => a < b)

  add(session: Session): void {
    const known = this.#queued.get(session.end)
    if (known !== undefined) {
      known.push(session)
      return
    }
    this.#queued.set(session.end, [session])
    this.#ends.push(session.end)
  }

  /** Takes out those that are over, by end, then arrival; sessions that another took in are dropped. */
  take(isOver: (end: bigint) => boolean): readonly Session[] {
    const taken: Session[] = []
    for (let end = this.#ends.peek(); end !== undefined && isOver(end); end = this.#ends.peek()) {
      this.#ends.pop()
      const queued = this.#queued.get(end) ?? []
      this.#queued.delete(end)
      for (const session of queued) {
        if (session.into !== undefined) continue
        if (session.end > end) this.add(session)
        else taken.push(session)
      }
    }
    return taken.sort((a, b) => compare(a.end, b.end) || compare(a.arrival, b.arrival))
  }

  /** When the next session ends at the earliest. */
  nextEnd(): bigint | undefined {
    return this.#ends.peek()
  }
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
