import { md5 } from '@noble/hashes/legacy.js'
import type { Memory } from '../batch/memory.ts'
import { rowsOf, weightsOf } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import type { DataType, Field, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { Encoder } from './format.ts'
import { plainText } from './value-text.ts'

export interface AvroEncoderOptions {
  /** TIMESTAMP is written as Flink's legacy mapping has it, as an instant. Default: as a local timestamp. */
  readonly legacyTimestamps?: boolean
}

/** The first bytes of an Avro object container file. */
export const avroMagic = new Uint8Array([0x4f, 0x62, 0x6a, 0x01])

/** What stands in front of a file's blocks. */
export function avroHeader(schema: Schema, options: AvroEncoderOptions = {}): Uint8Array {
  const text = schemaText(schema, options)
  const writer = new AvroWriter()
  writer.append(avroMagic)
  writer.long(2n)
  writer.text('avro.codec')
  writer.text('null')
  writer.text('avro.schema')
  writer.text(text)
  writer.long(0n)
  writer.append(syncMarker(text))
  return writer.bytes()
}

/**
 * An Avro object container file: the header once, and a block for each batch. The sync marker follows from the schema,
 * so that a file can be appended to by another process.
 */
export function createAvroEncoder(memory: Memory, schema: Schema, options: AvroEncoderOptions = {}): Encoder {
  const sync = syncMarker(schemaText(schema, options))
  return {
    header: () => avroHeader(schema, options),
    encode(batch) {
      const writer = new AvroWriter()
      const weights = weightsOf(memory, batch)
      let records = 0
      for (const [row, values] of rowsOf(memory, batch).entries()) {
        for (let copy = 0; copy < Math.abs(weights[row] ?? 1); copy++) {
          for (const [index, field] of schema.entries()) writer.field(field, values[index] ?? null)
          records++
        }
      }
      if (records === 0) return new Uint8Array(0)
      const data = writer.bytes()
      const block = new AvroWriter()
      block.long(BigInt(records))
      block.long(BigInt(data.length))
      block.append(data)
      block.append(sync)
      return block.bytes()
    },
  }
}

const schemaText = (schema: Schema, options: AvroEncoderOptions): string =>
  JSON.stringify(new SchemaWriter(options.legacyTimestamps === true).record('record', schema))

const syncMarker = (schema: string): Uint8Array => md5(new TextEncoder().encode(schema))

/** The Avro schema of a table, by Flink's mapping. */
class SchemaWriter {
  readonly #legacy: boolean
  /** Names that are taken: records in two places have two. */
  readonly #names = new Set<string>()

  constructor(legacy: boolean) {
    this.#legacy = legacy
  }

  record(name: string, fields: readonly Field[]): unknown {
    let free = name
    for (let i = 1; this.#names.has(free); i++) free = `${name}_${i}`
    this.#names.add(free)
    return {
      type: 'record',
      name: free,
      fields: fields.map(each => {
        if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(each.name)) {
          throw new StreamdownError('DSD3002', `Avro has no field "${each.name}": letters, digits and _ only.`)
        }
        const type = this.#type(each.type, `${free}_${each.name}`)
        return each.nullable ? { name: each.name, type: ['null', type], default: null } : { name: each.name, type }
      }),
    }
  }

  #type(type: DataType, name: string): unknown {
    switch (type.is) {
      case 'tinyint':
      case 'smallint':
      case 'int':
        return 'int'
      case 'bigint':
        return 'long'
      case 'real':
        return 'float'
      case 'boolean':
      case 'double':
      case 'bytes':
        return type.is
      case 'decimal':
        return { type: 'bytes', logicalType: 'decimal', precision: type.precision, scale: type.scale }
      case 'date':
        return { type: 'int', logicalType: 'date' }
      case 'time':
        return type.precision <= 3
          ? { type: 'int', logicalType: 'time-millis' }
          : { type: 'long', logicalType: 'time-micros' }
      case 'timestamp': {
        const local = type.zoned || this.#legacy ? '' : 'local-'
        return { type: 'long', logicalType: `${local}timestamp-${type.precision <= 3 ? 'millis' : 'micros'}` }
      }
      case 'null':
      case 'string':
      case 'numeric':
      case 'json':
      case 'interval':
        return 'string'
      case 'array':
        return { type: 'array', items: ['null', this.#type(type.element, name)] }
      case 'map':
        if (type.key.is !== 'string') {
          throw new StreamdownError('DSD3002', 'Avro has maps of text keys only: CAST the keys to STRING.')
        }
        return { type: 'map', values: ['null', this.#type(type.value, name)] }
      case 'row':
        return this.record(name, type.fields)
    }
  }
}

class AvroWriter {
  #bytes = new Uint8Array(4096)
  #end = 0

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#end)
  }

  field({ type, nullable }: Field, value: Value): void {
    if (nullable) this.#optional(type, value)
    else this.#value(type, value)
  }

  long(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    while (rest >= 0x80n) {
      this.#bytes[this.#end++] = Number(rest & 0x7fn) | 0x80
      rest >>= 7n
    }
    this.#bytes[this.#end++] = Number(rest)
  }

  text(text: string): void {
    this.#counted(new TextEncoder().encode(text))
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
  }

  #optional(type: DataType, value: Value): void {
    this.long(value === null ? 0n : 1n)
    if (value !== null) this.#value(type, value)
  }

  #value(type: DataType, value: Value): void {
    switch (type.is) {
      case 'boolean':
        this.append(Uint8Array.of(value === true ? 1 : 0))
        return
      case 'tinyint':
      case 'smallint':
      case 'int':
      case 'bigint':
      case 'date':
        this.long(integerOf(value))
        return
      case 'time':
        this.long(type.precision <= 3 ? integerOf(value) / 1000n : integerOf(value))
        return
      case 'timestamp': {
        const micros = integerOf(value)
        this.long(type.precision <= 3 ? (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n : micros)
        return
      }
      case 'real':
      case 'double': {
        const bytes = new Uint8Array(type.is === 'real' ? 4 : 8)
        const view = new DataView(bytes.buffer)
        if (type.is === 'real') view.setFloat32(0, Number(value), true)
        else view.setFloat64(0, Number(value), true)
        this.append(bytes)
        return
      }
      case 'decimal':
        this.#counted(twosComplement(integerOf(value)))
        return
      case 'bytes':
        this.#counted(value instanceof Uint8Array ? value : new Uint8Array(0))
        return
      case 'array': {
        const items = itemsOf(value)
        if (items.length > 0) this.long(BigInt(items.length))
        for (const item of items) this.#optional(type.element, item)
        this.long(0n)
        return
      }
      case 'map': {
        const pairs = itemsOf(value)
        if (pairs.length > 0) this.long(BigInt(pairs.length))
        for (const pair of pairs) {
          const [key = null, item = null] = itemsOf(pair)
          this.text(plainText(type.key, key, false))
          this.#optional(type.value, item)
        }
        this.long(0n)
        return
      }
      case 'row': {
        const items = itemsOf(value)
        for (const [index, each] of type.fields.entries()) this.field(each, items[index] ?? null)
        return
      }
      default:
        this.text(plainText(type, value, false))
        return
    }
  }

  #counted(bytes: Uint8Array): void {
    this.long(BigInt(bytes.length))
    this.append(bytes)
  }

  #reserve(size: number): void {
    if (this.#end + size <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + size))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

const integerOf = (value: Value): bigint =>
  typeof value === 'bigint' ? value : BigInt(typeof value === 'number' ? value : 0)

const itemsOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])

/** Big-endian, in as few bytes as hold the sign. */
function twosComplement(value: bigint): Uint8Array {
  let size = 1
  while (BigInt.asIntN(size * 8, value) !== value) size++
  return Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt((size - 1 - index) * 8)) & 0xffn))
}
