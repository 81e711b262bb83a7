import { failures } from '../../errors/table.ts'
import type { Numeric } from '../../types/value.ts'
import { RowError } from '../definition.ts'
import { numberPattern } from './pattern.ts'

/** PostgreSQL's to_number: digits, point and sign of a text, as far as the pattern has places for them. */
export function parseNumber(text: string, patternText: string): Numeric {
  const pattern = numberPattern(patternText)
  if (pattern.scientific || pattern.roman)
    throw new RowError(failures.argument, `${pattern.scientific ? 'EEEE' : 'RN'} is not for TO_NUMBER`)
  let at = 0
  let negative = false
  let signed = false
  let whole = ''
  let fraction = ''
  let pointed = false
  const readSign = (): void => {
    if (signed || !/^[-+<]/.test(text.slice(at))) return
    negative = text[at] !== '+'
    signed = true
    at++
  }
  const blanks = (): void => {
    while (text[at] === ' ') at++
  }
  const skipOther = (): void => {
    if (at < text.length && !/[\d.,+-]/.test(text[at] ?? '')) at++
  }
  for (const part of pattern.parts) {
    if ('text' in part) {
      for (const _ of part.text) skipOther()
      continue
    }
    switch (part.word) {
      case '9':
      case '0':
        if (whole === '' && !pointed) blanks()
        readSign()
        if (/\d/.test(text[at] ?? '')) {
          if (pointed) fraction += text[at]
          else whole += text[at]
          at++
        } else if (text[at] === '.' && pattern.point && !pointed) {
          pointed = true
          at++
        }
        break
      case '.':
      case 'D':
        if (text[at] === '.' && !pointed) at++
        pointed = true
        break
      case ',':
      case 'G':
        if (text[at] === ',') at++
        break
      case 'L':
      case 'TH':
      case 'th':
        skipOther()
        break
      case 'S':
      case 'MI':
      case 'PL':
      case 'SG':
        blanks()
        readSign()
        break
    }
  }
  if (whole === '' && fraction === '')
    throw new RowError(failures.cast, `'${text}' does not fit the pattern '${patternText}'`)
  const digits = BigInt(whole + fraction)
  return { digits: negative ? -digits : digits, scale: fraction.length + pattern.shift }
}
