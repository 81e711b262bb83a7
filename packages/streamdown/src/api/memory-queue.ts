/** Where pushed rows go. */
export interface MemoryListener {
  push(rows: readonly object[]): void
  end(): void
}

/** Rows that the program pushes: kept until something listens, then given to everything that does. */
export class MemoryQueue {
  readonly #listeners: MemoryListener[] = []
  readonly #waiting: object[] = []
  #ended = false

  push(rows: readonly object[]): void {
    if (this.#listeners.length === 0) this.#waiting.push(...rows)
    for (const listener of this.#listeners) listener.push(rows)
  }

  end(): void {
    this.#ended = true
    for (const listener of this.#listeners) listener.end()
  }

  /** The first to listen gets what has been waiting. */
  attach(listener: MemoryListener): void {
    this.#listeners.push(listener)
    if (this.#waiting.length > 0) listener.push(this.#waiting.splice(0))
    if (this.#ended) listener.end()
  }
}
