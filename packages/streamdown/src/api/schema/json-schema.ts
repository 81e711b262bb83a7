import { StreamdownError } from '../../errors/error.ts'
import { types } from '../../types/data-type.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { type ColumnFacts, ColumnType } from './column-type.ts'
import { type Fields, RowType } from './row-type.ts'

/** What JSON Schema cannot say is said under this name by the adapters: `date`, `bigint`. */
export const extraType = 'x-streamdown-type'

/** The columns of an object type described by JSON Schema. Throws DSD5004 naming the column whose type is not known. */
export function columnsOfJsonSchema(schema: unknown, vendor: string): readonly ColumnDraft[] {
  const properties = member(schema, 'properties')
  if (member(schema, 'type') !== 'object' || !isRecord(properties)) {
    throw new StreamdownError('DSD5004', `The ${vendor} schema is not an object with columns.`)
  }
  return Object.entries(fieldsOf(schema, properties, vendor, '')).map(([name, type]) => ({ name, type }))
}

function fieldsOf(schema: unknown, properties: Record<string, unknown>, vendor: string, within: string): Fields {
  const required = member(schema, 'required')
  const isRequired = (name: string) => Array.isArray(required) && required.includes(name)
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const type = columnOf(property, vendor, within + name)
      return [name, isRequired(name) ? type : new ColumnType(type.type, { ...type.facts, nullable: true })]
    }),
  )
}

function columnOf(schema: unknown, vendor: string, name: string): ColumnType<unknown> {
  const extra = member(schema, extraType)
  if (extra === 'date') return new ColumnType(types.timestamp(6))
  if (extra === 'bigint') return new ColumnType(types.bigint)
  const choices = member(schema, 'anyOf') ?? member(schema, 'oneOf')
  if (Array.isArray(choices)) return choiceOf(choices, vendor, name)
  const type = member(schema, 'type')
  if (Array.isArray(type)) {
    return choiceOf(
      type.map(one => ({ ...(isRecord(schema) ? schema : {}), type: one })),
      vendor,
      name,
    )
  }
  const values =
    member(schema, 'enum') ?? (member(schema, 'const') === undefined ? undefined : [member(schema, 'const')])
  if (Array.isArray(values)) return enumOf(values, vendor, name)
  switch (type) {
    case 'string':
      return new ColumnType(types.string, lengthsOf(schema))
    case 'number':
      return new ColumnType(types.double, boundsOf(schema))
    case 'integer':
      return fitsInt(schema)
        ? new ColumnType(types.int, boundsOf(schema))
        : new ColumnType(types.bigint, { ...boundsOf(schema), readsAsNumber: true })
    case 'boolean':
      return new ColumnType(types.boolean)
    case 'array':
      return new ColumnType(types.array(columnOf(member(schema, 'items'), vendor, `${name}[]`).type))
    case 'object': {
      const properties = member(schema, 'properties')
      if (isRecord(properties)) return new RowType(fieldsOf(schema, properties, vendor, `${name}.`))
      const value = member(schema, 'additionalProperties')
      if (isRecord(value)) return new ColumnType(types.map(types.string, columnOf(value, vendor, `${name}[]`).type))
      break
    }
  }
  throw unknownType(vendor, name)
}

/** NULL or one type; two types at once have no column. */
function choiceOf(choices: readonly unknown[], vendor: string, name: string): ColumnType<unknown> {
  const others = choices.filter(choice => member(choice, 'type') !== 'null')
  const nullable = others.length < choices.length
  const columns = others.map(choice => columnOf(choice, vendor, name))
  const [first] = columns
  if (first === undefined || columns.some(column => column.type.is !== first.type.is)) throw unknownType(vendor, name)
  return new ColumnType(first.type, { ...first.facts, nullable: nullable || first.nullable })
}

function enumOf(values: readonly unknown[], vendor: string, name: string): ColumnType<unknown> {
  const texts = values.filter(value => typeof value === 'string')
  const given = values.filter(value => value !== null)
  const nullable = given.length < values.length
  if (given.length > 0 && texts.length === given.length)
    return new ColumnType(types.string, { nullable, values: texts })
  if (given.length > 0 && given.every(value => typeof value === 'number'))
    return new ColumnType(types.double, { nullable })
  if (given.length > 0 && given.every(value => typeof value === 'boolean'))
    return new ColumnType(types.boolean, { nullable })
  throw unknownType(vendor, name)
}

function boundsOf(schema: unknown): ColumnFacts {
  return {
    ...fact(schema, 'minimum', atLeast => ({ atLeast })),
    ...fact(schema, 'maximum', atMost => ({ atMost })),
    ...fact(schema, 'exclusiveMinimum', above => ({ above })),
    ...fact(schema, 'exclusiveMaximum', below => ({ below })),
  }
}

function lengthsOf(schema: unknown): ColumnFacts {
  return {
    ...fact(schema, 'minLength', shortest => ({ shortest })),
    ...fact(schema, 'maxLength', longest => ({ longest })),
  }
}

function fact(schema: unknown, name: string, of: (limit: number) => ColumnFacts): ColumnFacts {
  const limit = member(schema, name)
  return typeof limit === 'number' && Number.isFinite(limit) ? of(limit) : {}
}

function fitsInt(schema: unknown): boolean {
  const low = member(schema, 'minimum')
  const high = member(schema, 'maximum')
  return typeof low === 'number' && typeof high === 'number' && low >= -(2 ** 31) && high < 2 ** 31
}

/** @internal */
export function unknownType(vendor: string, name: string): StreamdownError {
  return new StreamdownError('DSD5004', `The type of column '${name}' cannot be known from the ${vendor} schema.`)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const member = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined)
