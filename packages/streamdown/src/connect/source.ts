import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import type { OptionDefinition } from '../options/definition.ts'
import type { Inquiry, Relation, ScanNode } from '../plan/nodes/node.ts'
import type { Clock } from '../run/clock.ts'
import type { Schema } from '../types/data-type.ts'

/** A place in a partition that a reader can start from again, as text that sorts nowhere and means nothing to others. */
export type Position = string

/**
 * A source's reader of one partition. The scheduler pulls: between steps it looks at `state`, within one it calls `read`,
 * which waits for nothing. What comes by itself (pipes, HTTP, unpacked bytes) fills a bounded queue from the event loop; a
 * plain file is read straight into the memory of the step, since its bytes are there.
 */
export interface PartitionReader {
  readonly partition: string
  /** Bytes or rows are there, nothing is there now, or nothing will ever come. `idle` says we asked and had nothing. */
  state(): 'ready' | 'idle' | 'waiting' | 'ended'
  /** True while it is `waiting` for what is sure to come: a part of a file that is being read. Default: false. */
  loading?(): boolean
  /**
   * At most `maxRows` rows (one more where the next two are one update) as one chunk in chunk memory, with the columns of the scan, in arrival order; undefined when
   * nothing is there. Records that cannot be decoded go to `dead`. `position` afterwards is that behind the last row.
   */
  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined
  position(): Position
  /**
   * Of rows that come with their watermarks: how far those behind the ones that were read will have come, when that is
   * further than at the last call. Until it is asked for the partition is `ready`.
   */
  watermark?(): bigint | undefined
  /** Resolves when `state()` may have changed from `waiting` or `idle`. */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Before the first stateful operator: raw bytes, source, offset, error. */
export interface DeadLetters {
  add(letter: {
    readonly source: string
    readonly position: string
    readonly raw: Uint8Array
    readonly code: string
    readonly problem: string
  }): void
}

/** A running source: its partitions, from given positions. */
export interface Source {
  readonly bounded: boolean
  readonly replays: boolean
  open(context: SourceContext): Promise<readonly PartitionReader[]>
  /** Where partitions come up while it runs: `open` gives those of the positions alone, this the others. */
  discover?(context: SourceContext): Promise<Discovery | undefined>
}

/** Partitions as they come up: files that appear in a directory. They join the program between two steps. */
export interface Discovery {
  /** `found` has something to say. */
  readonly waiting: boolean
  /** Readers of partitions that came up since the last call; they are the caller's then. Throws what went wrong. */
  found(): readonly PartitionReader[]
  /** Resolves when `waiting` may have become true. */
  ready(): Promise<void>
  close(): Promise<void>
}

export interface SourceContext {
  readonly scan: ScanNode
  readonly schema: Schema
  readonly positions: ReadonlyMap<string, Position>
  /** The program's clock, by which sources pace themselves. */
  readonly clock: Clock
}

/** A connector: everything about it stands in its file; docs and `connectors describe` are made from it. */
export interface Connector {
  readonly name: string
  readonly summary: string
  readonly options: readonly OptionDefinition[]
  /** Options whose names start so are the format's. */
  readonly takesFormat?: boolean
  readonly source?: { readonly guarantee: string; create(relation: Relation): Source }
  readonly sink?: {
    readonly guarantee: string
    /** `timeZone`: in which a sink for people shows TIMESTAMP_LTZ; UTC unless said. */
    create(relation: Relation, timeZone?: string): import('./sink.ts').Sink
  }
  /** Rows are asked for by equality of columns (`keys` of the relation): a table behind FOR SYSTEM_TIME AS OF PROCTIME(). */
  readonly lookup?: {
    readonly guarantee: string
    create(relation: Relation, keys: readonly number[]): { readonly inquiry: Inquiry; readonly ordered: boolean }
  }
}
