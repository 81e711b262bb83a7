import { failures } from '../../errors/table.ts'
import { RowError } from '../definition.ts'

/** A field of a strftime pattern: its letter (`Y`, `.f`, `3f`), and what numbers are filled up with, where it is said. */
export interface StrftimeField {
  readonly field: string
  readonly fill: '' | ' ' | '0' | undefined
}

export type StrftimeToken = StrftimeField | { readonly text: string }

/** Letters that stand for several fields. */
const composed: Readonly<Record<string, string>> = {
  D: '%m/%d/%y',
  x: '%m/%d/%y',
  F: '%Y-%m-%d',
  v: '%e-%b-%Y',
  R: '%H:%M',
  T: '%H:%M:%S',
  X: '%H:%M:%S',
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
  h: '%b',
  t: '\t',
  n: '\n',
}

const specifier = /^%([-_0]?)([YCyqmbBdeaAwuUWGgVjHkIlPpMSs]|[.]?[369]?f)/
const fills = { '-': '', _: ' ', '0': '0' } as const

const cache = new Map<string, readonly StrftimeToken[]>()

/**
 * The fields of a pattern and the text between them. Specifiers are those of C's strftime as Rust's chrono has them.
 * @throws RowError for a specifier that there is not.
 */
export function strftimeTokens(pattern: string): readonly StrftimeToken[] {
  const known = cache.get(pattern)
  if (known !== undefined) return known
  const tokens: StrftimeToken[] = []
  for (let at = 0; at < pattern.length; ) {
    const next = pattern.indexOf('%', at)
    if (next !== at) {
      tokens.push({ text: pattern.slice(at, next < 0 ? undefined : next) })
      at = next < 0 ? pattern.length : next
      continue
    }
    const letter = pattern[at + 1] ?? ''
    const parts = composed[letter]
    const match = specifier.exec(pattern.slice(at))
    if (letter === '%') {
      tokens.push({ text: '%' })
      at += 2
    } else if (parts !== undefined) {
      tokens.push(...strftimeTokens(parts))
      at += 2
    } else if (match !== null) {
      const [whole, fill = '', field = ''] = match
      tokens.push({ field, fill: fill in fills ? fills[fill as keyof typeof fills] : undefined })
      at += whole.length
    } else throw new RowError(failures.argument, `'%${letter}' in the pattern '${pattern}' is no specifier`)
  }
  if (cache.size > 256) cache.clear()
  cache.set(pattern, tokens)
  return tokens
}
