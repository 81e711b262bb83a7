import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createJsonDecoder, type JsonDecoderOptions } from './json.ts'

const whole = (schema: Schema) => schema.map((_, column) => ({ column, path: [] }))

const decode = (input: string | Uint8Array, schema: Schema, options: JsonDecoderOptions = {}, pieces = {}) =>
  decodeAll(input, memory => createJsonDecoder(memory, schema, whole(schema), options), pieces)

/** The value that one column gets from one JSON value, or the problem. */
function one(type: DataType, json: string, options: JsonDecoderOptions = {}): Value | { readonly problem: string } {
  const { rows, dead } = decode(`{"x":${json}}\n{"x":null}\n`, [field('x', type)], options)
  assert.equal(rows.length + dead.length, 2)
  assert.deepEqual(rows.at(-1), [null])
  const [letter] = dead
  return letter === undefined ? (rows[0]?.[0] ?? null) : { problem: letter.problem }
}

const bid = [
  field('auction', types.bigint, false),
  field('price', types.decimal(10, 2)),
  field('channel', types.string),
]

test('reads wanted columns in any order, with blanks, escapes, other keys and a last line without newline', () => {
  const { rows, dead } = decode(
    [
      '{"auction":1,"price":1.5,"channel":"a"}',
      '{"auction":2,"price":2,"channel":"b"}',
      ' { "channel" : "c\\n\\u00e9\\ud83d\\ude00" ,\t"auction" : 3 }\r',
      '',
      '   ',
      '{"other":{"a":[1,{"b":"}"},null,true,-1.5e3]},"auction":4,"channel":"long enough to lie outside of the view"}',
      '{"\\u0061uction":5,"price":null,"price":12.345}',
      '{"auction":6}',
    ].join('\n'),
    bid,
  )
  assert.deepEqual(dead, [])
  assert.deepEqual(rows, [
    [1n, 150n, 'a'],
    [2n, 200n, 'b'],
    [3n, null, 'c\n\u00e9\u{1f600}'],
    [4n, null, 'long enough to lie outside of the view'],
    [5n, 1235n, null],
    [6n, null, null],
  ])
})

test('reads paths into nested objects and the object itself', () => {
  const person = types.row([
    field('name', types.string, false),
    field('age', types.int),
    field('at', types.row([field('city', types.string)])),
  ])
  const schema = [field('kind', types.int), field('person', person)]
  const columns = [
    { column: 1, path: [2, 0] },
    { column: 1, path: [] },
    { column: 1, path: [1] },
    { column: 0, path: [] },
  ]
  const { rows, dead } = decodeAll(
    [
      '{"kind":1,"person":{"name":"Ann","age":3,"at":{"city":"Rome","zip":1}}}',
      '{"person":null,"kind":2}',
      '{"person":{"name":"Bob","at":{}}}',
      '{"person":{"age":1}}',
      '{"person":{"name":"Ann","age":3,"at":{"city":"Rome"}},"person":{"name":"Eve"}}',
      '{"person":7}',
    ].join('\n'),
    memory => createJsonDecoder(memory, schema, columns),
  )
  assert.deepEqual(rows, [
    ['Rome', ['Ann', 3, ['Rome']], 3, 1],
    [null, null, null, 2],
    [null, ['Bob', null, [null]], null, null],
    [null, ['Eve', null, null], null, null],
  ])
  assert.deepEqual(
    dead.map(letter => letter.problem),
    [
      'column "person": expected ROW<name STRING, age INT, at ROW<city STRING>>: field "name" is NULL or missing, but NOT NULL',
      'column "person": expected ROW<name STRING, age INT, at ROW<city STRING>> at byte 10',
    ],
  )
})

test('reads ARRAY, MAP, BYTES and JSON columns', () => {
  assert.deepEqual(one(types.array(types.bigint), '[1, null, 9007199254740993]'), [1n, null, 9007199254740993n])
  assert.deepEqual(one(types.map(types.string, types.int), '{"a":1,"b":null}'), [
    ['a', 1],
    ['b', null],
  ])
  assert.deepEqual(one(types.bytes, '"AQID"'), new Uint8Array([1, 2, 3]))
  assert.equal(one(types.json, '{"b": 1.50, "a": [1, {}], "b": 2}'), '{"a": [1, {}], "b": 2}')
  assert.deepEqual(one(types.array(types.int), '["x"]'), {
    problem: 'column "x": expected ARRAY<INT>: value does not fit INT',
  })
})

