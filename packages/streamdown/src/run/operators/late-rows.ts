import { type Batch, type Column, columnAt, type Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import {
  batchFromRows,
  columnFromValues,
  int32s,
  ordinalsOf,
  readValue,
  watermarksOf,
  weightsOf,
} from '../../batch/values.ts'
import type { PlanNode, WindowNode } from '../../plan/nodes/node.ts'
import { type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Output } from '../operator.ts'

/** The window function right below a node (through projections and filters), whose copies of rows it sees. */
export function windowBelow(node: { readonly input: PlanNode }): WindowNode | undefined {
  let below: PlanNode = node.input
  while (below.is === 'project' || below.is === 'filter') below = below.input
  return below.is === 'window' ? below : undefined
}

/** The copies of one original row, one a window, as far as they were seen. */
interface Copies {
  /** The first copy that was late. */
  readonly row: number
  readonly ordinal: bigint
  missed: number
  total: number
  lastEnd: bigint
}

interface PendingRow {
  readonly values: readonly Value[]
  readonly weight: number
  readonly watermark: bigint
  readonly copies: Copies
}

/**
 * The late stream of a windowed aggregate or rank: its input's columns, then how many of the row's windows were missed, and how
 * many it had. The copies that a window function made of one row stand together, earliest window first, have one
 * ordinal, and go to the stream once.
 */
export class LateRows {
  readonly #memory: Memory
  readonly #schema: Schema
  readonly #expanded: boolean
  /** A row of which more copies may be in the next batch. */
  #pending: PendingRow | undefined

  /** `schema`: the columns of the input that the late stream carries. */
  constructor(memory: Memory, schema: Schema, expanded: boolean) {
    this.#memory = memory
    this.#schema = schema
    this.#expanded = expanded
  }

  /** Sends the rows with `onTime` 0; called for every batch. `ends`: the column of window ends. */
  take(batch: Batch, ends: Column, onTime: Pointer, late: number, out: Output): void {
    const memory = this.#memory
    if (late === 0 && this.#pending === undefined) return
    if (!this.#expanded) {
      const selection = memory.chunk(batch.rows * 4)
      this.#send(batch, selection, memory.kernels.agg_select(onTime, batch.rows, 0, selection), undefined, out)
      return
    }
    const found = this.#copies(batch, ends, onTime, out)
    const done = found.filter(({ missed }) => missed > 0)
    this.#send(
      batch,
      int32s(
        memory,
        done.map(({ row }) => row),
      ),
      done.length,
      done,
      out,
    )
  }

  /** No more copies come. */
  flush(out: Output): void {
    const pending = this.#pending
    if (pending === undefined) return
    this.#pending = undefined
    const { values, weight, watermark, copies } = pending
    const batch = batchFromRows(this.#memory, this.#schema, [values], {
      weights: [weight],
      watermark,
      ordinals: [copies.ordinal],
    })
    this.#send({ ...batch, weights: weight === 1 ? 0 : batch.weights }, int32s(this.#memory, [0]), 1, [copies], out)
  }

  /** The rows of the batch, copies taken together; those that end it with a late copy wait for the next batch. */
  #copies(batch: Batch, ends: Column, onTime: Pointer, out: Output): Copies[] {
    const memory = this.#memory
    const ordinals = ordinalsOf(memory, batch)
    const endOf = memory.i64(ends.data, batch.rows).slice()
    const punctual = memory.u8(onTime, batch.rows).slice()
    const found: Copies[] = []
    let current = this.#pending?.copies
    for (let row = 0; row < batch.rows; row++) {
      const ordinal = ordinals[row] ?? 0n
      const end = endOf[row] ?? 0n
      const missed = punctual[row] === 0 ? 1 : 0
      if (current !== undefined && current.ordinal === ordinal && end > current.lastEnd) {
        current.missed += missed
        current.total++
        current.lastEnd = end
        continue
      }
      if (row === 0) this.flush(out)
      current = { row, ordinal, missed, total: 1, lastEnd: end }
      found.push(current)
    }
    const last = found.at(-1)
    if (last === undefined) return found
    this.flush(out)
    if (last.missed === 0) return found
    found.pop()
    this.#pending = {
      values: this.#schema.map((_, column) => readValue(memory, columnAt(batch, column), last.row)),
      weight: weightsOf(memory, batch)[last.row] ?? 1,
      watermark: watermarksOf(memory, batch)[last.row] ?? batch.watermark,
      copies: last,
    }
    return found
  }

  #send(batch: Batch, selection: Pointer, rows: number, counts: readonly Copies[] | undefined, out: Output): void {
    if (rows === 0) return
    const memory = this.#memory
    const taken = takeRows(memory, { ...batch, columns: batch.columns.slice(0, this.#schema.length) }, selection, rows)
    const column = (of: (copies: Copies) => number): Column =>
      columnFromValues(
        memory,
        types.int,
        Array.from({ length: rows }, (_, row) => {
          const copies = counts?.[row]
          return copies === undefined ? 1 : of(copies)
        }),
      )
    out.side('late', {
      ...taken,
      columns: [...taken.columns, column(({ missed }) => missed), column(({ total }) => total)],
    })
  }
}

/** Late rows that had one window, and missed it. */
export function sendMissed(memory: Memory, batch: Batch, out: Output): void {
  const ones = memory.chunk(batch.rows * 4)
  memory.kernels.fill_i32(ones, batch.rows, 1)
  const one: Column = { type: types.int, data: ones, validity: 0 }
  out.side('late', { ...batch, columns: [...batch.columns, one, one] })
}
