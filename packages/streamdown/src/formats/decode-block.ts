import { type Batch, type Column, NO_WATERMARK, type Pointer } from '../batch/batch.ts'
import { writeFixed } from '../batch/fixed.ts'
import type { Memory } from '../batch/memory.ts'
import { encodeViewValue } from '../batch/packed.ts'
import { takeColumn } from '../batch/select.ts'
import { int32s } from '../batch/values.ts'
import { textAt, writeBytes } from '../batch/views.ts'
import { StreamdownError } from '../errors/error.ts'
import { decodeStop } from '../kernels/format-kernels.ts'
import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import { type DeadRecord, type Decoded, type Decoder, markBytes } from './format.ts'
import { problemText } from './problems.ts'
import { typeText } from './text-kinds.ts'

/** Places in the header of a decode block; kernels/json-decode.ts describes it. */
export const header = {
  at: 0,
  end: 4,
  row: 8,
  maxRows: 12,
  arena: 16,
  arenaEnd: 20,
  fixups: 24,
  fixupCount: 28,
  fixupCapacity: 32,
  dead: 36,
  deadCount: 40,
  deadCapacity: 44,
  flags: 48,
  maxRecord: 52,
  root: 56,
  serial: 60,
  columns: 64,
  columnCount: 68,
  needed: 72,
  rowStarts: 76,
  inputEnds: 116,
  bytes: 128,
} as const

const DEAD_CAPACITY = 256
const DEAD_BYTES = 24
const FIXUP_BYTES = 16
const ARENA_BYTES = 256 * 1024
const NOWHERE = 0xffffffff

/** A column that a decode block fills. */
export interface BlockColumn {
  readonly name: string
  readonly type: DataType
  readonly required: boolean
  /** Offsets in the block where the addresses of the column's data and validity are expected. */
  readonly dataAt: number
  readonly validityAt: number
}

/** What the kernel of a text format works from: a block to be copied into its memory, and what stands where in it. */
export interface DecodeBlock {
  readonly image: Uint8Array
  readonly columns: readonly BlockColumn[]
  /** By offset in the block: what a dead record's place is called. */
  readonly places: ReadonlyMap<number, { readonly name: string; readonly type: DataType }>
  readonly maxRecordBytes: number
  /** A value that does not fit is NULL where it may be. */
  readonly lenient: boolean
  /** The kernel. */
  run(block: Pointer): number
  /** Shortens `end` to the last whole record. */
  wholeRecords(at: Pointer, length: number): number
  /** The value of a text that the kernel left to JavaScript; throws an Error where it does not fit. */
  finish(text: string, type: DataType): Value
  /** Called before each run, so that long-running counters can be reset. */
  prepare?(image: DataView): void
}

interface Run {
  readonly start: Pointer
  readonly block: Pointer
  readonly data: readonly Pointer[]
  readonly validity: readonly Pointer[]
  readonly dead: DeadRecord[]
  readonly failed: Set<number>
}

/** The decoder of a block: gives the kernel its memory, finishes what it leaves, and collects dead records. */
export class BlockDecoder implements Decoder {
  readonly #memory: Memory
  readonly #block: DecodeBlock
  readonly #image: DataView
  readonly #fixupCapacity: number

  constructor(memory: Memory, block: DecodeBlock) {
    this.#memory = memory
    this.#block = block
    this.#image = new DataView(block.image.buffer, block.image.byteOffset, block.image.byteLength)
    this.#fixupCapacity = Math.max(512, block.columns.length * 4)
  }

  start(head: Uint8Array): number {
    return markBytes(head)
  }

