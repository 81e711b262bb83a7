import { StreamdownError } from '../errors/error.ts'
import type { DataType, Field, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { fitsPrecision } from '../values/decimal-digits.ts'
import { writeJson } from '../values/json.ts'
import { type AvroBytes, AvroDamage } from './avro-bytes.ts'
import { type AvroLogical, type AvroRecord, type AvroType, isNullable } from './avro-schema.ts'
import { MisfitError, requireJson } from './json-values.ts'
import { typeText } from './text-kinds.ts'

const MAX_DEPTH = 100

type Read = (bytes: AvroBytes) => Value

/** Reads the wanted columns of one record after the other, and passes over the rest. */
export class AvroRecordReader {
  readonly #record: AvroRecord
  readonly #steps: readonly { readonly read: Read; readonly column: number; readonly name: string }[]
  readonly #fields: readonly Field[]

  /** Throws DSD3002 where a column is not in the schema, or cannot be read as its type. */
  constructor(schema: AvroType, fields: Schema, what: string) {
    if (schema.is !== 'record') throw new StreamdownError('DSD3002', `${what}: its Avro schema is no record.`)
    const names = schema.fields.map(each => each.name)
    const missing = fields.find(each => !names.includes(each.name))
    if (missing !== undefined) {
      throw new StreamdownError('DSD3002', `${what} has no column "${missing.name}"; it has ${names.join(', ')}.`)
    }
    this.#record = schema
    this.#fields = fields
    this.#steps = schema.fields.map(({ name, type }) => {
      const column = fields.findIndex(each => each.name === name)
      const wanted = fields[column]
      if (wanted === undefined) return { read: passing(type), column, name }
      const read = readerOf(type, wanted.type)
      if (read !== undefined) return { read, column, name }
      throw new StreamdownError(
        'DSD3002',
        `${what}: column "${name}" is ${avroText(type)} in the file and cannot be read as ${typeText(wanted.type)}.`,
      )
    })
  }

  /** Throws AvroDamage where the bytes are none of a record, MisfitError, behind the record, where a value does not fit. */
  read(bytes: AvroBytes): readonly Value[] {
    const start = bytes.at
    const values: Value[] = this.#fields.map(() => null)
    for (const { read, column, name } of this.#steps) {
      try {
        const value = read(bytes)
        if (column >= 0) values[column] = value
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error
        bytes.at = start
        this.pass(bytes)
        throw new MisfitError(`column "${name}": ${error.message}`)
      }
    }
    return values
  }

  /** Passes over a record. */
  pass(bytes: AvroBytes): void {
    pass(this.#record, bytes, 0)
  }
}

const passing =
  (type: AvroType): Read =>
  bytes => {
    pass(type, bytes, 0)
    return null
  }

function pass(type: AvroType, bytes: AvroBytes, depth: number): void {
  if (depth > MAX_DEPTH) throw new AvroDamage(`a value nested deeper than ${MAX_DEPTH}`)
  switch (type.is) {
    case 'null':
      return
    case 'boolean':
      bytes.byte()
      return
    case 'int':
    case 'long':
    case 'enum':
      bytes.long()
      return
    case 'float':
      bytes.take(4)
      return
    case 'double':
      bytes.take(8)
      return
    case 'bytes':
    case 'string':
      bytes.take(bytes.length())
      return
    case 'fixed':
      bytes.take(type.size)
      return
    case 'array':
      bytes.items(() => pass(type.items, bytes, depth + 1))
      return
    case 'map':
      bytes.items(() => {
        bytes.take(bytes.length())
        pass(type.items, bytes, depth + 1)
      })
      return
    case 'union':
      pass(branchOf(type.branches, bytes), bytes, depth + 1)
      return
    case 'record':
      for (const each of type.fields) pass(each.type, bytes, depth + 1)
  }
}

function branchOf<T>(branches: readonly T[], bytes: AvroBytes): T {
  const index = Number(bytes.long())
  const branch = branches[index]
  if (branch === undefined) throw new AvroDamage(`branch ${index} of a union of ${branches.length}`)
  return branch
}

/** How values of an Avro type become values of `to`; undefined where they cannot. */
function readerOf(type: AvroType, to: DataType): Read | undefined {
  switch (type.is) {
    case 'null':
      return () => null
    case 'boolean':
      return to.is === 'boolean' ? bytes => bytes.byte() !== 0 : undefined
    case 'int':
    case 'long':
      return integerReader(type.is === 'int', type.logical?.name, to)
    case 'float':
    case 'double':
      if (to.is !== 'double' && (to.is !== 'real' || type.is === 'double')) return undefined
      return type.is === 'float' ? bytes => bytes.float() : bytes => bytes.double()
    case 'bytes':
      return bytesReader(bytes => bytes.take(bytes.length()), type.logical, to)
    case 'fixed':
      return bytesReader(bytes => bytes.take(type.size), type.logical, to)
    case 'string':
      if (to.is === 'string') return textOf
      return to.is === 'json' ? bytes => writeJson(requireJson(textOf(bytes))) : undefined
    case 'enum':
      return to.is === 'string' ? bytes => branchOf(type.symbols, bytes) : undefined
    case 'array':
      return to.is === 'array' ? listReader(type.items, to) : undefined
    case 'map':
      return to.is === 'map' && to.key.is === 'string' ? mapReader(type.items, to.value) : undefined
    case 'union':
      return unionReader(type.branches, to)
    case 'record':
      return to.is === 'row' ? rowReader(type, to.fields) : undefined
  }
}

