import { compareNumerics, isNumeric } from '../values/numeric.ts'
import { isInterval, type Value } from './value.ts'

const DAY = 86_400_000_000n

/**
 * The order of two values of one type, as SQL sorts them: NaN after every number, -0 equal to 0, text by code point,
 * bytes as unsigned, intervals with months of 30 days, nested values element by element (NULL last, the shorter first).
 */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b))
    return a < b ? -1 : a > b ? 1 : 0
  }
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return compareSequences(a, b, (x, y) => x - y)
  }
  if (Array.isArray(a) && Array.isArray(b)) return compareSequences<Value>(a, b, compareValues)
  if (isInterval(a) && isInterval(b)) {
    const left = BigInt(a.months * 30 + a.days) * DAY + a.micros
    const right = BigInt(b.months * 30 + b.days) * DAY + b.micros
    return left < right ? -1 : left > right ? 1 : 0
  }
  if (isNumeric(a) && isNumeric(b)) return compareNumerics(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

function compareSequences<T>(a: ArrayLike<T>, b: ArrayLike<T>, compare: (x: T, y: T) => number): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a[i]
    const y = b[i]
    if (x === undefined || y === undefined) continue
    const order = compare(x, y)
    if (order !== 0) return Math.sign(order)
  }
  return Math.sign(a.length - b.length)
}

/** Code point order, which is the order of UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // Surrogates come after every other unit in code point order.
    const surrogateX = x >= 0xd800 && x <= 0xdfff
    const surrogateY = y >= 0xd800 && y <= 0xdfff
    return surrogateX === surrogateY ? Math.sign(x - y) : surrogateX ? 1 : -1
  }
  return Math.sign(a.length - b.length)
}
