import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, jsOrNull, kernel } from '../define.ts'
import type { ScalarFunction, Signature } from '../definition.ts'
import { asBytes, asCount, asText } from '../values.ts'
import { limited, points } from './shared.ts'

const define = definer('string')
const { string } = types

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

/** What stands at the ends of a text: taken off or added. */
export const trimmingFunctions: readonly ScalarFunction[] = [
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
]
