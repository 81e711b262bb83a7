import type { DecodedArray } from 'hyparquet'
import type { Column, Pointer } from '../../batch/batch.ts'
import { writeFixed } from '../../batch/fixed.ts'
import type { Memory } from '../../batch/memory.ts'
import { encodeViewValue } from '../../batch/packed.ts'
import { writeBytes } from '../../batch/views.ts'
import { MisfitError } from '../../formats/json-values.ts'
import { numericOf } from '../../formats/scalar-text.ts'
import type { DataType } from '../../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../../types/physical.ts'
import type { Value } from '../../types/value.ts'
import { valueKey } from '../../types/value-key.ts'
import type { ParquetLeaf, ParquetShape } from './parquet-schema.ts'

/** Makes the value of a declared type from a physical value of a file. */
export type Convert = (value: unknown) => Value

/** The conversion between a file's type and the declared one; undefined where there is none that is exact. */
export function conversionOf(shape: ParquetShape, declared: DataType, cutNanoseconds: boolean): Convert | undefined {
  if (shape.is === 'list') {
    if (declared.is !== 'array') return undefined
    const element = conversionOf(shape.element, declared.element, cutNanoseconds)
    return (
      element &&
      (value =>
        Array.isArray(value) ? value.map(item => (item == null ? null : element(item))) : misfit(value, declared))
    )
  }
  if (shape.is === 'map') {
    if (declared.is !== 'map') return undefined
    const key = conversionOf(shape.key, declared.key, cutNanoseconds)
    const item = conversionOf(shape.value, declared.value, cutNanoseconds)
    return key && item && (value => entriesOf(value, shape.names, key, item, declared))
  }
  if (shape.is === 'row') {
    if (declared.is !== 'row') return undefined
    const fields = declared.fields.map(each => {
      const found = shape.fields.find(one => one.name === each.name)
      return { name: each.name, convert: found && conversionOf(found.shape, each.type, cutNanoseconds) }
    })
    if (fields.some(each => each.convert === undefined)) return undefined
    return value =>
      fields.map(({ name, convert }) => {
        const item: unknown = isRecord(value) ? value[name] : undefined
        return item == null ? null : (convert?.(item) ?? null)
      })
  }
  return leafConversion(shape, declared, cutNanoseconds)
}

/** Of equal keys the last one stands, at the place of the first. */
function entriesOf(
  value: unknown,
  names: { readonly key: string; readonly value: string },
  key: Convert,
  item: Convert,
  declared: DataType,
): Value {
  if (!Array.isArray(value)) return misfit(value, declared)
  const entries = new Map<string, readonly [Value, Value]>()
  for (const entry of value) {
    const parts: Readonly<Record<string, unknown>> = isRecord(entry) ? entry : {}
    const rawKey = parts[names.key]
    const rawItem = parts[names.value]
    if (rawKey == null) throw new MisfitError('a key of a map is NULL')
    const known = key(rawKey)
    entries.set(valueKey(known), [known, rawItem == null ? null : item(rawItem)])
  }
  return [...entries.values()]
}

function leafConversion(leaf: ParquetLeaf, declared: DataType, cutNanoseconds: boolean): Convert | undefined {
  const { type } = leaf
  switch (type.is) {
    case 'boolean':
      return declared.is === 'boolean' ? value => value === true : undefined
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return integerConversion(leaf, declared)
    case 'decimal': {
      const { scale } = type
      if (declared.is === 'numeric') return value => ({ digits: unscaledOf(value, leaf), scale })
      if (declared.is !== 'decimal' || declared.scale < scale) return undefined
      const factor = 10n ** BigInt(declared.scale - scale)
      const limit = 10n ** BigInt(declared.precision)
      return value => within(unscaledOf(value, leaf) * factor, -limit + 1n, limit - 1n, declared)
    }
    case 'real':
      if (declared.is !== 'real' && declared.is !== 'double') return undefined
      return value => (leaf.half ? halfOf(value, declared) : numberOf(value, declared))
    case 'double':
      return declared.is === 'double' ? value => numberOf(value, declared) : undefined
    case 'date':
      return declared.is === 'date' ? value => numberOf(value, declared) : undefined
    case 'time':
    case 'timestamp':
      if (declared.is !== type.is) return undefined
      return timeConversion(leaf, declared.precision, declared, cutNanoseconds)
    case 'string':
      if (declared.is === 'numeric') return value => numericOf(textOf(value, declared)) ?? misfit(value, declared)
      if (declared.is !== 'string') return undefined
      return leaf.uuid ? value => uuidOf(bytesOf(value, declared)) : value => textOf(value, declared)
    case 'json':
      return declared.is === 'json' || declared.is === 'string' ? value => textOf(value, declared) : undefined
    case 'bytes':
      return declared.is === 'bytes' ? value => bytesOf(value, declared) : undefined
    default:
      return undefined
  }
}

