import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, jsOrNull } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asCount, asText } from '../values.ts'
import { groupsOf, occurrenceFunctions, occurrences } from './occurrences.ts'
import { regexPattern } from './patterns.ts'

const define = definer('regex')
const { string, boolean } = types

/** Java's `$1` and PostgreSQL's `\1` in a replacement. */
const replacement = (text: string, postgres: boolean): string =>
  postgres
    ? text
        .replaceAll('$', '$$$$')
        .replace(/\\(\d|&|\\)/g, (_, c: string) => (c === '&' ? '$&' : c === '\\' ? '\\' : `$${c}`))
    : text.replace(/\\(.)/g, (_, c: string) => (c === '$' ? '$$' : c))

function extract(args: readonly Value[]): Value {
  const match = regexPattern(asText(args[1])).exec(asText(args[0]))
  return match?.[args[2] === undefined ? 0 : asCount(args[2])] ?? null
}

/** From a position on the n-th match is replaced; all of them when n is 0. */
function replaceNth([given, pattern, by, start, n, flags]: readonly Value[]): string {
  const text = asText(given)
  const wanted = n === undefined ? 1 : asCount(n)
  const regex = regexPattern(asText(pattern), flags === undefined ? '' : asText(flags))
  const put = replacement(asText(by), true)
  let out = ''
  let done = 0
  let count = 0
  for (const match of occurrences(text, pattern, start, flags)) {
    if (wanted !== 0 && ++count !== wanted) continue
    out += text.slice(done, match.index) + match[0].replace(regex, put)
    done = match.index + match[0].length
  }
  return out + text.slice(done)
}

function matches(text: string, pattern: string, flags: string): RegExpExecArray[] {
  return Array.from(text.matchAll(regexPattern(pattern, `${flags.replace('g', '')}g`)))
}

export const regexFunctions: readonly ScalarFunction[] = [
  define(
    'regexp_like',
    'Whether the regular expression matches somewhere in the text.',
    [["REGEXP_LIKE('abc123', '[0-9]+')", 'TRUE']],
    [
      js(
        ['text', 'text', 'text'],
        boolean,
        args => regexPattern(asText(args[1]), args[2] === undefined ? '' : asText(args[2])).test(asText(args[0])),
        { optional: 1 },
      ),
    ],
    { aliases: ['regexp', 'rlike'] },
  ),
  define(
    'regexp_extract',
    'What the regular expression, or its group, matches first; NULL where it does not.',
    [["REGEXP_EXTRACT('channel_id=42', 'id=(\\d+)', 1)", '42']],
    [jsOrNull(['text', 'text', 'int'], string, extract, { optional: 1 })],
  ),
  define(
    'regexp_extract_all',
    'All matches of the regular expression, or of its group.',
    [["REGEXP_EXTRACT_ALL('a1b22', '[0-9]+')", '[1, 22]']],
    [
      js(
        ['text', 'text', 'int'],
        types.array(string),
        args => {
          const group = args[2] === undefined ? 0 : asCount(args[2])
          return matches(asText(args[0]), asText(args[1]), '').map(match => match[group] ?? null)
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'regexp_replace',
    'Every match of the regular expression replaced.',
    [["REGEXP_REPLACE('a1b22', '[0-9]+', '#')", 'a#b#']],
    [
      js(['text', 'text', 'text'], string, args =>
        asText(args[0]).replace(regexPattern(asText(args[1]), 'g'), replacement(asText(args[2]), false)),
      ),
    ],
    { insteadIn: { functions: 'postgres', name: 'regexp_replace_first' } },
  ),
  define(
    'regexp_replace_first',
    "REGEXP_REPLACE as PostgreSQL has it: the first match, all with flag 'g'; or where to start, which match (0: all) and flags.",
    [
      ["regexp_replace_first('a1b22', '[0-9]+', '#')", 'a#b22'],
      ["regexp_replace_first('aaaa', 'a', 'b', 2, 2)", 'aaba'],
    ],
    [
      js(
        ['text', 'text', 'text', 'text'],
        string,
        args => {
          const flags = args[3] === undefined ? '' : asText(args[3])
          return asText(args[0]).replace(regexPattern(asText(args[1]), flags), replacement(asText(args[2]), true))
        },
        { optional: 1 },
      ),
      js(['text', 'text', 'text', 'int', 'int', 'text'], string, replaceNth, { optional: 2 }),
    ],
  ),
  ...occurrenceFunctions,
  define(
    'regexp_match',
    'The groups of the first match (the match itself where there are none); NULL without a match.',
    [["REGEXP_MATCH('foobar', '(o+)(b)')", '[oo, b]']],
    [
      jsOrNull(
        ['text', 'text', 'text'],
        types.array(string),
        args => {
          const match = regexPattern(
            asText(args[1]),
            args[2] === undefined ? '' : asText(args[2]).replace('g', ''),
          ).exec(asText(args[0]))
          return match === null ? null : groupsOf(match)
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'regexp_split_to_array',
    'The text cut at every match.',
    [["REGEXP_SPLIT_TO_ARRAY('a, b,c', ',\\s*')", '[a, b, c]']],
    [js(['text', 'text'], types.array(string), args => asText(args[0]).split(regexPattern(asText(args[1]))))],
  ),
]
