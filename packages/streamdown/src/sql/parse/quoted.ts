/** Reads the quoted forms of SQL: what stands between the quotes with its escapes undone, and where it ends. */

import { syntaxError } from './syntax-error.ts'

export interface QuotedText {
  readonly text: string
  /** Offset after the closing quote. */
  readonly end: number
}

function unclosed(source: string, start: number): Error {
  return syntaxError(source, { start, end: start + 1 }, 'a quoted text is not closed')
}

/** From the opening quote at `start`; a doubled quote stands for one. */
export function quotedText(source: string, start: number, quote: string): QuotedText {
  let text = ''
  let from = start + 1
  for (;;) {
    const close = source.indexOf(quote, from)
    if (close < 0) throw unclosed(source, start)
    text += source.slice(from, close)
    if (source.charAt(close + 1) !== quote) return { text, end: close + 1 }
    text += quote
    from = close + 2
  }
}

/** `r'…'`: no escapes at all, not even a doubled quote. */
export function rawString(source: string, start: number): QuotedText {
  const close = source.indexOf("'", start + 2)
  if (close < 0) throw unclosed(source, start)
  return { text: source.slice(start + 2, close), end: close + 1 }
}

/** `$$…$$` or `$tag$…$tag$`; undefined if no such quote opens here. */
export function dollarQuoted(source: string, start: number): QuotedText | undefined {
  const opening = /\$(?:[\p{L}_][\p{L}\p{Nd}_]*)?\$/uy
  opening.lastIndex = start
  const tag = opening.exec(source)?.[0]
  if (tag === undefined) return undefined
  const close = source.indexOf(tag, start + tag.length)
  if (close < 0) throw unclosed(source, start)
  return { text: source.slice(start + tag.length, close), end: close + tag.length }
}

const simpleEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** `E'…'` with PostgreSQL's escapes. Runs of `\x` and octal escapes are bytes of UTF-8. */
export function escapedString(source: string, start: number): QuotedText {
  let text = ''
  let bytes: number[] = []
  let at = start + 2
  const endBytes = () => {
    if (bytes.length === 0) return
    try {
      text += new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes))
    } catch (cause) {
      throw syntaxError(source, { start, end: at }, 'the byte escapes are not UTF-8', cause)
    }
    bytes = []
  }
  for (;;) {
    if (at >= source.length) throw unclosed(source, start)
    const character = source.charAt(at)
    if (character === "'" && source.charAt(at + 1) !== "'") {
      endBytes()
      return { text, end: at + 1 }
    }
    if (character === "'") {
      endBytes()
      text += "'"
      at += 2
      continue
    }
    if (character !== '\\') {
      endBytes()
      text += character
      at += 1
      continue
    }
    const byte = /\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3}))/y
    byte.lastIndex = at
    const found = byte.exec(source)
    if (found !== null) {
      bytes.push(found[1] !== undefined ? Number.parseInt(found[1], 16) : Number.parseInt(found[2] ?? '0', 8) & 0xff)
      at += found[0].length
      continue
    }
    endBytes()
    const unicode = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y
    unicode.lastIndex = at
    const point = unicode.exec(source)
    if (point !== null) {
      text += codePoint(source, at, point[1] ?? point[2] ?? '')
      at += point[0].length
      continue
    }
    const escaped = source.charAt(at + 1)
    text += simpleEscapes[escaped] ?? escaped
    at += 2
  }
}

/** `U&'d\0061t\+000061'`, with an optional `UESCAPE 'c'` after it. */
export function unicodeString(source: string, start: number, quote: string): QuotedText {
  const { text: written, end: closed } = quotedText(source, start + 2, quote)
  const clause = /\s*UESCAPE\s*'(.)'/iy
  clause.lastIndex = closed
  const given = clause.exec(source)
  const mark = given?.[1] ?? '\\'
  const end = given === null ? closed : clause.lastIndex
  let text = ''
  for (let at = 0; at < written.length; at++) {
    if (written.charAt(at) !== mark) {
      text += written.charAt(at)
      continue
    }
    if (written.charAt(at + 1) === mark) {
      text += mark
      at += 1
      continue
    }
    const point = /\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})/y
    point.lastIndex = at + 1
    const found = point.exec(written)
    if (found === null) throw syntaxError(source, { start, end }, 'expected 4 hex digits, or + and 6, after the escape')
    text += codePoint(source, start, found[1] ?? found[2] ?? '')
    at += found[0].length
  }
  return { text, end }
}

function codePoint(source: string, start: number, hex: string): string {
  const value = Number.parseInt(hex, 16)
  if (value > 0x10ffff) throw syntaxError(source, { start, end: start + 2 + hex.length }, 'no such Unicode character')
  return String.fromCodePoint(value)
}
