import type { Memory } from '../batch/memory.ts'
import { rowsOf, weightsOf } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import { type Schema, types } from '../types/data-type.ts'
import { base64Bytes } from '../values/base64.ts'
import { joined } from '../values/bytes.ts'
import { isJsonArray, type Json, JsonNumber } from '../values/json.ts'
import type { Encoder } from './format.ts'
import { requireJson } from './json-values.ts'
import { messageFor, type ProtobufOptions } from './protobuf.ts'
import { wireOf } from './protobuf-read.ts'
import type { ProtoField, ProtoMessage, ProtoScalar, ProtoType } from './protobuf-schema.ts'
import { timestampOf, timestampRules } from './scalar-text.ts'
import { jsonTextOf } from './value-text.ts'

/** A message a row, behind its length as a varint; NULL is left out. */
export function createProtobufEncoder(memory: Memory, schema: Schema, options: ProtobufOptions): Encoder {
  const message = messageFor(options, schema)
  const row = types.row(schema)
  return {
    header: () => new Uint8Array(0),
    encode(batch) {
      const parts: Uint8Array[] = []
      const weights = weightsOf(memory, batch)
      for (const [at, values] of rowsOf(memory, batch).entries()) {
        const bytes = messageBytes(message, requireJson(jsonTextOf(row, values, false)))
        for (let copy = 0; copy < Math.abs(weights[at] ?? 1); copy++) parts.push(varint(BigInt(bytes.length)), bytes)
      }
      return joined(parts)
    },
  }
}

function messageBytes(message: ProtoMessage, json: Json): Uint8Array {
  if (!(json instanceof Map)) return unfit(json, message.name)
  const parts: Uint8Array[] = []
  for (const field of message.fields) {
    const value: Json = json.get(field.name) ?? null
    if (value !== null) for (const item of itemsOf(field, value)) parts.push(tagOf(field), valueBytes(field.type, item))
  }
  return joined(parts)
}

/** The values of a field on the wire: the items of a list, the entries of a map. */
function itemsOf({ name, repeated, map }: ProtoField, value: Json): readonly Json[] {
  if (map) {
    if (!(value instanceof Map)) return unfit(value, name)
    return [...value].map(
      ([key, item]) =>
        new Map([
          ['key', key],
          ['value', item],
        ]),
    )
  }
  if (!repeated) return [value]
  return Array.isArray(value) ? value : unfit(value, name)
}

const tagOf = ({ number, type }: ProtoField): Uint8Array => varint(BigInt(number) * 8n + BigInt(wireOf(type)))

function valueBytes(type: ProtoType, json: Json): Uint8Array {
  switch (type.is) {
    case 'message':
      return counted(messageBytes(type.message, json))
    case 'timestamp':
      return counted(timestampBytes(json))
    case 'string':
      return counted(new TextEncoder().encode(textOf(json)))
    case 'bytes':
      return counted(base64Bytes(textOf(json)))
    case 'bool':
      return varint(json === true || json === 'true' ? 1n : 0n)
    case 'double':
      return fixed(8, view => view.setFloat64(0, Number(textOf(json)), true))
    case 'float':
      return fixed(4, view => view.setFloat32(0, Number(textOf(json)), true))
    case 'enum': {
      const found = [...type.names].find(([, name]) => name === json)
      return found === undefined ? unfit(json, 'an enum') : varint(BigInt.asUintN(64, BigInt(found[0])))
    }
    default:
      return integerBytes(type.is, json)
  }
}

function integerBytes(type: ProtoScalar, json: Json): Uint8Array {
  const text = textOf(json)
  const value = /^-?\d+$/.test(text) ? BigInt(text) : unfit(json, type)
  const bits = type.endsWith('32') ? 32 : 64
  const unsigned = type.startsWith('u') || type.startsWith('fixed')
  if ((unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value)) !== value) unfit(json, type)
  if (type === 'fixed32' || type === 'sfixed32')
    return fixed(4, view => view.setInt32(0, Number(BigInt.asIntN(32, value)), true))
  if (type === 'fixed64' || type === 'sfixed64')
    return fixed(8, view => view.setBigInt64(0, BigInt.asIntN(64, value), true))
  if (type.startsWith('s')) return varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)))
  return varint(BigInt.asUintN(64, value))
}

function timestampBytes(json: Json): Uint8Array {
  const micros = timestampOf(textOf(json), 6, timestampRules('any', undefined))
  if (micros === undefined) return unfit(json, 'google.protobuf.Timestamp')
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n
  const seconds = varint(BigInt.asUintN(64, (micros - rest) / 1_000_000n))
  return joined([Uint8Array.of(0x08), seconds, Uint8Array.of(0x10), varint(rest * 1000n)])
}

/** A scalar as text; keys of maps are text already. */
function textOf(json: Json): string {
  if (json instanceof JsonNumber) return json.text
  if (typeof json === 'string') return json
  return json === null || isJsonArray(json) || json instanceof Map ? unfit(json, 'a scalar') : String(json)
}

function counted(bytes: Uint8Array): Uint8Array {
  return joined([varint(BigInt(bytes.length)), bytes])
}

function fixed(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

function unfit(json: Json, what: string): never {
  const text = json instanceof JsonNumber ? json.text : String(json)
  throw new StreamdownError('DSD4004', `The value ${text} does not fit ${what} of the Protobuf message.`)
}
