import { StreamdownError } from '../errors/error.ts'
import type { DataType } from '../types/data-type.ts'

/** What a text value becomes; the same numbers stand in kernels/text-values.ts. */
export const textKinds = {
  skip: 0,
  boolean: 1,
  tinyint: 2,
  smallint: 3,
  int: 4,
  bigint: 5,
  real: 6,
  double: 7,
  decimal: 8,
  string: 9,
  date: 10,
  time: 11,
  timestamp: 12,
  object: 13,
  raw: 14,
  null: 15,
} as const

/** The kind of a column that is read whole; `raw` values are finished by `finish.ts`. */
export function textKindOf(type: DataType): number {
  switch (type.is) {
    case 'bytes':
    case 'numeric':
    case 'json':
    case 'row':
    case 'array':
    case 'map':
      return textKinds.raw
    case 'interval':
      throw new StreamdownError('DSD2005', 'INTERVAL columns cannot be read from text formats; use STRING and CAST')
    default:
      return textKinds[type.is]
  }
}

/** The two parameters of a kind: precision and scale. */
export function textParameters(type: DataType): readonly [number, number] {
  switch (type.is) {
    case 'decimal':
      return [type.precision, type.scale]
    case 'time':
    case 'timestamp':
      return [Math.min(type.precision, 6), 0]
    default:
      return [0, 0]
  }
}

/** A type as SQL writes it, for messages. */
export function typeText(type: DataType): string {
  switch (type.is) {
    case 'decimal':
      return `DECIMAL(${type.precision}, ${type.scale})`
    case 'timestamp':
      return `${type.zoned ? 'TIMESTAMP_LTZ' : 'TIMESTAMP'}(${type.precision})`
    case 'array':
      return `ARRAY<${typeText(type.element)}>`
    case 'map':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`
    case 'row':
      return `ROW<${type.fields.map(each => `${each.name} ${typeText(each.type)}`).join(', ')}>`
    default:
      return type.is.toUpperCase()
  }
}
