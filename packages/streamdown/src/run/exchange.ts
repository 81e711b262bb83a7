import type { Batch } from '../batch/batch.ts'
import { keyGroupsOf } from '../batch/key-groups.ts'
import type { Memory } from '../batch/memory.ts'
import { takeRows } from '../batch/select.ts'
import { decodeBatch, encodeBatch } from '../batch/wire.ts'
import { KEY_GROUPS } from '../state/state-table.ts'
import type { Schema } from '../types/data-type.ts'
import type { Edge } from './graph.ts'

/** The worker that owns a key group: contiguous ranges, so that a rescale moves whole ranges. */
export const ownerOf = (keyGroup: number, workers: number): number => Math.floor((keyGroup * workers) / KEY_GROUPS)

/** Whether the key groups of a worker among so many and those of another among others meet. */
export const sharesGroups = (a: number, ofA: number, b: number, ofB: number): boolean =>
  a * ofB < (b + 1) * ofA && b * ofA < (a + 1) * ofB

/** A batch on its way to another worker, as bytes. */
export interface Parcel {
  readonly to: number
  readonly from: number
  readonly bytes: Uint8Array
  readonly rows: number
  readonly firstOrdinal: bigint
}

/** Splits a batch along an edge into one parcel a receiving worker. */
export function partition(batch: Batch, edge: Edge, from: number, workers: number, memory: Memory): readonly Parcel[] {
  if (edge.routing.is !== 'hash') return [parcel(batch, edge.from.schema, 0, from, memory)]
  const groups = keyGroupsOf(memory, batch, edge.routing.columns)
  const rowsOf: number[][] = Array.from({ length: workers }, () => [])
  const keyGroups = memory.u8(groups, batch.rows)
  for (let row = 0; row < batch.rows; row++) rowsOf[ownerOf(keyGroups[row] ?? 0, workers)]?.push(row)
  const parcels: Parcel[] = []
  for (let to = 0; to < workers; to++) {
    const rows = rowsOf[to] ?? []
    if (rows.length === 0) continue
    const selection = memory.chunk(rows.length * 4)
    memory.i32(selection, rows.length).set(rows)
    parcels.push(parcel(takeRows(memory, batch, selection, rows.length), edge.from.schema, to, from, memory))
  }
  return parcels
}

function parcel(batch: Batch, schema: Schema, to: number, from: number, memory: Memory): Parcel {
  const firstOrdinal = batch.ordinals === 0 ? batch.firstOrdinal : (memory.i64(batch.ordinals, 1)[0] ?? 0n)
  return { to, from, rows: batch.rows, firstOrdinal, bytes: encodeBatch(memory, batch, schema) }
}

/**
 * The inbound rows of one input of a vertex on one worker, until the receiver's turn; read by the arrival ordinal of
 * each parcel's first row. Operators in which arrival decides a tie compare the rows' own ordinals, so that the order
 * in which workers run does not matter.
 */
export class Inbox {
  readonly #credit: number
  #parcels: Parcel[] = []
  #bytes = 0
  #peakBytes = 0

  /** `credit`: bytes that senders may leave here before the receiver must run. */
  constructor(credit: number) {
    this.#credit = credit
  }

  /** That lie here now. */
  get bytes(): number {
    return this.#bytes
  }

  /** The most bytes that have lain here at once. */
  get peakBytes(): number {
    return this.#peakBytes
  }

  /** Takes the parcel, unless the credit is used up: then the receiver runs first. A lone parcel may exceed it. */
  offer(parcel: Parcel): 'done' | 'output full' {
    const bytes = this.#bytes + parcel.bytes.length
    if (this.#bytes > 0 && bytes > this.#credit) return 'output full'
    this.#parcels.push(parcel)
    this.#bytes = bytes
    this.#peakBytes = Math.max(this.#peakBytes, bytes)
    return 'done'
  }

  /** Pushes what lies here into the receiver, in whose memory the rows then are. */
  drain(memory: Memory, schema: Schema, push: (batch: Batch) => void): 'done' | 'input empty' {
    if (this.#bytes === 0) return 'input empty'
    const parcels = this.#parcels
    this.#parcels = []
    this.#bytes = 0
    if (new Set(parcels.map(each => each.from)).size > 1) {
      parcels.sort((a, b) =>
        a.firstOrdinal < b.firstOrdinal ? -1 : a.firstOrdinal > b.firstOrdinal ? 1 : a.from - b.from,
      )
    }
    for (const each of parcels) {
      const mark = memory.mark()
      push(decodeBatch(memory, each.bytes, schema))
      memory.release(mark)
    }
    return 'done'
  }
}
