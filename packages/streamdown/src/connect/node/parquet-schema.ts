import { type FileMetaData, parquetSchema, type SchemaElement } from 'hyparquet'
import { StreamdownError } from '../../errors/error.ts'
import { type DataType, type Field, field, types } from '../../types/data-type.ts'
import { isMap } from './parquet-metadata.ts'

/** What a leaf of a Parquet file holds, read as its physical values: `units` of a time per microsecond, when finer. */
export interface ParquetLeaf {
  readonly is: 'leaf'
  readonly type: DataType
  /** Multiply (ms) or divide (ns) to get microseconds; 1n for everything else. */
  readonly toMicros: { readonly times: bigint; readonly by: bigint }
  readonly uuid: boolean
  readonly unsigned: 0 | 32 | 64
  readonly half: boolean
  /** INT96: nanoseconds of a day below the number of the Julian day. */
  readonly julian: boolean
}

export type ParquetShape =
  | ParquetLeaf
  | {
      readonly is: 'row'
      readonly fields: readonly { readonly name: string; readonly shape: ParquetShape }[]
      readonly type: DataType
    }
  | { readonly is: 'list'; readonly element: ParquetShape; readonly type: DataType }
  | {
      readonly is: 'map'
      readonly key: ParquetShape
      readonly value: ParquetShape
      readonly names: { readonly key: string; readonly value: string }
      readonly type: DataType
    }

export interface ParquetColumn {
  readonly field: Field
  readonly shape: ParquetShape
}

interface Tree {
  readonly children: readonly Tree[]
  readonly element: SchemaElement
}

/**
 * The columns of a file, in its order. A column of a kind that cannot be read is undefined. The lists of the metadata
 * must be standard ones.
 */
export function columnsOfParquet(metadata: FileMetaData): ReadonlyMap<string, ParquetColumn | undefined> {
  const columns = new Map<string, ParquetColumn | undefined>()
  for (const child of parquetSchema(metadata).children) {
    const { name, repetition_type } = child.element
    const shape = shapeOf(child)
    columns.set(name, shape && { shape, field: field(name, shape.type, repetition_type !== 'REQUIRED') })
  }
  return columns
}

function shapeOf({ children, element }: Tree): ParquetShape | undefined {
  if (children.length === 0) return leafOf(element)
  const isList = element.converted_type === 'LIST' || element.logical_type?.type === 'LIST'
  if (isList) {
    const [repeated] = children
    const [item] = repeated?.children ?? []
    const shape = repeated?.children.length === 1 && item !== undefined ? shapeOf(item) : undefined
    return shape && { is: 'list', element: shape, type: types.array(shape.type) }
  }
  if (isMap(element)) return mapOf(children)
  if (element.logical_type?.type === 'VARIANT') return undefined
  const fields: { readonly name: string; readonly shape: ParquetShape; readonly field: Field }[] = []
  for (const child of children) {
    const shape = shapeOf(child)
    if (shape === undefined) return undefined
    const { name, repetition_type } = child.element
    fields.push({ name, shape, field: field(name, shape.type, repetition_type !== 'REQUIRED') })
  }
  return { is: 'row', fields, type: types.row(fields.map(each => each.field)) }
}

/** Keys cannot be NULL; the names of the parts are not always the standard's. */
function mapOf([repeated]: readonly Tree[]): ParquetShape | undefined {
  const [keyTree, valueTree] = repeated?.children ?? []
  if (repeated?.children.length !== 2 || keyTree === undefined || valueTree === undefined) return undefined
  const key = shapeOf(keyTree)
  const value = shapeOf(valueTree)
  if (key === undefined || value === undefined) return undefined
  const names = { key: keyTree.element.name, value: valueTree.element.name }
  return { is: 'map', key, value, names, type: types.map(key.type, value.type) }
}

const plain = (type: DataType, more: Partial<ParquetLeaf> = {}): ParquetLeaf => ({
  is: 'leaf',
  type,
  toMicros: { times: 1n, by: 1n },
  uuid: false,
  unsigned: 0,
  half: false,
  julian: false,
  ...more,
})

const micros = {
  MILLIS: { times: 1000n, by: 1n },
  MICROS: { times: 1n, by: 1n },
  NANOS: { times: 1n, by: 1000n },
} as const
const digits = { MILLIS: 3, MICROS: 6, NANOS: 6 } as const