test('numbers are exact', () => {
  assert.equal(one(types.bigint, '9223372036854775807'), 9223372036854775807n)
  assert.equal(one(types.bigint, '-9223372036854775808'), -9223372036854775808n)
  assert.equal(one(types.bigint, '1e3'), 1000n)
  assert.equal(one(types.bigint, '1.0'), 1n)
  assert.equal(one(types.bigint, '-0'), 0n)
  assert.equal(one(types.tinyint, '-128'), -128)
  assert.equal(one(types.smallint, '32767'), 32767)
  assert.equal(one(types.int, '2147483647'), 2147483647)
  assert.equal(one(types.decimal(38, 0), '99999999999999999999999999999999999999'), 10n ** 38n - 1n)
  assert.equal(
    one(types.decimal(38, 10), '-1234567890123456789012345678.0123456789'),
    -12345678901234567890123456780123456789n,
  )
  assert.equal(one(types.decimal(10, 2), '"12.30"'), 1230n)
  assert.equal(one(types.decimal(10, 2), '-1.005'), -101n)
  assert.equal(one(types.double, '0.1'), 0.1)
  assert.ok(Object.is(one(types.double, '-0.0'), -0))
  assert.equal(one(types.double, '1.7976931348623157e308'), Number.MAX_VALUE)
  assert.equal(one(types.double, '123456789012345678901234567890'), 1.2345678901234568e29)
  assert.equal(one(types.double, '"-Infinity"'), -Infinity)
  assert.equal(one(types.real, '0.1'), Math.fround(0.1))
})

test('what does not fit is a dead letter with its reason', () => {
  const problem = (type: DataType, json: string, options: JsonDecoderOptions = {}) => {
    const value = one(type, json, options)
    assert.ok(typeof value === 'object' && value !== null && 'problem' in value, `${json} gave ${String(value)}`)
    return value.problem
  }
  assert.match(problem(types.bigint, '9223372036854775808'), /out of range for BIGINT/)
  assert.match(problem(types.bigint, '1e30'), /out of range for BIGINT/)
  assert.match(problem(types.bigint, '1.5'), /expected BIGINT at byte 5/)
  assert.match(problem(types.tinyint, '128'), /out of range for TINYINT/)
  assert.match(problem(types.decimal(4, 2), '100'), /out of range for DECIMAL\(4, 2\)/)
  assert.match(problem(types.decimal(38, 2), `1${'0'.repeat(37)}`), /expected DECIMAL\(38, 2\)/)
  assert.match(problem(types.bigint, '"1"'), /expected BIGINT/)
  assert.match(problem(types.string, '1'), /expected STRING/)
  assert.match(problem(types.boolean, '1'), /expected BOOLEAN/)
  assert.match(problem(types.double, '1e400'), /expected DOUBLE/)
  assert.match(problem(types.timestamp(3), '"2020-02-30 00:00:00"'), /not a TIMESTAMP\(3\)/)
  assert.match(problem(types.timestamp(3), '1577836800000'), /expected TIMESTAMP\(3\)/)
  assert.match(problem(types.string, '"\\ud800"'), /lone surrogate/)
  assert.match(problem(types.string, '"\\udc00\\ud800"'), /lone surrogate/)
  assert.match(problem(types.string, '"a\tb"'), /control character/)
  assert.match(problem(types.string, '"\\x"'), /bad escape/)
  assert.match(problem(types.string, '"abc'), /too early/)
  for (const bad of [
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    '-',
    '0x1',
    'NaN',
    'tru',
    'nul',
    '[1,]',
    '{"a"}',
    '{,}',
    "'a'",
    '1 2',
    '',
  ]) {
    problem(types.json, bad)
  }
})

test('skipped parts are checked to be well formed', () => {
  const bytes = (text: string, ...raw: number[]) => new Uint8Array([...new TextEncoder().encode(text), ...raw])
  const tail = new TextEncoder().encode('"}\n{"auction":7}\n')
  for (const raw of [
    [0xff],
    [0xc0, 0x80],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xe2, 0x82],
    [0x80],
  ]) {
    const { rows, dead } = decode(new Uint8Array([...bytes('{"auction":1,"z":"', ...raw), ...tail]), bid)
    assert.deepEqual(rows, [[7n, null, null]])
    assert.match(dead[0]?.problem ?? '', /invalid UTF-8/)
  }
  for (const skipped of [
    '"\\udead"',
    '01',
    '[1 2]',
    '{"a":}',
    '{"a":1',
    'truth',
    '"\u0001"',
    '1}',
    `${'['.repeat(2000)}${']'.repeat(2000)}`,
  ]) {
    const { rows, dead } = decode(`{"auction":1,"z":${skipped}}\n{"auction":7}\n`, bid)
    assert.deepEqual([rows, dead.length], [[[7n, null, null]], 1], skipped)
  }
  const deep = `${'['.repeat(900)}${']'.repeat(900)}`
  assert.deepEqual(decode(`{"auction":1,"z":${deep}}`, bid).rows, [[1n, null, null]])
})

