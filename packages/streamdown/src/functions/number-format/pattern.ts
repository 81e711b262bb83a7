import { failures } from '../../errors/table.ts'
import { RowError } from '../definition.ts'

/** A part of PostgreSQL's pattern for numbers: a keyword, or text that stands as it is. */
export type Part = { readonly text: string } | { readonly word: Word }

const words = [
  'EEEE',
  'FM',
  'MI',
  'PL',
  'SG',
  'PR',
  'RN',
  'TH',
  '9',
  '0',
  '.',
  'D',
  ',',
  'G',
  'L',
  'S',
  'V',
  'B',
] as const

export type Word = Exclude<(typeof words)[number], 'FM' | 'TH' | 'RN'> | 'TH' | 'th' | 'RN' | 'rn'

/** What a pattern says as a whole. Digits are counted as the pattern's, not the number's. */
export interface NumberPattern {
  readonly parts: readonly Part[]
  /** FM: neither blanks at the front nor zeros at the end. */
  readonly fill: boolean
  readonly before: number
  readonly after: number
  /** Digits behind V: the number is written times ten to this. */
  readonly shift: number
  /** The place of the first 0 among the digits before the point, from 1; 0: there is none. */
  readonly zeroFrom: number
  /** The place of the last 0 among all digits. */
  readonly zeroTo: number
  readonly point: boolean
  /** Where S stands: at the front, within, at the end. */
  readonly sign: 'none' | 'front' | 'end'
  /** MI, PL or SG write the sign, and the number does not. */
  readonly signApart: boolean
  readonly plusOnly: boolean
  readonly brackets: boolean
  readonly roman: boolean
  readonly scientific: boolean
}

const cache = new Map<string, NumberPattern>()

/** @throws RowError for a pattern that PostgreSQL refuses. */
export function numberPattern(text: string): NumberPattern {
  const known = cache.get(text)
  if (known !== undefined) return known
  const pattern = describe(partsOf(text))
  if (cache.size > 256) cache.clear()
  cache.set(text, pattern)
  return pattern
}

function partsOf(text: string): { readonly parts: readonly Part[]; readonly fill: boolean } {
  const parts: Part[] = []
  let fill = false
  let at = 0
  while (at < text.length) {
    if (text[at] === '"') {
      const { read, end } = quoted(text, at + 1)
      if (read !== '') parts.push({ text: read })
      at = end
      continue
    }
    if (text[at] === '\\' && text[at + 1] === '"') at++
    const upper = text.slice(at, at + 4).toUpperCase()
    const word = words.find(candidate => upper.startsWith(candidate))
    if (word === undefined) {
      const character = String.fromCodePoint(text.codePointAt(at)!)
      parts.push({ text: character })
      at += character.length
      continue
    }
    const small = text[at] === word[0]?.toLowerCase()
    if (word === 'FM') fill = true
    else if (word === 'TH') parts.push({ word: small ? 'th' : 'TH' })
    else if (word === 'RN') parts.push({ word: small ? 'rn' : 'RN' })
    else parts.push({ word })
    at += word.length
  }
  return { parts, fill }
}

function quoted(text: string, from: number): { readonly read: string; readonly end: number } {
  let read = ''
  let at = from
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\' && at + 1 < text.length) at++
    read += text[at]
    at++
  }
  return { read, end: at + 1 }
}

function describe({ parts, fill }: { readonly parts: readonly Part[]; readonly fill: boolean }): NumberPattern {
  let [before, after, shift, zeroFrom, zeroTo] = [0, 0, 0, 0, 0]
  let point = false
  let shifting = false
  let signAt: number | 'end' | undefined
  const has = (word: Word): boolean => parts.some(part => 'word' in part && part.word === word)
  for (const part of parts) {
    if ('text' in part) continue
    switch (part.word) {
      case '0':
        if (!point && zeroFrom === 0) zeroFrom = before + 1
        if (point) after++
        else before++
        zeroTo = before + after
        break
      case '9':
        if (shifting) shift++
        else if (point) after++
        else before++
        break
      case '.':
      case 'D':
        if (point) throw new RowError(failures.argument, 'multiple decimal points in a number pattern')
        point = true
        break
      case 'V':
        if (point) throw new RowError(failures.argument, 'V and a decimal point do not go together in a number pattern')
        shifting = true
        break
      case 'S':
        if (signAt !== undefined) throw new RowError(failures.argument, 'S stands twice in a number pattern')
        signAt = point ? 'end' : before
        break
    }
  }
  const [minus, plus, apart] = [has('MI'), has('PL'), has('SG')]
  if (signAt !== undefined && (minus || plus || apart || has('PR')))
    throw new RowError(failures.argument, 'S does not go with MI, PL, SG or PR in a number pattern')
  return {
    parts,
    fill,
    before: before + shift,
    after,
    shift,
    zeroFrom,
    zeroTo,
    point,
    sign: signAt === undefined ? 'none' : signAt === 'end' || signAt === before ? 'end' : 'front',
    signApart: minus || plus || apart,
    plusOnly: plus && !minus && !apart,
    brackets: has('PR'),
    roman: has('RN') || has('rn'),
    scientific: has('EEEE'),
  }
}
