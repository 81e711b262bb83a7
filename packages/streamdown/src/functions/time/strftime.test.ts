import assert from 'node:assert/strict'
import { test } from 'node:test'
import { daysOf, joinMicros } from '../../values/calendar.ts'
import { RowError } from '../definition.ts'
import { formatStrftime } from './strftime.ts'
import { daysOfFields, microsOfFields, parseStrftime } from './strptime.ts'

const at = (year: number, month: number, day: number, micros = 0): bigint =>
  joinMicros({ days: daysOf(year, month, day), micros })

/**
 * The examples of https://docs.rs/chrono/latest/chrono/format/strftime/index.html, of 2001-07-08 00:34:59.026490; weeks
 * as `date -d 2001-07-08 +'%U %W'` gives them.
 */
const documented = {
  '%Y': '2001',
  '%C': '20',
  '%y': '01',
  '%q': '3',
  '%m': '07',
  '%b': 'Jul',
  '%B': 'July',
  '%h': 'Jul',
  '%d': '08',
  '%e': ' 8',
  '%a': 'Sun',
  '%A': 'Sunday',
  '%w': '0',
  '%u': '7',
  '%U': '27',
  '%W': '27',
  '%G': '2001',
  '%g': '01',
  '%V': '27',
  '%j': '189',
  '%D': '07/08/01',
  '%x': '07/08/01',
  '%F': '2001-07-08',
  '%v': ' 8-Jul-2001',
  '%H': '00',
  '%k': ' 0',
  '%I': '12',
  '%l': '12',
  '%P': 'am',
  '%p': 'AM',
  '%M': '34',
  '%S': '59',
  '%f': '026490000',
  '%.f': '.026490',
  '%.3f': '.026',
  '%.6f': '.026490',
  '%.9f': '.026490000',
  '%3f': '026',
  '%6f': '026490',
  '%9f': '026490000',
  '%R': '00:34',
  '%T': '00:34:59',
  '%X': '00:34:59',
  '%r': '12:34:59 AM',
  '%c': 'Sun Jul  8 00:34:59 2001',
  '%s': '994552499',
  '%t%n%%': '\t\n%',
  '%-d %-m %-j': '8 7 189',
  '%_m %0e': ' 7 08',
  '%H%%M': '00%M',
}

test('each specifier is written as it is documented', () => {
  const time = at(2001, 7, 8, (34 * 60 + 59) * 1_000_000 + 26_490)
  for (const [pattern, text] of Object.entries(documented)) assert.equal(formatStrftime(time, pattern), text, pattern)
})

test('weeks begin with the first Sunday (%U) or Monday (%W) of the year', () => {
  // 2024-01-01 is a Monday: date -d 2024-01-01 +'%U %W'.
  assert.equal(formatStrftime(at(2024, 1, 1), '%U %W'), '00 01')
  assert.equal(formatStrftime(at(2024, 2, 7), '%U %W %j'), '05 06 038')
})

test('a specifier that there is not fails the row', () => {
  assert.throws(() => formatStrftime(0n, '%Q'), RowError)
  assert.throws(() => parseStrftime('1', '%'), RowError)
})

const dateOf = (pattern: string, text: string): number | undefined => {
  const fields = parseStrftime(text, pattern)
  return fields && daysOfFields(fields, pattern)
}
const timeOf = (pattern: string, text: string): bigint | undefined => {
  const fields = parseStrftime(text, pattern)
  return fields && microsOfFields(fields, pattern)
}

test('dates are read by the fields of the pattern', () => {
  assert.equal(dateOf(' %F ', '   2000-12-30   '), daysOf(2000, 12, 30))
  assert.equal(dateOf('%A %b %e %Y', 'thursday Dec 25 2008'), daysOf(2008, 12, 25))
  assert.equal(dateOf('%x', '12/25/08'), daysOf(2008, 12, 25))
  assert.equal(dateOf('%Y%m%d', '20081225'), daysOf(2008, 12, 25))
  assert.equal(dateOf('%d/%m/%y', '1/2/70'), daysOf(1970, 2, 1))
  assert.equal(dateOf('%Y %j', '2024 366'), daysOf(2024, 12, 31))
  assert.equal(dateOf('%G-W%V-%u', '2009-W53-7'), daysOf(2010, 1, 3))
})

test('what does not fit is undefined', () => {
  assert.equal(dateOf('%Y %A %b %e', 'Thursday Dec 25 2008'), undefined)
  assert.equal(dateOf('%A %b %e', 'Thursday Dec 25 2008'), undefined, 'a rest of the text')
  assert.equal(dateOf('%a %F', 'Fri 2008-12-25'), undefined, 'another weekday')
  assert.equal(dateOf('%F', '2023-02-29'), undefined, 'no day')
  assert.equal(dateOf('%Y %j', '2023 366'), undefined, 'no day')
  assert.equal(dateOf('%G-%V-%u', '2010-53-1'), undefined, '2010 has 52 weeks')
  assert.equal(timeOf('%S:%I:%M', '07:30:00'), undefined, 'no hour of twelve')
})

test('a pattern that does not tell a day or a time fails the row', () => {
  assert.throws(() => dateOf('%Y-%m', '2020-10'), /does not tell a day/)
  assert.throws(() => timeOf('%I:%M:%S', '10:00:00'), /does not tell a time/)
})

test('times are read with halves of the day and fractions', () => {
  const second = 1_000_000n
  assert.equal(timeOf('%I:%M:%S %p', '2:23:38 pm'), ((14n * 60n + 23n) * 60n + 38n) * second)
  assert.equal(timeOf('%l:%M %p', '12:05 am'), 5n * 60n * second)
  assert.equal(timeOf('%T%.f', '00:00:01.25'), 1_250_000n)
  assert.equal(timeOf('%T.%3f', '00:00:01.025'), 1_025_000n)
})
