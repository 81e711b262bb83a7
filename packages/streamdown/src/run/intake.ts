import { CHUNK_ROWS } from '../batch/batch.ts'
import type { Discovery, PartitionReader } from '../connect/source.ts'
import { StreamdownError } from '../errors/error.ts'
import { Alignment, type Drift } from './alignment.ts'
import type { EventTimeTracker } from './event-time.ts'
import type { SourceVertex } from './graph.ts'
import type { JournalEntry, PartitionStatus, StatusChange, Take } from './journal.ts'
import { NewPartitions } from './new-partitions.ts'
import type { StepSize } from './step-size.ts'

/** A partition of a source that is read, and what it was found to be. */
export interface OpenPartition {
  /** `source/partition`. */
  readonly id: string
  readonly vertex: SourceVertex
  readonly worker: number
  readonly reader: PartitionReader
  readonly trackers: readonly EventTimeTracker[]
  /** µs for which it must have had nothing before it counts as idle. */
  readonly idleTimeout: bigint
  /** How far it may lead in event time. */
  readonly drift: Drift
  status: PartitionStatus
  /** Since when it says that it has nothing; undefined while it has something, or cannot be asked. */
  quietSince: bigint | undefined
}

export interface IntakeOptions {
  readonly stepSize: StepSize
  /** Reads one chunk of at most so many rows and runs it through; how many there were. */
  read(from: OpenPartition, maxRows: number): number
  /**
   * `short`: only what lets state go is read; `none`: the step ends with what it has. `share`: up to which part of what a
   * step may take in the partitions read so far may have used, so that the last ones get theirs.
   */
  room(share: number): Room
}

/** How much memory there is for more state. */
export type Room = 'enough' | 'short' | 'none'

/** What a step took in. */
export type Taken = Pick<JournalEntry, 'joined' | 'takes' | 'statuses'>

/** Connectors whose rows the session or the program pushes. */
const FED: ReadonlySet<string> = new Set(['memory', 'feed', 'view', 'dead-letters'])

const isFed = ({ vertex }: Pick<OpenPartition, 'vertex'>): boolean => FED.has(vertex.scan.relation.connector)

/** A source gives one chunk a read, and may give less, or none though it is ready (dead letters). */
const LEAST_READS = 16

/**
 * Where rows come in: which partitions there are, what each of them is found to be, and how much a step takes. The cut
 * is an input: all that is decided here by the clock or by what has arrived is in the step's journal entry.
 *
 * A partition is idle when it was asked and had nothing for its idle timeout. One that waits (it was not asked, it
 * reconnects) is active: nobody knows what it would have given, so it holds the watermark.
 */
export class Intake {
  readonly #options: IntakeOptions
  readonly #partitions: OpenPartition[] = []
  readonly #alignment = new Alignment(this.#partitions)
  readonly #new = new NewPartitions()
  /** Rows of the step that runs, from the partition that gave most. */
  #most = 0

  constructor(options: IntakeOptions) {
    this.#options = options
  }

  add(partition: Omit<OpenPartition, 'status' | 'quietSince'>): void {
    for (const tracker of partition.trackers) tracker.add(partition.id)
    // A restored tracker knows that the partition was idle; that it has ended its reader says again.
    const idle = partition.trackers.some(tracker => tracker.statusOf(partition.id) === 'idle')
    this.#partitions.push({ ...partition, status: idle ? 'idle' : 'active', quietSince: undefined })
  }

  /** Partitions of a source that come up while it runs; `join` adds one. */
  discover(source: number, discovery: Discovery, join: (reader: PartitionReader) => void): void {
    this.#new.add(source, discovery, join)
  }

  get partitions(): readonly OpenPartition[] {
    return this.#partitions
  }

  /** More partitions may come up. */
  get growing(): boolean {
    return this.#new.expected
  }

  get allEnded(): boolean {
    return !this.#new.expected && this.#partitions.every(each => each.status === 'ended')
  }

