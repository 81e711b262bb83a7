import { failures } from '../../errors/table.ts'
import { dayOfWeek, daysOf, isLeapYear, isoWeek, MICROS_PER_SECOND } from '../../values/calendar.ts'
import { RowError } from '../definition.ts'
import { dayNames, monthNames } from './java-format.ts'
import { strftimeTokens } from './strftime-pattern.ts'
import { validDate } from './text.ts'

/** What a text says of a time, field by field; names of months and days as their numbers. */
type Fields = Map<string, number>

/**
 * The fields of a text by a strftime pattern; undefined where it does not fit. White space in the pattern stands for any,
 * also none; numbers may have blanks before them.
 * @throws RowError for a specifier that there is not.
 */
export function parseStrftime(text: string, pattern: string): Fields | undefined {
  const fields: Fields = new Map()
  let at = 0
  for (const token of strftimeTokens(pattern)) {
    if ('text' in token) {
      const end = endOfText(text, at, token.text)
      if (end === undefined) return undefined
      at = end
      continue
    }
    const read = readField(token.field, text.slice(at))
    if (read === undefined) return undefined
    const [name, value, length] = read
    if ((fields.get(name) ?? value) !== value) return undefined
    fields.set(name, value)
    at += length
  }
  return at === text.length ? fields : undefined
}

function endOfText(text: string, start: number, expected: string): number | undefined {
  let at = start
  for (const letter of expected) {
    if (/\s/.test(letter)) while (/\s/.test(text[at] ?? '')) at++
    else if (text[at] === letter) at++
    else return undefined
  }
  return at
}

/** Digits at most, the least and the greatest value, and the field's name. */
const numbers: Readonly<Record<string, readonly [digits: number, least: number, most: number, name: string]>> = {
  C: [2, 0, 99, 'C'],
  y: [2, 0, 99, 'y'],
  q: [1, 1, 4, 'q'],
  m: [2, 1, 12, 'm'],
  d: [2, 1, 31, 'd'],
  e: [2, 1, 31, 'd'],
  w: [1, 0, 6, 'w'],
  u: [1, 1, 7, 'w'],
  U: [2, 0, 53, 'U'],
  W: [2, 0, 53, 'W'],
  g: [2, 0, 99, 'g'],
  V: [2, 1, 53, 'V'],
  j: [3, 1, 366, 'j'],
  H: [2, 0, 23, 'H'],
  k: [2, 0, 23, 'H'],
  I: [2, 1, 12, 'I'],
  l: [2, 1, 12, 'I'],
  M: [2, 0, 59, 'M'],
  S: [2, 0, 60, 'S'],
}

type Read = readonly [name: string, value: number, length: number]

function readField(field: string, rest: string): Read | undefined {
  const spec = numbers[field]
  if (spec !== undefined) {
    const [digits, least, most, name] = spec
    const match = new RegExp(`^\\s*(\\d{1,${digits}})`).exec(rest)
    const value = Number(match?.[1])
    if (match === null || value < least || value > most) return undefined
    return [name, field === 'u' ? value % 7 : value, match[0].length]
  }
  switch (field) {
    case 'Y':
    case 'G': {
      const match = /^\s*([+-]\d+|\d{1,4})/.exec(rest)
      return match === null ? undefined : [field, Number(match[1]), match[0].length]
    }
    case 's': {
      const match = /^\s*([+-]?\d+)/.exec(rest)
      return match === null ? undefined : ['s', Number(match[1]), match[0].length]
    }
    case 'b':
    case 'B':
      return readName('m', monthNames, 1, rest)
    case 'a':
    case 'A':
      return readName('w', dayNames, 0, rest)
    case 'p':
    case 'P': {
      const match = /^(am|pm)/i.exec(rest)
      return match === null ? undefined : ['p', match[0].toLowerCase() === 'pm' ? 12 : 0, 2]
    }
    default:
      return readFraction(field, rest)
  }
}

/** The full name, or its first three letters. */
function readName(field: string, names: readonly string[], first: number, rest: string): Read | undefined {
  const start = rest.toLowerCase()
  const at = names.findIndex(name => start.startsWith(name.slice(0, 3).toLowerCase()))
  const name = names[at]?.toLowerCase()
  if (name === undefined) return undefined
  return [field, at + first, start.startsWith(name) ? name.length : 3]
}

/** Microseconds. `%.f` is also fitted by nothing; without a point `%f` counts nanoseconds. */
function readFraction(field: string, rest: string): Read | undefined {
  const digits = /\d/.exec(field)?.[0]
  if (field.startsWith('.')) {
    const match = /^\.(\d+)/.exec(rest)
    if (match === null) return ['f', 0, 0]
    return ['f', Number((match[1] ?? '').padEnd(6, '0').slice(0, 6)), match[0].length]
  }
  const match = new RegExp(`^\\d{${digits ?? '1,9'}}`).exec(rest)
  if (match === null) return undefined
  const nanos = digits === undefined ? Number(match[0]) : Number(match[0].padEnd(9, '0'))
  return ['f', Math.floor(nanos / 1000), match[0].length]
}

/**
 * Days since 1970; undefined where the fields are of no day.
 * @throws RowError where they do not tell a day.
 */
export function daysOfFields(fields: Fields, pattern: string): number | undefined {
  const days = namedDay(fields, pattern)
  if (days === undefined) return undefined
  const weekday = fields.get('w')
  return weekday === undefined || weekday === dayOfWeek(days) ? days : undefined
}

function namedDay(fields: Fields, pattern: string): number | undefined {
  const [year, month, day, ofYear] = [yearOf(fields), fields.get('m'), fields.get('d'), fields.get('j')]
  if (year !== undefined && month !== undefined && day !== undefined)
    return validDate({ year, month, day }) ? daysOf(year, month, day) : undefined
  if (year !== undefined && ofYear !== undefined)
    return ofYear <= (isLeapYear(year) ? 366 : 365) ? daysOf(year, 1, 1) + ofYear - 1 : undefined
  const [isoYear, week, weekday] = [fields.get('G'), fields.get('V'), fields.get('w')]
  if (isoYear === undefined || week === undefined || weekday === undefined)
    throw new RowError(failures.argument, `the pattern '${pattern}' does not tell a day`)
  // The 4th of January lies in week 1.
  const fourth = daysOf(isoYear, 1, 4)
  const days = fourth - ((dayOfWeek(fourth) + 6) % 7) + (week - 1) * 7 + ((weekday + 6) % 7)
  return isoWeek(days).year === isoYear ? days : undefined
}

/** Two digits are of 1970 to 2069, where no century is said. */
function yearOf(fields: Fields): number | undefined {
  const year = fields.get('Y')
  const [century, within] = [fields.get('C'), fields.get('y')]
  if (year !== undefined || within === undefined) return year
  return (century ?? (within < 70 ? 20 : 19)) * 100 + within
}

/**
 * Microseconds since midnight.
 * @throws RowError where the fields do not tell an hour and a minute.
 */
export function microsOfFields(fields: Fields, pattern: string): bigint {
  const [twelve, half] = [fields.get('I'), fields.get('p')]
  const hour = fields.get('H') ?? (twelve === undefined || half === undefined ? undefined : (twelve % 12) + half)
  const minute = fields.get('M')
  if (hour === undefined || minute === undefined)
    throw new RowError(failures.argument, `the pattern '${pattern}' does not tell a time of day`)
  const seconds = (hour * 60 + minute) * 60 + (fields.get('S') ?? 0)
  return BigInt(seconds) * MICROS_PER_SECOND + BigInt(fields.get('f') ?? 0)
}
