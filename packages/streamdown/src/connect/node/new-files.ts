import type { Discovery, PartitionReader } from '../source.ts'
import { filesNow } from './file-paths.ts'

/** Looks again and again at a directory or glob for files that were not there before. */
export class NewFiles implements Discovery {
  readonly #path: string
  readonly #intervalMs: number
  readonly #open: (file: string) => Promise<PartitionReader>
  readonly #known: Set<string>
  #found: PartitionReader[] = []
  #failure: unknown
  #timer: NodeJS.Timeout | undefined
  #waiting: Promise<void> | undefined
  #wake: (() => void) | undefined
  #closed = false

  private constructor(
    path: string,
    intervalMs: number,
    known: Iterable<string>,
    open: (file: string) => Promise<PartitionReader>,
  ) {
    this.#path = path
    this.#intervalMs = intervalMs
    this.#known = new Set(known)
    this.#open = open
  }

  /** Has looked once when it resolves: what is there and not `known` is found. */
  static async watch(
    path: string,
    intervalMs: number,
    known: Iterable<string>,
    open: (file: string) => Promise<PartitionReader>,
  ): Promise<NewFiles> {
    const files = new NewFiles(path, intervalMs, known, open)
    await files.#look()
    if (files.#failure !== undefined) {
      await files.close()
      throw files.#failure
    }
    return files
  }

  get waiting(): boolean {
    return this.#found.length > 0 || this.#failure !== undefined
  }

  found(): readonly PartitionReader[] {
    if (this.#failure !== undefined) throw this.#failure
    const found = this.#found
    this.#found = []
    return found
  }

  ready(): Promise<void> {
    if (this.waiting || this.#closed) return Promise.resolve()
    this.#waiting ??= new Promise(resolve => {
      this.#wake = resolve
      this.#timer = setTimeout(() => void this.#look().then(() => this.#stopWaiting()), this.#intervalMs)
    })
    return this.#waiting
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#stopWaiting()
    for (const reader of this.#found.splice(0)) await reader.close()
  }

  #stopWaiting(): void {
    this.#wake?.()
    this.#wake = undefined
    this.#waiting = undefined
  }

  async #look(): Promise<void> {
    try {
      for (const file of filesNow(this.#path)) {
        if (this.#known.has(file)) continue
        this.#known.add(file)
        const reader = await this.#open(file)
        if (this.#closed) await reader.close()
        else this.#found.push(reader)
      }
    } catch (error) {
      this.#failure = error
    }
  }
}
