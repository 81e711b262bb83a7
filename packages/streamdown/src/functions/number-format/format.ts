import type { Numeric } from '../../types/value.ts'
import { decimalText } from '../../values/decimal-digits.ts'
import { round } from '../numeric/arithmetic.ts'
import { type NumberPattern, numberPattern } from './pattern.ts'

/** What is to be written: exact numbers as NUMERIC, and floating point with the digits that it is precise to. */
export type Writable =
  | { readonly is: 'exact'; readonly value: Numeric }
  | { readonly is: 'floating'; readonly value: number; readonly precision: 6 | 15 }

interface Written {
  readonly negative: boolean
  /** Digits, with a point where the pattern has digits behind it. */
  readonly digits: string
}

/**
 * PostgreSQL's to_char of numbers, after NUM_processor in its src/backend/utils/adt/formatting.c: blanks, the sign and
 * digits come out place by place of the pattern, so that columns of numbers stand below each other.
 */
export function formatNumber(number: Writable, patternText: string): string {
  const pattern = numberPattern(patternText)
  if (pattern.scientific) return scientific(number, pattern)
  const { negative, digits } = digitsOf(number, pattern)
  const whole = digits.split('.')[0]?.length ?? 0
  if (pattern.roman) return write(pattern, { negative, digits }, 0)
  return whole <= pattern.before
    ? write(pattern, { negative, digits }, pattern.before - whole)
    : write(pattern, { negative, digits: `${'#'.repeat(pattern.before)}.${'#'.repeat(pattern.after)}` }, 0)
}

function digitsOf(number: Writable, { after, shift }: NumberPattern): Written {
  if (number.is === 'exact') {
    const { value } = number
    if (value.special !== undefined) return special(value.special)
    const rounded = round({ digits: value.digits * 10n ** BigInt(shift), scale: value.scale }, after)
    const text = decimalText(rounded.digits < 0n ? -rounded.digits : rounded.digits, rounded.scale)
    return { negative: rounded.digits < 0n, digits: padded(text, after) }
  }
  const { value, precision } = number
  if (!Number.isFinite(value)) return special(String(value))
  const size = Math.abs(value) * 10 ** shift
  const whole = fixed(size, 0).length
  const kept = whole >= precision ? 0 : Math.min(after, precision - whole)
  return { negative: value < 0, digits: fixed(size, kept) }
}

const special = (text: string): Written => ({ negative: text.startsWith('-'), digits: text.replace('-', '') })

const padded = (text: string, after: number): string => {
  if (after === 0) return text
  const [whole = '', fraction = ''] = text.split('.')
  return `${whole}.${fraction.padEnd(after, '0')}`
}

/** toFixed, but ties go to the even digit, as C's printf has it. */
function fixed(value: number, places: number): string {
  if (value >= 1e21) return BigInt(value).toString() + (places > 0 ? `.${'0'.repeat(places)}` : '')
  const exact = value.toFixed(places + 60)
  const cut = exact.length - 60
  const tie = /^50*$/.test(exact.slice(cut).replace('.', ''))
  const kept = exact.slice(0, places === 0 ? cut - 1 : cut)
  return tie && Number(kept.at(-1)) % 2 === 0 ? kept : value.toFixed(places)
}

function scientific(number: Writable, { after, before }: NumberPattern): string {
  const endless = number.is === 'exact' ? number.value.special !== undefined : !Number.isFinite(number.value)
  if (endless) return ` ${'#'.repeat(before)}.${'#'.repeat(after)}####`
  if (number.is === 'floating') return blankOrMinus(twoDigits(number.value.toExponential(after)))
  const { digits, scale } = number.value
  if (digits === 0n) return ` ${padded('0', after)}e+00`
  const size = (digits < 0n ? -digits : digits).toString()
  const exponent = size.length - 1 - scale
  const mantissa = round({ digits: BigInt(size), scale: size.length - 1 }, after)
  const carried = mantissa.digits >= 10n ** BigInt(mantissa.scale + 1)
  const kept = carried ? round({ digits: mantissa.digits, scale: mantissa.scale + 1 }, after) : mantissa
  const power = exponent + (carried ? 1 : 0)
  return `${digits < 0n ? '-' : ' '}${padded(decimalText(kept.digits, kept.scale), after)}${exponentText(power)}`
}

