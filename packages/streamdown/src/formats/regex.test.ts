import assert from 'node:assert/strict'
import { test } from 'node:test'
import { coded } from '../connect/relation.fixture.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createUnstructuredDecoder } from './json-unstructured.ts'
import { createRegexDecoder, linePattern } from './regex.ts'

const log: Schema = [
  field('ip', types.string, false),
  field('at', types.timestamp(3)),
  field('status', types.int),
  field('bytes', types.bigint),
]
const pattern = String.raw`(?<ip>\S+) \[(?<at>[^\]]+)\] (?<status>\d+)(?: (?<bytes>\S+))?`
const every = (schema: Schema) => schema.map((_, column) => ({ column, path: [] }))

const lines = [
  '10.0.0.1 [2024-01-01 00:00:01] 200 512',
  '',
  '10.0.0.2 [2024-01-01 00:00:02] 404\r',
  'no log line',
  '10.0.0.3 [yesterday] 200 1',
  '10.0.0.4 [2024-01-01 00:00:04] 99999999999 1',
  '10.0.0.5 [2024-01-01 00:00:05] 500 7',
]
/** 2024-01-01 00:00:00 in microseconds. */
const day = 1_704_067_200_000_000n

test('a line is a row by the named groups; a group that took no part is NULL', () => {
  for (const piece of [1, 50, 1000]) {
    const { rows, dead } = decodeAll(
      lines.join('\n'),
      memory => createRegexDecoder(memory, log, every(log), { pattern }),
      { piece },
    )
    assert.deepEqual(rows, [
      ['10.0.0.1', day + 1_000_000n, 200, 512n],
      ['10.0.0.2', day + 2_000_000n, 404, null],
      ['10.0.0.5', day + 5_000_000n, 500, 7n],
    ])
    assert.deepEqual(
      dead.map(({ offset, text, problem }) => [offset, text, problem]),
      [
        [76, lines[3], 'the line does not match regex.pattern'],
        [88, lines[4], 'column "at": value does not fit TIMESTAMP'],
        [115, lines[5], 'column "status": value does not fit INT'],
      ],
    )
  }
})

test('with ignore-parse-errors what does not fit is NULL, and what does not match still dead', () => {
  const { rows, dead } = decodeAll(lines.join('\n'), memory =>
    createRegexDecoder(memory, log, every(log), { pattern, ignoreParseErrors: true }),
  )
  assert.equal(dead.length, 1)
  assert.deepEqual(rows[2], ['10.0.0.3', null, 200, 1n])
})

test('invalid UTF-8 and lines over the limit are dead letters', () => {
  const bytes = Uint8Array.of(0x61, 0x0a, 0xff, 0x0a, 0x62, 0x62, 0x62, 0x62, 0x0a, 0x63)
  const schema = [field('all', types.string)]
  const { rows, dead } = decodeAll(bytes, memory =>
    createRegexDecoder(memory, schema, every(schema), { pattern: '(?<all>.*)', maxRecordBytes: 3 }),
  )
  assert.deepEqual(rows, [['a'], ['c']])
  assert.deepEqual(
    dead.map(({ problem }) => problem),
    ['invalid UTF-8', 'record longer than 3 bytes'],
  )
})

test('a line that takes too many steps of a reference back is a dead letter', () => {
  const { rows, dead } = decodeAll(`ok ok\n${'a'.repeat(5000)}`, memory =>
    createRegexDecoder(memory, [field('word', types.string)], every([field('word', types.string)]), {
      pattern: String.raw`(?<word>(?:\w+)+)(?: |x)\k<word>`,
    }),
  )
  assert.deepEqual(rows, [['ok']])
  assert.match(dead[0]?.problem ?? '', /^regex\.pattern: .* takes too many steps to be matched with a text of 5000$/)
})

test('every column needs a group', () => {
  assert.throws(() => linePattern('(?<ip>x)', log), coded('DSD3002', /no group \(\?<at>\.\.\.\).*groups are: ip/))
  assert.throws(() => linePattern('(', log), coded('DSD3002', /regex\.pattern/))
})

test('unstructured JSON is the whole line in one column', () => {
  const schema = [field('value', types.json)]
  const { rows, dead } = decodeAll('{"b": 1, "a": [1.0]}\n\n3\n{"a":\nnull\n', memory =>
    createUnstructuredDecoder(memory, schema, every(schema)),
  )
  assert.deepEqual(rows, [['{"a": [1.0], "b": 1}'], ['3'], ['null']])
  assert.deepEqual(
    dead.map(({ offset, text }) => [offset, text]),
    [[24, '{"a":']],
  )
})
