import { StreamdownError } from '../../errors/error.ts'
import { types } from '../../types/data-type.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { ColumnType } from './column-type.ts'
import { unknownType } from './json-schema.ts'
import { type Fields, RowType } from './row-type.ts'
import type { Schema } from './schema.ts'

/** valibot has no JSON Schema companion; its schemas are plain objects that say what they are. */
export function columnsOfValibot(schema: Schema): readonly ColumnDraft[] {
  const entries = member(schema, 'entries')
  if (entries === undefined) throw new StreamdownError('DSD5004', 'The valibot schema is not an object with columns.')
  return Object.entries(fieldsOf(entries, '')).map(([name, type]) => ({ name, type }))
}

function fieldsOf(entries: object, within: string): Fields {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, columnOf(entry, within + name)]))
}

function columnOf(schema: unknown, name: string): ColumnType<unknown> {
  if (Array.isArray(member(schema, 'pipe'))) return columnOfPipe(schema, name)
  switch (text(schema, 'type')) {
    case 'string':
      return new ColumnType(types.string)
    case 'number':
      return new ColumnType(types.double)
    case 'bigint':
      return new ColumnType(types.bigint)
    case 'boolean':
      return new ColumnType(types.boolean)
    case 'date':
      return new ColumnType(types.timestamp(6))
    case 'optional':
    case 'nullable':
    case 'nullish':
    case 'undefinedable':
    case 'exact_optional': {
      const column = columnOf(member(schema, 'wrapped'), name)
      return new ColumnType(column.type, { ...column.facts, nullable: true })
    }
    case 'non_nullable':
    case 'non_optional':
    case 'non_nullish': {
      const column = columnOf(member(schema, 'wrapped'), name)
      return new ColumnType(column.type, { ...column.facts, nullable: false })
    }
    case 'literal':
      return literals(
        [typeof schema === 'object' && schema !== null ? Reflect.get(schema, 'literal') : undefined],
        name,
      )
    case 'picklist':
      return literals(member(schema, 'options'), name)
    case 'array':
      return new ColumnType(types.array(columnOf(member(schema, 'item'), `${name}[]`).type))
    case 'record':
      return new ColumnType(types.map(types.string, columnOf(member(schema, 'value'), `${name}[]`).type))
    case 'object':
    case 'strict_object':
    case 'loose_object': {
      const entries = member(schema, 'entries')
      if (entries !== undefined) return new RowType(fieldsOf(entries, `${name}.`))
    }
  }
  throw unknownType('valibot', name)
}

/** Checks leave the type as it is; a transformation makes it unknown; the last schema of the pipe says it. */
function columnOfPipe(schema: unknown, name: string): ColumnType<unknown> {
  const pipe: unknown = member(schema, 'pipe')
  const items: readonly unknown[] = Array.isArray(pipe) ? pipe : []
  const last = items.findLastIndex(item => text(item, 'kind') === 'schema')
  const after = items.slice(last + 1)
  const sameType = after.every(item => text(item, 'kind') !== 'transformation' || keepsType.has(text(item, 'type')))
  if (!sameType) throw unknownType('valibot', name)
  const column = columnOf(withoutPipe(items[last]), name)
  const whole = after.some(item => text(item, 'type') === 'integer' || text(item, 'type') === 'safe_integer')
  return whole && column.type.is === 'double'
    ? new ColumnType(types.bigint, { ...column.facts, readsAsNumber: true })
    : column
}

const keepsType: ReadonlySet<string> = new Set([
  'trim',
  'trim_start',
  'trim_end',
  'to_lower_case',
  'to_upper_case',
  'normalize',
  'readonly',
  'brand',
  'to_min_value',
  'to_max_value',
])

const withoutPipe = (schema: unknown): unknown =>
  typeof schema === 'object' && schema !== null ? { ...schema, pipe: undefined } : schema

function literals(values: unknown, name: string): ColumnType<unknown> {
  const list: readonly unknown[] = Array.isArray(values) ? values : []
  const texts = list.filter(value => typeof value === 'string')
  if (texts.length > 0 && texts.length === list.length) return new ColumnType(types.string, { values: texts })
  if (list.length > 0 && list.every(value => typeof value === 'number')) return new ColumnType(types.double)
  if (list.length > 0 && list.every(value => typeof value === 'boolean')) return new ColumnType(types.boolean)
  throw unknownType('valibot', name)
}

function member(value: unknown, name: string): object | undefined {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof found === 'object' && found !== null ? found : undefined
}

function text(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof found === 'string' ? found : ''
}
