import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { beginsOf, effortOf } from './backtracking.ts'
import { guardedRegExp } from './guarded-regexp.ts'
import { searchLinear } from './linear-matcher.ts'
import { linearProgram } from './linear-program.ts'
import { parsePattern } from './pattern-tree.ts'

const runs = Number(process.env['FC_RUNS'] ?? 2000)

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', ' ', '\n', 'é', '😀', 'ſ'), maxLength: 10 })
const character = fc.constantFrom(
  'a',
  'b',
  'é',
  '😀',
  '.',
  '\\w',
  '\\W',
  '\\s',
  '[ab]',
  '[^a]',
  '[\\d😀]',
  '\\p{L}',
  '\\n',
)
const times = fc.constantFrom('', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{2,}')
const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>(tie => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map(parts => parts.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 3 }).map(parts => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(character, times).map(parts => parts.join('')),
    fc.tuple(character, times).map(parts => parts.join('')),
    fc.constantFrom('^', '$', '\\b', '\\B'),
    fc.tuple(fc.constantFrom('(', '(?:'), tie('pattern'), times).map(([open, inner, n]) => `${open}${inner})${n}`),
    fc.tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
  ),
}))

/** Where JavaScript's own matcher finds the pattern, and its groups. */
function spans(regex: RegExp, from: number, s: string): readonly (readonly [number, number] | undefined)[] | undefined {
  regex.lastIndex = from
  const match = regex.exec(s)
  return match === null ? undefined : Array.from(match.indices ?? [])
}

const isWithinCharacter = (s: string, at: number): boolean => /^[\udc00-\udfff]/.test(s.slice(at))

test('the linear matcher finds what JavaScript finds, with all groups', () => {
  fc.assert(
    fc.property(
      pattern,
      fc.constantFrom('u', 'iu', 'su', 'mu', '', 'i'),
      text,
      fc.nat(3),
      (source, flags, drawn, from) => {
        const regex = new RegExp(source, `${flags}gd`)
        const parsed = parsePattern(regex)
        assert.ok(parsed !== undefined, source)
        const program = linearProgram(parsed, flags)
        assert.ok(program !== undefined, source)
        // JavaScript's own matcher must end, too.
        const { power, bits } = effortOf(parsed, regex)
        const s = power === Number.POSITIVE_INFINITY || bits > 16 ? [...drawn].slice(0, 4).join('') : drawn
        const start = Math.min(from, s.length)
        const expected = spans(regex, start, s)
        // V8 finds nothing at places within a character, too, which the standard does not.
        if (regex.unicode && [start, expected?.[0]?.[0] ?? 0].some(at => isWithinCharacter(s, at))) return
        const { unicode, multiline, ignoreCase } = regex
        const search = {
          text: s,
          groups: parsed.groups,
          unicode,
          multiline,
          ignoreCase,
          begins: beginsOf(parsed, regex),
        }
        const places = searchLinear(program, search, start, false)
        assert.notEqual(places, 'too long')
        const got =
          places === undefined || places === 'too long'
            ? undefined
            : Array.from({ length: parsed.groups + 1 }, (_, i) =>
                (places[i * 2] ?? -1) < 0 ? undefined : [places[i * 2], places[i * 2 + 1]],
              )
        assert.deepEqual(got, expected, `/${source}/${flags} in ${JSON.stringify(s)} from ${start}`)
      },
    ),
    { numRuns: runs },
  )
})

/** Patterns that take JavaScript longer than the age of the universe, texts and what they match there. */
const many = 'a'.repeat(2000)
const hostile: readonly (readonly [source: string, text: string, match: string | null])[] = [
  ['^(a+)+$', `${many}!`, null],
  ['^(a+)+$', many, many],
  ['(a*)*b', many, null],
  ['(x+x+)+y', 'x'.repeat(2000), null],
  ['^(a|aa)+$', `${many}b`, null],
  ['(?:a{1,20}){1,20}c', many, null],
  ['^(?!b)(a+)+$', `${many}b`, null],
  ['(?<=a)(a|a)+$', `${many} `, null],
  ['^(\\w+\\s?)*$', `${'word '.repeat(1000)}!`, null],
  ['(.*)(.*)(.*)(.*)(.*)[^a]$', many, null],
  ['^([a-z0-9]+[._-]?)+@example$', `${many}@other`, null],
]

test('hostile patterns over hostile texts end, with the right answer', () => {
  for (const [source, s, match] of hostile) {
    const regex = guardedRegExp(source, 'u')
    assert.equal(regex.exec(s)?.[0] ?? null, match, source)
    assert.equal(regex.test(s), match !== null)
  }
  assert.equal(
    'aaaa,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.replace(guardedRegExp('(a+)+,', 'gu'), '<$1>'),
    `<aaaa>${'a'.repeat(42)}!`,
  )
  const long = 'a'.repeat(40)
  assert.deepEqual(`${long}b${long}`.split(guardedRegExp('(?:a+)+b', 'u')), ['', long])
  const found = [...`x=${long};y=${long}`.matchAll(guardedRegExp('(?<name>\\w)=((a+)+)', 'gu'))]
  assert.deepEqual(
    found.map(({ groups, index }) => [groups?.['name'], index]),
    [
      ['x', 0],
      ['y', 43],
    ],
  )
  assert.throws(() => guardedRegExp('((a{1,999}){1,999}){1,999}', 'u').exec(`${long}b`), /too many repetitions/)
})

test('patterns whose choices the next character decides are left to JavaScript', () => {
  const power = (source: string, flags = 'u'): number => {
    const regex = new RegExp(source, flags)
    return effortOf(parsePattern(regex) ?? assert.fail(source), regex).power
  }
  assert.equal(power('^[a-z]+=[0-9]+$'), 1)
  assert.equal(power('(&|^)channel_id=([^&]*)'), 2)
  assert.equal(power('^(\\w+,)*$'), 1)
  assert.equal(power('^https?://([^/]+)/(.*)$'), 1)
  assert.equal(power('^.*foo.*bar'), 3)
  assert.equal(power('^(\\w+\\s?)*$'), Number.POSITIVE_INFINITY)
  assert.equal(power('^(?:\\d+|\\w+)*!'), Number.POSITIVE_INFINITY)
})