  /** Every partition was asked and has nothing now, or has ended; one that is fed from here has what it was fed. */
  get quiet(): boolean {
    if (this.#new.waiting) return false
    return this.#partitions.every(({ reader, vertex }) => {
      const state = reader.state()
      return state === 'idle' || state === 'ended' || (state === 'waiting' && isFed({ vertex }))
    })
  }

  /** Rows that were pushed wait to be taken. */
  get fed(): boolean {
    return this.#partitions.some(each => each.status !== 'ended' && isFed(each) && each.reader.state() === 'ready')
  }

  /** Some partition holds the watermark back while others lead: what it gives may let state go. */
  get relievable(): boolean {
    return this.#partitions.some(each => this.#alignment.holdsBack(each))
  }

  /** True when a step would take rows, see a partition end, or find one idle that may let the watermark go on. */
  pending(now: bigint): boolean {
    if (this.#new.waiting) return true
    return this.#partitions.some(each => {
      if (each.status === 'ended') return false
      const state = observe(each, now)
      return (
        (state === 'ready' && this.#mayRead(each)) ||
        state === 'ended' ||
        (each.trackers.length > 0 && this.#becomesIdle(each, now))
      )
    })
  }

  /** When a partition that has nothing will count as idle, µs; undefined: none is about to. */
  nextIdle(): bigint | undefined {
    let next: bigint | undefined
    for (const { status, trackers, quietSince, idleTimeout } of this.#partitions) {
      if (status !== 'active' || trackers.length === 0 || quietSince === undefined) continue
      const due = quietSince + idleTimeout
      if (next === undefined || due < next) next = due
    }
    return next
  }

  /** Resolves when `pending` may have become true. */
  async ready(): Promise<void> {
    const held = (each: OpenPartition): boolean => each.reader.state() === 'ready' && !this.#mayRead(each)
    const open = this.#partitions.filter(each => each.status !== 'ended' && !held(each))
    const changes = [...open.map(each => each.reader.ready()), ...this.#new.ready()]
    if (changes.length > 0) await Promise.race(changes)
  }

  /** Whether nothing comes any more but by connectors of that name. */
  endedBut(connector: string): boolean {
    if (this.#new.expected) return false
    return this.#partitions.every(
      ({ status, vertex }) => status === 'ended' || vertex.scan.relation.connector === connector,
    )
  }

  /** One step's rows: what has arrived, at most so much a partition and `maxRows` in all; `fed`: of what is pushed alone. */
  take(step: bigint, now: bigint, maxRows: number, from: 'all' | 'fed' = 'all'): Taken {
    const takes: Take[] = []
    const statuses: StatusChange[] = []
    const rowsOfNext = this.#options.stepSize.begin(step)
    const joined = this.#new.join()
    let most = 0
    let room = maxRows
    for (const each of this.#partitions) {
      // Before any row is read: the watermark may not pass one that was idle and now cannot be asked.
      if (each.status === 'idle' && observe(each, now) === 'waiting') mark(each, 'active', statuses)
    }
    for (const [at, each] of this.#partitions.entries()) {
      if (each.status === 'ended' || (from === 'fed' && !isFed(each))) continue
      const share = (at + 1) / this.#partitions.length
      const rows = Math.min(rowsOfNext(), room)
      const reads = Math.max(LEAST_READS, Math.ceil(rows / CHUNK_ROWS))
      let left = rows
      for (let read = 0; read < reads && left > 0 && this.#mayRead(each, share); read++) {
        left -= this.#read(each, left, takes)
      }
      most = Math.max(most, rows - left)
      room -= rows - left
      const watermark = each.reader.watermark?.()
      if (watermark !== undefined) this.#reach(each, watermark, takes)
      if (observe(each, now) === 'ended') mark(each, 'ended', statuses)
      else if (this.#becomesIdle(each, now)) mark(each, 'idle', statuses)
    }
    this.#most = most
    return { ...joined, takes, statuses }
  }

  /** What a step takes in that ends every partition where it is. */
  end(): Taken {
    const statuses: StatusChange[] = []
    this.#new.end()
    for (const each of this.#partitions) mark(each, 'ended', statuses)
    this.#most = 0
    return { takes: [], statuses }
  }

  /** The step is through: how long it took says how much the next may take. */
  stepDone(): void {
    this.#options.stepSize.end(this.#most)
  }

  /** What the entry says: the same reads, then the same ends. */
  repeat(entry: JournalEntry): Taken {
    const takes: Take[] = []
    const statuses: StatusChange[] = []
    const joined = this.#new.join(entry.joined ?? [])
    const said = (each: OpenPartition, ...wanted: PartitionStatus[]): void => {
      for (const { partition, status } of entry.statuses) {
        if (partition === each.id && wanted.includes(status)) mark(each, status, statuses)
      }
    }
    for (const each of this.#partitions) said(each, 'active')
    for (const each of this.#partitions) {
      for (const { partition, rows, position, watermark } of entry.takes) {
        if (partition !== each.id) continue
        if (watermark !== undefined) this.#reach(each, BigInt(watermark), takes)
        let left = rows
        while (left > 0 && each.reader.state() === 'ready') left -= this.#read(each, left, takes)
        if (left > 0) {
          throw new StreamdownError(
            'DSD3004',
            `${partition} has ${left} rows less before ${position} than step ${entry.step} took`,
          )
        }
      }
      said(each, 'idle', 'ended')
    }
    return { ...joined, takes, statuses }
  }

  /** A step can be repeated as soon as every partition that it took from has something. */
  repeatable({ joined, takes }: JournalEntry): boolean {
    if (!this.#new.has(joined ?? [])) return false
    return this.#partitions.every(
      each => each.reader.state() !== 'waiting' || !takes.some(({ partition }) => partition === each.id),
    )
  }

  async close(): Promise<void> {
    await this.#new.close()
    await Promise.all(this.#partitions.map(each => each.reader.close()))
  }

  #mayRead(each: OpenPartition, share = 1): boolean {
    if (each.reader.state() !== 'ready') return false
    const room = this.#options.room(share)
    return room === 'enough' ? !this.#alignment.leads(each) : room === 'short' && this.#alignment.holdsBack(each)
  }

  #read(each: OpenPartition, maxRows: number, takes: Take[]): number {
    const rows = this.#options.read(each, maxRows)
    if (rows > 0) takes.push({ partition: each.id, rows, position: each.reader.position() })
    return rows
  }

  /** Rows that come with their watermarks have come so far. */
  #reach({ id, reader, trackers }: OpenPartition, watermark: bigint, takes: Take[]): void {
    for (const tracker of trackers) tracker.reach(id, watermark)
    takes.push({ partition: id, rows: 0, position: reader.position(), watermark: String(watermark) })
  }

  #becomesIdle({ status, quietSince, idleTimeout }: OpenPartition, now: bigint): boolean {
    return status === 'active' && quietSince !== undefined && now >= quietSince + idleTimeout
  }
}

/** Rows came from a partition: it is not idle any more, before they are looked at. */
export function arrived(each: OpenPartition): void {
  each.quietSince = undefined
  if (each.status === 'active') return
  each.status = 'active'
  for (const tracker of each.trackers) tracker.mark(each.id, 'active')
}

/** What the reader says now; notes since when it has had nothing. */
function observe(each: OpenPartition, now: bigint): ReturnType<PartitionReader['state']> {
  const state = each.reader.state()
  if (state === 'idle') each.quietSince ??= now
  else each.quietSince = undefined
  return state
}

function mark(each: OpenPartition, status: PartitionStatus, statuses: StatusChange[]): void {
  if (each.status === status) return
  each.status = status
  statuses.push({ partition: each.id, status })
  for (const tracker of each.trackers) tracker.mark(each.id, status)
}
