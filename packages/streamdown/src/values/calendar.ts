/** The proleptic Gregorian calendar over days and µs since 1970-01-01. Years are astronomical: year 0 is 1 BC. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

export const MICROS_PER_SECOND = 1_000_000n
export const MICROS_PER_DAY = 86_400_000_000n

/** Howard Hinnant's days_from_civil. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Howard Hinnant's civil_from_days. */
export function civilOf(days: number): CivilDate {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}

/** The days that PostgreSQL has: from 4714-11-24 BC to 5874897-12-31. */
export const FIRST_DATE = -2_440_588
export const LAST_DATE = 2_145_042_905
export const isDate = (days: number): boolean => days >= FIRST_DATE && days <= LAST_DATE

const HALF_RANGE = 2n ** 63n
export const isTimestamp = (micros: bigint): boolean => micros < HALF_RANGE && micros >= -HALF_RANGE

export const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 30)

export const dayOfYear = ({ year, month, day }: CivilDate): number => daysOf(year, month, day) - daysOf(year, 1, 1) + 1

/** 0 Sunday ... 6 Saturday. */
export const dayOfWeek = (days: number): number => (((days + 4) % 7) + 7) % 7

/** ISO 8601 week and the year that it belongs to. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - ((dayOfWeek(days) + 6) % 7) + 3
  const { year } = civilOf(thursday)
  return { year, week: Math.floor((thursday - daysOf(year, 1, 1)) / 7) + 1 }
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b
  return a % b < 0n ? quotient - 1n : quotient
}

export interface DateAndTime {
  readonly days: number
  /** µs since midnight. */
  readonly micros: number
}

export function splitMicros(micros: bigint): DateAndTime {
  const days = floorDivide(micros, MICROS_PER_DAY)
  return { days: Number(days), micros: Number(micros - days * MICROS_PER_DAY) }
}

export const joinMicros = ({ days, micros }: DateAndTime): bigint => BigInt(days) * MICROS_PER_DAY + BigInt(micros)

/** Moves a date by months; a day that the month does not have becomes its last. */
export function addMonths(days: number, months: number): number {
  const { year, month, day } = civilOf(days)
  const total = year * 12 + (month - 1) + months
  const newYear = Math.floor(total / 12)
  const newMonth = total - newYear * 12 + 1
  return daysOf(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)))
}

/** Months first (the day is cut to the month's last), then days, then the rest. The sum may be out of range. */
export function addInterval(
  micros: bigint,
  { months, days, micros: time }: { readonly months: number; readonly days: number; readonly micros: bigint },
): bigint {
  let moved = micros
  if (months !== 0) {
    const split = splitMicros(micros)
    moved = joinMicros({ days: addMonths(split.days, months), micros: split.micros })
  }
  return moved + BigInt(days) * MICROS_PER_DAY + time
}
