import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { textOf } from '../cast.ts'
import { definer, type FunctionContext, js, jsOrNull, kernel } from '../define.ts'
import { RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { regexPattern } from '../regex/patterns.ts'
import { asBigint, asBytes, asCount, asText } from '../values.ts'
import { formatText } from './format.ts'
import { quotedName, quotedText } from './quoting.ts'
import { unistr } from './unistr.ts'

const define = definer('string')
const { string, int, boolean } = types
const MAX_TEXT = 16 * 1024 * 1024

const points = (text: string): string[] => Array.from(text)

function limited(length: number): number {
  if (length > MAX_TEXT) throw new RowError(5, `a text of ${length} characters is too long`)
  return length
}

/** Text of any argument, as CAST to STRING gives it. */
const textual = (value: Value, i: number, { types: all, timeZone }: FunctionContext): string => {
  const type = all[i]
  return type === undefined || value === null ? '' : textOf(value, type, 'postgres', timeZone)
}

/** As PostgreSQL's output function prints a value: booleans as one letter. */
const printed = (value: Value, i: number, context: FunctionContext): string =>
  typeof value === 'boolean' ? (value ? 't' : 'f') : textual(value, i, context)

const pad =
  (left: boolean) =>
  (args: readonly Value[]): Value => {
    const text = points(asText(args[0]))
    const length = asCount(args[1])
    const fill = points(args[2] === undefined ? ' ' : asText(args[2]))
    if (length < 0) return null
    if (text.length >= length || fill.length === 0) return text.slice(0, length).join('')
    limited(length)
    const missing = length - text.length
    const added = Array.from({ length: missing }, (_, i) => fill[i % fill.length] ?? '').join('')
    return left ? added + text.join('') : text.join('') + added
  }

/** Where what is left begins and ends when the elements of a set are taken off. */
function kept<T>(
  elements: ArrayLike<T>,
  set: ReadonlySet<T>,
  left: boolean,
  right: boolean,
): readonly [number, number] {
  let from = 0
  let to = elements.length
  if (left) while (from < to && set.has(elements[from]!)) from++
  if (right) while (to > from && set.has(elements[to - 1]!)) to--
  return [from, to]
}

/** TRIM with the characters (or bytes) to take off. */
const trimming = (left: boolean, right: boolean): readonly Signature[] => [
  js(['text', 'text'], string, args => {
    const text = points(asText(args[0]))
    return text.slice(...kept(text, new Set(points(asText(args[1]))), left, right)).join('')
  }),
  js(['bytes', 'bytes'], types.bytes, args => {
    const data = asBytes(args[0])
    return data.slice(...kept(data, new Set(asBytes(args[1])), left, right))
  }),
]

/** Flink's substring counts a start below 1 from the end; PostgreSQL's counts it as before the text. */
function substringFlink(args: readonly Value[]): Value {
  const text = points(asText(args[0]))
  const start = asCount(args[1])
  const length = args[2] === undefined ? undefined : asCount(args[2])
  if (length !== undefined && length < 0) return null
  const from = start > 0 ? start - 1 : start < 0 ? text.length + start : 0
  if (from < 0 || from >= text.length) return ''
  return text.slice(from, length === undefined ? undefined : from + length).join('')
}

function substringPostgres(args: readonly Value[]): string {
  const start = asCount(args[1])
  const length = args[2] === undefined ? undefined : asCount(args[2])
  if (length !== undefined && length < 0) throw new RowError(5, 'a substring cannot have a negative length')
  const text = points(asText(args[0]))
  const end = length === undefined ? text.length : start - 1 + length
  return text.slice(Math.max(0, start - 1), Math.max(0, end)).join('')
}

export function positionOf(piece: string, text: string, from = 1): number {
  if (from < 1) return 0
  const all = points(text)
  const found = text.indexOf(piece, all.slice(0, from - 1).join('').length)
  return found < 0 ? 0 : points(text.slice(0, found)).length + 1
}

function splitPart(args: readonly Value[]): string {
  const text = asText(args[0])
  const separator = asText(args[1])
  const index = asCount(args[2])
  if (index === 0) throw new RowError(5, 'the field of SPLIT_PART must not be 0')
  const parts = separator === '' ? [text] : text.split(separator)
  return parts[index > 0 ? index - 1 : parts.length + index] ?? ''
}

function splitIndex(args: readonly Value[]): Value {
  const text = asText(args[0])
  const separator = typeof args[1] === 'string' ? args[1] : String.fromCodePoint(asCount(args[1]))
  const index = asCount(args[2])
  if (index < 0 || separator === '') return null
  return text.split(separator)[index] ?? null
}

function overlay(args: readonly Value[]): string {
  const text = points(asText(args[0]))
  const piece = asText(args[1])
  const start = asCount(args[2])
  const length = args[3] === undefined ? points(piece).length : asCount(args[3])
  if (start < 1 || start > text.length + 1) return text.join('')
  return text.slice(0, start - 1).join('') + piece + text.slice(Math.max(0, start - 1 + length)).join('')
}

const capital = (text: string): string =>
  text.toLowerCase().replace(/[\p{L}\p{N}]+/gu, word => {
    const [first = '', ...rest] = points(word)
    return first.toUpperCase() + rest.join('')
  })

function translate(args: readonly Value[]): string {
  const from = points(asText(args[1]))
  const to = points(asText(args[2]))
  const table = new Map<string, string>()
  for (const [i, character] of from.entries()) if (!table.has(character)) table.set(character, to[i] ?? '')
  return points(asText(args[0]))
    .map(character => table.get(character) ?? character)
    .join('')
}

/** Steps of one comparison: a minute of work is no answer to a row. */
const MAX_EDIT_STEPS = 1 << 28

function levenshtein(a: string, b: string): number {
  const left = codePoints(a)
  const right = codePoints(b)
  if (left.length * right.length > MAX_EDIT_STEPS)
    throw new RowError(5, `texts of ${left.length} and ${right.length} characters are too long to compare`)
  // Edits from the first i characters of the left to the first j of the right, for one i.
  const row = Uint32Array.from({ length: right.length + 1 }, (_, j) => j)
  for (let i = 0; i < left.length; i++) {
    let diagonal = i
    let edits = i + 1
    row[0] = edits
    for (let j = 0; j < right.length; j++) {
      const above = row[j + 1] ?? 0
      edits = Math.min(above + 1, edits + 1, diagonal + (left[i] === right[j] ? 0 : 1))
      diagonal = above
      row[j + 1] = edits
    }
  }
  return row[right.length] ?? 0
}

const codePoints = (text: string): Uint32Array => Uint32Array.from(points(text), point => point.codePointAt(0) ?? 0)

const repeat = (args: readonly Value[]): string => {
  const count = Math.max(0, asCount(args[1]))
  limited(asText(args[0]).length * count)
  return asText(args[0]).repeat(count)
}

export const stringFunctions: readonly ScalarFunction[] = [
  define(
    'upper',
    'The text in upper case.',
    [["UPPER('straße')", 'STRASSE']],
    [kernel(['text'], string, 'fn_upper', { otherwise: args => asText(args[0]).toUpperCase() })],
    { aliases: ['ucase'] },
  ),
  define(
    'lower',
    'The text in lower case.',
    [["LOWER('ÄB')", 'äb']],
    [kernel(['text'], string, 'fn_lower', { otherwise: args => asText(args[0]).toLowerCase() })],
    { aliases: ['lcase'] },
  ),
  define(
    'char_length',
    'The number of characters (code points).',
    [["CHAR_LENGTH('añb')", '3']],
    [
      kernel(['text'], int, 'fn_char_length'),
      js(['bytes'], int, args => (args[0] instanceof Uint8Array ? args[0].length : 0)),
    ],
    { aliases: ['character_length', 'length', 'len'] },
  ),
  define(
    'octet_length',
    'The number of bytes in UTF-8.',
    [["OCTET_LENGTH('añb')", '4']],
    [kernel(['text'], int, 'fn_octet_length'), kernel(['bytes'], int, 'fn_octet_length')],
  ),
  define(
    'bit_length',
    'Eight times the number of bytes.',
    [["BIT_LENGTH('ab')", '16']],
    [
      js(['text'], int, args => new TextEncoder().encode(asText(args[0])).length * 8),
      js(['bytes'], int, args => (args[0] instanceof Uint8Array ? args[0].length * 8 : 0)),
    ],
  ),
  define(
    'trim',
    'The text without blanks, or the given characters, at both ends; bytes without the given ones.',
    [
      ["TRIM('  a ')", 'a'],
      ["TRIM(BOTH 'x' FROM 'xxaxx')", 'a'],
      ["ENCODE(TRIM(X'00' FROM X'00ff00'), 'hex')", 'ff'],
    ],
    [kernel(['text'], string, 'fn_trim'), ...trimming(true, true)],
    { aliases: ['btrim'] },
  ),
  define(
    'ltrim',
    'The text without blanks, or the given characters, at its start.',
    [["LTRIM('  a ')", 'a ']],
    [kernel(['text'], string, 'fn_ltrim'), ...trimming(true, false)],
  ),
  define(
    'rtrim',
    'The text without blanks, or the given characters, at its end.',
    [["RTRIM('  a  ')", '  a']],
    [kernel(['text'], string, 'fn_rtrim'), ...trimming(false, true)],
  ),
  define(
    'substring',
    'The characters from a position (counted from 1), all or so many.',
    [
      ["SUBSTRING('streaming' FROM 1 FOR 6)", 'stream'],
      ["SUBSTR('streaming', 7)", 'ing'],
    ],
    [jsOrNull(['text', 'int', 'int'], string, substringFlink, { optional: 1 })],
    { aliases: ['substr', 'mid'], insteadIn: { functions: 'postgres', name: 'substring_postgres' } },
  ),
  define(
    'substring_postgres',
    'SUBSTRING in which a start below 1 lies before the text.',
    [["substring_postgres('streaming', 1, 6)", 'stream']],
    [
      js(['text', 'int', 'int'], string, substringPostgres, { optional: 1 }),
      jsOrNull(['text', 'text'], string, args => regexpSubstring(asText(args[0]), asText(args[1]))),
      js(
        ['bytes', 'int', 'int'],
        types.bytes,
        args => {
          const start = asCount(args[1])
          return args[0] instanceof Uint8Array
            ? args[0].slice(
                Math.max(0, start - 1),
                Math.max(0, start - 1 + (args[2] === undefined ? args[0].length : asCount(args[2]))),
              )
            : null
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'left',
    'The first n characters; none when n is negative.',
    [
      ["LEFT('stream', 3)", 'str'],
      ["LEFT('stream', -3)", ''],
    ],
    [kernel(['text', 'int'], string, 'fn_leftmost')],
    { insteadIn: { functions: 'postgres', name: 'left_postgres' } },
  ),
  define(
    'left_postgres',
    'LEFT as PostgreSQL has it: all but the last -n characters when n is negative.',
    [["left_postgres('stream', -2)", 'stre']],
    [kernel(['text', 'int'], string, 'fn_left')],
  ),
  define(
    'right',
    'The last n characters; none when n is negative.',
    [
      ["RIGHT('stream', 3)", 'eam'],
      ["RIGHT('stream', -3)", ''],
    ],
    [kernel(['text', 'int'], string, 'fn_rightmost')],
    { insteadIn: { functions: 'postgres', name: 'right_postgres' } },
  ),
  define(
    'right_postgres',
    'RIGHT as PostgreSQL has it: all but the first -n characters when n is negative.',
    [["right_postgres('stream', -2)", 'ream']],
    [kernel(['text', 'int'], string, 'fn_right')],
  ),
  define(
    'lpad',
    'The text filled up on the left to a length, or cut to it.',
    [["LPAD('7', 3, '0')", '007']],
    [jsOrNull(['text', 'int', 'text'], string, pad(true), { optional: 1 })],
  ),
  define(
    'rpad',
    'The text filled up on the right to a length, or cut to it.',
    [["RPAD('ab', 4, '.')", 'ab..']],
    [jsOrNull(['text', 'int', 'text'], string, pad(false), { optional: 1 })],
  ),
  define(
    'position',
    'Where the first text occurs in the second, from 1; 0: nowhere.',
    [["POSITION('am' IN 'stream')", '5']],
    [kernel(['text', 'text'], int, 'fn_position')],
  ),
  define(
    'locate',
    'Where the first text occurs in the second, from a position on.',
    [["LOCATE('a', 'banana', 3)", '4']],
    [
      js(
        ['text', 'text', 'int'],
        int,
        args => positionOf(asText(args[0]), asText(args[1]), args[2] === undefined ? 1 : asCount(args[2])),
        { optional: 1 },
      ),
    ],
  ),
  define(
    'instr',
    'Where the second text occurs in the first, from 1; 0: nowhere.',
    [["INSTR('stream', 'am')", '5']],
    [js(['text', 'text'], int, args => positionOf(asText(args[1]), asText(args[0])))],
    { aliases: ['strpos'] },
  ),
  define(
    'replace',
    'Every occurrence of the second text replaced by the third.',
    [["REPLACE('a-b-c', '-', '+')", 'a+b+c']],
    [
      js(['text', 'text', 'text'], string, args =>
        args[1] === '' ? asText(args[0]) : asText(args[0]).replaceAll(asText(args[1]), () => asText(args[2])),
      ),
    ],
  ),
  define(
    'overlay',
    'The characters from a position on replaced by a text.',
    [["OVERLAY('abcdef' PLACING 'XX' FROM 2 FOR 3)", 'aXXef']],
    [js(['text', 'text', 'int', 'int'], string, overlay, { optional: 1 })],
  ),
  define(
    'reverse',
    'The characters, or bytes, in opposite order.',
    [
      ["REVERSE('abc')", 'cba'],
      ["ENCODE(REVERSE(X'abcd'), 'hex')", 'cdab'],
    ],
    [
      js(['text'], string, args => points(asText(args[0])).reverse().join('')),
      js(['bytes'], types.bytes, args => asBytes(args[0]).slice().reverse()),
    ],
  ),
  define('repeat', 'The text n times.', [["REPEAT('ab', 3)", 'ababab']], [js(['text', 'int'], string, repeat)]),
  define(
    'space',
    'A text of n blanks.',
    [["SPACE(2) || 'x'", '  x']],
    [js(['int'], string, args => ' '.repeat(limited(Math.max(0, asCount(args[0])))))],
  ),
  define(
    'concat',
    'All arguments as one text; NULL when one is NULL.',
    [["CONCAT('a', 'b', 'c')", 'abc']],
    [
      js(['each', 'each'], string, (args, context) => args.map((value, i) => textual(value, i, context)).join(''), {
        variadic: true,
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'concat_known' } },
  ),
  define(
    'concat_known',
    'CONCAT in which NULL counts as the empty text.',
    [["concat_known('a', NULL, 'c')", 'ac']],
    [
      js(['each', 'each'], string, (args, context) => args.map((value, i) => printed(value, i, context)).join(''), {
        variadic: true,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'concat_ws',
    'The arguments that are not NULL as one text, with a separator between them.',
    [["CONCAT_WS('-', 'a', NULL, 'c')", 'a-c']],
    [
      js(
        ['text', 'each'],
        string,
        (args, context) => {
          const [separator, ...rest] = args
          if (typeof separator !== 'string') return null
          return rest.flatMap((value, i) => (value === null ? [] : [printed(value, i + 1, context)])).join(separator)
        },
        { variadic: true, nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { strict: false },
  ),
  define(
    'split_index',
    'The part number n (from 0) between separators; NULL where there is none.',
    [["SPLIT_INDEX('a,b,c', ',', 1)", 'b']],
    [jsOrNull(['text', 'text', 'int'], string, splitIndex), jsOrNull(['text', 'int', 'int'], string, splitIndex)],
  ),
  define(
    'split_part',
    'The part number n (from 1; negative: from the end) between separators; empty where there is none.',
    [["SPLIT_PART('a,b,c', ',', 2)", 'b']],
    [js(['text', 'text', 'int'], string, splitPart)],
  ),
  define(
    'ascii',
    'The code point of the first character; 0 for the empty text.',
    [["ASCII('A')", '65']],
    [js(['text'], int, args => asText(args[0]).codePointAt(0) ?? 0)],
  ),
  define(
    'chr',
    'The character of the lowest byte of a number; nothing for a negative one.',
    [
      ['CHR(97)', 'a'],
      ['CHR(353)', 'a'],
    ],
    [
      js(['bigint'], string, args => {
        const code = asBigint(args[0])
        return code < 0n ? '' : String.fromCharCode(Number(code & 0xffn))
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'chr_postgres' } },
  ),
  define(
    'chr_postgres',
    'CHR as PostgreSQL has it: the character of a code point.',
    [['chr_postgres(65)', 'A']],
    [
      js(['int'], string, args => {
        const code = asCount(args[0])
        if (code < 1 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
          throw new RowError(5, `${code} is no character`)
        return String.fromCodePoint(code)
      }),
    ],
  ),
  define(
    'initcap',
    'Each word with a capital first letter.',
    [["INITCAP('hello wORLD')", 'Hello World']],
    [js(['text'], string, args => capital(asText(args[0])))],
  ),
  define(
    'translate',
    'Each character of the second text replaced by the one at its place in the third, or dropped.',
    [["TRANSLATE('12345', '143', 'ax')", 'a2x5']],
    [js(['text', 'text', 'text'], string, translate)],
  ),
  define(
    'starts_with',
    'Whether the text begins with another.',
    [["STARTS_WITH('stream', 'str')", 'TRUE']],
    [kernel(['text', 'text'], boolean, 'fn_starts_with')],
    { aliases: ['startswith', '^@'] },
  ),
  define(
    'ends_with',
    'Whether the text ends with another.',
    [["ENDSWITH('stream', 'eam')", 'TRUE']],
    [kernel(['text', 'text'], boolean, 'fn_ends_with')],
    { aliases: ['endswith'] },
  ),
  define(
    'contains',
    'Whether the text has another in it.',
    [["CONTAINS('stream', 'rea')", 'TRUE']],
    [kernel(['text', 'text'], boolean, 'fn_contains')],
  ),
  define(
    'format',
    'A text with %s (value), %I (name) and %L (literal) filled in.',
    [["FORMAT('%s has %s', 'x', 3)", 'x has 3']],
    [
      js(
        ['text', 'each'],
        string,
        (args, context) =>
          args[0] === null
            ? null
            : formatText(asText(args[0]), args.slice(1), (value, i) => printed(value, i + 1, context)),
        {
          variadic: true,
          nullable: args => args[0]?.nullable ?? true,
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'printf',
    "A text with C's conversions (%d, %05.2f, %s, %x) filled in.",
    [["PRINTF('%03d|%s', 7, 'a')", '007|a']],
    [
      js(
        ['text', 'each'],
        string,
        (args, context) => printfText(asText(args[0]), args.slice(1), (value, i) => textual(value, i + 1, context)),
        { variadic: true },
      ),
    ],
  ),
  define(
    'elt',
    'The argument number n of those behind it.',
    [["ELT(2, 'a', 'b')", 'b']],
    [jsOrNull(['int', 'text'], string, args => args[asCount(args[0])] ?? null, { variadic: true })],
  ),
  define(
    'substring_index',
    'What stands before the n-th separator; behind it, from the end, when n is negative.',
    [["SUBSTRING_INDEX('a.b.c', '.', 2)", 'a.b']],
    [
      js(['text', 'text', 'int'], string, args => {
        const parts = asText(args[0]).split(asText(args[1]))
        const count = asCount(args[2])
        return (count >= 0 ? parts.slice(0, count) : parts.slice(count)).join(asText(args[1]))
      }),
    ],
  ),
  define(
    'levenshtein',
    'The number of edits between two texts.',
    [["LEVENSHTEIN('kitten', 'sitting')", '3']],
    [js(['text', 'text'], int, args => levenshtein(asText(args[0]), asText(args[1])))],
  ),
  define(
    'quote_literal',
    'The text as a SQL string.',
    [["QUOTE_LITERAL('it''s')", "'it''s'"]],
    [js(['each'], string, (args, context) => quotedText(textual(args[0] ?? null, 0, context)))],
  ),
  define(
    'quote_ident',
    'The text as a SQL name.',
    [["QUOTE_IDENT('my col')", '"my col"']],
    [js(['text'], string, args => quotedName(asText(args[0])))],
  ),
  define(
    'quote_nullable',
    'The text as a SQL string, NULL as the word.',
    [['QUOTE_NULLABLE(NULL)', 'NULL']],
    [
      js(
        ['each'],
        string,
        (args, context) =>
          args[0] === null || args[0] === undefined ? 'NULL' : quotedText(textual(args[0], 0, context)),
        { nullable: false },
      ),
    ],
    { strict: false },
  ),
  define(
    'unistr',
    'The text with the Unicode characters of \\0061, \\+000061, \\u0061 and \\U00000061.',
    [["UNISTR('d\\0061t\\+000061')", 'data']],
    [js(['text'], string, args => unistr(asText(args[0])))],
  ),
  define(
    'casefold',
    'The text in the one case in which texts are compared without regard to case.',
    [["CASEFOLD('STRASSE') = CASEFOLD('straße')", 'TRUE']],
    [js(['text'], string, args => asText(args[0]).toUpperCase().toLowerCase())],
  ),
  define(
    'regexp_quote',
    'The text with the characters that mean something in regular expressions escaped.',
    [["REGEXP_QUOTE('a.b')", 'a\\.b']],
    [js(['text'], string, args => asText(args[0]).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))],
  ),
  define(
    'normalize',
    'The text in Unicode normal form NFC.',
    [["CHAR_LENGTH(NORMALIZE('e' || chr_postgres(769)))", '1']],
    [
      js(
        ['text', 'text'],
        string,
        args => {
          const form = args[1] === undefined ? 'NFC' : asText(args[1]).toUpperCase()
          if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form)) throw new RowError(5, `${form} is no normal form`)
          return asText(args[0]).normalize(form)
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'to_ascii',
    'The text with letters stripped of their accents.',
    [["TO_ASCII('Ärger')", 'Arger']],
    [
      js(['text'], string, args =>
        asText(args[0])
          .normalize('NFD')
          .replace(/\p{M}/gu, '')
          .replace(/[^\p{ASCII}]/gu, ''),
      ),
    ],
  ),
]

function regexpSubstring(text: string, pattern: string): Value {
  const match = regexPattern(pattern).exec(text)
  return match === null ? null : (match[1] ?? match[0])
}

function printfText(format: string, values: readonly Value[], text: (value: Value, i: number) => string): string {
  let next = 0
  return format.replace(
    /%(?:(%)|([-+0 #]*)(\d+)?(?:\.(\d+))?([diufegxXoscb]))/g,
    (whole, percent, flags = '', width, precision, kind) => {
      if (percent !== undefined) return '%'
      const value = values[next]
      if (value === undefined) throw new RowError(5, `the format needs more arguments than ${values.length}`)
      const shown = text(value, next++)
      const body = printfPart(kind, shown, precision === undefined ? undefined : Number(precision), whole)
      const signed = flags.includes('+') && !body.startsWith('-') && 'difeg'.includes(kind) ? `+${body}` : body
      const size = Number(width ?? 0)
      if (flags.includes('-')) return signed.padEnd(size)
      if (!flags.includes('0') || 'sc'.includes(kind)) return signed.padStart(size)
      return /^[+-]/.test(signed)
        ? signed.charAt(0) + signed.slice(1).padStart(size - 1, '0')
        : signed.padStart(size, '0')
    },
  )
}

function printfPart(kind: string, shown: string, precision: number | undefined, whole: string): string {
  switch (kind) {
    case 's':
      return precision === undefined ? shown : shown.slice(0, precision)
    case 'c':
      return shown.slice(0, 1)
    case 'd':
    case 'i':
    case 'u':
      return BigInt(shown.split('.')[0] ?? '0').toString()
    case 'f':
      return Number(shown).toFixed(precision ?? 6)
    case 'e':
      return Number(shown)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
    case 'g':
      return String(Number(Number(shown).toPrecision(precision ?? 6)))
    case 'x':
    case 'X': {
      const hex = BigInt.asUintN(64, BigInt(shown)).toString(16)
      return kind === 'x' ? hex : hex.toUpperCase()
    }
    case 'o':
      return BigInt.asUintN(64, BigInt(shown)).toString(8)
    case 'b':
      return shown
    default:
      throw new RowError(5, `unknown conversion ${whole}`)
  }
}
