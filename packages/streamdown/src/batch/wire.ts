import { StreamdownError } from '../errors/error.ts'
import type { Schema } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import { type Batch, type Column, columnAt, type Pointer } from './batch.ts'
import type { Memory } from './memory.ts'

/*
 * A batch as portable bytes: between the memories of workers, and in snapshots. Little-endian; every part starts at a
 * multiple of 16 bytes, so that the bytes are columns again as soon as they lie in a memory.
 *
 *   header    u32 magic, u32 rows, u32 columns, u32 flags (1 weights, 2 watermarks, 4 ordinals),
 *             i64 watermark, i64 first ordinal
 *   columns   for each: u32 1 when it has validity, u32 width, u64 bytes of its string heap
 *   weights, watermarks, ordinals as the flags say
 *   columns   for each: validity, values, string heap; a long view holds an offset into its heap, not an address
 */

const MAGIC = 0x31445344
const HEADER_BYTES = 32
const COLUMN_BYTES = 16
const FRAME_BYTES = 16
const HAS_WEIGHTS = 1
const HAS_WATERMARKS = 2
const HAS_ORDINALS = 4

const padded = (bytes: number): number => Math.ceil(bytes / 16) * 16

/** Bytes that hold the rows of a batch and all that belongs to them; they refer to nothing. */
export function encodeBatch(memory: Memory, batch: Batch, schema: Schema): Uint8Array {
  const { kernels } = memory
  const { rows } = batch
  const mark = memory.mark()
  const columns = schema.map((field, index) => {
    const column = columnAt(batch, index)
    const physical = physicalOf(field.type)
    const validity = column.validity === 0 || kernels.all_set(column.validity, rows) === 1 ? 0 : column.validity
    const strings = isView(physical) ? Number(kernels.wire_string_bytes(column.data, validity, rows)) : 0
    return { data: column.data, validity, strings, width: widthOf(physical), isView: isView(physical) }
  })
  const flags =
    (batch.weights === 0 ? 0 : HAS_WEIGHTS) |
    (batch.watermarks === 0 ? 0 : HAS_WATERMARKS) |
    (batch.ordinals === 0 ? 0 : HAS_ORDINALS)
  let total = HEADER_BYTES + columns.length * COLUMN_BYTES
  if (batch.weights !== 0) total += padded(rows * 4)
  if (batch.watermarks !== 0) total += padded(rows * 8)
  if (batch.ordinals !== 0) total += padded(rows * 8)
  for (const { validity, strings, width } of columns) {
    total += (validity === 0 ? 0 : padded(rows)) + padded(rows * width) + padded(strings)
  }

  const out = memory.chunkZeroed(total)
  const view = memory.view()
  view.setUint32(out, MAGIC, true)
  view.setUint32(out + 4, rows, true)
  view.setUint32(out + 8, columns.length, true)
  view.setUint32(out + 12, flags, true)
  view.setBigInt64(out + 16, batch.watermark, true)
  view.setBigInt64(out + 24, batch.firstOrdinal, true)
  let at = out + HEADER_BYTES
  for (const { validity, strings, width } of columns) {
    view.setUint32(at, validity === 0 ? 0 : 1, true)
    view.setUint32(at + 4, width, true)
    view.setBigUint64(at + 8, BigInt(strings), true)
    at += COLUMN_BYTES
  }
  const put = (from: Pointer, bytes: number): void => {
    if (from === 0) return
    memory.u8(at, bytes).set(memory.u8(from, bytes))
    at += padded(bytes)
  }
  put(batch.weights, rows * 4)
  put(batch.watermarks, rows * 8)
  put(batch.ordinals, rows * 8)
  for (const { data, validity, strings, width, isView } of columns) {
    put(validity, rows)
    if (!isView) {
      put(data, rows * width)
      continue
    }
    const heap = at + padded(rows * width)
    kernels.wire_encode_views(data, validity, rows, at, heap)
    at = heap + padded(strings)
  }
  const bytes = memory.u8(out, total).slice()
  memory.release(mark)
  return bytes
}

