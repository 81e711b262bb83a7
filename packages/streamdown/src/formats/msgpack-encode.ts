import type { Memory } from '../batch/memory.ts'
import { rowsOf, weightsOf } from '../batch/values.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { isJsonArray, type Json, JsonNumber } from '../values/json.ts'
import type { Encoder } from './format.ts'
import { requireJson } from './json-values.ts'
import { plainText } from './value-text.ts'

/**
 * A map a row, all columns of `schema`: whole numbers as such, DECIMAL as text with all its digits, BYTES as binary,
 * TIMESTAMP and TIMESTAMP_LTZ as MessagePack's timestamps, DATE and TIME as text.
 */
export function createMsgpackEncoder(memory: Memory, schema: Schema): Encoder {
  return {
    header: () => new Uint8Array(0),
    encode(batch) {
      const writer = new MsgpackWriter()
      const weights = weightsOf(memory, batch)
      for (const [row, values] of rowsOf(memory, batch).entries()) {
        for (let copy = 0; copy < Math.abs(weights[row] ?? 1); copy++) {
          writer.mapHead(schema.length)
          for (const [index, { name, type }] of schema.entries()) {
            writer.text(name)
            writer.value(type, values[index] ?? null)
          }
        }
      }
      return writer.bytes()
    },
  }
}

class MsgpackWriter {
  #bytes = new Uint8Array(1024)
  #view = new DataView(this.#bytes.buffer)
  #end = 0

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#end)
  }

  value(type: DataType, value: Value): void {
    if (value === null) {
      this.#tag(0xc0)
      return
    }
    if (typeof value === 'boolean') {
      this.#tag(value ? 0xc3 : 0xc2)
      return
    }
    if (value instanceof Uint8Array) {
      this.#binary(value)
      return
    }
    switch (type.is) {
      case 'tinyint':
      case 'smallint':
      case 'int':
      case 'bigint':
        this.#integer(BigInt(String(value)))
        return
      case 'real':
        this.#put(0xca, 4, (view, at) => view.setFloat32(at, Number(value)))
        return
      case 'double':
        this.#put(0xcb, 8, (view, at) => view.setFloat64(at, Number(value)))
        return
      case 'timestamp':
        this.#timestamp(BigInt(String(value)))
        return
      case 'json':
        this.#json(requireJson(String(value)))
        return
      case 'array': {
        const items = itemsOf(value)
        this.#head(items.length, 0x90, 15, 0xdc)
        for (const item of items) this.value(type.element, item)
        return
      }
      case 'map': {
        const pairs = itemsOf(value)
        this.mapHead(pairs.length)
        for (const pair of pairs) {
          const [key = null, item = null] = itemsOf(pair)
          this.value(type.key, key)
          this.value(type.value, item)
        }
        return
      }
      case 'row': {
        const items = itemsOf(value)
        this.mapHead(type.fields.length)
        for (const [index, field] of type.fields.entries()) {
          this.text(field.name)
          this.value(field.type, items[index] ?? null)
        }
        return
      }
      default:
        this.text(plainText(type, value, false))
        return
    }
  }

  mapHead(size: number): void {
    this.#head(size, 0x80, 15, 0xde)
  }

  text(text: string): void {
    const bytes = new TextEncoder().encode(text)
    if (bytes.length >= 32 && bytes.length < 0x100) this.#put(0xd9, 1, (view, at) => view.setUint8(at, bytes.length))
    else this.#head(bytes.length, 0xa0, 31, 0xda)
    this.#append(bytes)
  }

  #json(json: Json): void {
    if (json === null) this.#tag(0xc0)
    else if (typeof json === 'boolean') this.#tag(json ? 0xc3 : 0xc2)
    else if (typeof json === 'string') this.text(json)
    else if (json instanceof JsonNumber) {
      if (/^-?\d{1,18}$/.test(json.text)) this.#integer(BigInt(json.text))
      else this.#put(0xcb, 8, (view, at) => view.setFloat64(at, Number(json.text)))
    } else if (isJsonArray(json)) {
      this.#head(json.length, 0x90, 15, 0xdc)
      for (const item of json) this.#json(item)
    } else {
      this.mapHead(json.size)
      for (const [key, item] of json) {
        this.text(key)
        this.#json(item)
      }
    }
  }

  #binary(bytes: Uint8Array): void {
    if (bytes.length < 0x100) this.#put(0xc4, 1, (view, at) => view.setUint8(at, bytes.length))
    else if (bytes.length < 0x10000) this.#put(0xc5, 2, (view, at) => view.setUint16(at, bytes.length))
    else this.#put(0xc6, 4, (view, at) => view.setUint32(at, bytes.length))
    this.#append(bytes)
  }

  #integer(value: bigint): void {
    if (value >= -32n && value < 128n) this.#tag(Number(value) & 0xff)
    else if (value >= -0x80n && value < 0x80n) this.#put(0xd0, 1, (view, at) => view.setInt8(at, Number(value)))
    else if (value >= -0x8000n && value < 0x8000n) this.#put(0xd1, 2, (view, at) => view.setInt16(at, Number(value)))
    else if (value >= -0x8000_0000n && value < 0x8000_0000n)
      this.#put(0xd2, 4, (view, at) => view.setInt32(at, Number(value)))
    else this.#put(0xd3, 8, (view, at) => view.setBigInt64(at, value))
  }

  /** MessagePack's timestamp 96: any second, and nanoseconds in it. */
  #timestamp(micros: bigint): void {
    const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
    const at = this.#room(0xc7, 14)
    this.#view.setUint8(at, 12)
    this.#view.setInt8(at + 1, -1)
    this.#view.setUint32(at + 2, Number(rest) * 1000)
    this.#view.setBigInt64(at + 6, (micros - rest) / 1_000_000n)
  }

  /** The head of something with a size: in the tag itself, or in 2 or 4 bytes behind one. */
  #head(size: number, small: number, smallest: number, tag: number): void {
    if (size <= smallest) this.#tag(small | size)
    else if (size < 0x10000) this.#put(tag, 2, (view, at) => view.setUint16(at, size))
    else this.#put(tag + 1, 4, (view, at) => view.setUint32(at, size))
  }

  #tag(tag: number): void {
    this.#room(tag, 0)
  }

  /** Writes a tag, and `size` bytes behind it by `write`. */
  #put(tag: number, size: number, write: (view: DataView, at: number) => void): void {
    const at = this.#room(tag, size)
    write(this.#view, at)
  }

  /** Writes a tag and makes room for `size` bytes behind it. */
  #room(tag: number, size: number): number {
    this.#reserve(size + 1)
    this.#view.setUint8(this.#end, tag)
    const at = this.#end + 1
    this.#end = at + size
    return at
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + size))
    grown.set(this.#bytes)
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}

const itemsOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])
