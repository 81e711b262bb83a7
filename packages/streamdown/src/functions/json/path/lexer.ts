import { failures } from '../../../errors/table.ts'
import { RowError } from '../../definition.ts'

export type Token =
  /** A name without quotes, which may be a keyword. */
  | { readonly is: 'name' | 'string' | 'variable' | 'number' | 'symbol'; readonly text: string }
  | { readonly is: 'end'; readonly text: '' }

/**
 * Spellings: PostgreSQL's, or also those of the JSONPath that Flink's functions take (`..name`, `['name']`,
 * `[from:before]`, `[-1]`, `[?(…)]`).
 */
export type Spelling = 'postgres' | 'jsonpath'

const blanks = /(?:[ \t\n\r\f]|\/\*[\s\S]*?\*\/)*/y
const symbols = /&&|\|\||==|<>|!=|<=|>=|\*\*|[?%$.[\]{}()!<>@,*:\-+/]/y
const numbers =
  /(?:0x[0-9a-f](?:_?[0-9a-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|(?:(?:0|[1-9](?:_?\d)*)(?:\.(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?)/iy
/** What a name is made of: anything but blanks, quotes and the characters of symbols. */
const PART = String.raw`(?:\\(?:u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^ux])|[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f])`
const names = new RegExp(`${PART}+`, 'y')
const dashedNames = new RegExp(`${PART}(?:${PART}|[$-])*`, 'y')
const variables = new RegExp(String.raw`\$(?:"((?:[^"\\]|\\[\s\S])*)"|(${PART}+))`, 'y')
const strings = /"((?:[^"\\]|\\[\s\S])*)"/y
const singleStrings = /'((?:[^'\\]|\\[\s\S])*)'/y

/** The parts of a path; undefined where it has none. */
export function pathTokens(text: string, spelling: Spelling): readonly Token[] | undefined {
  const tokens: Token[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at += match[0].length
    return match
  }
  for (;;) {
    take(blanks)
    if (at === text.length) break
    const quoted = take(strings) ?? (spelling === 'jsonpath' ? take(singleStrings) : null)
    if (quoted !== null) {
      tokens.push({ is: 'string', text: unescaped(quoted[1] ?? '') })
      continue
    }
    const variable = take(variables)
    if (variable !== null) {
      tokens.push({ is: 'variable', text: unescaped(variable[1] ?? variable[2] ?? '') })
      continue
    }
    const number = /[\d.]/.test(text[at] ?? '') ? take(numbers) : null
    if (number !== null) {
      // As in PostgreSQL `1.type()` is no call of a method on 1.
      names.lastIndex = at
      if (names.test(text)) return undefined
      tokens.push({ is: 'number', text: decimalText(number[0].replaceAll('_', '')) })
      continue
    }
    const symbol = take(symbols)
    if (symbol !== null) {
      tokens.push({ is: 'symbol', text: symbol[0] === '!=' ? '<>' : symbol[0] })
      continue
    }
    const name = take(spelling === 'jsonpath' ? dashedNames : names)
    if (name === null) return undefined
    tokens.push({ is: 'name', text: unescaped(name[0]) })
  }
  tokens.push({ is: 'end', text: '' })
  return tokens
}

const decimalText = (text: string): string => (/^0[xob]/i.test(text) ? String(BigInt(text.toLowerCase())) : text)

const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  const plain = text.replace(
    /\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
    (_, long?: string, unit?: string, byte?: string, other?: string) => {
      if (other !== undefined) return letters[other] ?? other
      const code = Number.parseInt(long ?? unit ?? byte ?? '0', 16)
      return code > 0x10ffff ? '\ud800' : String.fromCodePoint(code)
    },
  )
  if (!plain.isWellFormed() || plain.includes('\0'))
    throw new RowError(failures.argument, 'a JSON path names no such character')
  return plain
}
