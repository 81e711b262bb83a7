import * as arrow from '@uwdata/flechette'
import { type Batch, type Column, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { ColumnBuilder } from '../../batch/values.ts'
import type { DataType, Field, Schema } from '../../types/data-type.ts'
import { physicalOf, widthOf } from '../../types/physical.ts'
import type { Interval, Value } from '../../types/value.ts'
import { MisfitError } from '../json-values.ts'
import { ArrowDamage } from './messages.ts'
import { fromArrowField } from './types.ts'

const { DateUnit, IntervalUnit, TimeUnit, Type } = arrow
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The columns of an Arrow table. */
export function schemaOfArrow(table: arrow.Table): Schema {
  return table.schema.fields.map(fromArrowField)
}

/** A column that is wanted of a table: where it stands there, and as what. */
export interface ArrowColumn {
  readonly index: number
  readonly field: Field
  /** The file's values as the field's; absent where they are the same. */
  readonly convert?: (value: Value) => Value
}

/**
 * Rows [from, from + rows) of an Arrow table as a batch in chunk memory, with the wanted columns. A value that none can
 * hold, as nanoseconds that are not whole microseconds, is NULL there and told to `failed`. Throws ArrowDamage.
 */
export function batchFromArrow(
  memory: Memory,
  table: arrow.Table,
  wanted: readonly ArrowColumn[],
  from: number,
  rows: number,
  failed: (row: number, problem: string) => void,
): Batch {
  const columns = wanted.map(each => columnFromArrow(memory, table.getChildAt(each.index), each, from, rows, failed))
  return { rows, columns, weights: 0, watermarks: 0, watermark: NO_WATERMARK, ordinals: 0, firstOrdinal: 0n }
}

function columnFromArrow(
  memory: Memory,
  column: arrow.Column<unknown>,
  { field, convert }: ArrowColumn,
  from: number,
  rows: number,
  failed: (row: number, problem: string) => void,
): Column {
  const { type } = field
  const parts = partsOf(column, from, rows)
  const [only] = parts
  if (only !== undefined && parts.length === 1 && convert === undefined) {
    const same = sameBytes(only.batch, type, only.from, rows)
    if (same !== undefined) {
      const data = memory.chunk(same.length)
      memory.u8(data, same.length).set(same)
      return { type, data, validity: 0 }
    }
  }
  const builder = new ColumnBuilder(memory, type, rows)
  let at = 0
  for (const part of parts) {
    for (let row = part.from; row < part.to; row++, at++) {
      let value: Value = null
      try {
        value = readArrow(part.batch, row)
        if (value !== null && convert !== undefined) value = convert(value)
        if (value === null && !field.nullable) failed(at, `column "${field.name}": NULL, but the column is NOT NULL`)
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error
        failed(at, `column "${field.name}": ${error.message}`)
      }
      builder.add(value)
    }
  }
  return builder.finish()
}

/** The bytes of rows whose values lie there as a column holds them, none of them NULL. */
function sameBytes(batch: arrow.Batch<unknown>, type: DataType, from: number, rows: number): Uint8Array | undefined {
  const { values } = batch
  if (batch.nullCount !== 0 || !hasSameLayout(batch.type) || !ArrayBuffer.isView(values)) return undefined
  const width = widthOf(physicalOf(type))
  if (values.byteLength < (from + rows) * width) throw new ArrowDamage('a buffer is too short')
  return new Uint8Array(values.buffer, values.byteOffset + from * width, rows * width)
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
    if (value === undefined) throw new ArrowDamage('a buffer is too short')
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
      const items = childOf(children, 0)
      const [start, end] = extent(batch, row, items.length)
      return Array.from({ length: end - start }, (_, index) => readArrow(items, start + index))
    }
    case Type.Struct:
      return children.map(child => readArrow(child, row))
    case Type.Map: {
      const map = childOf(children, 0)
      const [start, end] = extent(batch, row, map.length)
      const entries = map.children ?? []
      return Array.from({ length: end - start }, (_, index) => [
        readArrow(childOf(entries, 0), start + index),
        readArrow(childOf(entries, 1), start + index),
      ])
    }
    case Type.RunEndEncoded:
      return readArrow(childOf(children, 1), runOf(childOf(children, 0), row))
    case Type.Dictionary:
      return readDictionary(batch, Number(raw()))
    default:
      throw new ArrowDamage(`type id ${type.typeId} is not supported`)
  }
}

/** The run that a row is in, by the ascending ends of the runs. */
function runOf({ values }: arrow.Batch<unknown>, row: number): number {
  let [low, high] = [0, values?.length ?? 0]
  while (low < high) {
    const middle = (low + high) >> 1
    if (Number(values?.[middle]) <= row) low = middle + 1
    else high = middle
  }
  return low
}

function readDictionary(batch: arrow.Batch<unknown>, key: number): Value {
  if (!('dictionary' in batch) || !(batch.dictionary instanceof arrow.Column))
    throw new ArrowDamage('a dictionary is missing')
  const [part] = partsOf(batch.dictionary, key, 1)
  if (part === undefined) throw new ArrowDamage(`a dictionary has no entry ${key}`)
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
        throw new MisfitError(`${count} nanoseconds are not whole microseconds, which is what times hold`)
      }
      return count / 1000n
  }
}

function readInterval(batch: arrow.Batch<unknown>, row: number, unit: number): Interval {
  const { values } = batch
  if (!ArrayBuffer.isView(values)) throw new ArrowDamage('an interval has no values')
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

/** Bounds of a row in its child or in its bytes, of which there are `length`. */
function extent(batch: arrow.Batch<unknown>, row: number, length: number): readonly [number, number] {
  const { offsets, sizes, type } = batch
  const stride = 'stride' in type && typeof type.stride === 'number' ? type.stride : undefined
  const start = stride === undefined ? Number(offsets?.[row] ?? -1) : row * stride
  const size = stride ?? (sizes === undefined ? Number(offsets?.[row + 1] ?? -1) - start : Number(sizes[row] ?? -1))
  if (start < 0 || size < 0 || start + size > length) {
    throw new ArrowDamage(`values ${start} to ${start + size} of ${length}`)
  }
  return [start, start + size]
}

function bytesAt(batch: arrow.Batch<unknown>, row: number): Uint8Array {
  if ('view' in batch && typeof batch.view === 'function') {
    const bytes: unknown = batch.view(row)
    if (bytes instanceof Uint8Array) return bytes
  }
  const { values } = batch
  if (!(values instanceof Uint8Array)) throw new ArrowDamage('a column of bytes has no bytes')
  return values.subarray(...extent(batch, row, values.length))
}

function childOf(children: readonly arrow.Batch<unknown>[], index: number): arrow.Batch<unknown> {
  const child = children[index]
  if (child === undefined) throw new ArrowDamage('a nested column lacks a child')
  return child
}
