import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { effortOf } from '../functions/regex/backtracking.ts'
import { byteProgram } from '../functions/regex/byte-program.ts'
import { parsePattern } from '../functions/regex/pattern-tree.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { runSql } from './expressions.fixture.ts'

const runs = Number(process.env.DSD_RUNS ?? 300)
const schema: Schema = [field('s', types.string)]
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '&', '=', '-', '1', '\n', 'é', '日', '😀', '\u2028'),
  maxLength: 24,
})

const character = fc.constantFrom('a', 'b', '=', '.', '[^&]', '[a-c]', '[-1]', '\\d', '\\w', '\\W', '\\.', '[^\\w=]')
const item = fc
  .tuple(character, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{1,}'))
  .map(parts => parts.join(''))
const { pattern } = fc.letrec<{ pattern: string; sequence: string; part: string }>(tie => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map(parts => parts.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 4 }).map(parts => parts.join('')),
  part: fc.oneof(
    { depthSize: 'small' },
    item,
    item,
    fc.constantFrom('^', '$', 'ab', '&'),
    fc.tuple(fc.constantFrom('(', '(?:'), tie('pattern')).map(([open, inner]) => `${open}${inner})`),
  ),
}))

/** Texts that a search with many ways takes so many steps over that it marks them, and JavaScript not too many. */
function stretched(texts: readonly string[], source: string): readonly string[] {
  const { power, bits } = effortOf(parsePattern(new RegExp(source, 'u')) ?? assert.fail(source))
  const most = 2 ** Math.min(10, (22 - bits) / power)
  return texts.map((s, i) => (i % 4 === 0 ? s.repeat(Math.max(1, Math.floor(most / Math.max(1, s.length)))) : s))
}

test('the matcher over bytes finds what JavaScript finds', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 20 }), (source, drawn) => {
      const texts = stretched(drawn, source)
      const program = byteProgram(source)
      assert.ok(program !== undefined, source)
      const groups = Array.from({ length: program.groups + 1 }, (_, i) => i)
      const { rows, failed } = runSql(
        schema,
        texts.map(s => [s]),
        [`REGEXP_LIKE(s, '${source}')`, ...groups.map(group => `REGEXP_EXTRACT(s, '${source}', ${group})`)],
      )
      assert.equal(failed.size, 0)
      for (const [i, s] of texts.entries()) {
        const match = new RegExp(source, 'u').exec(s)
        const expected = [match !== null, ...groups.map(group => match?.[group] ?? null)]
        assert.deepEqual(rows[i], expected, `${source} in ${JSON.stringify(s)}`)
      }
    }),
    { numRuns: runs },
  )
})

test('a search of a long text goes no way twice', () => {
  const many = 'a'.repeat(40_000)
  const searches: readonly (readonly [source: string, like: boolean])[] = [
    ['a+[bc]', false],
    ['a*a*a*a*a*a*a*b', false],
    ['.*.*.*=.*', false],
    [Array(40).fill('(?:a|\\w)').join('').concat('b'), false],
    ['(a|a*)(a|a*)(a|a*)(é|a*)[^a]$', true],
  ]
  const { rows } = runSql(
    schema,
    [[`${many}é`]],
    searches.map(([source]) => `REGEXP_LIKE(s, '${source}')`),
  )
  assert.deepEqual(
    rows[0],
    searches.map(([, like]) => like),
  )
})

test('patterns that mean more than bytes can tell are left to JavaScript', () => {
  const others = [
    'a*?',
    'a++',
    '(a)*',
    '(ab){2}',
    'é',
    '[é]',
    '\\b',
    '\\s',
    '\\1',
    '(?i)a',
    '(?=a)',
    '(?<n>a)',
    '[[:alpha:]]',
  ]
  const malformed = ['(a', 'a)', '[a', '[b-a]', '[]', '*a', 'a{3,2}', 'a{300}', 'a{', ']', '\\', '\\-', '[\\d-z]']
  for (const source of [...others, ...malformed]) assert.equal(byteProgram(source), undefined, source)
})