test('known objects that no column needs are passed over, whatever they hold', () => {
  const inner = types.row([field('city', types.string), field('deep', types.row([field('x', types.int)]))])
  const schema = [
    field('id', types.int),
    field('place', inner),
    field('wanted', types.row([field('place', inner), field('n', types.int)])),
  ]
  const columns = [
    { column: 0, path: [] },
    { column: 2, path: [1] },
  ]
  const read = (lines: readonly string[], options: JsonDecoderOptions = {}) =>
    decodeAll(lines.join('\n'), memory => createJsonDecoder(memory, schema, columns, options))
  const good = [
    '{"id":1,"place":{"city":"Rome","deep":{"x":1}},"wanted":{"place":{"city":"Oslo"},"n":2}}',
    '{"id":2,"place":{"city":7,"deep":[{"x":"}"}],"other":{"y":[]}},"wanted":{"place":{},"n":3}}',
    '{"id":3,"place":null,"place":"text","place":null,"wanted":{"place":1.5e3,"n":4}}',
    '{"id":4,"place":[],"wanted":{"n":5,"place":{"deep":{"x":{"x":-0.5}}}}}',
    '{"place": { "city" : "R\\u00f6m" } , "wanted":null,"id":5}',
  ]
  const expected = [
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
    [5, null],
  ]
  // Four times: predictions come from the records before.
  assert.deepEqual(read([...good, ...good, ...good, ...good]), {
    rows: [...expected, ...expected, ...expected, ...expected],
    dead: [],
  })
  const bad = [
    '{"x":01}',
    '{"x":}',
    '{"city":"\u0001"}',
    '{"city":"\\ud800"}',
    '{"city" "a"}',
    '{"deep":{"x":1}',
    '{"deep":{"x":1]}',
    '{,}',
  ]
  for (const place of bad) {
    const { rows, dead } = read([...good, `{"id":6,"place":${place},"wanted":{"n":1}}`, ...good])
    assert.deepEqual(rows, [...expected, ...expected], place)
    assert.equal(dead.length, 1, place)
    assert.doesNotMatch(dead[0]?.problem ?? '', /column/)
  }
  // Only columns that are read can be missing.
  assert.equal(read(['{"id":1,"wanted":{"n":1}}'], { failOnMissingField: true }).rows.length, 1)
})

test('timestamps, dates and times', () => {
  const micros = (text: string) => BigInt(Date.parse(text)) * 1000n
  const at = micros('2020-01-01T10:00:01Z')
  for (const text of [
    '2020-01-01 10:00:01',
    '2020-01-01T10:00:01',
    '2020-01-01T10:00:01Z',
    '2020-01-01T12:00:01+02:00',
    '2020-01-01 08:30:01-0130',
  ]) {
    assert.equal(one(types.timestamp(3), JSON.stringify(text)), at, text)
    assert.equal(one(types.timestampLtz(3), JSON.stringify(text)), at, text)
    assert.deepEqual(one(types.array(types.timestamp(3)), JSON.stringify([text])), [at], text)
  }
  assert.equal(one(types.timestamp(6), '"2020-01-01 10:00:01.123456789"'), at + 123456n)
  assert.equal(one(types.timestamp(3), '"2020-01-01 10:00:01.1239"'), at + 123000n)
  assert.equal(one(types.timestamp(3), '"1969-12-31 23:59:59.999"'), -1000n)
  assert.equal(one(types.date, '"2000-02-29"'), 11016)
  assert.equal(one(types.time(3), '"10:00:01.5"'), 36001500000n)
  assert.equal(one(types.timestamp(3), '1577836800001', { timestampEpoch: 'ms' }), 1577836800001000n)
  assert.equal(one(types.timestamp(3), '-1', { timestampEpoch: 'us' }), -1000n)
  const sql = one(types.timestamp(3), '"2020-01-01T10:00:01"', { timestampStandard: 'SQL' })
  assert.ok(typeof sql === 'object' && sql !== null && 'problem' in sql)
})

