import { StreamdownError } from '../errors/error.ts'
import { type DataType, type Field, field, type Schema, types } from '../types/data-type.ts'

/** What Avro adds to a primitive type: a date, a decimal, a time. */
export interface AvroLogical {
  readonly name: string
  readonly precision: number
  readonly scale: number
}

/** A type of an Avro schema, names resolved; records may hold themselves. */
export type AvroType =
  | {
      readonly is: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
      readonly logical?: AvroLogical
    }
  | { readonly is: 'fixed'; readonly size: number; readonly logical?: AvroLogical }
  | { readonly is: 'enum'; readonly symbols: readonly string[] }
  | { readonly is: 'array' | 'map'; readonly items: AvroType }
  | { readonly is: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord

export interface AvroRecord {
  readonly is: 'record'
  /** Filled when the record's fields, which may name it, are known. */
  readonly fields: { readonly name: string; readonly type: AvroType }[]
}

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
const MAX_DEPTH = 64

/** The schema of a text. Throws DSD3002 where it is none. */
export function parseAvroSchema(text: string, what: string): AvroType {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new StreamdownError('DSD3002', `${what}: its Avro schema is no JSON (${problem}).`, { cause: error })
  }
  return new SchemaParser(what).type(json, '', 0)
}

class SchemaParser {
  readonly #what: string
  readonly #named = new Map<string, AvroType>()

  constructor(what: string) {
    this.#what = what
  }

  type(json: unknown, space: string, depth: number): AvroType {
    if (depth > MAX_DEPTH) this.#refuse(`is nested deeper than ${MAX_DEPTH}`)
    if (typeof json === 'string') return this.#byName(json, space)
    if (Array.isArray(json)) return { is: 'union', branches: json.map(each => this.type(each, space, depth + 1)) }
    if (!isObject(json)) return this.#refuse(`has a type ${JSON.stringify(json)}`)
    const { type } = json
    if (typeof type !== 'string') return this.type(type, space, depth + 1)
    const logical = logicalOf(json)
    switch (type) {
      case 'array':
        return { is: 'array', items: this.type(json.items, space, depth + 1) }
      case 'map':
        return { is: 'map', items: this.type(json.values, space, depth + 1) }
      case 'fixed': {
        const size = Number(json.size)
        if (!Number.isSafeInteger(size) || size < 0) this.#refuse(`has a fixed of size ${JSON.stringify(json.size)}`)
        return this.#name(json, space, { is: 'fixed', size, ...logical })
      }
      case 'enum':
        return this.#name(json, space, { is: 'enum', symbols: this.#list(json.symbols, 'symbols').map(String) })
      case 'record':
      case 'error': {
        const record: AvroRecord = { is: 'record', fields: [] }
        this.#name(json, space, record)
        const inner = spaceOf(json, space)
        for (const each of this.#list(json.fields, 'fields')) {
          if (!isObject(each) || typeof each.name !== 'string') return this.#refuse('has a field without a name')
          record.fields.push({ name: each.name, type: this.type(each.type, inner, depth + 1) })
        }
        return record
      }
      default: {
        const primitive = primitives.find(each => each === type)
        return primitive === undefined ? this.#byName(type, space) : { is: primitive, ...logical }
      }
    }
  }

  #byName(name: string, space: string): AvroType {
    const primitive = primitives.find(each => each === name)
    if (primitive !== undefined) return { is: primitive }
    const full = name.includes('.') || space === '' ? name : `${space}.${name}`
    return this.#named.get(full) ?? this.#named.get(name) ?? this.#refuse(`names an unknown type '${name}'`)
  }

  #name(json: Readonly<Record<string, unknown>>, space: string, type: AvroType): AvroType {
    const name = String(json.name)
    const inner = spaceOf(json, space)
    this.#named.set(name.includes('.') || inner === '' ? name : `${inner}.${name}`, type)
    return type
  }

  #list(json: unknown, what: string): readonly unknown[] {
    return Array.isArray(json) ? json : this.#refuse(`has no ${what}`)
  }

  #refuse(problem: string): never {
    throw new StreamdownError('DSD3002', `${this.#what}: its Avro schema ${problem}.`)
  }
}

