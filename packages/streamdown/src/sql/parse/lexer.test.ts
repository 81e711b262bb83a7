import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { lex } from './lexer.ts'

function tokens(text: string): string[] {
  return lex(text)
    .slice(0, -1)
    .map(({ kind, text: value }) => `${kind}:${value}`)
}

describe('lexer', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['a_1 Ünïcode b$c', ['word:a_1', 'word:Ünïcode', 'word:b$c']],
    ['"a ""b""" `c ``d`` "`', ['quoted:a "b"', 'quoted:c `d` "']],
    ["'it''s' ''", ["string:it's", 'string:']],
    ["'a'\n  'b'", ['string:ab']],
    ["'a' 'b'", ['string:a', 'string:b']],
    [String.raw`E'a\n\t\'\\\x41\101\u00e9\U0001F600\q'`, [`string:a\n\t'\\AAé😀q`]],
    [String.raw`E'\xe4\xb8\xad' E'''x'`, ['string:中', "string:'x"]],
    [String.raw`U&'d\0061t\+000061' U&"x\0041"`, ['string:data', 'quoted:xA']],
    [`U&'!263A' UESCAPE '!'`, ['string:☺']],
    ["X'0aFF' x''", ['bytes:0aff', 'bytes:']],
    [`$$it's$$ $t$a$$b$t$`, [`string:it's`, 'string:a$$b']],
    [String.raw`r'a\n' N'x'`, ['string:a\\n', 'string:x']],
    [
      '1 1.5 .5 5. 1e10 1.5E-3 0x1F 1_000',
      ['1', '1.5', '.5', '5.', '1e10', '1.5E-3', '0x1F', '1000'].map(n => `number:${n}`),
    ],
    ['a--b\n-c', ['word:a', 'operator:-', 'word:c']],
    ['a/* b /* c */ d */e', ['word:a', 'word:e']],
    [
      'a<=b<>c!=d::e->>f||g',
      [
        'word:a',
        'operator:<=',
        'word:b',
        'operator:<>',
        'word:c',
        'operator:!=',
        'word:d',
        'operator:::',
        'word:e',
        'operator:->>',
        'word:f',
        'operator:||',
        'word:g',
      ],
    ],
    ['x>-1', ['word:x', 'operator:>', 'operator:-', 'number:1']],
    ['$1 ?', ['operator:$1', 'operator:?']],
  ]
  for (const [sql, expected] of cases) test(sql, () => assert.deepEqual(tokens(sql), expected))

  test('a hint comment stays on the next token', () => {
    const text = 'SELECT /*+ A(b) */ c'
    const token = lex(text)[1]
    assert.equal(token?.hint && text.slice(token.hint.start, token.hint.end), ' A(b) ')
    assert.equal(lex('SELECT /* A(b) */ c')[1]?.hint, undefined)
  })

  const broken: readonly (readonly [string, RegExp])[] = [
    ["'abc", /not closed/],
    ['"abc', /not closed/],
    ['/* abc', /comment is not closed/],
    ['$$abc', /not closed/],
    ['""', /cannot be empty/],
    ["X'abc'", /hex digits/],
    ["X'zz'", /hex digits/],
    ["E'\\xff'", /UTF-8/],
    ["U&'\\00'", /hex digits/],
    ['1abc', /runs into a name/],
    ['a § b', /unexpected character "§"/],
  ]
  for (const [sql, problem] of broken) {
    test(`refuses ${sql}`, () => assert.throws(() => lex(sql), { code: 'DSD1001', message: problem }))
  }
})
