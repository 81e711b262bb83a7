import {
  type CivilDate,
  civilOf,
  daysInMonth,
  daysOf,
  isDate,
  isTimestamp,
  joinMicros,
  MICROS_PER_DAY,
  splitMicros,
} from '../../values/calendar.ts'
import { roundHalfEven } from '../../values/interval.ts'
import { type Ambiguous, findZone, localToUtc } from './zone.ts'

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** yyyy-MM-dd, with ` BC` after years before 1. */
export function dateText(days: number): string {
  const { year, month, day } = civilOf(days)
  const shown = year > 0 ? year : 1 - year
  return `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}${year > 0 ? '' : ' BC'}`
}

/** Digits of the fraction: a number of them, or `shortest`: as many as are not trailing zeros. */
export type FractionDigits = number | 'shortest'

export function timeText(micros: number, fraction: FractionDigits): string {
  const seconds = Math.floor(micros / 1_000_000)
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const digits = String(micros % 1_000_000).padStart(6, '0')
  const shown = fraction === 'shortest' ? digits.replace(/0+$/, '') : digits.slice(0, fraction)
  return shown === '' ? text : `${text}.${shown}`
}

export function timestampText(micros: bigint, fraction: FractionDigits, between = ' '): string {
  const { days, micros: time } = splitMicros(micros)
  const date = dateText(days)
  const text = timeText(time, fraction)
  return date.endsWith(' BC') ? `${date.slice(0, -3)}${between}${text} BC` : `${date}${between}${text}`
}

const datePattern = /^([+-]?\d{1,7})-(\d{1,2})-(\d{1,2})/
const timePattern = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?/
const compactDate = /^(\d{4})(\d{2})(\d{2})$/

export function validDate({ year, month, day }: CivilDate): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

function parseDatePart(text: string): { readonly days: number; readonly rest: string } | undefined {
  const match = datePattern.exec(text) ?? compactDate.exec(text)
  if (match === null) return undefined
  const bc = / BC$/i.test(text)
  const written = Number(match[1])
  const date = { year: bc ? 1 - written : written, month: Number(match[2]), day: Number(match[3]) }
  if (!validDate(date)) return undefined
  const days = daysOf(date.year, date.month, date.day)
  if (!isDate(days)) return undefined
  const rest = text.slice(match[0].length)
  return { days, rest: bc ? rest.slice(0, -3) : rest }
}

/** Digits behind those of microseconds: Flink cuts them, PostgreSQL rounds. */
export type MoreDigits = 'cut' | 'round'

function parseTimePart(text: string, more: MoreDigits): { readonly micros: number; readonly rest: string } | undefined {
  const match = timePattern.exec(text)
  if (match === null) return undefined
  const [whole, hours, minutes, seconds = '0', fraction = ''] = match
  const h = Number(hours)
  const m = Number(minutes)
  const s = Number(seconds)
  if (h > 24 || m > 59 || s > 59 || (h === 24 && (m > 0 || s > 0))) return undefined
  const micros =
    more === 'round' ? roundHalfEven(Number(`0.${fraction || '0'}`) * 1e6) : Number(fraction.slice(0, 6).padEnd(6, '0'))
  let rest = text.slice(whole.length)
  const half = /^\s*([ap])m$/i.exec(rest)
  let hour = h
  if (half !== null) {
    if (h < 1 || h > 12) return undefined
    hour = (h % 12) + (half[1]?.toLowerCase() === 'p' ? 12 : 0)
    rest = ''
  }
  return { micros: ((hour * 60 + m) * 60 + s) * 1_000_000 + micros, rest }
}

/** Days of a date, also of the date of a timestamp. */
export function parseDate(text: string): number | undefined {
  const parsed = parseDatePart(text.trim())
  if (parsed === undefined) return undefined
  if (parsed.rest === '') return parsed.days
  return parseTimestampText(text, undefined) === undefined ? undefined : parsed.days
}

export function parseTime(text: string, more: MoreDigits = 'cut'): number | undefined {
  const parsed = parseTimePart(text.trim(), more)
  return parsed === undefined || parsed.rest.trim() !== '' ? undefined : parsed.micros
}

/**
 * A timestamp as SQL or ISO 8601 writes it. A zone in the text is used for an instant (`zone` given: that of the
 * session) and left aside for a local time.
 */
export function parseTimestampText(
  text: string,
  zone: string | undefined,
  ambiguous: Ambiguous = 'first',
  more: MoreDigits = 'cut',
): bigint | undefined {
  const trimmed = text.trim()
  const date = parseDatePart(trimmed)
  if (date === undefined) return undefined
  let local = BigInt(date.days) * MICROS_PER_DAY
  let rest = date.rest
  if (rest !== '') {
    if (!/^(?:[ tT]+)/.test(rest)) return undefined
    const time = parseTimePart(rest.replace(/^[ tT]+/, ''), more)
    if (time === undefined) return undefined
    local = joinMicros({ days: date.days, micros: 0 }) + BigInt(time.micros)
    rest = time.rest.trim()
  }
  const written = rest === '' ? undefined : findZone(rest)
  if (rest !== '' && written === undefined) return undefined
  if (zone === undefined) return isTimestamp(local) ? local : undefined
  const used = written ?? findZone(zone)
  if (used === undefined) return undefined
  const micros = localToUtc(used, local, ambiguous)
  return isTimestamp(micros) ? micros : undefined
}
