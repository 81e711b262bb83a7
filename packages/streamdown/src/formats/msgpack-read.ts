import { base64Text } from '../values/base64.ts'
import { type Json, JsonNumber } from '../values/json.ts'
import { timestampText } from './value-text.ts'

/** The bytes are no MessagePack, and nothing tells where the next record starts. */
export class DamageError extends Error {}
/** The record goes on behind the bytes. */
export class IncompleteError extends Error {}

const MAX_DEPTH = 100
const TIMESTAMP_EXTENSION = -1

/**
 * Reads MessagePack values as JSON has them: binary as base64, timestamps as text, keys of maps as text. Throws
 * DamageError or IncompleteError.
 */
export class MsgpackReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #mostBytes: number
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true })
  at: number

  /** Texts, lists and maps that claim more than `mostBytes` are damage: no such record is accepted. */
  constructor(bytes: Uint8Array, at: number, mostBytes: number) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#mostBytes = mostBytes
    this.at = at
  }

  value(depth = 0): Json {
    if (depth > MAX_DEPTH) throw new DamageError(`nested deeper than ${MAX_DEPTH}`)
    const tag = this.#uint(1)
    if (tag < 0x80) return number(tag)
    if (tag < 0x90) return this.#map(tag & 0x0f, depth)
    if (tag < 0xa0) return this.#list(tag & 0x0f, depth)
    if (tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return number(tag - 0x100)
    switch (tag) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return base64Text(this.#take(this.#uint(1 << (tag - 0xc4))))
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (tag - 0xc7)))
      case 0xca:
        return float(this.#view.getFloat32(this.#next(4)))
      case 0xcb:
        return float(this.#view.getFloat64(this.#next(8)))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return number(this.#uint(1 << (tag - 0xcc)))
      case 0xcf:
        return number(this.#view.getBigUint64(this.#next(8)))
      case 0xd0:
        return number(this.#view.getInt8(this.#next(1)))
      case 0xd1:
        return number(this.#view.getInt16(this.#next(2)))
      case 0xd2:
        return number(this.#view.getInt32(this.#next(4)))
      case 0xd3:
        return number(this.#view.getBigInt64(this.#next(8)))
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (tag - 0xd4))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (tag - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#list(this.#uint(tag === 0xdc ? 2 : 4), depth)
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(tag === 0xde ? 2 : 4), depth)
      default:
        throw new DamageError(`0x${tag.toString(16)} starts no value`)
    }
  }

  #map(size: number, depth: number): Json {
    this.#check(size)
    const entries = new Map<string, Json>()
    for (let i = 0; i < size; i++) {
      const key = this.value(depth + 1)
      if (key instanceof JsonNumber) entries.set(key.text, this.value(depth + 1))
      else if (typeof key === 'string' || typeof key === 'boolean') entries.set(String(key), this.value(depth + 1))
      else throw new DamageError('a key is neither text nor number')
    }
    return entries
  }

  #list(size: number, depth: number): Json {
    this.#check(size)
    const items: Json[] = []
    for (let i = 0; i < size; i++) items.push(this.value(depth + 1))
    return items
  }

  #text(size: number): string {
    const bytes = this.#take(size)
    try {
      return this.#utf8.decode(bytes)
    } catch {
      throw new DamageError('invalid UTF-8')
    }
  }

  #extension(size: number): Json {
    const type = this.#view.getInt8(this.#next(1))
    const bytes = this.#take(size)
    if (type !== TIMESTAMP_EXTENSION) return base64Text(bytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (size === 4) return timestamp(BigInt(view.getUint32(0)), 0)
    if (size === 8) {
      const both = view.getBigUint64(0)
      return timestamp(both & 0x3_ffff_ffffn, Number(both >> 34n))
    }
    if (size === 12) return timestamp(view.getBigInt64(4), view.getUint32(0))
    throw new DamageError(`a timestamp of ${size} bytes`)
  }

  #uint(size: number): number {
    const at = this.#next(size)
    if (size === 1) return this.#view.getUint8(at)
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at)
  }

  #take(size: number): Uint8Array {
    const at = this.#next(size)
    return this.#bytes.subarray(at, at + size)
  }

  #next(size: number): number {
    this.#check(size)
    const at = this.at
    if (at + size > this.#bytes.length) throw new IncompleteError('the record is cut off')
    this.at = at + size
    return at
  }

  #check(size: number): void {
    if (size > this.#mostBytes) throw new DamageError(`a length of ${size}, over max-record-bytes`)
  }
}

const number = (value: number | bigint): JsonNumber => new JsonNumber(String(value))

const float = (value: number): Json => (Number.isFinite(value) ? new JsonNumber(String(value)) : String(value))

function timestamp(seconds: bigint, nanos: number): Json {
  // Years 0 to 9999: what timestamps hold.
  if (nanos > 999_999_999 || seconds < -62_167_219_200n || seconds > 253_402_300_799n) {
    throw new DamageError('a timestamp out of range')
  }
  return timestampText(seconds * 1_000_000n + BigInt(Math.trunc(nanos / 1000)), true, false)
}
