import {
  civilOf,
  dayOfWeek,
  dayOfYear,
  daysInMonth,
  daysOf,
  isoWeek,
  joinMicros,
  splitMicros,
} from '../../values/calendar.ts'
import { dayNames, monthNames } from './java-format.ts'

/** Longest first, so that HH24 is not read as HH. */
const keywords = [
  'IYYY',
  'YYYY',
  'Y,YYY',
  'IYY',
  'YYY',
  'HH24',
  'HH12',
  'SSSSS',
  'SSSS',
  'MONTH',
  'A.M.',
  'P.M.',
  'B.C.',
  'A.D.',
  'IDDD',
  'TZH',
  'TZM',
  'DDD',
  'DAY',
  'MON',
  'FF1',
  'FF2',
  'FF3',
  'FF4',
  'FF5',
  'FF6',
  'HH',
  'MI',
  'SS',
  'MS',
  'US',
  'YY',
  'IY',
  'MM',
  'DD',
  'DY',
  'ID',
  'WW',
  'IW',
  'CC',
  'RM',
  'AM',
  'PM',
  'BC',
  'AD',
  'TZ',
  'OF',
  'TH',
  'Y',
  'I',
  'D',
  'W',
  'Q',
  'J',
]

type Token = { readonly text: string } | { readonly word: string; readonly written: string; readonly fill: boolean }

const cache = new Map<string, readonly Token[]>()

/** A pattern as its keywords and what stands between them. */
export function patternTokens(pattern: string): readonly Token[] {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const tokens: Token[] = []
  let at = 0
  while (at < pattern.length) {
    if (pattern[at] === '"') {
      const end = pattern.indexOf('"', at + 1)
      tokens.push({ text: pattern.slice(at + 1, end < 0 ? undefined : end) })
      at = end < 0 ? pattern.length : end + 1
      continue
    }
    if (pattern.startsWith('\\"', at)) {
      tokens.push({ text: '"' })
      at += 2
      continue
    }
    const fill = !/^(?:FM|TM)/i.test(pattern.slice(at))
    if (!fill) at += 2
    const upper = pattern.slice(at).toUpperCase()
    const word = keywords.find(candidate => upper.startsWith(candidate))
    if (word === undefined) {
      if (at < pattern.length) tokens.push({ text: pattern[at] ?? '' })
      at += 1
    } else {
      tokens.push({ word, written: pattern.slice(at, at + word.length), fill })
      at += word.length
    }
  }
  if (cache.size > 256) cache.clear()
  cache.set(pattern, tokens)
  return tokens
}

/** The case of a written keyword: MONTH, Month, month. */
export function inCaseOf(text: string, written: string): string {
  if (written === written.toUpperCase()) return text.toUpperCase()
  return written === written.toLowerCase() ? text.toLowerCase() : text
}

const roman = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']

function ordinal(text: string, written: string): string {
  const n = Number(text.replace(/\D/g, ''))
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return written === 'TH' ? suffix.toUpperCase() : suffix
}