const exponentText = (power: number): string => `e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
const twoDigits = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2')
const blankOrMinus = (text: string): string => (text.startsWith('-') ? text : ` ${text}`)

/** The walk over the pattern. `blanks`: digits before the point that the number does not need. */
function write(pattern: NumberPattern, { negative, digits }: Written, blanks: number): string {
  const { fill, zeroFrom, sign, point } = pattern
  const zeros = zeroFrom > 0
  const brackets = pattern.brackets && !(fill && !negative)
  const last = fill && point ? lastNeeded(digits, pattern, blanks) : undefined
  let signed = pattern.signApart ? !pattern.plusOnly : !negative && fill && sign === 'none'
  const places = pattern.after + pattern.before - 1 + (!signed && blanks === 0 ? 1 : 0)
  let out = ''
  let inNumber = false
  let place = 0
  let at = 0

  const leadingZero = (): boolean => !zeros && at === 0 && digits[0] === '0' && pattern.after !== 0
  const writeSign = (): void => {
    if (signed || !(place >= blanks || (zeros && zeroFrom - 1 === place))) return
    if (leadingZero() && !(last !== undefined && digits[last] === '.')) return
    if (sign === 'front') out += negative ? '-' : '+'
    else if (sign === 'end') return
    else if (brackets) out += negative ? '<' : ' '
    else out += negative ? '-' : fill ? '' : ' '
    signed = true
  }
  const writePlace = (word: '9' | '0' | '.'): void => {
    writeSign()
    if (place < blanks && !(zeros && zeroFrom - 1 <= place)) out += fill ? '' : ' '
    else if (place < blanks) {
      out += '0'
      inNumber = true
    } else {
      const digit = digits[at] ?? ''
      if (digit === '.') out += last === undefined || digits[last] !== '.' || fill ? '.' : ''
      else if (last !== undefined && at > last && word !== '0') out += ''
      else if (leadingZero()) {
        if (!fill) out += ' '
        else if (last !== undefined && digits[last] === '.') out += '0'
      } else {
        out += digit
        inNumber = true
      }
      if (digit !== '') at++
    }
    const end = last !== undefined && last === at ? place : places + (blanks > 0 ? 1 : 0) + (point ? 1 : 0)
    if (place + 1 === end) {
      if (signed && brackets) out += negative ? '>' : ' '
      else if (sign === 'end') out += negative ? '-' : '+'
    }
    place++
  }

  for (const part of pattern.parts) {
    if ('text' in part) {
      out += part.text
      continue
    }
    switch (part.word) {
      case '9':
      case '0':
        if (!pattern.roman) writePlace(part.word)
        break
      case '.':
      case 'D':
        if (!pattern.roman) writePlace('.')
        break
      case ',':
      case 'G':
        out += inNumber ? ',' : fill ? '' : ' '
        break
      case 'L':
        out += ' '
        break
      case 'MI':
        out += negative ? '-' : fill ? '' : ' '
        break
      case 'PL':
        out += negative ? (fill ? '' : ' ') : '+'
        break
      case 'SG':
        out += negative ? '-' : '+'
        break
      case 'RN':
      case 'rn':
        out += roman(digits, negative, part.word === 'rn', fill)
        break
      case 'TH':
      case 'th':
        if (!pattern.roman && digits[0] !== '#' && !negative && !point) out += ordinalEnd(digits, part.word)
        break
    }
  }
  return out
}

/** With FM, the place of the last digit (or of the point) that is written: zeros behind it are not, unless 0 asks. */
function lastNeeded(digits: string, { zeroTo }: NumberPattern, blanks: number): number | undefined {
  const point = digits.indexOf('.')
  if (point < 0) return undefined
  let last = point
  for (let at = point + 1; at < digits.length; at++) if (digits[at] !== '0') last = at
  return zeroTo > blanks ? Math.max(last, Math.min(digits.length - 1, zeroTo - blanks)) : last
}

function ordinalEnd(digits: string, word: 'TH' | 'th'): string {
  const number = Number(digits.slice(-2))
  const end = number > 10 && number < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return word === 'TH' ? end.toUpperCase() : end
}

const romans: readonly (readonly [number, string])[] = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
]

function roman(digits: string, negative: boolean, small: boolean, fill: boolean): string {
  let rest = Number(digits.split('.')[0])
  if (negative || !(rest >= 1 && rest <= 3999)) return '#'.repeat(15)
  let text = ''
  for (const [value, letters] of romans) {
    while (rest >= value) {
      text += letters
      rest -= value
    }
  }
  const cased = small ? text.toLowerCase() : text
  return fill ? cased : cased.padStart(15)
}
