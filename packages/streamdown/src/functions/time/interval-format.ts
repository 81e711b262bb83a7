import { failures } from '../../errors/table.ts'
import type { Interval } from '../../types/value.ts'
import { dayOfWeek, daysOf } from '../../values/calendar.ts'
import { RowError } from '../definition.ts'
import { inCaseOf, patternTokens } from './postgres-format.ts'

/**
 * PostgreSQL's to_char of an interval: its months as years and months, its days, and its time, each with its own sign.
 * What only dates have (names of days and months, zones, eras) is refused.
 */
export function formatInterval({ months, days, micros }: Interval, pattern: string): string {
  const year = Math.trunc(months / 12)
  const month = months % 12
  const hours = Number(micros / 3_600_000_000n)
  const minutes = Number((micros / 60_000_000n) % 60n)
  const seconds = Number((micros / 1_000_000n) % 60n)
  const fraction = Number(micros % 1_000_000n)
  let result = ''
  for (const token of patternTokens(pattern)) {
    if ('text' in token) {
      result += token.text
      continue
    }
    const { word, written, fill } = token
    const number = (value: number, width: number, negative = value < 0): string =>
      fill ? withZeros(value, negative ? width + 1 : width) : String(value)
    switch (word) {
      case 'YYYY':
        result += number(year, 4)
        break
      case 'Y,YYY':
        result += `${Math.trunc(year / 1000)},${withZeros(year % 1000, 3)}`
        break
      case 'YYY':
        result += number(year % 1000, 3)
        break
      case 'YY':
        result += number(year % 100, 2)
        break
      case 'Y':
        result += String(year % 10)
        break
      case 'IYYY':
        result += number(isoWeekOf(year, month, days).year, 4, year < 0)
        break
      case 'IYY':
        result += number(isoWeekOf(year, month, days).year % 1000, 3, year < 0)
        break
      case 'IY':
        result += number(isoWeekOf(year, month, days).year % 100, 2, year < 0)
        break
      case 'I':
        result += String(isoWeekOf(year, month, days).year % 10)
        break
      case 'IW':
        result += number(isoWeekOf(year, month, days).week, 2, false)
        break
      case 'IDDD': {
        const first = firstMonday(isoWeekOf(year, month, days).year)
        result += number(daysOf(year, month, days) - first + 1, 3, false)
        break
      }
      case 'WW':
        result += number(Math.trunc((months * 30 + days - 1) / 7) + 1, 2, false)
        break
      case 'W':
        result += String(Math.trunc((days - 1) / 7) + 1)
        break
      case 'CC':
        result += number(Math.trunc(year / 100), 2)
        break
      case 'Q':
        result += month === 0 ? '' : String(Math.trunc((month - 1) / 3) + 1)
        break
      case 'MM':
        result += number(month, 2)
        break
      case 'DD':
        result += fill ? withZeros(days, 2) : String(days)
        break
      case 'DDD':
        result += fill ? withZeros(months * 30 + days, 3) : String(months * 30 + days)
        break
      case 'HH24':
        result += number(hours, 2)
        break
      case 'HH':
      case 'HH12':
        result += number(hours % 12 === 0 ? 12 : hours % 12, 2, hours < 0)
        break
      case 'MI':
        result += number(minutes, 2)
        break
      case 'SS':
        result += number(seconds, 2)
        break
      case 'SSSS':
      case 'SSSSS':
        result += String(hours * 3600 + minutes * 60 + seconds)
        break
      case 'MS':
        result += withZeros(Math.trunc(fraction / 1000), 3)
        break
      case 'US':
        result += withZeros(fraction, 6)
        break
      case 'FF1':
      case 'FF2':
      case 'FF3':
      case 'FF4':
      case 'FF5':
      case 'FF6': {
        const digits = Number(word.slice(2))
        result += withZeros(Math.trunc(fraction / 10 ** (6 - digits)), digits)
        break
      }
      case 'AM':
      case 'PM':
        result += inCaseOf(hours % 24 >= 12 ? 'PM' : 'AM', written)
        break
      case 'A.M.':
      case 'P.M.':
        result += inCaseOf(hours % 24 >= 12 ? 'P.M.' : 'A.M.', written)
        break
      default:
        throw new RowError(failures.argument, `an interval has no ${word}`)
    }
  }
  return result
}

/** PostgreSQL looks for the week of the interval as if it were a date: of that year, month and day. */
function isoWeekOf(year: number, month: number, day: number): { readonly year: number; readonly week: number } {
  const at = daysOf(year, month, day)
  const weekIn = (of: number) => ({ year: of, week: Math.trunc((at - firstMonday(of)) / 7) + 1 })
  const { year: nearest, week } = weekIn(at < firstMonday(year) ? year - 1 : year)
  return week >= 52 && at >= firstMonday(nearest + 1) ? weekIn(nearest + 1) : { year: nearest, week }
}

/** The first day of the year's first week. */
function firstMonday(year: number): number {
  const fourth = daysOf(year, 1, 4)
  return fourth - ((dayOfWeek(fourth) + 6) % 7)
}

/** As C's %0*d: the sign counts for the width. */
function withZeros(value: number, width: number): string {
  const digits = String(Math.abs(value))
  return value < 0 ? `-${digits.padStart(width - 1, '0')}` : digits.padStart(width, '0')
}