const bits = { tinyint: 8n, smallint: 16n, int: 32n, bigint: 64n } as const

function integerConversion({ unsigned }: ParquetLeaf, declared: DataType): Convert | undefined {
  const exact = (value: unknown): bigint => {
    const integer = typeof value === 'bigint' ? value : BigInt(numberOf(value, declared))
    return unsigned === 32 ? BigInt.asUintN(32, integer) : integer
  }
  switch (declared.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const limit = 1n << (bits[declared.is] - 1n)
      const wide = declared.is === 'bigint'
      return value => {
        const integer = within(exact(value), -limit, limit - 1n, declared)
        return wide ? integer : Number(integer)
      }
    }
    case 'numeric':
      return value => ({ digits: exact(value), scale: 0 })
    case 'decimal': {
      const factor = 10n ** BigInt(declared.scale)
      const limit = 10n ** BigInt(declared.precision)
      return value => within(exact(value) * factor, -limit + 1n, limit - 1n, declared)
    }
    default:
      return undefined
  }
}

function timeConversion(
  { toMicros, julian }: ParquetLeaf,
  precision: number,
  declared: DataType,
  cutNanoseconds: boolean,
): Convert {
  const unit = 10n ** BigInt(6 - Math.min(precision, 6))
  return value => {
    const raw = typeof value === 'bigint' ? value : BigInt(numberOf(value, declared))
    const integer = julian ? sinceEpoch(raw) : raw
    const scaled = integer * toMicros.times
    const rest = ((scaled % toMicros.by) + toMicros.by) % toMicros.by
    if (rest !== 0n && !cutNanoseconds) {
      throw new MisfitError(`${integer} ns is no whole microsecond (option parquet.nanoseconds = 'truncate' cuts it)`)
    }
    const micros = (scaled - rest) / toMicros.by
    return micros - (((micros % unit) + unit) % unit)
  }
}

const JULIAN_DAY_OF_EPOCH = 2_440_588n
const NANOS_OF_DAY = 86_400_000_000_000n

/** Nanoseconds since 1970 of an INT96. Where those of the day are negative, the decoder has lost the day. */
function sinceEpoch(int96: bigint): bigint {
  const nanos = BigInt.asIntN(64, int96)
  if (nanos < 0n) throw new MisfitError('an INT96 with less than no nanoseconds of a day')
  return ((int96 >> 64n) - JULIAN_DAY_OF_EPOCH) * NANOS_OF_DAY + nanos
}

function within(value: bigint, low: bigint, high: bigint, declared: DataType): bigint {
  if (value < low || value > high) throw new MisfitError(`${value} is out of range for ${declared.is.toUpperCase()}`)
  return value
}

function unscaledOf(value: unknown, leaf: ParquetLeaf): bigint {
  if (typeof value === 'bigint') return leaf.unsigned === 64 ? BigInt.asUintN(64, value) : value
  if (typeof value === 'number') return BigInt(value)
  const bytes = bytesOf(value, leaf.type)
  let integer = 0n
  for (const byte of bytes) integer = (integer << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.length * 8, integer)
}