const isObject = (json: unknown): json is Readonly<Record<string, unknown>> => typeof json === 'object' && json !== null

/** The namespace for names inside of a named type. */
function spaceOf(json: Readonly<Record<string, unknown>>, outer: string): string {
  const name = String(json.name)
  if (name.includes('.')) return name.slice(0, name.lastIndexOf('.'))
  return typeof json.namespace === 'string' ? json.namespace : outer
}

function logicalOf(json: Readonly<Record<string, unknown>>): { readonly logical?: AvroLogical } {
  if (typeof json.logicalType !== 'string') return {}
  const precision = Number(json.precision ?? 0)
  const scale = Number(json.scale ?? 0)
  // Avro: a logical type that makes no sense is as if it were not there.
  if (json.logicalType === 'decimal' && !(precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision))
    return {}
  return { logical: { name: json.logicalType, precision, scale } }
}

/** The columns of a file of records. Throws DSD2005 for a column that no type here can hold. */
export function columnsOfAvro(type: AvroType, what: string): Schema {
  if (type.is !== 'record') throw new StreamdownError('DSD3002', `${what}: its Avro schema is no record.`)
  return fieldsOf(type, 0, what)
}

function fieldsOf(record: AvroRecord, depth: number, what: string): readonly Field[] {
  return record.fields.map(each => {
    const type = dataTypeOf(each.type, depth)
    if (type !== undefined) return field(each.name, type, isNullable(each.type))
    throw new StreamdownError(
      'DSD2005',
      `${what}: field "${each.name}" is a union of several types or a record in itself; use CREATE TABLE without it.`,
    )
  })

  function dataTypeOf(type: AvroType, level: number): DataType | undefined {
    if (level > MAX_DEPTH) return undefined
    switch (type.is) {
      case 'null':
      case 'string':
      case 'enum':
        return types.string
      case 'boolean':
        return types.boolean
      case 'int':
      case 'long':
        return timeOf(type.logical?.name) ?? (type.is === 'int' ? types.int : types.bigint)
      case 'float':
        return types.real
      case 'double':
        return types.double
      case 'bytes':
      case 'fixed': {
        const { logical } = type
        return logical?.name === 'decimal' ? types.decimal(logical.precision, logical.scale) : types.bytes
      }
      case 'array': {
        const element = dataTypeOf(type.items, level + 1)
        return element && types.array(element)
      }
      case 'map': {
        const value = dataTypeOf(type.items, level + 1)
        return value && types.map(types.string, value)
      }
      case 'union': {
        const [only, ...more] = type.branches.filter(each => each.is !== 'null')
        if (only === undefined) return types.string
        return more.length === 0 ? dataTypeOf(only, level + 1) : undefined
      }
      case 'record': {
        const made: Field[] = []
        for (const each of type.fields) {
          const inner = dataTypeOf(each.type, level + 1)
          if (inner === undefined) return undefined
          made.push(field(each.name, inner, isNullable(each.type)))
        }
        return types.row(made)
      }
    }
  }
}

function timeOf(logical: string | undefined): DataType | undefined {
  switch (logical) {
    case 'date':
      return types.date
    case 'time-millis':
      return types.time(3)
    case 'time-micros':
      return types.time(6)
    case 'timestamp-millis':
      return types.timestampLtz(3)
    case 'timestamp-micros':
    case 'timestamp-nanos':
      return types.timestampLtz(6)
    case 'local-timestamp-millis':
      return types.timestamp(3)
    case 'local-timestamp-micros':
    case 'local-timestamp-nanos':
      return types.timestamp(6)
    default:
      return undefined
  }
}

/** Whether a value may be null. */
export const isNullable = (type: AvroType): boolean =>
  type.is === 'null' || (type.is === 'union' && type.branches.some(each => each.is === 'null'))