export function formatPostgres(
  micros: bigint,
  pattern: string,
  zone: { readonly zone: string; readonly offset: bigint } | undefined,
): string {
  const { days, micros: time } = splitMicros(micros)
  const date = civilOf(days)
  const hour = Math.floor(time / 3_600_000_000)
  const minute = Math.floor(time / 60_000_000) % 60
  const second = Math.floor(time / 1_000_000) % 60
  const fraction = String(time % 1_000_000).padStart(6, '0')
  const year = date.year > 0 ? date.year : 1 - date.year
  let result = ''
  for (const token of patternTokens(pattern)) {
    if ('text' in token) {
      result += token.text
      continue
    }
    const { word, written, fill } = token
    const number = (value: number, width: number): string => (fill ? String(value).padStart(width, '0') : String(value))
    const name = (text: string): string => (fill ? inCaseOf(text, written).padEnd(9) : inCaseOf(text, written))
    switch (word) {
      case 'YYYY':
        result += number(year, 4)
        break
      case 'Y,YYY':
        result += `${Math.floor(year / 1000)},${String(year % 1000).padStart(3, '0')}`
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
        result += number(isoWeek(days).year, 4)
        break
      case 'IYY':
      case 'IY':
      case 'I':
        result += String(isoWeek(days).year).slice(-word.length)
        break
      case 'MM':
        result += number(date.month, 2)
        break
      case 'MONTH':
        result += name(monthNames[date.month - 1] ?? '')
        break
      case 'MON':
        result += inCaseOf((monthNames[date.month - 1] ?? '').slice(0, 3), written)
        break
      case 'RM':
        result += inCaseOf(roman[date.month - 1] ?? '', written).padEnd(fill ? 4 : 0)
        break
      case 'DD':
        result += number(date.day, 2)
        break
      case 'DDD':
        result += number(dayOfYear(date), 3)
        break
      case 'IDDD':
        result += number(isoWeek(days).week * 7 - 7 + (dayOfWeek(days) || 7), 3)
        break
      case 'DAY':
        result += name(dayNames[dayOfWeek(days)] ?? '')
        break
      case 'DY':
        result += inCaseOf((dayNames[dayOfWeek(days)] ?? '').slice(0, 3), written)
        break
      case 'D':
        result += String(dayOfWeek(days) + 1)
        break
      case 'ID':
        result += String(dayOfWeek(days) || 7)
        break
      case 'W':
        result += String(Math.floor((date.day - 1) / 7) + 1)
        break
      case 'WW':
        result += number(Math.floor((dayOfYear(date) - 1) / 7) + 1, 2)
        break
      case 'IW':
        result += number(isoWeek(days).week, 2)
        break
      case 'Q':
        result += String(Math.floor((date.month + 2) / 3))
        break
      case 'CC':
        result += number(Math.floor((year + 99) / 100), 2)
        break
      case 'J':
        result += String(days + 2_440_588)
        break
      case 'HH24':
        result += number(hour, 2)
        break
      case 'HH':
      case 'HH12':
        result += number(hour % 12 === 0 ? 12 : hour % 12, 2)
        break
      case 'MI':
        result += number(minute, 2)
        break
      case 'SS':
        result += number(second, 2)
        break
      case 'SSSS':
      case 'SSSSS':
        result += String(hour * 3600 + minute * 60 + second)
        break
      case 'MS':
        result += fraction.slice(0, 3)
        break
      case 'US':
        result += fraction
        break
      case 'FF1':
      case 'FF2':
      case 'FF3':
      case 'FF4':
      case 'FF5':
      case 'FF6':
        result += fraction.slice(0, Number(word.slice(2)))
        break
      case 'AM':
      case 'PM':
        result += inCaseOf(hour < 12 ? 'AM' : 'PM', written)
        break
      case 'A.M.':
      case 'P.M.':
        result += inCaseOf(hour < 12 ? 'A.M.' : 'P.M.', written)
        break
      case 'BC':
      case 'AD':
        result += inCaseOf(date.year > 0 ? 'AD' : 'BC', written)
        break
      case 'B.C.':
      case 'A.D.':
        result += inCaseOf(date.year > 0 ? 'A.D.' : 'B.C.', written)
        break
      case 'TH':
        result += ordinal(result, written)
        break
      case 'TZ':
        result += inCaseOf(zone?.zone ?? '', written)
        break
      case 'TZH':
      case 'OF': {
        const minutes = Number((zone?.offset ?? 0n) / 60_000_000n)
        const size = Math.abs(minutes)
        const rest = word === 'OF' && size % 60 !== 0 ? `:${String(size % 60).padStart(2, '0')}` : ''
        result += `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}${rest}`
        break
      }
      case 'TZM':
        result += String(Math.abs(Number((zone?.offset ?? 0n) / 60_000_000n)) % 60).padStart(2, '0')
        break
    }
  }
  return result
}

export interface ParsedTime {
  /** Local µs. */
  readonly local: bigint
  /** The offset that stands in the text, µs. */
  readonly offset: bigint | undefined
  /** Where the text goes on behind what the pattern took. */
  readonly end: number
}