function numberOf(value: unknown, declared: DataType): number {
  return typeof value === 'number' ? value : misfit(value, declared)
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(value: unknown, declared: DataType): string {
  try {
    return decoder.decode(bytesOf(value, declared))
  } catch (error) {
    throw error instanceof MisfitError ? error : new MisfitError('invalid UTF-8')
  }
}

function bytesOf(value: unknown, declared: DataType): Uint8Array {
  return value instanceof Uint8Array ? value : misfit(value, declared)
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function halfOf(value: unknown, declared: DataType): number {
  const [low = 0, high = 0] = bytesOf(value, declared)
  const exponent = (high >> 2) & 31
  const fraction = ((high & 3) << 8) | low
  const sign = high >> 7 ? -1 : 1
  if (exponent === 0) return (sign * fraction) / 2 ** 24
  return exponent === 31
    ? fraction === 0
      ? sign * Infinity
      : NaN
    : sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function misfit(value: unknown, declared: DataType): never {
  throw new MisfitError(`a ${typeof value} does not fit ${declared.is.toUpperCase()}`)
}

/** Whether the file's values are the column's bytes: a typed array of them can be copied. */
function copies(shape: ParquetShape, declared: DataType): boolean {
  return (
    shape.is === 'leaf' &&
    shape.unsigned === 0 &&
    shape.toMicros.times === 1n &&
    shape.toMicros.by === 1n &&
    shape.type.is === declared.is &&
    (!('precision' in declared) || !('precision' in shape.type) || declared.precision >= shape.type.precision) &&
    declared.is !== 'decimal'
  )
}

/**
 * Rows [from, to) of a decoded column as a column in chunk memory. A row whose value does not fit is told to `failed`
 * and NULL.
 */
export function columnOf(
  memory: Memory,
  values: DecodedArray,
  from: number,
  to: number,
  shape: ParquetShape,
  declared: DataType,
  convert: Convert,
  failed: (row: number, problem: string) => void,
): Column {
  const rows = to - from
  const physical = physicalOf(declared)
  const width = widthOf(physical)
  const data = isView(physical) ? memory.chunkZeroed(rows * width) : memory.chunk(rows * width)
  const straight = copies(shape, declared)
  if (straight && copyTyped()) return { type: declared, data, validity: 0 }
  if (straight && (physical === 'i64' || physical === 'i32' || physical === 'f64')) return copyEach()
  if (straight && declared.is === 'string' && shape.is === 'leaf' && !shape.uuid) {
    const validity = copyShortTexts(memory, values, from, rows, data)
    if (validity !== undefined) return { type: declared, data, validity }
  }
  return converted()

  function copyTyped(): boolean {
    if (values instanceof BigInt64Array && physical === 'i64') memory.i64(data, rows).set(values.subarray(from, to))
    else if (values instanceof Int32Array && physical === 'i32') memory.i32(data, rows).set(values.subarray(from, to))
    else if (values instanceof Float64Array && physical === 'f64') memory.f64(data, rows).set(values.subarray(from, to))
    else if (values instanceof Float32Array && physical === 'f32') memory.f32(data, rows).set(values.subarray(from, to))
    else return false
    return true
  }

  /** Numbers among NULLs: no call a row. */
  function copyEach(): Column {
    const validity = memory.chunk(rows)
    const valid = memory.u8(validity, rows)
    let nulls = 0
    if (physical === 'i64') {
      const out = memory.i64(data, rows)
      for (let row = 0; row < rows; row++) {
        const value: unknown = values[from + row]
        valid[row] = typeof value === 'bigint' ? 1 : 0
        if (typeof value === 'bigint') out[row] = value
        else nulls++
      }
    } else {
      const out = physical === 'i32' ? memory.i32(data, rows) : memory.f64(data, rows)
      for (let row = 0; row < rows; row++) {
        const value: unknown = values[from + row]
        valid[row] = typeof value === 'number' ? 1 : 0
        if (typeof value === 'number') out[row] = value
        else nulls++
      }
    }
    return { type: declared, data, validity: nulls === 0 ? 0 : validity }
  }

  function converted(): Column {
    const validity = memory.chunk(rows)
    let nulls = 0
    for (let row = 0; row < rows; row++) {
      const raw: unknown = values[from + row]
      let value: Value = null
      if (raw != null) {
        try {
          value = convert(raw)
        } catch (error) {
          if (!(error instanceof MisfitError)) throw error
          failed(row, error.message)
        }
      }
      memory.view().setUint8(validity + row, value === null ? 0 : 1)
      if (value === null) nulls++
      else if (isView(physical)) writeBytes(memory, data + row * width, encodeViewValue(declared, value))
      else writeFixed(memory.view(), data + row * width, declared, value)
    }
    return { type: declared, data, validity: nulls === 0 ? 0 : validity }
  }
}

/** Texts that all fit into their views and are ASCII; the validity, or undefined where one of them is not so. */
function copyShortTexts(
  memory: Memory,
  values: DecodedArray,
  from: number,
  rows: number,
  data: Pointer,
): Pointer | undefined {
  const validity = memory.chunkZeroed(rows)
  const valid = memory.u8(validity, rows)
  const views = memory.u8(data, rows * 16)
  let nulls = 0
  for (let row = 0; row < rows; row++) {
    const value: unknown = values[from + row]
    if (value == null) {
      nulls++
      continue
    }
    if (!(value instanceof Uint8Array) || value.length > 12) return undefined
    const at = row * 16
    let all = 0
    for (let i = 0; i < value.length; i++) {
      const byte = value[i] ?? 0
      all |= byte
      views[at + 4 + i] = byte
    }
    if (all >= 0x80) return undefined
    views[at] = value.length
    valid[row] = 1
  }
  return nulls === 0 ? 0 : validity
}
