/** What one step took in: enough to repeat it byte for byte from the same sources. */
export interface JournalEntry {
  readonly step: bigint
  /** The processing clock of the step, µs. */
  readonly now: bigint
  /** Partitions that came up and joined before this step took anything, in this order. */
  readonly joined?: readonly string[]
  /** In the order in which they were taken; the first row's ordinal follows from the rows before it. */
  readonly takes: readonly Take[]
  /** Partitions that were found to be something else than before; by rows they become active without an entry. */
  readonly statuses: readonly StatusChange[]
  /** So many workers take turns in memory after this step, as state did not fit; 1: none any more, as it fits again. */
  readonly partitions?: number
  /** The answers that asynchronous operators took in, by operator in the order of the plan; base64 of batches. */
  readonly answers?: readonly (readonly string[])[]
}

/** Rows are expected, nothing has come for the idle timeout, or nothing will come any more. */
export type PartitionStatus = 'active' | 'idle' | 'ended'

export interface StatusChange {
  readonly partition: string
  readonly status: PartitionStatus
}

export interface Take {
  /** `source/partition`. */
  readonly partition: string
  readonly rows: number
  readonly position: string
  /** How far its rows had come then, of those that come with their watermarks: µs, as text. */
  readonly watermark?: string
}

/** The cut of a run, in memory; a checkpoint keeps what came since the last one. */
export class Journal {
  #entries: JournalEntry[] = []

  append(entry: JournalEntry): void {
    this.#entries.push(entry)
  }

  entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** Forgets entries that a checkpoint has made unnecessary. */
  truncate(before: bigint): void {
    this.#entries = this.#entries.filter(entry => entry.step >= before)
  }

  toText(): string {
    return this.#entries
      .map(entry => JSON.stringify({ ...entry, step: String(entry.step), now: String(entry.now) }))
      .join('\n')
  }

  static fromText(text: string): Journal {
    const journal = new Journal()
    for (const line of text.split('\n')) {
      if (line === '') continue
      const raw = JSON.parse(line) as Omit<JournalEntry, 'step' | 'now'> & { step: string; now: string }
      journal.append({ ...raw, step: BigInt(raw.step), now: BigInt(raw.now) })
    }
    return journal
  }
}
