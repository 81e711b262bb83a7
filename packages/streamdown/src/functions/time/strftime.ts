import {
  civilOf,
  dayOfWeek,
  dayOfYear,
  floorDivide,
  isoWeek,
  MICROS_PER_SECOND,
  splitMicros,
} from '../../values/calendar.ts'
import { dayNames, monthNames } from './java-format.ts'
import { strftimeTokens } from './strftime-pattern.ts'

/** The local time as text by a strftime pattern. @throws RowError for a specifier that there is not. */
export function formatStrftime(micros: bigint, pattern: string): string {
  const { days, micros: time } = splitMicros(micros)
  const parts = { micros, days, date: civilOf(days), second: Math.floor(time / 1_000_000), fraction: time % 1_000_000 }
  return strftimeTokens(pattern)
    .map(token => ('text' in token ? token.text : fieldText(token.field, token.fill, parts)))
    .join('')
}

interface Parts {
  readonly micros: bigint
  readonly days: number
  readonly date: ReturnType<typeof civilOf>
  /** Of the day. */
  readonly second: number
  /** Microseconds within the second. */
  readonly fraction: number
}

function fieldText(field: string, fill: string | undefined, { micros, days, date, second, fraction }: Parts): string {
  const number = (value: number, width: number, usual = '0'): string => {
    const by = fill ?? usual
    const digits = String(Math.abs(value))
    return `${value < 0 ? '-' : ''}${by === '' ? digits : digits.padStart(width, by)}`
  }
  const hour = Math.floor(second / 3600)
  const twelve = hour % 12 === 0 ? 12 : hour % 12
  const weekday = dayOfWeek(days)
  const century = (year: number): number => ((year % 100) + 100) % 100
  switch (field) {
    case 'Y':
      return number(date.year, 4)
    case 'C':
      return number(Math.floor(date.year / 100), 2)
    case 'y':
      return number(century(date.year), 2)
    case 'q':
      return String(Math.floor((date.month + 2) / 3))
    case 'm':
      return number(date.month, 2)
    case 'b':
      return (monthNames[date.month - 1] ?? '').slice(0, 3)
    case 'B':
      return monthNames[date.month - 1] ?? ''
    case 'd':
      return number(date.day, 2)
    case 'e':
      return number(date.day, 2, ' ')
    case 'a':
      return (dayNames[weekday] ?? '').slice(0, 3)
    case 'A':
      return dayNames[weekday] ?? ''
    case 'w':
      return String(weekday)
    case 'u':
      return String(weekday || 7)
    case 'U':
      return number(Math.floor((dayOfYear(date) + 6 - weekday) / 7), 2)
    case 'W':
      return number(Math.floor((dayOfYear(date) + 6 - ((weekday + 6) % 7)) / 7), 2)
    case 'G':
      return number(isoWeek(days).year, 4)
    case 'g':
      return number(century(isoWeek(days).year), 2)
    case 'V':
      return number(isoWeek(days).week, 2)
    case 'j':
      return number(dayOfYear(date), 3)
    case 'H':
      return number(hour, 2)
    case 'k':
      return number(hour, 2, ' ')
    case 'I':
      return number(twelve, 2)
    case 'l':
      return number(twelve, 2, ' ')
    case 'p':
      return hour < 12 ? 'AM' : 'PM'
    case 'P':
      return hour < 12 ? 'am' : 'pm'
    case 'M':
      return number(Math.floor(second / 60) % 60, 2)
    case 'S':
      return number(second % 60, 2)
    case 's':
      return String(floorDivide(micros, MICROS_PER_SECOND))
    default:
      return fractionText(field, fraction)
  }
}

/** `%f` nanoseconds, `%3f` as many digits, `%.f` as many groups of three digits as it takes, behind a point. */
function fractionText(field: string, fraction: number): string {
  const nanos = String(fraction * 1000).padStart(9, '0')
  const digits = /\d/.exec(field)?.[0]
  if (!field.startsWith('.')) return nanos.slice(0, Number(digits ?? 9))
  if (digits !== undefined) return `.${nanos.slice(0, Number(digits))}`
  if (fraction === 0) return ''
  return `.${nanos.slice(0, fraction % 1000 === 0 ? 3 : 6)}`
}
