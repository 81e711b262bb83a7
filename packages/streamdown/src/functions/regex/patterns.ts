import { failures } from '../../errors/table.ts'
import { RowError } from '../definition.ts'
import { guardedRegExp } from './guarded-regexp.ts'

const MAX_PATTERNS = 512

/** Compiled patterns by option (escape, flags) and text. A text that stays the same object is found without hashing. */
type Patterns = Map<string, Map<string, RegExp>>

const likes: Patterns = new Map()
const caselessLikes: Patterns = new Map()
const similars: Patterns = new Map()
const regexes: Patterns = new Map()

/** A query has few patterns; data-dependent ones push out the oldest. */
function cached(patterns: Patterns, option: string, key: string, make: () => RegExp): RegExp {
  let cache = patterns.get(option)
  if (cache === undefined) {
    cache = new Map()
    patterns.set(option, cache)
  }
  const known = cache.get(key)
  if (known !== undefined) {
    known.lastIndex = 0
    return known
  }
  const made = make()
  if (cache.size >= MAX_PATTERNS) {
    const oldest = cache.keys().next()
    if (oldest.done !== true) cache.delete(oldest.value)
  }
  cache.set(key, made)
  return made
}

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** ESCAPE is one character, or empty: none. */
function checkEscape(mark: string): void {
  if (Array.from(mark).length > 1) throw new RowError(failures.argument, `ESCAPE '${mark}' has more than one character`)
}

/** LIKE's pattern: `%` any text, `_` one code point; an escaped character stands for itself. */
export function likeToPattern(pattern: string, escapeMark: string, ignoreCase: boolean): RegExp {
  checkEscape(escapeMark)
  return cached(ignoreCase ? caselessLikes : likes, escapeMark, pattern, () => {
    let source = ''
    const characters = Array.from(pattern)
    for (let i = 0; i < characters.length; i++) {
      const character = characters[i] ?? ''
      if (character === escapeMark) {
        const next = characters[++i]
        if (next === undefined) throw new RowError(failures.argument, 'the LIKE pattern ends with its escape character')
        source += literal(next)
      } else if (character === '%') source += '.*'
      else if (character === '_') source += '.'
      else source += literal(character)
    }
    return guardedRegExp(`^(?:${source})$`, ignoreCase ? 'sui' : 'su')
  })
}

/** SIMILAR TO: LIKE's wildcards with `| * + ? {} () []`. */
export function similarToPattern(pattern: string, escapeMark: string): RegExp {
  checkEscape(escapeMark)
  return cached(similars, escapeMark, pattern, () => {
    let source = ''
    let inClass = false
    const characters = Array.from(pattern)
    for (let i = 0; i < characters.length; i++) {
      const character = characters[i] ?? ''
      if (character === escapeMark) {
        // An escaped quote only marks the piece that SUBSTRING takes.
        const next = characters[++i] ?? ''
        if (next !== '"') source += literal(next)
      } else if (inClass) {
        if (character === ']') inClass = false
        source += character === '\\' ? '\\\\' : character
      } else if (character === '[') {
        inClass = true
        source += '['
      } else if (character === '%') source += '.*'
      else if (character === '_') source += '.'
      else if ('|*+?{}()'.includes(character)) source += character
      else source += literal(character)
    }
    return compile(`^(?:${source})$`, 'su')
  })
}

/** A Java or PostgreSQL regular expression; flags as PostgreSQL's letters (`i`, `g`, `n`, `s`, `x`). */
export function regexPattern(pattern: string, flags = ''): RegExp {
  return cached(regexes, flags, pattern, () => {
    let used = flags.includes('g') ? 'g' : ''
    // Of `i` and `c` (regards case) the last one counts.
    if (flags.lastIndexOf('i') > flags.lastIndexOf('c')) used += 'i'
    if (flags.includes('s')) used += 's'
    if (/[nm]/.test(flags)) used += 'm'
    let source = pattern
    // Java's and PostgreSQL's inline flags at the start.
    const inline = /^\(\?([imsx]+)\)/.exec(source)
    if (inline !== null) {
      source = source.slice(inline[0].length)
      for (const flag of 'ims') if (inline[1]?.includes(flag) === true && !used.includes(flag)) used += flag
    }
    return compile(translated(source), used)
  })
}

/** Spellings that JavaScript does not know: POSIX classes, \A \Z \z \Q..\E \h, possessive quantifiers, named groups. */
function translated(source: string): string {
  return source
    .replace(/\\Q([\s\S]*?)(?:\\E|$)/g, (_, text: string) => literal(text))
    .replace(/\[:(\w+):\]/g, (whole, name: string) => posixClasses[name] ?? whole)
    .replace(/\\p\{(\w+)\}/g, (whole, name: string) => javaClasses[name] ?? whole)
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$')
    .replace(/\\h/g, '[ \\t]')
    .replace(/\\[mM](?![\w])/g, '\\b')
    .replace(/([*+?}])\+/g, '$1')
}

const posixClasses: Record<string, string> = {
  alpha: '\\p{L}',
  digit: '\\d',
  alnum: '\\p{L}\\d',
  space: '\\s',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
  blank: ' \\t',
}
const javaClasses: Record<string, string> = {
  Alpha: '[A-Za-z]',
  Digit: '[0-9]',
  Alnum: '[A-Za-z0-9]',
  Upper: '[A-Z]',
  Lower: '[a-z]',
  Punct: '[!-\\/:-@\\[-`{-~]',
  Space: '\\s',
}

function compile(source: string, flags: string): RegExp {
  try {
    return guardedRegExp(source, flags.includes('u') ? flags : `${flags}u`)
  } catch {
    // Escapes that the Unicode mode refuses (`\-`, `\_`) are fine without it.
    try {
      return guardedRegExp(source, flags.replace('u', ''))
    } catch {
      throw new RowError(failures.argument, `'${source}' is not a valid regular expression`)
    }
  }
}
