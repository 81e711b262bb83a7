import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonLines, linesOf } from './http-lines.ts'

const made = (body: string, type = 'application/json'): readonly string[] | string => {
  const lines = jsonLines(new TextEncoder().encode(body), type)
  if (lines.is === 'problem') return lines.problem
  const text = new TextDecoder().decode(lines.bytes)
  assert.ok(text === '' || text.endsWith('\n'))
  const records = text.split('\n').filter(line => line.trim() !== '')
  assert.equal(lines.records, records.length)
  return records.map(line => line.trim())
}

test('one object, compact or over several lines, is one record', () => {
  assert.deepEqual(made('{"a":1}'), ['{"a":1}'])
  assert.deepEqual(made('\n{\r\n  "a": [1,\n 2],\n  "b": "x,]}\\"\\\\"\n}\n'), [
    '{    "a": [1,  2],   "b": "x,]}\\"\\\\" }',
  ])
})

test('the elements of an array are records, strings with brackets and commas included', () => {
  assert.deepEqual(made('[{"a":"],[\\""},\n {"b":[1,{"c":2}]}\n]'), ['{"a":"],[\\""}', '{"b":[1,{"c":2}]}'])
  assert.deepEqual(made('[]'), [])
  assert.deepEqual(made('  '), [])
  assert.deepEqual(made('[{"a":1}] [{"a":2}]'), ['{"a":1}', '{"a":2}'])
})

test('NDJSON passes as it is, also under another name, and with malformed lines', () => {
  const body = '{"a":1}\r\n\n{"a":\n{"a":3}'
  assert.deepEqual(made(body, 'application/x-ndjson'), ['{"a":1}', '{"a":', '{"a":3}'])
  assert.deepEqual(made(body), ['{"a":1}', '{"a":', '{"a":3}'])
  assert.deepEqual(made('{"a":1}\n{"a":2,}\n'), ['{"a":1}', '{"a":2,}'])
  assert.deepEqual(made('{\n"a":1}\n{"a":2\n}'), ['{ "a":1}', '{"a":2 }'])
})

test('a line break in a string makes one record malformed, not two', () => {
  assert.deepEqual(made('[{"a":"x\ny"},{"a":2}]'), ['{"a":"x\vy"}', '{"a":2}'])
})

test('an array whose elements cannot be told apart is refused', () => {
  assert.match(String(made('[{"a":1},{"a":"2},{"a":3}]')), /not closed/)
  assert.match(String(made('[{"a":1},{"a":2}')), /not closed/)
  assert.match(String(made('[{"a":1}]]')), /not closed/)
})

test('arrays of any JSON values, printed in any way, come apart as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 8 }), fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
      const records = made(JSON.stringify(values, null, indent))
      assert.ok(typeof records !== 'string')
      assert.deepEqual(
        records.map(record => JSON.stringify(JSON.parse(record))),
        values.map(value => JSON.stringify(value)),
      )
    }),
  )
})

test('other formats pass with the last line closed', () => {
  const lines = linesOf(new TextEncoder().encode('1,a\n\n2,b'))
  assert.ok(lines.is === 'lines')
  assert.deepEqual([new TextDecoder().decode(lines.bytes), lines.records], ['1,a\n\n2,b\n', 2])
})
