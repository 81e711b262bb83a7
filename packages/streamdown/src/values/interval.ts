import type { Interval } from '../types/value.ts'

export const DAYS_PER_MONTH = 30
const SECOND = 1_000_000

/** C's rint. */
export function roundHalfEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest === 0.5 ? below + Math.abs(below % 2) : Math.round(value)
}

/** Months and days are 32-bit integers, µs 64-bit ones. Sums and opposites may be out of range. */
export const isInRange = ({ months, days, micros }: Interval): boolean =>
  fitsInt(months) && fitsInt(days) && BigInt.asIntN(64, micros) === micros

const fitsInt = (value: number): boolean => value >= -(2 ** 31) && value < 2 ** 31

export const addIntervals = (a: Interval, b: Interval): Interval => ({
  months: a.months + b.months,
  days: a.days + b.days,
  micros: a.micros + b.micros,
})

export const negateInterval = (a: Interval): Interval => ({
  months: 0 - a.months,
  days: 0 - a.days,
  micros: -a.micros,
})

/** Undefined where the product is out of range. */
export const multiplyInterval = (interval: Interval, factor: number): Interval | undefined =>
  scaled(interval, part => part * factor)

/** Undefined where the quotient is out of range. */
export const divideInterval = (interval: Interval, divisor: number): Interval | undefined =>
  scaled(interval, part => part / divisor)

/** As PostgreSQL does it: fractions of months and days go on into days and time, each rounded to a µs. */
function scaled(interval: Interval, scale: (part: number) => number): Interval | undefined {
  const allMonths = scale(interval.months)
  const allDays = scale(interval.days)
  const allMicros = scale(Number(interval.micros))
  if (!Number.isFinite(allMonths) || !Number.isFinite(allDays) || !Number.isFinite(allMicros)) return undefined
  const months = Math.trunc(allMonths)
  const days = Math.trunc(allDays)
  const monthDays = toMicrosecond((allMonths - months) * DAYS_PER_MONTH)
  const wholeMonthDays = Math.trunc(monthDays)
  let seconds = toMicrosecond((allDays - days + monthDays - wholeMonthDays) * 86_400)
  const carried = Math.trunc(seconds / 86_400)
  seconds -= carried * 86_400
  const micros = BigInt(roundHalfEven(allMicros + seconds * SECOND))
  const result = { months, days: days + carried + wholeMonthDays, micros }
  return isInRange(result) ? result : undefined
}

const toMicrosecond = (value: number): number => roundHalfEven(value * SECOND) / SECOND

/**
 * PostgreSQL's text: `1 year 2 mons 3 days 04:05:06`; behind a negative part a positive one has its sign. `fraction`
 * writes what is below a second.
 */
export function intervalText({ months, days, micros }: Interval, fraction: (micros: bigint) => string): string {
  const parts: string[] = []
  let sign = ''
  const add = (count: number, name: string): void => {
    if (count === 0) return
    parts.push(`${count > 0 ? sign : ''}${count} ${name}${count === 1 ? '' : 's'}`)
    sign = count < 0 ? '+' : ''
  }
  add(Math.trunc(months / 12), 'year')
  add(months % 12, 'mon')
  add(days, 'day')
  if (micros !== 0n || parts.length === 0) {
    const size = micros < 0n ? -micros : micros
    const seconds = size / 1_000_000n
    const pad = (n: bigint) => n.toString().padStart(2, '0')
    const text = `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}`
    parts.push(`${micros < 0n ? '-' : sign}${text}${fraction(size % 1_000_000n)}`)
  }
  return parts.join(' ')
}

/** Digits as many as are no zeros at the end. */
export const shortestFraction = (micros: bigint): string =>
  micros === 0n ? '' : `.${micros.toString().padStart(6, '0').replace(/0+$/, '')}`