/** A text by a pattern; undefined where it does not fit. */
export function parsePostgres(text: string, pattern: string): ParsedTime | undefined {
  let at = 0
  let [year, month, day, hour, minute, second] = [0, 1, 1, 0, 0, 0]
  // Milliseconds and microseconds may both be there: they add up.
  let [millis, micros] = [0, 0]
  let dayNumber: number | undefined
  let half: number | undefined
  let bc = false
  let offsetMinutes: number | undefined
  const tokens = patternTokens(pattern)
  const skipBlanks = () => {
    while (text[at] === ' ') at++
  }
  const digits = (most: number): number | undefined => {
    skipBlanks()
    const match = new RegExp(`^\\d{1,${most}}`).exec(text.slice(at))
    if (match === null) return undefined
    at += match[0].length
    return Number(match[0])
  }
  const nameIn = (names: readonly string[], short: boolean): number | undefined => {
    skipBlanks()
    const rest = text.slice(at).toLowerCase()
    const index = names.findIndex(name => rest.startsWith((short ? name.slice(0, 3) : name).toLowerCase()))
    if (index < 0) return undefined
    at += short ? 3 : (names[index]?.length ?? 0)
    return index
  }
  for (const [i, token] of tokens.entries()) {
    if ('text' in token) {
      // A separator matches any separator; letters must be there.
      if (/[\s\p{P}\p{S}]/u.test(token.text)) {
        if (/[\s\p{P}\p{S}]/u.test(text[at] ?? '') && !(/[+-]/.test(text[at] ?? '') && isZone(tokens[i + 1]))) at++
      } else if (text.startsWith(token.text, at)) at += token.text.length
      else if (at < text.length) at++
      continue
    }
    const { word } = token
    let value: number | undefined
    const next = tokens[i + 1]
    const adjacent = next !== undefined && !('text' in next)
    switch (word) {
      case 'YYYY':
        value = digits(adjacent ? 4 : 6)
        if (value === undefined) return undefined
        year = value
        break
      case 'YYY':
      case 'YY':
      case 'Y':
        value = digits(word.length)
        if (value === undefined) return undefined
        year = value < 70 ? 2000 + value : 1900 + value
        break
      case 'MONTH':
      case 'MON':
        value = nameIn(monthNames, word === 'MON')
        if (value === undefined) return undefined
        month = value + 1
        break
      case 'DAY':
      case 'DY':
        if (nameIn(dayNames, word === 'DY') === undefined) return undefined
        break
      case 'AM':
      case 'PM':
      case 'A.M.':
      case 'P.M.': {
        const found = /^\s*([ap])\.?m\.?/i.exec(text.slice(at))
        if (found === null) return undefined
        half = found[1]?.toLowerCase() === 'p' ? 12 : 0
        at += found[0].length
        break
      }
      case 'BC':
      case 'AD': {
        const found = /^\s*(bc|ad)/i.exec(text.slice(at))
        if (found === null) return undefined
        bc = found[1]?.toLowerCase() === 'bc'
        at += found[0].length
        break
      }
      case 'MS':
      case 'US':
      case 'FF1':
      case 'FF2':
      case 'FF3':
      case 'FF4':
      case 'FF5':
      case 'FF6': {
        const most = word === 'MS' ? 3 : word === 'US' ? 6 : Number(word.slice(2))
        const found = new RegExp(`^\\d{1,${most}}`).exec(text.slice(at))
        if (found === null) return undefined
        if (word === 'MS') millis = Number(found[0].padEnd(3, '0'))
        else micros = Number(found[0].padEnd(6, '0'))
        at += found[0].length
        break
      }
      case 'TZH':
      case 'OF': {
        const found = /^([+-]?)(\d{1,2})(?::(\d{2}))?/.exec(text.slice(at))
        if (found === null) return undefined
        const sign = found[1] === '-' ? -1 : 1
        const size = word === 'OF' ? found[0] : `${found[1]}${found[2]}`
        offsetMinutes = sign * (Number(found[2]) * 60 + (word === 'OF' ? Number(found[3] ?? 0) : 0))
        at += size.length
        break
      }
      case 'TZM':
        value = digits(2)
        if (value === undefined) return undefined
        offsetMinutes = (offsetMinutes ?? 0) + ((offsetMinutes ?? 0) < 0 ? -value : value)
        break
      case 'TH':
        at += 2
        break
      default: {
        value = digits(word === 'DDD' ? 3 : word === 'J' ? 7 : word.startsWith('SSSS') ? 5 : 2)
        if (value === undefined) return undefined
        if (word === 'MM') month = value
        else if (word === 'DD') day = value
        else if (word === 'DDD') dayNumber = value
        else if (word.startsWith('HH')) hour = value
        else if (word === 'MI') minute = value
        else if (word === 'SS') second = value
        else return undefined
      }
    }
  }
  if (offsetMinutes !== undefined && Math.abs(offsetMinutes) >= MOST_OFFSET_MINUTES) return undefined
  if (half !== undefined) hour = (hour % 12) + half
  if (bc && year > 0) year = 1 - year
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) || hour > 24 || minute > 59 || second > 59)
    return undefined
  const days = dayNumber === undefined ? daysOf(year, month, day) : daysOf(year, 1, 1) + dayNumber - 1
  return {
    local:
      joinMicros({ days, micros: 0 }) +
      BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + millis * 1000 + micros),
    offset: offsetMinutes === undefined ? undefined : BigInt(offsetMinutes) * 60_000_000n,
    end: at,
  }
}

/** PostgreSQL knows zones of less than 16 hours from UTC. */
const MOST_OFFSET_MINUTES = 16 * 60

const isZone = (token: Token | undefined): boolean =>
  token !== undefined && 'word' in token && (token.word === 'TZH' || token.word === 'OF')
