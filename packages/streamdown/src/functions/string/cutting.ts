import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, jsOrNull, kernel } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { regexPattern } from '../regex/patterns.ts'
import { asBytes, asCount, asText } from '../values.ts'
import { points } from './shared.ts'

const define = definer('string')
const { string } = types

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
  const text = points(asText(args[0]))
  const { from, to } = piece(asCount(args[1]), args[2], text.length)
  return text.slice(from, to).join('')
}

/** From and to where a piece lies that starts at a place counted from 1, which may lie before the whole. */
function piece(start: number, length: Value | undefined, size: number): { readonly from: number; readonly to: number } {
  const count = length === undefined ? undefined : asCount(length)
  if (count !== undefined && count < 0)
    throw new RowError(failures.argument, 'a substring cannot have a negative length')
  return { from: Math.max(0, start - 1), to: Math.max(0, count === undefined ? size : start - 1 + count) }
}

function splitPart(args: readonly Value[]): string {
  const text = asText(args[0])
  const separator = asText(args[1])
  const index = asCount(args[2])
  if (index === 0) throw new RowError(failures.argument, 'the field of SPLIT_PART must not be 0')
  const parts = separator === '' ? [text] : text.split(separator)
  return parts[index > 0 ? index - 1 : parts.length + index] ?? ''
}

/** The separator as a code, 1 to 255. */
function splitAtCode(args: readonly Value[]): Value {
  const code = asCount(args[1])
  return code < 1 || code > 255 ? null : splitIndex([args[0] ?? null, String.fromCodePoint(code), args[2] ?? null])
}

function splitIndex(args: readonly Value[]): Value {
  const text = asText(args[0])
  const separator = asText(args[1])
  const index = asCount(args[2])
  if (index < 0 || separator === '') return null
  return text.split(separator)[index] ?? null
}

function regexpSubstring(text: string, pattern: string): Value {
  const match = regexPattern(pattern).exec(text)
  return match === null ? null : (match[1] ?? match[0])
}

/** A part of a text. */
export const cuttingFunctions: readonly ScalarFunction[] = [
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
        ([bytes, start, length]) => {
          const whole = asBytes(bytes)
          const { from, to } = piece(asCount(start), length, whole.length)
          return whole.slice(from, to)
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
    'split_index',
    'The part number n (from 0) between separators; NULL where there is none.',
    [["SPLIT_INDEX('a,b,c', ',', 1)", 'b']],
    [jsOrNull(['text', 'text', 'int'], string, splitIndex), jsOrNull(['text', 'int', 'int'], string, splitAtCode)],
  ),
  define(
    'split_part',
    'The part number n (from 1; negative: from the end) between separators; empty where there is none.',
    [["SPLIT_PART('a,b,c', ',', 2)", 'b']],
    [js(['text', 'text', 'int'], string, splitPart)],
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
]
