import type { Discovery, PartitionReader } from '../connect/source.ts'
import type { JournalEntry } from './journal.ts'

interface Found {
  /** `source/partition`. */
  readonly id: string
  readonly reader: PartitionReader
  join(reader: PartitionReader): void
}

interface Growing {
  readonly source: number
  readonly discovery: Discovery
  join(reader: PartitionReader): void
}

/** Partitions that come up while a program runs. They join at the beginning of a step, which notes them down. */
export class NewPartitions {
  readonly #growing: Growing[] = []
  #found: Found[] = []
  #ended = false

  add(source: number, discovery: Discovery, join: (reader: PartitionReader) => void): void {
    this.#growing.push({ source, discovery, join })
  }

  /** More may come up. */
  get expected(): boolean {
    return this.#growing.length > 0 && !this.#ended
  }

  /** Some have come up and did not join yet. */
  get waiting(): boolean {
    return !this.#ended && (this.#found.length > 0 || this.#growing.some(({ discovery }) => discovery.waiting))
  }

  /** Whether these have come up. */
  has(ids: readonly string[]): boolean {
    if (ids.length === 0) return true
    this.#look()
    return ids.every(id => this.#found.some(found => found.id === id))
  }

  /** All that have come up join; of a step that is repeated those that joined then. */
  join(ids?: readonly string[]): Pick<JournalEntry, 'joined'> {
    if (this.#growing.length === 0 || this.#ended) return {}
    this.#look()
    const joining =
      ids === undefined ? this.#found : ids.flatMap(id => this.#found.find(found => found.id === id) ?? [])
    this.#found = this.#found.filter(found => !joining.includes(found))
    for (const { reader, join } of joining) join(reader)
    return joining.length === 0 ? {} : { joined: joining.map(({ id }) => id) }
  }

  /** What comes up from now on does not join any more. */
  end(): void {
    this.#ended = true
  }

  ready(): readonly Promise<void>[] {
    return this.#ended ? [] : this.#growing.map(({ discovery }) => discovery.ready())
  }

  async close(): Promise<void> {
    for (const { discovery } of this.#growing) await discovery.close()
    for (const { reader } of this.#found.splice(0)) await reader.close()
  }

  #look(): void {
    for (const { source, discovery, join } of this.#growing) {
      for (const reader of discovery.found()) this.#found.push({ id: `${source}/${reader.partition}`, reader, join })
    }
  }
}
