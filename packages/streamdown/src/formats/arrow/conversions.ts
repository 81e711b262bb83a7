import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'

const integers = ['tinyint', 'smallint', 'int', 'bigint'] as const
const rankOf = (type: DataType): number => integers.findIndex(is => is === type.is)

type Convert = (value: Value) => Value
const same: Convert = value => value

/** How values of a file's type are those of the declared one, which holds each of them; undefined: it does not. */
export function conversionOf(from: DataType, to: DataType): Convert | undefined {
  if (rankOf(from) >= 0) {
    if (rankOf(to) < rankOf(from)) return undefined
    return to.is === 'bigint' && from.is !== 'bigint' ? value => BigInt(Number(value)) : same
  }
  switch (from.is) {
    case 'null':
      return same
    case 'real':
      return to.is === 'real' || to.is === 'double' ? same : undefined
    case 'decimal': {
      if (to.is !== 'decimal' || to.scale < from.scale || to.precision - to.scale < from.precision - from.scale) break
      const factor = 10n ** BigInt(to.scale - from.scale)
      return factor === 1n ? same : value => (typeof value === 'bigint' ? value * factor : value)
    }
    case 'timestamp':
      return to.is === 'timestamp' && to.zoned === from.zoned ? same : undefined
    case 'array': {
      const element = to.is === 'array' ? conversionOf(from.element, to.element) : undefined
      return element && listOf(() => element)
    }
    case 'map': {
      if (to.is !== 'map') break
      const [key, item] = [conversionOf(from.key, to.key), conversionOf(from.value, to.value)]
      return key && item && listOf(() => listOf(index => (index === 0 ? key : item)))
    }
    case 'row': {
      if (to.is !== 'row' || to.fields.length !== from.fields.length) break
      const fields = from.fields.map(({ name, type }, index) => {
        const field = to.fields[index]
        return field?.name === name ? conversionOf(type, field.type) : undefined
      })
      return fields.every(field => field !== undefined) ? listOf(index => fields[index] ?? same) : undefined
    }
    default:
      return from.is === to.is ? same : undefined
  }
  return undefined
}

/** Whether a conversion changes nothing. */
export const isSame = (convert: Convert): boolean => convert === same

const listOf =
  (convert: (index: number) => Convert): Convert =>
  value =>
    Array.isArray(value) ? value.map((item, index) => (item === null ? null : convert(index)(item))) : value