  decode(at: Pointer, length: number, maxRows: number, last: boolean): Decoded {
    const whole = last ? length : this.#block.wholeRecords(at, length)
    if (whole === 0 || maxRows === 0) return { batch: this.#batch([], 0), consumed: 0, dead: [], starts: 0 }
    if (last && this.#memory.view().getUint8(at + whole - 1) !== 0x0a) {
      // The kernel stops at line breaks only: the last record gets the one that it lacks.
      this.#memory.view().setUint8(at + whole, 0x0a)
    }
    const run = this.#start(at, whole, maxRows, last)
    let stop = this.#step(run)
    while (stop !== decodeStop.end && stop !== decodeStop.rows) stop = this.#step(run)
    return this.#end(run, whole)
  }

  #start(at: Pointer, length: number, maxRows: number, last: boolean): Run {
    const memory = this.#memory
    const { columns, image } = this.#block
    const data = columns.map(column => {
      const physical = physicalOf(column.type)
      const bytes = maxRows * widthOf(physical) + 16
      return isView(physical) ? memory.chunkZeroed(bytes) : memory.chunk(bytes)
    })
    const validity = columns.map(() => memory.chunkZeroed(maxRows))
    const rowStarts = memory.chunk(maxRows * 4)
    const fixups = memory.chunk(this.#fixupCapacity * FIXUP_BYTES)
    const deadList = memory.chunk(DEAD_CAPACITY * DEAD_BYTES)
    const block = memory.chunk(image.length)
    this.#block.prepare?.(this.#image)
    memory.u8(block, image.length).set(image)
    const view = memory.view()
    const put = (place: number, value: number) => view.setUint32(block + place, value, true)
    const ended = last && view.getUint8(at + length - 1) !== 0x0a
    put(header.at, at)
    put(header.end, ended ? at + length + 1 : at + length)
    put(header.maxRows, maxRows)
    put(header.fixups, fixups)
    put(header.fixupCapacity, this.#fixupCapacity)
    put(header.dead, deadList)
    put(header.deadCapacity, DEAD_CAPACITY)
    put(header.rowStarts, rowStarts)
    put(header.inputEnds, last ? 1 : 0)
    const list = view.getUint32(block + header.columns, true)
    for (const [index, column] of columns.entries()) {
      put(column.dataAt, data[index] ?? 0)
      put(column.validityAt, validity[index] ?? 0)
      put(list + index * 4, validity[index] ?? 0)
    }
    return { start: at, block, data, validity, dead: [], failed: new Set() }
  }

  #step(run: Run): number {
    const stop = this.#block.run(run.block)
    this.#finishValues(run)
    this.#takeDead(run)
    if (stop === decodeStop.arena) {
      const needed = this.#memory.view().getUint32(run.block + header.needed, true)
      const bytes = Math.max(ARENA_BYTES, needed + 64)
      const arena = this.#memory.chunk(bytes)
      this.#memory.view().setUint32(run.block + header.arena, arena, true)
      this.#memory.view().setUint32(run.block + header.arenaEnd, arena + bytes, true)
    }
    return stop
  }

  #takeDead(run: Run): void {
    const memory = this.#memory
    const count = memory.view().getUint32(run.block + header.deadCount, true)
    if (count === 0) return
    const list = memory.view().getUint32(run.block + header.dead, true)
    for (let i = 0; i < count; i++) {
      const view = memory.view()
      const [line = 0, length = 0, error = 0, at = 0, place = NOWHERE] = memory.u32(list + i * DEAD_BYTES, 5)
      const named = place === NOWHERE ? undefined : this.#block.places.get(place)
      const end = length > 0 && view.getUint8(line + length - 1) === 0x0d ? length - 1 : length
      run.dead.push({
        offset: line - run.start,
        raw: memory.u8(line, end).slice(),
        problem: problemText(
          error,
          named === undefined ? { at } : { at, column: named.name, expected: typeText(named.type) },
          this.#block.maxRecordBytes,
        ),
      })
    }
    memory.view().setUint32(run.block + header.deadCount, 0, true)
  }