test('options: missing fields, values of a wrong type, records that are too long', () => {
  const missing = decode('{"auction":1}\n{"auction":1,"price":null,"channel":null}', bid, { failOnMissingField: true })
  assert.deepEqual([missing.rows.length, missing.dead.length], [1, 1])
  const lenient = decode('{"auction":1,"price":"x","channel":[3]}\n{"auction":true}\n{"auction":1,"price":1e60}', bid, {
    ignoreParseErrors: true,
  })
  assert.deepEqual(lenient.rows, [
    [1n, null, null],
    [1n, null, null],
  ])
  assert.equal(lenient.dead.length, 1)
  const long = decode(`{"auction":1}\n{"auction":2,"z":"${'x'.repeat(100)}"}\n{"auction":3}`, bid, {
    maxRecordBytes: 64,
  })
  assert.deepEqual(
    long.rows.map(row => row[0]),
    [1n, 3n],
  )
  assert.match(long.dead[0]?.problem ?? '', /longer than 64 bytes/)
})

test('a record that is no object, and NOT NULL', () => {
  const { rows, dead } = decode('[1]\n5\nnull\n"x"\n{}\n{"auction":null}\n{"auction":1}x\n{"auction":2}', bid)
  assert.deepEqual(rows, [[2n, null, null]])
  assert.equal(dead.length, 7)
  assert.deepEqual(
    dead.map(letter => letter.text),
    ['[1]', '5', 'null', '"x"', '{}', '{"auction":null}', '{"auction":1}x'],
  )
})

// Oracle: JSON.parse, with numbers taken from the reviver's source text.

const anyKey = fc.constantFrom('a', 'b', 'c', 'd', 'é', 'a"b', 'auction')
const anyString = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 20 }))
const anyNumber = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (Object.is(value, -0) ? '-0.0' : String(value))),
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
  fc
    .tuple(
      fc.bigInt({ min: 0n, max: 10n ** 19n }),
      fc.bigInt({ min: 0n, max: 10n ** 19n }),
      fc.integer({ min: -30, max: 30 }),
    )
    .map(([a, b, e]) => `${a}.${b}e${e}`),
)
const { json: anyJson } = fc.letrec<{ json: string }>(tie => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('null', 'true', 'false'),
    anyNumber,
    anyString.map(text => JSON.stringify(text)),
    anyString.map(
      text =>
        `"${[...text].map(c => (c.length === 1 ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('')}"`,
    ),
    fc.array(tie('json'), { maxLength: 4 }).map(items => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(anyKey, tie('json')), { maxLength: 4 })
      .map(members => `{${members.map(([key, json]) => `${JSON.stringify(key)}:${json}`).join(' ,')}}`),
  ),
}))
const wellFormed = (json: string) => {
  let good = true
  JSON.parse(json, (key, value: unknown) => {
    if (!key.isWellFormed() || (typeof value === 'string' && !value.isWellFormed())) good = false
    return value
  })
  return good
}
const runs = Number(process.env.DSD_RUNS ?? 300)

test('decoded values equal JSON.parse with numbers from their source text', () => {
  const schema = [field('a', types.json), field('b', types.json), field('auction', types.json)]
  const document = fc.array(
    fc
      .array(fc.tuple(anyKey, anyJson), { maxLength: 6 })
      .map(members => `{${members.map(([key, json]) => `${JSON.stringify(key)}: ${json}`).join(',')}}`),
    { minLength: 1, maxLength: 8 },
  )
  const text = (value: unknown): string => {
    if (value instanceof Source) return value.text
    if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
    if (typeof value !== 'object' || value === null) return JSON.stringify(value)
    const members = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0))
    return `{${members.map(([key, each]) => `${JSON.stringify(key)}: ${text(each)}`).join(', ')}}`
  }
  fc.assert(
    fc.property(document, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 5 }), (lines, piece, maxRows) => {
      const good = lines.filter(wellFormed)
      const expected = good.map(line => {
        const parsed: Record<string, unknown> = JSON.parse(line, (_, value: unknown, context?: { source?: string }) =>
          typeof value === 'number' ? new Source(context?.source ?? '') : value,
        )
        return schema.map(({ name }) => {
          const value = Object.hasOwn(parsed, name) ? parsed[name] : null
          return value === null ? null : text(value)
        })
      })
      const { rows, dead } = decode(lines.join('\n'), schema, {}, { piece, maxRows })
      assert.deepEqual(rows, expected)
      assert.equal(dead.length, lines.length - good.length)
    }),
    { numRuns: runs },
  )
})

