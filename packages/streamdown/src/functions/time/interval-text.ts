import type { Interval } from '../../types/value.ts'
import { MICROS_PER_DAY } from '../../values/calendar.ts'
import {
  addIntervals,
  intervalText,
  isInRange,
  negateInterval,
  roundHalfEven,
  shortestFraction,
} from '../../values/interval.ts'
import { intervalOfParts, timeUnit } from './interval.ts'
import { timeText } from './text.ts'

const MICROS = 1_000_000n
const nothing: Interval = { months: 0, days: 0, micros: 0n }

const token = /[+-]?\d*:\d*(?::\d+)?(?:\.\d*)?|[+-]?\d+-\d+|[+-]?(?:\d+\.?\d*|\.\d+)|[a-z]+|\S/gi
const clock = /^([+-]?)(\d*):(\d*)(?::(\d+))?(\.\d*)?$/
const yearAndMonth = /^([+-]?)(\d+)-(\d+)$/
const number = /^([+-]?)(\d*)(\.\d*)?$/
const iso =
  /^([+-]?)P(?:([\d.+-]+)Y)?(?:([\d.+-]+)M)?(?:([\d.+-]+)W)?(?:([\d.+-]+)D)?(?:T(?:([\d.+-]+)H)?(?:([\d.+-]+)M)?(?:([\d.+-]+)S)?)?$/i
const isoUnits = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second']

/**
 * PostgreSQL's and ISO 8601's texts: `1 year 2 mons -3 days 04:05:06`, `@ 1 hour ago`, `1-2`, `P1DT2H`. Undefined for
 * what is no interval, or one that is out of range. A number alone is in the default unit.
 */
export function parseInterval(text: string, defaultUnit = 'second'): Interval | undefined {
  const trimmed = text.trim()
  if (/^[+-]?P/i.test(trimmed)) return parseIso(trimmed)
  const tokens =
    trimmed
      .replace(/^@\s*/, '')
      .replace(/([+-])\s+(?=\d)/g, '$1')
      .match(token)
      ?.filter(word => word !== ',') ?? []
  const ago = tokens.length > 1 && tokens.at(-1)?.toLowerCase() === 'ago'
  if (ago) tokens.pop()
  if (tokens.length === 0) return undefined
  let sum = nothing
  for (let i = 0; i < tokens.length; i++) {
    const word = tokens[i] ?? ''
    let part = clockInterval(word) ?? yearMonthInterval(word)
    if (part === undefined) {
      const next = tokens[i + 1]
      const named = next !== undefined && /^[a-z]/i.test(next)
      if (named) i++
      // A number before a clock is days.
      part = intervalOfText(word, named ? timeUnit(next) : next?.includes(':') === true ? 'day' : defaultUnit)
    }
    if (part === undefined) return undefined
    sum = addIntervals(sum, part)
  }
  return inRange(ago ? negateInterval(sum) : sum)
}

/** `-1.5` hours. */
export function intervalOfText(amount: string, unit: string): Interval | undefined {
  const match = number.exec(amount)
  if (match === null || !/\d/.test(amount)) return undefined
  const [, sign, digits = '', fraction = ''] = match
  const whole = BigInt(digits || '0')
  const rest = fraction.length > 1 ? Number(fraction) : 0
  return sign === '-' ? intervalOfParts(-whole, 0 - rest, unit) : intervalOfParts(whole, rest, unit)
}

function clockInterval(word: string): Interval | undefined {
  const match = clock.exec(word)
  if (match === null) return undefined
  const [, sign, first = '', second = '', third, fraction = ''] = match
  // With a fraction two numbers are minutes and seconds.
  const minutesFirst = first === '' || (third === undefined && fraction !== '')
  const [hours, minutes, seconds] = minutesFirst ? ['', first, second] : [first, second, third ?? '']
  if (Number(minutes) > 59 || Number(seconds) > 60) return undefined
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  const rest = fraction.length > 1 ? roundHalfEven(Number(fraction) * 1e6) : 0
  const micros = whole * MICROS + BigInt(rest)
  return { months: 0, days: 0, micros: sign === '-' ? -micros : micros }
}

function yearMonthInterval(word: string): Interval | undefined {
  const match = yearAndMonth.exec(word)
  if (match === null) return undefined
  const [, sign, years, months] = match
  const all = Number(years) * 12 + Number(months)
  return Number(months) > 11 ? undefined : { months: sign === '-' ? 0 - all : all, days: 0, micros: 0n }
}

function parseIso(text: string): Interval | undefined {
  const match = iso.exec(text)
  if (match === null) return undefined
  let sum = nothing
  for (const [i, unit] of isoUnits.entries()) {
    const amount = match[i + 2]
    if (amount === undefined) continue
    const part = intervalOfText(amount, unit)
    if (part === undefined) return undefined
    sum = addIntervals(sum, part)
  }
  return inRange(match[1] === '-' ? negateInterval(sum) : sum)
}

const inRange = (interval: Interval): Interval | undefined => (isInRange(interval) ? interval : undefined)

/**
 * Flink's text: `+1-02` of months, `+3 04:05:06.000` of days and times. Months with days, which Flink has not, are as
 * in PostgreSQL.
 */
export function flinkIntervalText(interval: Interval): string {
  const { months, days, micros } = interval
  const all = BigInt(days) * MICROS_PER_DAY + micros
  if (months !== 0 && all !== 0n) return intervalText(interval, shortestFraction)
  if (months !== 0) {
    const size = Math.abs(months)
    return `${months < 0 ? '-' : '+'}${Math.trunc(size / 12)}-${String(size % 12).padStart(2, '0')}`
  }
  const size = all < 0n ? -all : all
  const clock = timeText(Number(size % MICROS_PER_DAY), size % 1000n === 0n ? 3 : 6)
  return `${all < 0n ? '-' : '+'}${size / MICROS_PER_DAY} ${clock}`
}