const integerBits = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n } as const

function integerReader(short: boolean, logical: string | undefined, to: DataType): Read | undefined {
  switch (to.is) {
    case 'tinyint':
    case 'smallint':
    case 'int': {
      const limit = 1n << integerBits[to.is]
      return bytes => {
        const value = bytes.long()
        if (value >= limit || value < -limit) throw new MisfitError(`${value} does not fit ${typeText(to)}`)
        return Number(value)
      }
    }
    case 'bigint':
      return bytes => bytes.long()
    case 'double':
      return bytes => Number(bytes.long())
    case 'real':
      return short ? bytes => Math.fround(bytes.int()) : undefined
    case 'date':
      return logical === 'date' ? bytes => bytes.int() : undefined
    case 'time':
    case 'timestamp': {
      const scale = unitOf(logical, to.is)
      const unit = 10n ** BigInt(6 - Math.min(to.precision, 6))
      // A day for a time; what 64 bits of microseconds hold for a timestamp.
      const [least, most] = to.is === 'time' ? [0n, 86_400_000_000n] : [-(1n << 63n), 1n << 63n]
      return (
        scale &&
        (bytes => {
          const micros = floorDivide(bytes.long() * scale.times, scale.by * unit) * unit
          if (micros < least || micros >= most) throw new MisfitError(`out of range for ${typeText(to)}`)
          return micros
        })
      )
    }
    default:
      return undefined
  }
}

/** How a time of a logical type becomes microseconds. */
function unitOf(logical: string | undefined, is: 'time' | 'timestamp'): { times: bigint; by: bigint } | undefined {
  const name = logical?.replace(/^local-/, '')
  if (name === `${is}-millis`) return { times: 1000n, by: 1n }
  if (name === `${is}-micros`) return { times: 1n, by: 1n }
  return name === 'timestamp-nanos' && is === 'timestamp' ? { times: 1n, by: 1000n } : undefined
}

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by

function bytesReader(
  take: (bytes: AvroBytes) => Uint8Array,
  logical: AvroLogical | undefined,
  to: DataType,
): Read | undefined {
  if (to.is === 'bytes') return bytes => take(bytes).slice()
  if (to.is !== 'decimal' || logical?.name !== 'decimal' || logical.scale > to.scale) return undefined
  const factor = 10n ** BigInt(to.scale - logical.scale)
  return bytes => {
    let digits = 0n
    const raw = take(bytes)
    if (raw.length > 32) throw new MisfitError(`does not fit ${typeText(to)}`)
    for (const byte of raw) digits = (digits << 8n) | BigInt(byte)
    const value = BigInt.asIntN(raw.length * 8, digits) * factor
    if (!fitsPrecision(value, to.precision)) throw new MisfitError(`does not fit ${typeText(to)}`)
    return value
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(bytes: AvroBytes): string {
  const raw = bytes.take(bytes.length())
  try {
    return utf8.decode(raw)
  } catch {
    throw new MisfitError('invalid UTF-8')
  }
}

function listReader(items: AvroType, to: DataType & { readonly is: 'array' }): Read | undefined {
  const read = readerOf(items, to.element)
  return (
    read &&
    (bytes => {
      const list: Value[] = []
      bytes.items(() => list.push(read(bytes)))
      return list
    })
  )
}

function mapReader(items: AvroType, to: DataType): Read | undefined {
  const read = readerOf(items, to)
  return (
    read &&
    (bytes => {
      const entries = new Map<string, Value>()
      bytes.items(() => {
        entries.set(textOf(bytes), read(bytes))
      })
      return [...entries]
    })
  )
}

/** Branches that cannot become `to` are misfits where they come up; at least one must. */
function unionReader(branches: readonly AvroType[], to: DataType): Read | undefined {
  const reads = branches.map(each => readerOf(each, to))
  if (!branches.some((each, index) => each.is !== 'null' && reads[index] !== undefined)) return undefined
  const readers = reads.map(
    (read, index): Read =>
      read ??
      (() => {
        const branch = branches[index]
        throw new MisfitError(`${branch === undefined ? '' : avroText(branch)} does not fit ${typeText(to)}`)
      }),
  )
  return bytes => branchOf(readers, bytes)(bytes)
}

function rowReader(record: AvroRecord, fields: readonly Field[]): Read | undefined {
  if (fields.some(each => !each.nullable && !record.fields.some(({ name }) => name === each.name))) return undefined
  const steps: { readonly read: Read; readonly place: number }[] = []
  for (const { name, type } of record.fields) {
    const place = fields.findIndex(each => each.name === name)
    const wanted = fields[place]
    const read = wanted === undefined ? passing(type) : readerOf(type, wanted.type)
    if (read === undefined || (wanted?.nullable === false && isNullable(type))) return undefined
    steps.push({ read, place })
  }
  return bytes => {
    const values: Value[] = fields.map(() => null)
    for (const { read, place } of steps) {
      const value = read(bytes)
      if (place >= 0) values[place] = value
    }
    return values
  }
}

function avroText(type: AvroType): string {
  if (type.is === 'union') return type.branches.map(avroText).join(' or ')
  return 'logical' in type && type.logical !== undefined ? `${type.is} (${type.logical.name})` : type.is
}
