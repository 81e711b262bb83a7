import type { DataType } from '../types/data-type.ts'
import { isInterval, type Value } from '../types/value.ts'
import { isDate, isTimestamp } from './calendar.ts'
import { isInRange as isIntervalInRange } from './interval.ts'

/** Whether a value of a type of fixed width is one that the type has: what is written otherwise would wrap. */
export function isInRange(value: Value, type: DataType): boolean {
  switch (type.is) {
    case 'int':
      return typeof value !== 'number' || (value | 0) === value
    case 'bigint':
      return typeof value !== 'bigint' || BigInt.asIntN(64, value) === value
    case 'date':
      return typeof value !== 'number' || isDate(value)
    case 'timestamp':
      return typeof value !== 'bigint' || isTimestamp(value)
    case 'interval':
      return !isInterval(value) || isIntervalInRange(value)
    default:
      return true
  }
}