function leafOf(element: SchemaElement): ParquetLeaf | undefined {
  const { type, converted_type: converted, logical_type: logical } = element
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const { precision, scale } =
      logical?.type === 'DECIMAL' ? logical : { precision: element.precision, scale: element.scale }
    return precision === undefined || precision > 38 ? undefined : plain(types.decimal(precision, scale ?? 0))
  }
  if (logical?.type === 'TIMESTAMP') {
    return plain(
      { is: 'timestamp', precision: digits[logical.unit], zoned: logical.isAdjustedToUTC },
      { toMicros: micros[logical.unit] },
    )
  }
  if (logical?.type === 'TIME') return plain(types.time(digits[logical.unit]), { toMicros: micros[logical.unit] })
  switch (converted) {
    case 'TIMESTAMP_MILLIS':
      return plain(types.timestampLtz(3), { toMicros: micros.MILLIS })
    case 'TIMESTAMP_MICROS':
      return plain(types.timestampLtz(6))
    case 'TIME_MILLIS':
      return plain(types.time(3), { toMicros: micros.MILLIS })
    case 'TIME_MICROS':
      return plain(types.time(6))
    case 'DATE':
      return plain(types.date)
    case 'INT_8':
      return plain(types.tinyint)
    case 'INT_16':
    case 'UINT_8':
      return plain(types.smallint)
    case 'UINT_16':
      return plain(types.int)
    case 'UINT_32':
      return plain(types.bigint, { unsigned: 32 })
    case 'UINT_64':
      return plain(types.decimal(20, 0), { unsigned: 64 })
    case 'UTF8':
    case 'ENUM':
      return plain(types.string)
    case 'JSON':
      return plain(types.json)
    case 'INTERVAL':
    case 'BSON':
      return undefined
    default:
  }
  switch (logical?.type) {
    case 'DATE':
      return plain(types.date)
    case 'STRING':
    case 'ENUM':
      return plain(types.string)
    case 'JSON':
      return plain(types.json)
    case 'UUID':
      return plain(types.string, { uuid: true })
    case 'FLOAT16':
      return plain(types.real, { half: true })
    case 'INTEGER':
      if (logical.isSigned)
        return plain(
          logical.bitWidth === 8
            ? types.tinyint
            : logical.bitWidth === 16
              ? types.smallint
              : logical.bitWidth === 32
                ? types.int
                : types.bigint,
        )
      if (logical.bitWidth <= 16) return plain(logical.bitWidth === 8 ? types.smallint : types.int)
      return logical.bitWidth === 32
        ? plain(types.bigint, { unsigned: 32 })
        : plain(types.decimal(20, 0), { unsigned: 64 })
    default:
  }
  switch (type) {
    case 'BOOLEAN':
      return plain(types.boolean)
    case 'INT32':
      return plain(types.int)
    case 'INT64':
      return plain(types.bigint)
    case 'INT96':
      return plain(types.timestamp(6), { toMicros: micros.NANOS, julian: true })
    case 'FLOAT':
      return plain(types.real)
    case 'DOUBLE':
      return plain(types.double)
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return plain(types.bytes)
    default:
      return undefined
  }
}

/** The Parquet schema of a table: exact types, timestamps in microseconds, nested values as groups and lists. */
export function parquetSchemaOf(fields: readonly Field[]): SchemaElement[] {
  return [
    { name: 'root', num_children: fields.length },
    ...fields.flatMap(each => elementsOf(each.name, each.type, each.nullable)),
  ]
}

function elementsOf(name: string, type: DataType, nullable: boolean): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED'
  const leaf = (more: Omit<SchemaElement, 'name'>): SchemaElement[] => [{ name, repetition_type, ...more }]
  switch (type.is) {
    case 'null':
    case 'boolean':
      return leaf({ type: 'BOOLEAN' })
    case 'tinyint':
      return leaf({ type: 'INT32', converted_type: 'INT_8' })
    case 'smallint':
      return leaf({ type: 'INT32', converted_type: 'INT_16' })
    case 'int':
      return leaf({ type: 'INT32' })
    case 'bigint':
      return leaf({ type: 'INT64' })
    case 'real':
      return leaf({ type: 'FLOAT' })
    case 'double':
      return leaf({ type: 'DOUBLE' })
    case 'decimal':
      return leaf({
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 16,
        converted_type: 'DECIMAL',
        precision: type.precision,
        scale: type.scale,
        logical_type: { type: 'DECIMAL', precision: type.precision, scale: type.scale },
      })
    case 'date':
      return leaf({ type: 'INT32', converted_type: 'DATE' })
    case 'time':
      return leaf({ type: 'INT64', converted_type: 'TIME_MICROS' })
    case 'timestamp':
      return leaf({ type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: type.zoned, unit: 'MICROS' } })
    case 'bytes':
      return leaf({ type: 'BYTE_ARRAY' })
    case 'string':
    case 'numeric':
    case 'json':
    case 'map':
    case 'interval':
      return leaf({ type: 'BYTE_ARRAY', converted_type: 'UTF8' })
    case 'row':
      return [
        { name, repetition_type, num_children: type.fields.length },
        ...type.fields.flatMap(each => elementsOf(each.name, each.type, each.nullable)),
      ]
    case 'array':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...elementsOf('element', type.element, true),
      ]
  }
}

/** A column that is asked for and cannot be given. */
export function unreadable(
  path: string,
  name: string,
  columns: ReadonlyMap<string, ParquetColumn | undefined>,
): StreamdownError {
  return columns.has(name)
    ? new StreamdownError(
        'DSD2005',
        `'${path}': column "${name}" is of a Parquet type that cannot be read yet (INTERVAL, BSON, VARIANT).`,
      )
    : new StreamdownError('DSD3002', `'${path}' has no column "${name}"; it has ${[...columns.keys()].join(', ')}.`)
}