class Source {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

test('scalars equal JSON.parse in every type that takes them', () => {
  const schema = [
    field('s', types.string),
    field('d', types.double),
    field('i', types.bigint),
    field('n', types.decimal(38, 12)),
  ]
  const row = fc.record({
    s: anyString,
    d: anyNumber,
    i: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    n: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), fc.boolean(), fc.nat(500), (records, grow, piece) => {
      const good = records.filter(({ s, d }) => s.isWellFormed() && Number.isFinite(Number(d)))
      const lines = good.map(({ s, d, i, n }) => `{"s":${JSON.stringify(s)},"d":${d},"i":${i},"n":${n}e-12}`)
      if (lines.length === 0) return
      const { rows, dead } = decode(lines.join('\r\n'), schema, {}, { piece: piece + 1, memory: { growAlways: grow } })
      assert.deepEqual(dead, [])
      assert.deepEqual(
        rows,
        good.map(({ s, d, i, n }) => [s, Number(d), i, n]),
      )
    }),
    { numRuns: Math.ceil(runs / 3) },
  )
})

test('random mutations never crash, hang or lose a line whose bytes were not touched', () => {
  const schema = [
    field('id', types.bigint, false),
    field('name', types.string),
    field('at', types.timestamp(3)),
    field('nested', types.row([field('x', types.double), field('tags', types.array(types.string))])),
  ]
  const columns = [
    { column: 0, path: [] },
    { column: 1, path: [] },
    { column: 2, path: [] },
    { column: 3, path: [0] },
    { column: 3, path: [] },
  ]
  const mutations = Number(process.env.DSD_RUNS ?? 3000)
  const lines = Array.from({ length: 12 }, (_, id) =>
    JSON.stringify({
      id,
      name: `né "${'n'.repeat(id * 3)}\n`,
      at: '2020-01-01 00:00:00.001',
      nested: { x: id / 3, tags: ['a', 'ü'] },
      skipped: { a: [1, 2, { b: 'x' }], n: -1.5e-3 },
    }),
  )
  const clean = new TextEncoder().encode(`${lines.join('\n')}\n`)
  const starts = [0]
  for (const [index, byte] of clean.entries()) if (byte === 0x0a) starts.push(index + 1)
  let seed = Number(process.env.DSD_SEED ?? 1)
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const interesting = [
    0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a, 0x0a, 0x0d, 0x20, 0x00, 0xff, 0xc3, 0x80, 0x75, 0x2d, 0x30, 0x39,
    0x65,
  ]
  const count = 20
  for (let done = 0; done < mutations; done += count) {
    // Many mutated copies in one input: each line's fate is told by its id.
    const parts: Uint8Array[] = []
    const untouched: bigint[] = []
    for (let copy = 0; copy < count; copy++) {
      const line = random(lines.length)
      const from = starts[line] ?? 0
      const to = starts[line + 1] ?? clean.length
      const at = from + random(to - from - 1)
      const cut = random(3) === 0 ? random(Math.min(8, to - 1 - at)) : 0
      const put = Array.from({ length: random(4) }, () =>
        random(2) === 0 ? random(256) : (interesting[random(interesting.length)] ?? 0),
      )
      parts.push(clean.subarray(0, at), new Uint8Array(put), clean.subarray(at + cut))
      for (let id = 0; id < lines.length; id++) if (id !== line) untouched.push(BigInt(id))
    }
    const input = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of parts) {
      input.set(part, at)
      at += part.length
    }
    const { rows } = decodeAll(input, memory => createJsonDecoder(memory, schema, columns), { maxRows: 1 + random(50) })
    const intact = rows.filter(([id, name, when, x, nested]) => {
      const index = Math.abs(Number(id)) % 100
      return (
        name === `né "${'n'.repeat(index * 3)}\n` &&
        when === 1577836800001000n &&
        x === index / 3 &&
        Array.isArray(nested)
      )
    })
    let next = 0
    for (const [id] of intact) if (id === untouched[next]) next++
    assert.equal(next, untouched.length, `a line was lost, seed state ${seed}`)
  }
})
