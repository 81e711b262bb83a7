import type { Interval } from '../../types/value.ts'
import { DAYS_PER_MONTH, roundHalfEven } from '../../values/interval.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR
const SECOND = 1_000_000

const unitMonths: Record<string, number> = {
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12000,
  quarter: 3,
  month: 1,
}
const unitDays: Record<string, number> = { week: 7, day: 1 }
const unitMicros: Record<string, number> = {
  hour: HOUR,
  minute: 60 * SECOND,
  second: SECOND,
  millisecond: 1000,
  microsecond: 1,
}
const spellings: Record<string, string> = {
  y: 'year',
  yr: 'year',
  yrs: 'year',
  mon: 'month',
  mons: 'month',
  w: 'week',
  d: 'day',
  h: 'hour',
  hr: 'hour',
  hrs: 'hour',
  m: 'minute',
  min: 'minute',
  mins: 'minute',
  s: 'second',
  sec: 'second',
  secs: 'second',
  ms: 'millisecond',
  msec: 'millisecond',
  us: 'microsecond',
  usec: 'microsecond',
  centuries: 'century',
  millennia: 'millennium',
}

/** `DAYS`, `day`, `d`, `SQL_TSI_DAY` -> `day`. */
export function timeUnit(text: string): string {
  const word = text
    .trim()
    .toLowerCase()
    .replace(/^sql_tsi_/, '')
  return spellings[word] ?? (word.length > 1 && word.endsWith('s') ? word.slice(0, -1) : word)
}

/** `count` units as an interval; undefined where there is no such unit. */
export function intervalOf(count: number, unit: string): Interval | undefined {
  const months = unitMonths[unit]
  if (months !== undefined) return { months: count * months, days: 0, micros: 0n }
  const days = unitDays[unit]
  if (days !== undefined) return { months: 0, days: count * days, micros: 0n }
  const micros = unitMicros[unit]
  return micros === undefined ? undefined : { months: 0, days: 0, micros: BigInt(count) * BigInt(micros) }
}

/**
 * `whole` units and a fraction of one, both of one sign. As in PostgreSQL the fraction of a year and longer is rounded to
 * months; that of a month goes to days (of 30), that of a day to time.
 */
export function intervalOfParts(whole: bigint, fraction: number, unit: string): Interval | undefined {
  const months = unitMonths[unit]
  if (months !== undefined) {
    const all = Number(whole) * months
    if (months >= 12) return { months: all + roundHalfEven(fraction * months), days: 0, micros: 0n }
    return { ...daysOf(fraction * months * DAYS_PER_MONTH), months: all }
  }
  const days = unitDays[unit]
  if (days !== undefined) {
    const rest = daysOf(fraction * days)
    return { ...rest, days: Number(whole) * days + rest.days }
  }
  const micros = unitMicros[unit]
  if (micros === undefined) return undefined
  return { months: 0, days: 0, micros: whole * BigInt(micros) + microsOf(fraction * micros) }
}

function daysOf(count: number): Interval {
  const days = Math.trunc(count)
  return { months: 0, days, micros: microsOf((count - days) * DAY) }
}

/** The nearest, of two the one that is nearer to zero. */
function microsOf(amount: number): bigint {
  const whole = Math.trunc(amount)
  const rest = amount - whole
  return BigInt(rest > 0.5 ? whole + 1 : rest < -0.5 ? whole - 1 : whole)
}
