import { isNumeric, numericText, trimmedNumeric } from '../values/numeric.ts'
import type { Value } from './value.ts'

/** Text that is equal for equal values of one type, as keys are: -0 is 0, NaN is NaN, NULL is NULL, 1.0 is 1.00. */
export function valueKey(value: Value): string {
  if (isNumeric(value)) return `q${numericText(trimmedNumeric(value))}`
  return Array.isArray(value) ? `[${value.map(valueKey).join(',')}]` : exactKey(value)
}

/** Text that tells values apart that are equal but not the same: 1.0 and 1.00. */
export function exactKey(value: Value): string {
  if (value === null) return 'n'
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`
    case 'number':
      return `d${value === 0 ? 0 : value}`
    case 'bigint':
      return `i${value}`
    case 'boolean':
      return value ? 't' : 'f'
    case 'object': {
      if (value instanceof Uint8Array) return `b${value.length}:${value.join(',')}`
      if ('micros' in value) return `v${value.months},${value.days},${value.micros}`
      if ('digits' in value) return `q${numericText(value)}`
      return `[${value.map(exactKey).join(',')}]`
    }
  }
}

export const rowKey = (values: readonly Value[]): string => values.map(valueKey).join(' ')

/** The key of a whole row: only a row that is the same in every value has it. */
export const exactRowKey = (values: readonly Value[]): string => values.map(exactKey).join(' ')
