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
import { findZone } from './zone.ts'

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

type Token = { readonly letter: string; readonly count: number } | { readonly text: string }

const cache = new Map<string, readonly Token[]>()

/** Java's DateTimeFormatter patterns: runs of letters, quoted text, the rest as it stands. */
function tokensOf(pattern: string): readonly Token[] {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const tokens: Token[] = []
  for (const [whole, quoted, letters] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']/g)) {
    if (quoted !== undefined) tokens.push({ text: quoted === '' ? "'" : quoted.replaceAll("''", "'") })
    else if (letters !== undefined) tokens.push({ letter: letters, count: whole.length })
    else tokens.push({ text: whole })
  }
  if (cache.size > 256) cache.clear()
  cache.set(pattern, tokens)
  return tokens
}

export function formatJava(micros: bigint, pattern: string, timeZone: string): string {
  const { days, micros: time } = splitMicros(micros)
  const date = civilOf(days)
  const hour = Math.floor(time / 3_600_000_000)
  const fraction = String(time % 1_000_000).padStart(6, '0')
  const number = (value: number, count: number): string => String(value).padStart(count, '0')
  return tokensOf(pattern)
    .map(token => {
      if ('text' in token) return token.text
      const { letter, count } = token
      switch (letter) {
        case 'y':
        case 'u':
          return count === 2 ? number(date.year % 100, 2) : number(date.year, count)
        case 'Y':
          return number(isoWeek(days).year, count)
        case 'M':
        case 'L': {
          const name = monthNames[date.month - 1] ?? ''
          return count >= 4 ? name : count === 3 ? name.slice(0, 3) : number(date.month, count)
        }
        case 'd':
          return number(date.day, count)
        case 'D':
          return number(dayOfYear(date), count)
        case 'E': {
          const name = dayNames[dayOfWeek(days)] ?? ''
          return count >= 4 ? name : name.slice(0, 3)
        }
        case 'e':
          return number(dayOfWeek(days) || 7, count)
        case 'w':
          return number(isoWeek(days).week, count)
        case 'Q':
        case 'q':
          return number(Math.floor((date.month + 2) / 3), count)
        case 'H':
          return number(hour, count)
        case 'k':
          return number(hour === 0 ? 24 : hour, count)
        case 'h':
          return number(hour % 12 === 0 ? 12 : hour % 12, count)
        case 'K':
          return number(hour % 12, count)
        case 'm':
          return number(Math.floor(time / 60_000_000) % 60, count)
        case 's':
          return number(Math.floor(time / 1_000_000) % 60, count)
        case 'S':
        case 'n':
          return fraction.padEnd(9, '0').slice(0, count)
        case 'a':
          return hour < 12 ? 'AM' : 'PM'
        case 'G':
          return date.year > 0 ? 'AD' : 'BC'
        case 'z':
        case 'V':
          return timeZone
        default:
          return letter.repeat(count)
      }
    })
    .join('')
}

/** Local µs of a text by a pattern; undefined where it does not fit. A zone offset in the text moves it to UTC. */
export function parseJava(text: string, pattern: string): bigint | undefined {
  const read = readJava(text, pattern)
  return read === undefined || read.end !== text.length ? undefined : read.local - (read.offset ?? 0n)
}

export interface JavaTime {
  readonly local: bigint
  /** µs that the zone in the text is ahead of UTC; undefined where the pattern has no zone. */
  readonly offset: bigint | undefined
  /** Where in the text the pattern ends. */
  readonly end: number
}

/** The time that a text begins with, by a pattern. */
export function readJava(text: string, pattern: string): JavaTime | undefined {
  let at = 0
  let year = 1970
  let month = 1
  let day = 1
  let dayNumber: number | undefined
  let hour = 0
  let half: number | undefined
  let minute = 0
  let second = 0
  let micros = 0
  let offset: bigint | undefined
  const tokens = tokensOf(pattern)
  const digits = (least: number, most: number): number | undefined => {
    let end = at
    while (end - at < most && end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
    if (end - at < least) return undefined
    const value = Number(text.slice(at, end))
    at = end
    return value
  }
  for (const [i, token] of tokens.entries()) {
    if ('text' in token) {
      if (!text.startsWith(token.text, at)) return undefined
      at += token.text.length
      continue
    }
    const { letter, count } = token
    const next = tokens[i + 1]
    // Digits that another number follows at once have exactly the pattern's width.
    const adjacent = next !== undefined && !('text' in next)
    const width = adjacent ? count : letter === 'y' || letter === 'u' ? 9 : Math.max(count, 2)
    let value: number | undefined
    switch (letter) {
      case 'y':
      case 'u':
        value = digits(count === 2 ? 2 : 1, count === 2 ? 2 : width)
        if (value === undefined) return undefined
        year = count === 2 ? 2000 + value : value
        break
      case 'M':
      case 'L':
        if (count >= 3) {
          const rest = text.slice(at).toLowerCase()
          const index = monthNames.findIndex(name =>
            rest.startsWith((count === 3 ? name.slice(0, 3) : name).toLowerCase()),
          )
          if (index < 0) return undefined
          at += count === 3 ? 3 : (monthNames[index]?.length ?? 0)
          month = index + 1
        } else {
          value = digits(1, width)
          if (value === undefined) return undefined
          month = value
        }
        break
      case 'E': {
        const rest = text.slice(at).toLowerCase()
        const name = dayNames.find(candidate =>
          rest.startsWith((count >= 4 ? candidate : candidate.slice(0, 3)).toLowerCase()),
        )
        if (name === undefined) return undefined
        at += count >= 4 ? name.length : 3
        break
      }
      case 'S': {
        const start = at
        if (digits(1, adjacent ? count : 9) === undefined) return undefined
        micros = Number(text.slice(start, at).padEnd(6, '0').slice(0, 6))
        break
      }
      case 'a': {
        const word = text.slice(at, at + 2).toUpperCase()
        if (word !== 'AM' && word !== 'PM') return undefined
        half = word === 'PM' ? 12 : 0
        at += 2
        break
      }
      case 'X':
      case 'x':
      case 'Z':
      case 'z':
      case 'V':
      case 'O': {
        const zone = /^(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]+(?:\/[A-Za-z_]+)*)/.exec(text.slice(at))
        const found = zone === null ? undefined : findZone(zone[0])
        if (zone === null || found === undefined) return undefined
        at += zone[0].length
        offset = found.offsetAt(0n)
        break
      }
      default:
        value = digits(1, width)
        if (value === undefined) return undefined
        if (letter === 'd') day = value
        else if (letter === 'D') dayNumber = value
        else if (letter === 'H' || letter === 'h' || letter === 'K') hour = value
        else if (letter === 'k') hour = value % 24
        else if (letter === 'm') minute = value
        else if (letter === 's') second = value
        else return undefined
    }
  }
  if (half !== undefined) hour = (hour % 12) + half
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59) return undefined
  const days = dayNumber === undefined ? daysOf(year, month, day) : daysOf(year, 1, 1) + dayNumber - 1
  const local = joinMicros({ days, micros: 0 }) + BigInt(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
  return { local, offset, end: at }
}

export { dayNames, monthNames }
