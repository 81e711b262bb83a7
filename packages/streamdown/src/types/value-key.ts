import type { Value } from './value.ts'

/** Text that is equal for equal values of one type, as keys are: -0 is 0, NaN is NaN, NULL is NULL. */
export function valueKey(value: Value): string {
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
      return `[${value.map(valueKey).join(',')}]`
    }
  }
}

export const rowKey = (values: readonly Value[]): string => values.map(valueKey).join(' ')
