import { Source } from './connector.ts'
import { MemoryQueue } from './memory-queue.ts'

/** Rows that the program itself pushes into a running program. */
export class Memory<R> extends Source<R> {
  readonly #queue: MemoryQueue

  /** @internal */
  constructor(queue = new MemoryQueue()) {
    super({ connector: 'memory', options: {}, handle: queue })
    this.#queue = queue
  }

  /** Rows, as the schema of the stream or table that reads them says. Those pushed before the start are kept. */
  push(...rows: readonly object[]): void {
    this.#queue.push(rows)
  }

  /** No more rows will come. */
  end(): void {
    this.#queue.end()
  }
}

/** Rows that the program itself pushes: `rows.push({...})`, or `simulate(...).push(stream, {...})`. */
export function memory<R = unknown>(): Memory<R> {
  return new Memory<R>()
}
