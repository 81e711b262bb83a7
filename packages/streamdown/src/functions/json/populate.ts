import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isJsonArray, isJsonObject, type Json, writeJson } from '../../values/json.ts'
import { castValue } from '../cast.ts'
import { RowError } from '../definition.ts'

/** A JSON value as one of a type; members that it does not have stay as in `base`. */
export function populate(value: Json, type: DataType, base: Value, timeZone: string): Value {
  if (value === null) return null
  switch (type.is) {
    case 'row':
      if (!isJsonObject(value)) throw new RowError(failures.argument, 'a row is filled from a JSON object')
      return type.fields.map((field, i) => {
        const item = value.get(field.name)
        const old = Array.isArray(base) ? (base[i] ?? null) : null
        return item === undefined ? old : populate(item, field.type, old, timeZone)
      })
    case 'array':
      if (!isJsonArray(value)) throw new RowError(failures.argument, 'an array is filled from a JSON array')
      return value.map(item => populate(item, type.element, null, timeZone))
    case 'map': {
      if (!isJsonObject(value)) throw new RowError(failures.argument, 'a map is filled from a JSON object')
      const added = [...value].map(([key, item]): readonly [Value, Value] => [
        castValue(key, types.string, type.key, 'postgres', timeZone),
        populate(item, type.value, null, timeZone),
      ])
      const kept = Array.isArray(base)
        ? base.filter(pair => Array.isArray(pair) && !added.some(([key]) => key === pair[0]))
        : []
      return [...kept, ...added]
    }
    case 'json':
      return writeJson(value)
    default:
      return castValue(typeof value === 'string' ? value : writeJson(value), types.string, type, 'postgres', timeZone)
  }
}
