import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { plain } from '../../values/numeric.ts'
import { asBigint, asCount, asNumber, asNumeric } from '../values.ts'
import type { Writable } from './format.ts'

/** A number of any type for `formatNumber`. */
export function writable(value: Value | undefined, type: DataType | undefined): Writable {
  switch (type?.is) {
    case 'real':
      return { is: 'floating', value: asNumber(value), precision: 6 }
    case 'double':
      return { is: 'floating', value: asNumber(value), precision: 15 }
    case 'decimal':
      return { is: 'exact', value: { digits: asBigint(value), scale: type.scale } }
    case 'numeric':
      return { is: 'exact', value: asNumeric(value) }
    default:
      return { is: 'exact', value: plain(typeof value === 'bigint' ? value : BigInt(asCount(value))) }
  }
}
