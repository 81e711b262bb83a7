import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StreamdownError } from './error.ts'

const shown = (text: string, word: string): readonly string[] => {
  const start = text.indexOf(word)
  return new StreamdownError('DSD1001', 'x', { at: { start, end: start + word.length }, text }).message.split('\n')
}

test('the place stands under the line', () => {
  assert.deepEqual(shown('SELECT 1\nFROM nowhere x', 'nowhere'), [
    'DSD1001 x',
    '  at line 2, column 6:',
    '  | FROM nowhere x',
    '  |      ^^^^^^^',
  ])
})

test('of a long line the part around the place is shown, in 80 columns', () => {
  for (const length of [80, 200, 5000]) {
    for (const at of [0, 10, 40, length - 8]) {
      const line = `${'a'.repeat(at)} here ${'b'.repeat(Math.max(0, length - at - 6))}`
      const [, place, source = '', marks = ''] = shown(line, 'here')
      assert.equal(place, `  at line 1, column ${at + 2}:`)
      assert.ok(source.length <= 80, source)
      assert.equal(source.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1), 'here')
    }
  }
})
