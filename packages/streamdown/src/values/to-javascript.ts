import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { Decimal } from './decimal.ts'
import { isNumeric, numericText } from './numeric.ts'
import { Timestamp } from './timestamp.ts'

/** A plan value as programs see it: Decimal, Timestamp, nested objects. */
export function shownValue(type: DataType, value: Value): unknown {
  if (value === null) return null
  switch (type.is) {
    case 'decimal':
      return typeof value === 'bigint' ? new Decimal(value, type.scale) : value
    case 'numeric':
      return isNumeric(value) ? numericText(value) : value
    case 'timestamp':
      return typeof value === 'bigint' ? new Timestamp(value) : value
    case 'date':
      return typeof value === 'number' ? new Date(value * 86_400_000).toISOString().slice(0, 10) : value
    case 'time':
      return typeof value === 'bigint'
        ? new Timestamp(value)
            .toISOString()
            .slice(11, -1)
            .replace(/\.000$/, '')
        : value
    case 'row':
      return isList(value)
        ? Object.fromEntries(type.fields.map((field, i) => [field.name, shownValue(field.type, value[i] ?? null)]))
        : value
    case 'array':
      return isList(value) ? value.map(one => shownValue(type.element, one)) : value
    case 'map':
      return isList(value)
        ? new Map(
            value.map(entry =>
              isList(entry)
                ? [shownValue(type.key, entry[0] ?? null), shownValue(type.value, entry[1] ?? null)]
                : [entry, null],
            ),
          )
        : value
    case 'json':
      return typeof value === 'string' ? JSON.parse(value) : value
    case 'null':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'double':
    case 'string':
    case 'bytes':
    case 'interval':
      return value
  }
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
