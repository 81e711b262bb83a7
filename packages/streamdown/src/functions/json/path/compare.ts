import { JsonNumber } from '../../../values/json.ts'
import { compareNumerics } from '../../../values/numeric.ts'
import type { Zone } from '../../time/zone.ts'
import { type Item, numericOf } from './item.ts'
import { compareTimes, PathTime } from './times.ts'
import type { ComparisonOperator } from './tree.ts'

export type Truth = boolean | 'unknown'

/** Scalars of one type compare; null is unlike everything else; arrays and objects compare to nothing. */
export function compareItems(operator: ComparisonOperator, a: Item, b: Item, zone: Zone | undefined): Truth {
  if (a === null || b === null) return a === b ? holds(operator, 0) : operator === '<>'
  const order = orderOf(a, b, zone)
  return order === undefined ? 'unknown' : holds(operator, order)
}

function orderOf(a: Item, b: Item, zone: Zone | undefined): number | undefined {
  if (a instanceof PathTime && b instanceof PathTime) return compareTimes(a, b, zone)
  if (a instanceof JsonNumber && b instanceof JsonNumber) return compareNumerics(numericOf(a), numericOf(b))
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return undefined
}

/** By code points, which JavaScript's own comparison of UTF-16 units is not. */
function compareCodePoints(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  // In the middle of a pair, the code point begins one unit before.
  if (at > 0 && /[\udc00-\udfff]/.test(a[at] ?? b[at] ?? '')) at--
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1)
}

function holds(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case '==':
      return order === 0
    case '<>':
      return order !== 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}
