import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBytes, asCount, asText } from '../values.ts'
import { limited, points } from './shared.ts'

const define = definer('string')
const { string } = types

function overlay(args: readonly Value[]): string {
  const text = points(asText(args[0]))
  const piece = asText(args[1])
  const start = asCount(args[2])
  const length = args[3] === undefined ? points(piece).length : asCount(args[3])
  if (start < 1 || start > text.length + 1) return text.join('')
  return text.slice(0, start - 1).join('') + piece + text.slice(Math.max(0, start - 1 + length)).join('')
}

/** As in PostgreSQL, which knows no position before the first, and appends behind the last. */
function overlayFromFirst(args: readonly Value[]): string {
  const text = points(asText(args[0]))
  const piece = asText(args[1])
  const start = asCount(args[2])
  const length = args[3] === undefined ? points(piece).length : asCount(args[3])
  if (start < 1) throw new RowError(failures.argument, 'OVERLAY begins at a position from 1')
  return text.slice(0, start - 1).join('') + piece + text.slice(Math.max(0, start - 1 + length)).join('')
}

function overlayBytes([value, by, from, count]: readonly Value[]): Uint8Array {
  const [whole, piece] = [asBytes(value), asBytes(by)]
  const start = asCount(from)
  if (start < 1) throw new RowError(failures.argument, 'a substring cannot have a negative length')
  const end = Math.max(0, start - 1 + (count === undefined ? piece.length : asCount(count)))
  return Uint8Array.from([...whole.slice(0, start - 1), ...piece, ...whole.slice(end)])
}

function translate(args: readonly Value[]): string {
  const from = points(asText(args[1]))
  const to = points(asText(args[2]))
  const table = new Map<string, string>()
  for (const [i, character] of from.entries()) if (!table.has(character)) table.set(character, to[i] ?? '')
  return points(asText(args[0]))
    .map(character => table.get(character) ?? character)
    .join('')
}

const repeat = (args: readonly Value[]): string => {
  const count = Math.max(0, asCount(args[1]))
  limited(asText(args[0]).length * count)
  return asText(args[0]).repeat(count)
}

/** A text with parts replaced, turned or repeated. */
export const replacingFunctions: readonly ScalarFunction[] = [
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
    [
      js(['text', 'text', 'int', 'int'], string, overlay, { optional: 1 }),
      js(['bytes', 'bytes', 'int', 'int'], types.bytes, overlayBytes, { optional: 1 }),
    ],
    { insteadIn: { functions: 'postgres', name: 'overlay_from_first' } },
  ),
  define(
    'overlay_from_first',
    'The characters from a position on replaced by a text; a position before the first fails, one behind the last appends.',
    [["overlay_from_first('abc', 'XX', 10)", 'abcXX']],
    [
      js(['text', 'text', 'int', 'int'], string, overlayFromFirst, { optional: 1 }),
      js(['bytes', 'bytes', 'int', 'int'], types.bytes, overlayBytes, { optional: 1 }),
    ],
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
    'translate',
    'Each character of the second text replaced by the one at its place in the third, or dropped.',
    [["TRANSLATE('12345', '143', 'ax')", 'a2x5']],
    [js(['text', 'text', 'text'], string, translate)],
  ),
]
