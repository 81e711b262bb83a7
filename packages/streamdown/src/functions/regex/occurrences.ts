import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asCount, asText } from '../values.ts'
import { guardedRegExp } from './guarded-regexp.ts'
import { regexPattern } from './patterns.ts'

const define = definer('regex')
const { string, int } = types

/** Where the search begins, from 1 in characters, as an index into the text. */
function indexOf(text: string, start: Value | undefined): number {
  if (start === undefined) return 0
  const characters = asCount(start) - 1
  if (characters < 0) throw new RowError(failures.argument, 'the start of a search is counted from 1')
  let index = 0
  for (let i = 0; i < characters && index < text.length; i++) index += text.codePointAt(index)! > 0xffff ? 2 : 1
  return index
}

/** The matches from a position on. The flag `g` makes no sense where all, or the n-th, are looked for. */
export function occurrences(
  text: string,
  pattern: Value | undefined,
  start: Value | undefined,
  flags: Value | undefined,
) {
  const options = flags === undefined ? '' : asText(flags)
  const wrong = /[^bceimnpqstwx]/.exec(options)
  if (wrong !== null) throw new RowError(failures.argument, `"${wrong[0]}" is no option of a regular expression here`)
  const regex = regexPattern(asText(pattern), `${options}g`)
  regex.lastIndex = indexOf(text, start)
  return text.matchAll(regex)
}

function nth(matches: Iterable<RegExpExecArray>, n: number): RegExpExecArray | undefined {
  if (n < 1) throw new RowError(failures.argument, 'matches are counted from 1')
  let rest = n
  for (const match of matches) if (--rest === 0) return match
  return undefined
}

const countOr = (value: Value | undefined, otherwise: number): number =>
  value === undefined ? otherwise : asCount(value)

const place = (text: string, index: number): number => Array.from(text.slice(0, index)).length + 1

/** Where a match, or a group of it, starts and ends. */
function spanOf(match: RegExpExecArray, group: number): readonly [number, number] | undefined {
  if (group === 0) return [match.index, match.index + match[0].length]
  const span = match.indices?.[group]
  return span === undefined ? undefined : [span[0], span[1]]
}

function instr(args: readonly Value[]): number {
  const text = asText(args[0])
  const [, pattern, start, n, end, flags, group] = args
  const match = nth(occurrences(text, pattern, start, flags), countOr(n, 1))
  if (match === undefined) return 0
  const wanted = countOr(group, 0)
  const located = wanted === 0 ? match : locatedGroups(text, pattern, flags, match)
  const span = located === undefined ? undefined : spanOf(located, wanted)
  return span === undefined ? 0 : place(text, span[countOr(end, 0) === 0 ? 0 : 1])
}

/** The same match with the places of its groups. */
function locatedGroups(text: string, pattern: Value | undefined, flags: Value | undefined, match: RegExpExecArray) {
  const plain = regexPattern(asText(pattern), flags === undefined ? '' : asText(flags))
  const regex = guardedRegExp(plain.source, `${plain.flags.replace('d', '')}dy`)
  regex.lastIndex = match.index
  return regex.exec(text) ?? undefined
}

const listOfTexts: DataType = types.array(types.array(string))

/** The groups of a match; the match itself where there are none. */
export const groupsOf = (match: RegExpExecArray): readonly (string | null)[] =>
  match.length === 1 ? [match[0]] : match.slice(1).map(group => group ?? null)

/** Functions of all matches, or the n-th: counting, finding, taking out. */
export const occurrenceFunctions: readonly ScalarFunction[] = [
  define(
    'regexp_count',
    'How often the regular expression matches; from a position on, with flags.',
    [
      ["REGEXP_COUNT('a1b22', '[0-9]+')", '2'],
      ["REGEXP_COUNT('aAa', 'a', 2, 'i')", '2'],
    ],
    [
      js(
        ['text', 'text', 'int', 'text'],
        int,
        ([text, pattern, start, flags]) => Array.from(occurrences(asText(text), pattern, start, flags)).length,
        { optional: 2 },
      ),
    ],
  ),
  define(
    'regexp_instr',
    'Where the regular expression matches, from 1; 0: nowhere. May be given: where to start, which match, 1 for the place behind it, flags, which group.',
    [
      ["REGEXP_INSTR('abc12', '[0-9]')", '4'],
      ["REGEXP_INSTR('abcabc', 'b', 1, 2)", '5'],
    ],
    [js(['text', 'text', 'int', 'int', 'int', 'text', 'int'], int, instr, { optional: 5 })],
  ),
  define(
    'regexp_substr',
    'What the regular expression matches; NULL where it does not. May be given: where to start, which match, flags, which group.',
    [
      ["REGEXP_SUBSTR('abc12', '[0-9]+')", '12'],
      ["REGEXP_SUBSTR('k=1,k=2', 'k=(.)', 1, 2, 'i', 1)", '2'],
    ],
    [
      jsOrNull(
        ['text', 'text', 'int', 'int', 'text', 'int'],
        string,
        ([text, pattern, start, n, flags, group]) =>
          nth(occurrences(asText(text), pattern, start, flags), countOr(n, 1))?.[countOr(group, 0)] ?? null,
        { optional: 4 },
      ),
    ],
  ),
  define(
    'regexp_all_matches',
    "The groups of the first match, of all with flag 'g'; REGEXP_MATCHES gives them as rows.",
    [["regexp_all_matches('a1b2', '([a-z])([0-9])', 'g')", '[[a, 1], [b, 2]]']],
    [
      js(
        ['text', 'text', 'text'],
        listOfTexts,
        ([text, pattern, flags]) => {
          const options = flags === undefined ? '' : asText(flags)
          const found = Array.from(occurrences(asText(text), pattern, undefined, options.replaceAll('g', '')), groupsOf)
          return options.includes('g') ? found : found.slice(0, 1)
        },
        { optional: 1 },
      ),
    ],
  ),
]
