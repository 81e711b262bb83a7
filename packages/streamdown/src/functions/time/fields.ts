import type { Interval } from '../../types/value.ts'
import {
  addInterval,
  addMonths,
  civilOf,
  dayOfWeek,
  dayOfYear,
  daysOf,
  floorDivide,
  isoWeek,
  joinMicros,
  MICROS_PER_DAY,
  splitMicros,
} from '../../values/calendar.ts'
import { intervalOf, timeUnit } from './interval.ts'

const UNIT = 1_000_000n

/**
 * A field of a local time (or interval) in millionths, as EXTRACT gives it; undefined: no such field. `instant`: UTC µs
 * and offset of a zoned time, for EPOCH and TIMEZONE.
 */
export function fieldDigits(
  field: string,
  value: bigint | Interval,
  instant?: { readonly utc: bigint; readonly offset: bigint },
): bigint | undefined {
  const name = field.toUpperCase()
  return typeof value === 'bigint' ? timeField(name, value, instant) : intervalField(name, value)
}

function timeField(
  name: string,
  micros: bigint,
  instant: { utc: bigint; offset: bigint } | undefined,
): bigint | undefined {
  const { days, micros: time } = splitMicros(micros)
  switch (name) {
    case 'EPOCH':
      return instant === undefined ? micros : instant.utc
    case 'SECOND':
    case 'SECONDS':
      return BigInt(time % 60_000_000)
    case 'MILLISECOND':
    case 'MILLISECONDS':
      return BigInt(time % 60_000_000) * 1000n
    case 'MICROSECOND':
    case 'MICROSECONDS':
      return BigInt(time % 60_000_000) * UNIT
    case 'NANOSECOND':
    case 'NANOSECONDS':
      return BigInt(time % 60_000_000) * UNIT * 1000n
    case 'TIMEZONE':
      return instant?.offset
    case 'TIMEZONE_HOUR':
      return instant === undefined ? undefined : (instant.offset / 3_600_000_000n) * UNIT
    case 'TIMEZONE_MINUTE':
      return instant === undefined ? undefined : ((instant.offset / 60_000_000n) % 60n) * UNIT
    case 'JULIAN':
      return BigInt(days + 2_440_588) * UNIT + (BigInt(time) * UNIT) / MICROS_PER_DAY
    default: {
      const whole = wholeField(timeUnit(name), days, time)
      return whole === undefined ? undefined : BigInt(whole) * UNIT
    }
  }
}

function wholeField(unit: string, days: number, time: number): number | undefined {
  const date = civilOf(days)
  const { year, month, day } = date
  switch (unit) {
    case 'year':
      return year > 0 ? year : year - 1
    case 'quarter':
      return Math.floor((month + 2) / 3)
    case 'month':
      return month
    case 'day':
      return day
    case 'hour':
      return Math.floor(time / 3_600_000_000)
    case 'minute':
      return Math.floor(time / 60_000_000) % 60
    case 'week':
      return isoWeek(days).week
    case 'isoyear':
      return isoWeek(days).year
    case 'dow':
      return dayOfWeek(days)
    case 'isodow':
      return dayOfWeek(days) === 0 ? 7 : dayOfWeek(days)
    case 'doy':
      return dayOfYear(date)
    case 'decade':
      return Math.floor(year / 10)
    case 'century':
      return year > 0 ? Math.floor((year + 99) / 100) : -Math.floor((99 - (year - 1)) / 100)
    case 'millennium':
      return year > 0 ? Math.floor((year + 999) / 1000) : -Math.floor((999 - (year - 1)) / 1000)
    default:
      return undefined
  }
}

function intervalField(name: string, { months, days, micros }: Interval): bigint | undefined {
  switch (name) {
    case 'EPOCH': {
      // A year has 365.25 days, a month 30.
      const years = BigInt(Math.trunc(months / 12))
      const rest = BigInt(months % 12)
      return years * 31_557_600n * UNIT + (rest * 30n + BigInt(days)) * MICROS_PER_DAY + micros
    }
    case 'SECOND':
      return micros % 60_000_000n
    case 'MILLISECOND':
    case 'MILLISECONDS':
      return (micros % 60_000_000n) * 1000n
    case 'MICROSECOND':
    case 'MICROSECONDS':
      return (micros % 60_000_000n) * UNIT
  }
  const whole: Record<string, number> = {
    year: Math.trunc(months / 12),
    month: months % 12,
    quarter: Math.trunc((months % 12) / 3) + 1,
    decade: Math.trunc(months / 120),
    century: Math.trunc(months / 1200),
    millennium: Math.trunc(months / 12_000),
    day: days,
    hour: Number(micros / 3_600_000_000n),
    minute: Number((micros / 60_000_000n) % 60n),
  }
  const value = whole[timeUnit(name)]
  return value === undefined ? undefined : BigInt(value) * UNIT
}

/** The start of the unit in local time; undefined: no such unit. */
export function floorTo(micros: bigint, unit: string): bigint | undefined {
  const { days } = splitMicros(micros)
  const { year, month } = civilOf(days)
  const at = (y: number, m: number): bigint => joinMicros({ days: daysOf(y, m, 1), micros: 0 })
  switch (unit) {
    case 'week':
      return joinMicros({ days: days - ((dayOfWeek(days) + 6) % 7), micros: 0 })
    case 'month':
      return at(year, month)
    case 'quarter':
      return at(year, Math.floor((month - 1) / 3) * 3 + 1)
    case 'year':
      return at(year, 1)
    case 'decade':
      return at(Math.floor(year / 10) * 10, 1)
    case 'century':
      return at(Math.floor((year - 1) / 100) * 100 + 1, 1)
    case 'millennium':
      return at(Math.floor((year - 1) / 1000) * 1000 + 1, 1)
    default: {
      const part = intervalOf(1, unit)
      if (part === undefined || part.months !== 0) return undefined
      const size = BigInt(part.days) * MICROS_PER_DAY + part.micros
      return floorDivide(micros, size) * size
    }
  }
}

export function ceilTo(micros: bigint, unit: string): bigint | undefined {
  const start = floorTo(micros, unit)
  if (start === undefined || start === micros) return start
  const part = intervalOf(1, unit)
  return part === undefined ? undefined : addInterval(start, part)
}

/** Whole months from one local time to another, toward zero. */
export function monthsBetween(from: bigint, to: bigint): number {
  const a = splitMicros(from)
  const b = splitMicros(to)
  const x = civilOf(a.days)
  const y = civilOf(b.days)
  let months = (y.year - x.year) * 12 + (y.month - x.month)
  const moved = joinMicros({ days: addMonths(a.days, months), micros: a.micros })
  if (months > 0 && moved > to) months--
  else if (months < 0 && moved < to) months++
  return months
}
