import { type DataType, type Field, types } from '../../types/data-type.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { TypeName } from '../parse/ast.ts'
import { decimalSize, readSetting } from '../setting-texts.ts'
import type { Settings } from '../settings.ts'
import type { Names } from './names.ts'
import { fail } from './problem.ts'

const simple: Readonly<Record<string, DataType>> = {
  NULL: types.null,
  BOOLEAN: types.boolean,
  BOOL: types.boolean,
  INT: types.int,
  TINYINT: types.tinyint,
  SMALLINT: types.smallint,
  INT2: types.smallint,
  SMALLSERIAL: types.smallint,
  INTEGER: types.int,
  INT4: types.int,
  SERIAL: types.int,
  BIGINT: types.bigint,
  INT8: types.bigint,
  INT64: types.bigint,
  BIGSERIAL: types.bigint,
  'TINYINT UNSIGNED': types.smallint,
  'SMALLINT UNSIGNED': types.int,
  'INT UNSIGNED': types.bigint,
  'INTEGER UNSIGNED': types.bigint,
  'BIGINT UNSIGNED': types.bigint,
  REAL: types.real,
  FLOAT4: types.real,
  DOUBLE: types.double,
  'DOUBLE PRECISION': types.double,
  FLOAT8: types.double,
  FLOAT64: types.double,
  STRING: types.string,
  TEXT: types.string,
  BYTEA: types.bytes,
  BYTES: types.bytes,
  BLOB: types.bytes,
  DATE: types.date,
  JSON: types.json,
  JSONB: types.json,
  // Flink's semi-structured values: PARSE_JSON makes them, and they are JSON.
  VARIANT: types.json,
}

const sized = new Set(['CHAR', 'CHARACTER', 'BPCHAR', 'VARCHAR', 'CHARACTER VARYING', 'CHAR VARYING', 'NVARCHAR'])
const sizedBytes = new Set(['BINARY', 'VARBINARY', 'BINARY VARYING'])
const decimals = new Set(['DECIMAL', 'NUMERIC', 'DEC'])
const fixedTypes = new Set(['CHAR', 'CHARACTER', 'BPCHAR', 'BINARY'])
const zoned = new Set(['TIMESTAMP_LTZ', 'TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMP WITH LOCAL TIME ZONE'])
const unzoned = new Set(['TIMESTAMP', 'TIMESTAMP WITHOUT TIME ZONE', 'DATETIME', 'TIMESTAMP_NTZ'])
const times = new Set(['TIME', 'TIME WITHOUT TIME ZONE'])

/** Flink's "no limit": VARCHAR(2147483647) is STRING. */
const UNLIMITED = 2147483647

/**
 * A type name of SQL text as a data type. User types (CREATE TYPE) come through `lookup`.
 * @throws BindProblem DSD2004 for an unknown name or arguments that do not fit.
 */
export function bindType(
  type: TypeName,
  settings: Settings,
  names: Names,
  lookup?: (name: string) => DataType | undefined,
): DataType {
  const inner = (name: TypeName) => bindType(name, settings, names, lookup)
  switch (type.is) {
    case 'arrayType':
    case 'multisetType':
      return { is: 'array', element: inner(type.element), ...(isNotNull(type.element) && { elementNotNull: true }) }
    case 'mapType':
      return {
        is: 'map',
        key: inner(type.key),
        value: inner(type.value),
        ...(isNotNull(type.key) && { keyNotNull: true }),
        ...(isNotNull(type.value) && { valueNotNull: true }),
      }
    case 'rowType':
      return types.row(
        type.fields.map(
          (field, i): Field => ({
            name: field.name === undefined ? `f${i + 1}` : names.fold(field.name),
            type: inner(field.type),
            nullable: !isNotNull(field.type),
          }),
        ),
      )
    case 'namedType': {
      const known = namedType(type.name.toUpperCase(), type.args, settings)
      if (known !== undefined) return known
      const path = names.fold(type.path.parts.at(-1)!)
      const user = lookup?.(path)
      if (user !== undefined) return user
      const all = [
        ...Object.keys(simple),
        ...sized,
        ...sizedBytes,
        ...decimals,
        ...zoned,
        ...unzoned,
        ...times,
        'INTERVAL',
      ]
      fail('DSD2004', `There is no type ${type.name}.${didYouMean(type.name, all)}`, type.at)
    }
  }
}

const isNotNull = (type: TypeName): boolean => type.nullable === false

function namedType(name: string, args: readonly string[], settings: Settings): DataType | undefined {
  const number = (i: number, fallback: number, most: number): number => {
    const value = args[i] === undefined ? fallback : Number(args[i])
    if (!Number.isInteger(value) || value < 0 || value > most)
      fail('DSD2004', `${name}(${args.join(', ')}): a number from 0 to ${most} is needed.`)
    return value
  }
  const plain = simple[name]
  if (plain !== undefined && args.length === 0) return plain
  if (name === 'FLOAT') {
    if (args.length > 0) return number(0, 24, 53) <= 24 ? types.real : types.double
    return settings.float_type === 'double' ? types.double : types.real
  }
  if (decimals.has(name)) {
    if (args.length === 0) return plainDecimal(settings)
    const digits = number(0, 10, 38)
    return types.decimal(digits, number(1, 0, digits))
  }
  if (sized.has(name)) {
    const fixed = fixedTypes.has(name)
    if (args.length === 0) return fixed && name !== 'BPCHAR' ? { is: 'string', length: 1, fixed } : types.string
    const length = number(0, 1, UNLIMITED)
    if (length === UNLIMITED) return types.string
    return fixed ? { is: 'string', length, fixed } : { is: 'string', length }
  }
  if (sizedBytes.has(name)) {
    const fixed = fixedTypes.has(name)
    if (args.length === 0) return fixed ? { is: 'bytes', length: 1, fixed } : types.bytes
    const length = number(0, 1, UNLIMITED)
    if (length === UNLIMITED) return types.bytes
    return fixed ? { is: 'bytes', length, fixed } : { is: 'bytes', length }
  }
  if (zoned.has(name)) return types.timestampLtz(precision(number(0, 6, 9)))
  if (unzoned.has(name)) return types.timestamp(precision(number(0, 6, 9)))
  if (times.has(name)) return types.time(precision(number(0, settings.functions === 'postgres' ? 6 : 0, 9)))
  if (name === 'INTERVAL' || name.startsWith('INTERVAL ')) return types.interval
  return undefined
}

/** DECIMAL without arguments: one of a size, or of any. */
function plainDecimal(settings: Settings): DataType {
  const size = readSetting(settings, 'default_decimal', decimalSize)
  return size === 'any' ? types.numeric : types.decimal(size.precision, size.scale)
}

/** Microseconds are the finest there are; a declared 9 keeps 6. */
const precision = (digits: number): number => Math.min(6, digits)

/** A type by its bare name, without arguments. */
export const plainType = (name: string, settings: Settings): DataType | undefined => namedType(name, [], settings)
