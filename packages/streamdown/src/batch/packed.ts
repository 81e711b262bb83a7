import { StreamdownError } from '../errors/error.ts'
import { compareValues } from '../types/compare-values.ts'
import type { DataType } from '../types/data-type.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import type { Value } from '../types/value.ts'
import { isNumeric } from '../values/numeric.ts'
import { decodeNumeric, encodeNumeric } from '../values/numeric-bytes.ts'
import { readFixed, writeFixed } from './fixed.ts'

/*
 * The packed encoding of nested values, little-endian, without padding:
 *
 *   field = u8 0                                     NULL: nothing follows
 *         | u8 1, fixed-width value                  (the bytes that the value has in a column)
 *         | u8 1, u32 length, bytes                  STRING, JSON, BYTES, NUMERIC, and nested values in this encoding
 *   ROW   = a field for each of the type's fields, in order
 *   ARRAY = u32 n, n fields
 *   MAP   = u32 n, n times: key field, value field; in the order of the keys, so that equal maps have the same bytes
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The bytes of a value whose physical form is a view. */
export function encodeViewValue(type: DataType, value: Value): Uint8Array {
  switch (type.is) {
    case 'string':
    case 'json':
      if (typeof value === 'string') return encoder.encode(value)
      break
    case 'bytes':
      if (value instanceof Uint8Array) return value
      break
    case 'numeric':
      if (isNumeric(value)) return encodeNumeric(value)
      break
    case 'row':
    case 'array':
    case 'map':
      if (Array.isArray(value)) {
        const writer = new PackedWriter()
        writer.nested(type, value)
        return writer.bytes()
      }
      break
    default:
  }
  throw mismatch(type, value)
}

/** The value of the bytes of a view. The bytes are not kept. */
export function decodeViewValue(type: DataType, bytes: Uint8Array): Value {
  switch (type.is) {
    case 'string':
    case 'json':
      return decoder.decode(bytes)
    case 'bytes':
      return bytes.slice()
    case 'numeric':
      return decodeNumeric(bytes)
    default:
      return new PackedReader(bytes).nested(type)
  }
}

/** A value that is not of its column's type: a defect, since the binder has checked types. */
export function mismatch(type: DataType, value: Value): StreamdownError {
  return new StreamdownError('DSD9002', `A value of JavaScript type ${typeof value} does not fit type ${type.is}.`)
}

class PackedWriter {
  #data = new Uint8Array(64)
  #view = new DataView(this.#data.buffer)
  #length = 0

  bytes(): Uint8Array {
    return this.#data.subarray(0, this.#length)
  }

  nested(type: DataType, value: readonly Value[]): void {
    switch (type.is) {
      case 'row':
        for (const [index, field] of type.fields.entries()) this.#field(field.type, value[index] ?? null)
        return
      case 'array':
        this.#u32(value.length)
        for (const element of value) this.#field(type.element, element)
        return
      case 'map':
        this.#u32(value.length)
        for (const [key, item] of entriesInOrder(type, value)) {
          this.#field(type.key, key)
          this.#field(type.value, item)
        }
        return
      default:
        throw mismatch(type, value)
    }
  }

  #field(type: DataType, value: Value): void {
    const place = this.#reserve(1)
    this.#view.setUint8(place, value === null ? 0 : 1)
    if (value === null) return
    const physical = physicalOf(type)
    if (!isView(physical)) {
      const at = this.#reserve(widthOf(physical))
      writeFixed(this.#view, at, type, value)
      return
    }
    if (type.is === 'row' || type.is === 'array' || type.is === 'map') {
      if (!Array.isArray(value)) throw mismatch(type, value)
      const at = this.#reserve(4)
      this.nested(type, value)
      this.#view.setUint32(at, this.#length - at - 4, true)
      return
    }
    const bytes = encodeViewValue(type, value)
    this.#u32(bytes.length)
    const at = this.#reserve(bytes.length)
    this.#data.set(bytes, at)
  }

  #u32(value: number): void {
    const at = this.#reserve(4)
    this.#view.setUint32(at, value, true)
  }

  #reserve(bytes: number): number {
    const at = this.#length
    this.#length += bytes
    if (this.#length > this.#data.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#data.length * 2))
      grown.set(this.#data)
      this.#data = grown
      this.#view = new DataView(grown.buffer)
    }
    return at
  }
}

type Entry = readonly [key: Value, item: Value]

function entriesInOrder(type: DataType, value: readonly Value[]): readonly Entry[] {
  const entries = value.map((pair): Entry => {
    if (!Array.isArray(pair)) throw mismatch(type, pair)
    return [pair[0] ?? null, pair[1] ?? null]
  })
  return entries.sort(([a], [b]) => compareValues(a, b))
}

class PackedReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  nested(type: DataType): readonly Value[] {
    switch (type.is) {
      case 'row':
        return type.fields.map(field => this.#field(field.type))
      case 'array':
        return Array.from({ length: this.#u32() }, () => this.#field(type.element))
      case 'map':
        return Array.from({ length: this.#u32() }, () => [this.#field(type.key), this.#field(type.value)])
      default:
        throw mismatch(type, null)
    }
  }

  #field(type: DataType): Value {
    if (this.#view.getUint8(this.#take(1)) === 0) return null
    const physical = physicalOf(type)
    if (!isView(physical)) return readFixed(this.#view, this.#take(widthOf(physical)), type)
    const length = this.#u32()
    const at = this.#take(length)
    return decodeViewValue(type, this.#bytes.subarray(at, at + length))
  }

  #u32(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  #take(bytes: number): number {
    const at = this.#at
    this.#at += bytes
    return at
  }
}
