import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, kernel } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBytes, asCount, asText } from '../values.ts'
import { points } from './shared.ts'

const define = definer('string')
const { int, boolean } = types

function positionOf(piece: string, text: string, from = 1): number {
  if (from < 1) return 0
  const all = points(text)
  const found = text.indexOf(piece, all.slice(0, from - 1).join('').length)
  return found < 0 ? 0 : points(text.slice(0, found)).length + 1
}

/** Where the n-th occurrence from a position on begins; a negative position counts from the end, and goes back. */
function occurrence(args: readonly Value[]): number {
  const text = points(asText(args[0]))
  const piece = points(asText(args[1]))
  const start = asCount(args[2])
  let left = args[3] === undefined ? 1 : asCount(args[3])
  if (start === 0 || left < 1 || piece.length === 0) return 0
  const step = Math.sign(start)
  for (let at = start > 0 ? start - 1 : text.length + start; at >= 0 && at < text.length; at += step) {
    if (piece.every((point, i) => text[at + i] === point) && --left === 0) return at + 1
  }
  return 0
}

const bytesAt = (whole: Uint8Array, part: Uint8Array, at: number): boolean =>
  at >= 0 && part.every((byte, i) => whole[at + i] === byte) && at + part.length <= whole.length

/** Steps of one comparison: a minute of work is no answer to a row. */
const MAX_EDIT_STEPS = 1 << 28

function levenshtein(a: string, b: string): number {
  const left = codePoints(a)
  const right = codePoints(b)
  if (left.length * right.length > MAX_EDIT_STEPS)
    throw new RowError(
      failures.argument,
      `texts of ${left.length} and ${right.length} characters are too long to compare`,
    )
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

/** Where and whether a text holds another, and how far they are apart. */
export const searchingFunctions: readonly ScalarFunction[] = [
  define(
    'position',
    'Where the first text occurs in the second, from 1; 0: nowhere.',
    [["POSITION('am' IN 'stream')", '5']],
    [
      kernel(['text', 'text'], int, 'fn_position'),
      js(['bytes', 'bytes'], int, args => {
        const [part, whole] = [asBytes(args[0]), asBytes(args[1])]
        for (let at = 0; at + part.length <= whole.length; at++) if (bytesAt(whole, part, at)) return at + 1
        return 0
      }),
    ],
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
    'Where the second text occurs in the first, from 1; 0: nowhere. May be given: where to start (negative: from the end, backwards), and which occurrence.',
    [
      ["INSTR('stream', 'am')", '5'],
      ["INSTR('Corporate Floor', 'or', 3, 2)", '14'],
    ],
    [
      js(['text', 'text'], int, args => positionOf(asText(args[1]), asText(args[0]))),
      js(['text', 'text', 'int', 'int'], int, occurrence, { optional: 1 }),
    ],
    { aliases: ['strpos'] },
  ),
  define(
    'starts_with',
    'Whether the text begins with another.',
    [["STARTS_WITH('stream', 'str')", 'TRUE']],
    [
      kernel(['text', 'text'], boolean, 'fn_starts_with'),
      js(['bytes', 'bytes'], boolean, args => bytesAt(asBytes(args[0]), asBytes(args[1]), 0)),
    ],
    { aliases: ['startswith', '^@'] },
  ),
  define(
    'ends_with',
    'Whether the text ends with another.',
    [["ENDSWITH('stream', 'eam')", 'TRUE']],
    [
      kernel(['text', 'text'], boolean, 'fn_ends_with'),
      js(['bytes', 'bytes'], boolean, args => {
        const [whole, part] = [asBytes(args[0]), asBytes(args[1])]
        return bytesAt(whole, part, whole.length - part.length)
      }),
    ],
    { aliases: ['endswith'] },
  ),
  define(
    'contains',
    'Whether the text has another in it.',
    [["CONTAINS('stream', 'rea')", 'TRUE']],
    [kernel(['text', 'text'], boolean, 'fn_contains')],
  ),
  define(
    'levenshtein',
    'The number of edits between two texts.',
    [["LEVENSHTEIN('kitten', 'sitting')", '3']],
    [js(['text', 'text'], int, args => levenshtein(asText(args[0]), asText(args[1])))],
  ),
]
