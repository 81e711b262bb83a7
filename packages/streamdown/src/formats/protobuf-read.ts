import { base64Text } from '../values/base64.ts'
import { type Json, JsonNumber } from '../values/json.ts'
import { MisfitError } from './json-values.ts'
import type { ProtoField, ProtoMessage, ProtoType } from './protobuf-schema.ts'
import { timestampText } from './value-text.ts'

const MAX_DEPTH = 100
const [VARINT, FIXED64, LENGTH, FIXED32] = [0, 1, 2, 5]

/** Reads messages as JSON has them: bytes as base64, timestamps as text. Throws MisfitError where there is none. */
export class ProtoReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  message(message: ProtoMessage, end = this.#bytes.length, depth = 0): ReadonlyMap<string, Json> {
    if (depth > MAX_DEPTH) throw new MisfitError(`a message nested deeper than ${MAX_DEPTH}`)
    const values = new Map<string, Json>()
    const lists = new Map<string, Json[]>()
    while (this.#at < end) {
      const tag = Number(this.#varint(end))
      const wire = tag % 8
      const number = Math.floor(tag / 8)
      const field = message.fields.find(each => each.number === number)
      if (number === 0) throw new MisfitError('a field with number 0')
      if (field === undefined) this.#pass(wire, end)
      else if (!field.repeated) values.set(field.name, this.#value(field.type, wire, end, depth))
      else {
        const list = lists.get(field.name) ?? []
        lists.set(field.name, list)
        this.#items(field, wire, end, depth, list)
      }
    }
    if (this.#at !== end) throw new MisfitError('a value goes on behind its message')
    for (const { name, type, repeated, map, implicit } of message.fields) {
      if (map) values.set(name, entriesOf(lists.get(name) ?? []))
      else if (repeated) values.set(name, lists.get(name) ?? [])
      else if (implicit && !values.has(name)) values.set(name, defaultOf(type))
    }
    return values
  }

  #items({ type }: ProtoField, wire: number, end: number, depth: number, list: Json[]): void {
    if (wire !== LENGTH || wireOf(type) === LENGTH) {
      list.push(this.#value(type, wire, end, depth))
      return
    }
    const packed = this.#end(end)
    while (this.#at < packed) list.push(this.#value(type, wireOf(type), packed, depth))
  }

  #value(type: ProtoType, wire: number, end: number, depth: number): Json {
    if (wire !== wireOf(type)) throw new MisfitError(`wire type ${wire} for ${type.is}`)
    switch (type.is) {
      case 'double':
        return float(this.#view.getFloat64(this.#next(8, end), true))
      case 'float':
        return float(this.#view.getFloat32(this.#next(4, end), true))
      case 'fixed64':
        return number(this.#view.getBigUint64(this.#next(8, end), true))
      case 'sfixed64':
        return number(this.#view.getBigInt64(this.#next(8, end), true))
      case 'fixed32':
        return number(this.#view.getUint32(this.#next(4, end), true))
      case 'sfixed32':
        return number(this.#view.getInt32(this.#next(4, end), true))
      case 'int32':
        return number(BigInt.asIntN(32, this.#varint(end)))
      case 'int64':
        return number(BigInt.asIntN(64, this.#varint(end)))
      case 'uint32':
        return number(BigInt.asUintN(32, this.#varint(end)))
      case 'uint64':
        return number(this.#varint(end))
      case 'sint32':
      case 'sint64': {
        const zigzag = this.#varint(end)
        return number((zigzag >> 1n) ^ -(zigzag & 1n))
      }
      case 'bool':
        return this.#varint(end) !== 0n
      case 'enum': {
        const value = Number(BigInt.asIntN(32, this.#varint(end)))
        return type.names.get(value) ?? String(value)
      }
      case 'string':
        return this.#text(end)
      case 'bytes': {
        const to = this.#end(end)
        const bytes = this.#bytes.subarray(this.#at, to)
        this.#at = to
        return base64Text(bytes)
      }
      case 'timestamp':
        return this.#timestamp(this.#end(end), depth)
      case 'message':
        return this.message(type.message, this.#end(end), depth + 1)
    }
  }

  #timestamp(end: number, depth: number): Json {
    const parts = this.message(timestampMessage, end, depth + 1)
    const [seconds, nanos] = ['seconds', 'nanos'].map(name => {
      const part = parts.get(name)
      return part instanceof JsonNumber ? BigInt(part.text) : 0n
    })
    return timestampText((seconds ?? 0n) * 1_000_000n + (nanos ?? 0n) / 1000n, true, false)
  }

  #text(end: number): string {
    const to = this.#end(end)
    const bytes = this.#bytes.subarray(this.#at, to)
    this.#at = to
    try {
      return this.#utf8.decode(bytes)
    } catch {
      throw new MisfitError('invalid UTF-8')
    }
  }

  #pass(wire: number, end: number): void {
    if (wire === VARINT) this.#varint(end)
    else if (wire === FIXED64) this.#next(8, end)
    else if (wire === FIXED32) this.#next(4, end)
    else if (wire === LENGTH) this.#at = this.#end(end)
    else throw new MisfitError(`wire type ${wire}`)
  }

  #varint(end: number): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#view.getUint8(this.#next(1, end))
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new MisfitError('a number of more than 64 bits')
  }

  /** Where what has a length in front of it ends. */
  #end(end: number): number {
    const length = this.#varint(end)
    if (length > BigInt(end - this.#at)) throw new MisfitError(`a length of ${length}, with ${end - this.#at} left`)
    return this.#at + Number(length)
  }

  #next(size: number, end: number): number {
    const at = this.#at
    if (at + size > end) throw new MisfitError('a value is cut off')
    this.#at = at + size
    return at
  }
}

const timestampMessage: ProtoMessage = {
  name: 'google.protobuf.Timestamp',
  fields: [
    { name: 'seconds', number: 1, type: { is: 'int64' }, repeated: false, map: false, implicit: true },
    { name: 'nanos', number: 2, type: { is: 'int32' }, repeated: false, map: false, implicit: true },
  ],
}

/** How values of a type lie on the wire. */
export function wireOf(type: ProtoType): number {
  switch (type.is) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return FIXED64
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return FIXED32
    case 'string':
    case 'bytes':
    case 'message':
    case 'timestamp':
      return LENGTH
    default:
      return VARINT
  }
}

const number = (value: number | bigint): JsonNumber => new JsonNumber(String(value))

const float = (value: number): Json => (Number.isFinite(value) ? new JsonNumber(String(value)) : String(value))

function defaultOf(type: ProtoType): Json {
  switch (type.is) {
    case 'string':
    case 'bytes':
      return ''
    case 'bool':
      return false
    case 'enum':
      return type.names.get(0) ?? '0'
    default:
      return number(0)
  }
}

/** A map from its entries; of equal keys the last one counts. */
function entriesOf(entries: readonly Json[]): ReadonlyMap<string, Json> {
  const map = new Map<string, Json>()
  for (const entry of entries) {
    if (!(entry instanceof Map)) continue
    const key = entry.get('key')
    map.set(key instanceof JsonNumber ? key.text : String(key), entry.get('value') ?? null)
  }
  return map
}