/** The batch that the bytes hold, in chunk memory. Throws DSD7001 where they are not what `encodeBatch` makes. */
export function decodeBatch(memory: Memory, bytes: Uint8Array, schema: Schema): Batch {
  const base = memory.chunk(bytes.length)
  memory.u8(base, bytes.length).set(bytes)
  const end = base + bytes.length
  const view = memory.view()
  if (bytes.length < HEADER_BYTES || view.getUint32(base, true) !== MAGIC) throw damaged('no batch begins here')
  const rows = view.getUint32(base + 4, true)
  if (view.getUint32(base + 8, true) !== schema.length) throw damaged('another number of columns')
  const flags = view.getUint32(base + 12, true)
  let at = base + HEADER_BYTES + schema.length * COLUMN_BYTES
  if (at > end) throw damaged('it ends too early')
  const take = (bytesThere: number): Pointer => {
    const here = at
    at += padded(bytesThere)
    if (at > end) throw damaged('it ends too early')
    return here
  }
  const weights = flags & HAS_WEIGHTS ? take(rows * 4) : 0
  const watermarks = flags & HAS_WATERMARKS ? take(rows * 8) : 0
  const ordinals = flags & HAS_ORDINALS ? take(rows * 8) : 0
  const columns = schema.map((field, index): Column => {
    const place = base + HEADER_BYTES + index * COLUMN_BYTES
    const physical = physicalOf(field.type)
    const width = widthOf(physical)
    if (view.getUint32(place + 4, true) !== width) throw damaged(`column ${field.name} has another type`)
    const validity = view.getUint32(place, true) === 0 ? 0 : take(rows)
    const data = take(rows * width)
    if (!isView(physical)) return { type: field.type, validity, data }
    const strings = Number(view.getBigUint64(place + 8, true))
    const heap = take(strings)
    if (memory.kernels.wire_decode_views(data, rows, heap, strings) === 0) throw damaged('a string lies outside')
    return { type: field.type, validity, data }
  })
  return {
    rows,
    columns,
    weights,
    watermarks,
    watermark: view.getBigInt64(base + 16, true),
    ordinals,
    firstOrdinal: view.getBigInt64(base + 24, true),
  }
}

/**
 * Many rows as frames, each a batch of at most `frameRows`: u32 bytes of the batch, three times u32 0, the batch.
 * `part` gives the rows [from, from + count) in chunk memory, which is released after each.
 */
export function encodeFrames(
  memory: Memory,
  schema: Schema,
  rows: number,
  frameRows: number,
  part: (from: number, count: number) => Batch,
): Uint8Array {
  const frames: Uint8Array[] = []
  for (let from = 0; from < rows; from += frameRows) {
    const mark = memory.mark()
    frames.push(encodeBatch(memory, part(from, Math.min(frameRows, rows - from)), schema))
    memory.release(mark)
  }
  const bytes = new Uint8Array(frames.reduce((sum, frame) => sum + FRAME_BYTES + frame.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const frame of frames) {
    view.setUint32(at, frame.length, true)
    bytes.set(frame, at + FRAME_BYTES)
    at += FRAME_BYTES + frame.length
  }
  return bytes
}

/** Hands over the batches of `encodeFrames` one by one, each valid during the call. */
export function decodeFrames(memory: Memory, bytes: Uint8Array, schema: Schema, each: (batch: Batch) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  while (at < bytes.length) {
    if (at + FRAME_BYTES > bytes.length) throw damaged('it ends too early')
    const length = view.getUint32(at, true)
    at += FRAME_BYTES
    if (at + length > bytes.length) throw damaged('it ends too early')
    const mark = memory.mark()
    each(decodeBatch(memory, bytes.subarray(at, at + length), schema))
    memory.release(mark)
    at += length
  }
}

function damaged(problem: string): StreamdownError {
  return new StreamdownError('DSD7001', `A stored or exchanged batch cannot be read: ${problem}.`)
}