  #finishValues(run: Run): void {
    const memory = this.#memory
    const count = memory.view().getUint32(run.block + header.fixupCount, true)
    if (count === 0) return
    const list = memory.view().getUint32(run.block + header.fixups, true)
    for (let i = 0; i < count; i++) {
      const [index = 0, row = 0, text = 0, length = 0] = memory.u32(list + i * FIXUP_BYTES, 4)
      const column = this.#block.columns[index]
      if (column === undefined || run.failed.has(row)) continue
      try {
        this.#write(run, index, row, this.#block.finish(textAt(memory, text, length), column.type))
      } catch (error) {
        if (error instanceof StreamdownError) throw error
        if (this.#block.lenient && !column.required) {
          this.#write(run, index, row, null)
          continue
        }
        run.failed.add(row)
        const starts = memory.view().getUint32(run.block + header.rowStarts, true)
        const line = memory.view().getUint32(starts + row * 4, true)
        const problem = error instanceof Error ? error.message : String(error)
        run.dead.push({
          offset: line - run.start,
          raw: this.#lineAt(line),
          problem: `column "${column.name}": expected ${typeText(column.type)}: ${problem}`,
        })
      }
    }
    memory.view().setUint32(run.block + header.fixupCount, 0, true)
  }

  #write(run: Run, index: number, row: number, value: Value): void {
    const memory = this.#memory
    const type = this.#block.columns[index]?.type ?? { is: 'null' }
    const validity = (run.validity[index] ?? 0) + row
    memory.view().setUint8(validity, value === null ? 0 : 1)
    if (value === null) return
    const physical = physicalOf(type)
    const at = (run.data[index] ?? 0) + row * widthOf(physical)
    if (isView(physical)) writeBytes(memory, at, encodeViewValue(type, value))
    else writeFixed(memory.view(), at, type, value)
  }

  /** The raw record that starts at `line`: it ends where the next one starts, a kernel's record has a line break. */
  #lineAt(line: Pointer): Uint8Array {
    const memory = this.#memory
    const most = Math.min(this.#block.maxRecordBytes + 2, memory.totalBytes() - line)
    const bytes = memory.u8(line, most)
    const end = bytes.indexOf(0x0a)
    const length = end < 0 ? most : end
    return bytes.slice(0, length > 0 && bytes[length - 1] === 0x0d ? length - 1 : length)
  }

  #end(run: Run, length: number): Decoded {
    const memory = this.#memory
    const view = memory.view()
    const { image, columns } = this.#block
    image.set(memory.u8(run.block, image.length))
    // What belongs to one run only does not stay in the image.
    for (const place of [header.row, header.arena, header.arenaEnd]) this.#image.setUint32(place, 0, true)
    const rows = view.getUint32(run.block + header.row, true)
    const consumed = Math.min(view.getUint32(run.block + header.at, true) - run.start, length)
    const made = columns.map((column, index): Column => {
      const validity = run.validity[index] ?? 0
      const full = column.required || memory.u8(validity, rows).indexOf(0) < 0
      return { type: column.type, data: run.data[index] ?? 0, validity: full ? 0 : validity }
    })
    const batch = this.#batch(made, rows)
    run.dead.sort((a, b) => a.offset - b.offset)
    const starts = view.getUint32(run.block + header.rowStarts, true)
    if (run.failed.size === 0) return { batch, consumed, dead: run.dead, starts }
    return { ...this.#without(batch, starts, run.failed), consumed, dead: run.dead }
  }

  #batch(columns: readonly Column[], rows: number): Batch {
    return { rows, columns, weights: 0, watermarks: 0, watermark: NO_WATERMARK, ordinals: 0, firstOrdinal: 0n }
  }

  /** Leaves out rows whose values turned out wrong after their line had been taken. */
  #without(batch: Batch, starts: Pointer, failed: ReadonlySet<number>): { batch: Batch; starts: Pointer } {
    const kept = Array.from({ length: batch.rows }, (_, row) => row).filter(row => !failed.has(row))
    const selection = int32s(this.#memory, kept)
    const take = (column: Column) => takeColumn(this.#memory, column, selection, kept.length, false)
    const columns = batch.columns.map(take)
    return {
      batch: this.#batch(columns, kept.length),
      starts: take({ type: { is: 'int' }, data: starts, validity: 0 }).data,
    }
  }
}
