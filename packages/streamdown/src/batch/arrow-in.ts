import * as arrow from '@uwdata/flechette'
import { StreamdownError } from '../errors/error.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import { physicalOf, widthOf } from '../types/physical.ts'
import type { Interval, Value } from '../types/value.ts'
import { fromArrowField } from './arrow-types.ts'
import { type Batch, type Column, NO_WATERMARK } from './batch.ts'
import type { Memory } from './memory.ts'
import { ColumnBuilder } from './values.ts'

const { DateUnit, IntervalUnit, TimeUnit, Type } = arrow
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The columns of an Arrow table. */
export function schemaOfArrow(table: arrow.Table): Schema {
  return table.schema.fields.map(fromArrowField)
}

/**
 * Rows [from, from + rows) of an Arrow table as a batch in chunk memory, with the columns of `schemaOfArrow`. Nanoseconds
 * that are not whole microseconds are an error (DSD4004), as nothing is rounded silently.
 */
export function batchFromArrow(memory: Memory, table: arrow.Table, from: number, rows: number): Batch {
  const schema = schemaOfArrow(table)
  return {
    rows,
    columns: schema.map((field, index) => columnFromArrow(memory, table.getChildAt(index), field.type, from, rows)),
    weights: 0,
    watermarks: 0,
    watermark: NO_WATERMARK,
    ordinals: 0,
    firstOrdinal: BigInt(from),
  }
}

function columnFromArrow(
  memory: Memory,
  column: arrow.Column<unknown>,
  type: DataType,
  from: number,
  rows: number,
): Column {
  const parts = partsOf(column, from, rows)
  const [only] = parts
  if (only !== undefined && parts.length === 1 && only.batch.nullCount === 0 && hasSameLayout(only.batch.type)) {
    const { values } = only.batch
    if (ArrayBuffer.isView(values)) {
      const width = widthOf(physicalOf(type))
      const bytes = new Uint8Array(values.buffer, values.byteOffset + only.from * width, rows * width)
      const data = memory.chunk(rows * width)
      memory.u8(data, bytes.length).set(bytes)
      return { type, data, validity: 0 }
    }
  }
  const builder = new ColumnBuilder(memory, type, rows)
  for (const part of parts) {
    for (let row = part.from; row < part.to; row++) builder.add(readArrow(part.batch, row))
  }
  return builder.finish()
}

interface Part {
  readonly batch: arrow.Batch<unknown>
  readonly from: number
  readonly to: number
}

/** The record batches of a column that rows [from, from + rows) lie in. */
function partsOf(column: arrow.Column<unknown>, from: number, rows: number): readonly Part[] {
  let start = 0
  return column.data.flatMap(batch => {
    const part = { batch, from: Math.max(from - start, 0), to: Math.min(from + rows - start, batch.length) }
    start += batch.length
    return part.from < part.to ? [part] : []
  })
}

/** Whether Arrow's values are a column's values byte by byte. */
function hasSameLayout(type: arrow.DataType): boolean {
  switch (type.typeId) {
    case Type.Int:
      return type.signed
    case Type.Float:
      return type.precision !== arrow.Precision.HALF
    case Type.Date:
      return type.unit === DateUnit.DAY
    case Type.Timestamp:
    case Type.Time:
      return type.unit === TimeUnit.MICROSECOND
    case Type.Decimal:
      return type.bitWidth === 128
    default:
      return false
  }
}

/** A value of a record batch, read from its buffers: what the batch's own accessors give may be rounded. */
function readArrow(batch: arrow.Batch<unknown>, row: number): Value {
  const { type, validity, nullCount, children = [] } = batch
  if (nullCount > 0 && validity !== undefined && ((validity[row >> 3] ?? 0) & (1 << (row & 7))) === 0) return null
  const raw = (at = row): number | bigint => {
    const value = batch.values?.[at]
    if (value === undefined) throw unreadable('a buffer is too short')
    return value
  }
  switch (type.typeId) {
    case Type.Null:
      return null
    case Type.Bool:
      return (Number(raw(row >> 3)) & (1 << (row & 7))) !== 0
    case Type.Int:
      return type.bitWidth === 64 || (type.bitWidth === 32 && !type.signed) ? BigInt(raw()) : Number(raw())
    case Type.Float:
      return type.precision === arrow.Precision.HALF ? Number(batch.value(row)) : Number(raw())
    case Type.Decimal:
      return readDecimal(raw, row, type.bitWidth)
    case Type.Date:
      return type.unit === DateUnit.DAY ? Number(raw()) : BigInt(raw()) * 1000n
    case Type.Time:
    case Type.Timestamp:
      return inMicros(BigInt(raw()), type.unit)
    case Type.Duration:
      return { months: 0, days: 0, micros: inMicros(BigInt(raw()), type.unit) }
    case Type.Interval:
      return readInterval(batch, row, type.unit)
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Utf8View:
      return decoder.decode(bytesAt(batch, row))
    case Type.Binary:
    case Type.LargeBinary:
    case Type.BinaryView:
    case Type.FixedSizeBinary:
      return bytesAt(batch, row).slice()
    case Type.List:
    case Type.LargeList:
    case Type.ListView:
    case Type.LargeListView:
    case Type.FixedSizeList: {
      const [start, end] = extent(batch, row)
      return Array.from({ length: end - start }, (_, index) => readArrow(childOf(children, 0), start + index))
    }
    case Type.Struct:
      return children.map(child => readArrow(child, row))
    case Type.Map: {
      const [start, end] = extent(batch, row)
      const entries = childOf(children, 0).children ?? []
      return Array.from({ length: end - start }, (_, index) => [
        readArrow(childOf(entries, 0), start + index),
        readArrow(childOf(entries, 1), start + index),
      ])
    }
    case Type.RunEndEncoded: {
      const ends = childOf(children, 0).values ?? []
      let run = 0
      while (Number(ends[run] ?? Number.POSITIVE_INFINITY) <= row) run++
      return readArrow(childOf(children, 1), run)
    }
    case Type.Dictionary:
      return readDictionary(batch, Number(raw()))
    default:
      throw unreadable(`type id ${type.typeId} is not supported`)
  }
}

