import type { Interval } from '../../types/value.ts'
import { MICROS_PER_DAY } from '../../values/calendar.ts'
import { timeText } from './text.ts'

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
  hour: 3_600_000_000,
  minute: 60_000_000,
  second: 1_000_000,
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

/** `amount` units as an interval; the fraction of months goes to days (of 30), that of days to time. */
export function intervalOf(amount: number, unit: string): Interval | undefined {
  const months = unitMonths[unit]
  if (months !== undefined) {
    const total = amount * months
    const whole = Math.trunc(total)
    return combine(whole, (total - whole) * 30, 0)
  }
  const days = unitDays[unit]
  if (days !== undefined) return combine(0, amount * days, 0)
  const micros = unitMicros[unit]
  return micros === undefined ? undefined : combine(0, 0, amount * micros)
}

function combine(months: number, days: number, micros: number): Interval {
  const whole = Math.trunc(Number(days.toFixed(9)))
  return { months, days: whole, micros: BigInt(Math.round(micros + (days - whole) * 86_400_000_000)) }
}

export const addIntervals = (a: Interval, b: Interval): Interval => ({
  months: a.months + b.months,
  days: a.days + b.days,
  micros: a.micros + b.micros,
})

export const negateInterval = (a: Interval): Interval => ({ months: -a.months, days: -a.days, micros: -a.micros })

export function scaleInterval({ months, days, micros }: Interval, factor: number): Interval {
  const wholeMonths = Math.trunc(months * factor)
  const allDays = (months * factor - wholeMonths) * 30 + days * factor
  return combine(wholeMonths, allDays, Number(micros) * factor)
}

const clock = /^([+-]?)(\d+):(\d{0,2})(?::(\d{1,2})(?:\.(\d*))?)?$/

/** PostgreSQL's and ISO 8601's texts: `1 year 2 mons -3 days 04:05:06`, `@ 1 hour ago`, `1-2`, `P1DT2H`. */
export function parseInterval(text: string): Interval | undefined {
  const trimmed = text.trim()
  if (/^[+-]?p/i.test(trimmed)) return parseIsoInterval(trimmed)
  let result: Interval = { months: 0, days: 0, micros: 0n }
  const words = trimmed.replace(/^@\s*/, '').split(/\s+/)
  let ago = false
  if (words.at(-1)?.toLowerCase() === 'ago') {
    ago = true
    words.pop()
  }
  if (words.length === 0 || words[0] === '') return undefined
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const time = clock.exec(word)
    const yearMonth = /^([+-]?)(\d+)-(\d{1,2})$/.exec(word)
    const joined = /^([+-]?\d*\.?\d+(?:e[+-]?\d+)?)([a-z]*)$/i.exec(word)
    let part: Interval | undefined
    if (time !== null) {
      const [, sign, hours, minutes, seconds = '0', fraction = ''] = time
      const whole = (BigInt(hours ?? '0') * 60n + BigInt(minutes || '0')) * 60n + BigInt(seconds)
      const micros = whole * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
      part = { months: 0, days: 0, micros: sign === '-' ? -micros : micros }
    } else if (yearMonth !== null) {
      const months = Number(yearMonth[2]) * 12 + Number(yearMonth[3])
      part = { months: yearMonth[1] === '-' ? -months : months, days: 0, micros: 0n }
    } else if (joined !== null) {
      const amount = Number(joined[1])
      let unit = joined[2] ?? ''
      if (unit === '') {
        const next = words[i + 1]
        if (next !== undefined && /^[a-z]/i.test(next)) {
          unit = next.replace(/,$/, '')
          i++
        } else {
          // A bare number before a time counts days, alone it counts seconds.
          unit = next !== undefined && clock.test(next) ? 'day' : 'second'
        }
      }
      part = intervalOf(amount, timeUnit(unit))
    }
    if (part === undefined) return undefined
    result = addIntervals(result, part)
  }
  if (!inRange(result)) return undefined
  return ago ? negateInterval(result) : result
}

const inRange = ({ months, days, micros }: Interval): boolean =>
  Math.abs(months) < 2 ** 31 && Math.abs(days) < 2 ** 31 && BigInt.asIntN(64, micros) === micros

function parseIsoInterval(text: string): Interval | undefined {
  const match =
    /^([+-]?)P(?:([-\d.]+)Y)?(?:([-\d.]+)M)?(?:([-\d.]+)W)?(?:([-\d.]+)D)?(?:T(?:([-\d.]+)H)?(?:([-\d.]+)M)?(?:([-\d.]+)S)?)?$/i.exec(
      text,
    )
  if (match === null) return undefined
  const units = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second']
  let result: Interval = { months: 0, days: 0, micros: 0n }
  for (const [i, unit] of units.entries()) {
    const amount = match[i + 2]
    const part = amount === undefined ? undefined : intervalOf(Number(amount), unit)
    if (part !== undefined) result = addIntervals(result, part)
  }
  return match[1] === '-' ? negateInterval(result) : result
}

/**
 * Flink's text: `+1-02` of months, `+3 04:05:06.000` of days and times. Months with days, which Flink has not, are as
 * in PostgreSQL.
 */
export function flinkIntervalText(interval: Interval): string {
  const { months, days, micros } = interval
  const all = BigInt(days) * MICROS_PER_DAY + micros
  if (months !== 0 && all !== 0n) return intervalText(interval)
  if (months !== 0) {
    const size = Math.abs(months)
    return `${months < 0 ? '-' : '+'}${Math.trunc(size / 12)}-${String(size % 12).padStart(2, '0')}`
  }
  const size = all < 0n ? -all : all
  const clock = timeText(Number(size % MICROS_PER_DAY), size % 1000n === 0n ? 3 : 6)
  return `${all < 0n ? '-' : '+'}${size / MICROS_PER_DAY} ${clock}`
}

/** PostgreSQL's text: `1 year 2 mons 3 days 04:05:06`. */
export function intervalText({ months, days, micros }: Interval): string {
  const parts: string[] = []
  const years = Math.trunc(months / 12)
  const rest = months % 12
  if (years !== 0) parts.push(`${years} year${years === 1 ? '' : 's'}`)
  if (rest !== 0) parts.push(`${rest} mon${rest === 1 ? '' : 's'}`)
  if (days !== 0) parts.push(`${days} day${days === 1 ? '' : 's'}`)
  if (micros !== 0n || parts.length === 0) {
    const size = micros < 0n ? -micros : micros
    const seconds = size / 1_000_000n
    const pad = (n: bigint) => n.toString().padStart(2, '0')
    const fraction = (size % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '')
    const text = `${pad(seconds / 3600n)}:${pad((seconds / 60n) % 60n)}:${pad(seconds % 60n)}`
    parts.push(`${micros < 0n ? '-' : ''}${text}${fraction === '' ? '' : `.${fraction}`}`)
  }
  return parts.join(' ')
}