function readDictionary(batch: arrow.Batch<unknown>, key: number): Value {
  if (!('dictionary' in batch) || !(batch.dictionary instanceof arrow.Column))
    throw unreadable('a dictionary is missing')
  const [part] = partsOf(batch.dictionary, key, 1)
  if (part === undefined) throw unreadable(`a dictionary has no entry ${key}`)
  return readArrow(part.batch, part.from)
}

function readDecimal(raw: (at: number) => number | bigint, row: number, bitWidth: number): bigint {
  if (bitWidth <= 32) return BigInt(raw(row))
  const words = bitWidth / 64
  let value = 0n
  for (let word = words - 1; word >= 0; word--)
    value = (value << 64n) | BigInt.asUintN(64, BigInt(raw(row * words + word)))
  return BigInt.asIntN(bitWidth, value)
}

/** Whole microseconds of a count of a unit. */
function inMicros(count: bigint, unit: number): bigint {
  switch (unit) {
    case TimeUnit.SECOND:
      return count * 1_000_000n
    case TimeUnit.MILLISECOND:
      return count * 1000n
    case TimeUnit.MICROSECOND:
      return count
    default:
      if (count % 1000n !== 0n) {
        throw new StreamdownError(
          'DSD4004',
          `${count} nanoseconds are not whole microseconds, which is what times hold.`,
        )
      }
      return count / 1000n
  }
}

function readInterval(batch: arrow.Batch<unknown>, row: number, unit: number): Interval {
  const { values } = batch
  if (!ArrayBuffer.isView(values)) throw unreadable('an interval has no values')
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  if (unit === IntervalUnit.YEAR_MONTH) return { months: view.getInt32(row * 4, true), days: 0, micros: 0n }
  if (unit === IntervalUnit.DAY_TIME) {
    const micros = BigInt(view.getInt32(row * 8 + 4, true)) * 1000n
    return { months: 0, days: view.getInt32(row * 8, true), micros }
  }
  return {
    months: view.getInt32(row * 16, true),
    days: view.getInt32(row * 16 + 4, true),
    micros: inMicros(view.getBigInt64(row * 16 + 8, true), TimeUnit.NANOSECOND),
  }
}

/** Bounds of a row in its child or in its bytes. */
function extent(batch: arrow.Batch<unknown>, row: number): readonly [number, number] {
  const { offsets, sizes, type } = batch
  if ('stride' in type && typeof type.stride === 'number') return [row * type.stride, (row + 1) * type.stride]
  const start = Number(offsets?.[row] ?? 0)
  return [start, sizes === undefined ? Number(offsets?.[row + 1] ?? 0) : start + Number(sizes[row] ?? 0)]
}

function bytesAt(batch: arrow.Batch<unknown>, row: number): Uint8Array {
  if ('view' in batch && typeof batch.view === 'function') {
    const bytes: unknown = batch.view(row)
    if (bytes instanceof Uint8Array) return bytes
  }
  const { values } = batch
  if (!(values instanceof Uint8Array)) throw unreadable('a column of bytes has no bytes')
  return values.subarray(...extent(batch, row))
}

function childOf(children: readonly arrow.Batch<unknown>[], index: number): arrow.Batch<unknown> {
  const child = children[index]
  if (child === undefined) throw unreadable('a nested column lacks a child')
  return child
}

function unreadable(problem: string): StreamdownError {
  return new StreamdownError('DSD4001', `An Arrow table cannot be read: ${problem}.`)
}
