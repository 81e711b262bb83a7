import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory } from '../batch/linear-memory.ts'
import { batchFromRows } from '../batch/values.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { createCsvDecoder } from './csv.ts'
import { type CsvEncoderOptions, createCsvEncoder } from './csv-encode.ts'
import { decodeAll } from './decode-all.fixture.ts'
import { createJsonDecoder } from './json.ts'
import { createJsonEncoder, type JsonEncoderOptions } from './json-encode.ts'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

function json(
  schema: Schema,
  rows: readonly (readonly Value[])[],
  options: JsonEncoderOptions = {},
  weights?: number[],
): string {
  const memory = createMemory()
  return text(
    createJsonEncoder(memory, schema, options).encode(batchFromRows(memory, schema, rows, weights ? { weights } : {})),
  )
}

function csv(schema: Schema, rows: readonly (readonly Value[])[], options: CsvEncoderOptions = {}): string {
  const memory = createMemory()
  const encoder = createCsvEncoder(memory, schema, options)
  return text(encoder.header()) + text(encoder.encode(batchFromRows(memory, schema, rows)))
}

const everything: Schema = [
  field('b', types.boolean),
  field('i8', types.tinyint),
  field('i16', types.smallint),
  field('i32', types.int),
  field('i64', types.bigint),
  field('f', types.real),
  field('d', types.double),
  field('dec', types.decimal(38, 4)),
  field('s', types.string),
  field('bin', types.bytes),
  field('day', types.date),
  field('t', types.time(6)),
  field('ts', types.timestamp(6)),
  field('ltz', types.timestampLtz(3)),
  field('a', types.array(types.int)),
  field('j', types.json),
]

test('JSON keeps every digit and escapes what must be', () => {
  const row = [
    true,
    -128,
    300,
    -2147483648,
    9223372036854775807n,
    Math.fround(0.1),
    0.1,
    -5n,
    'a"b\\\n\u0001é🎉',
    new Uint8Array([1, 2]),
    -1,
    3661000001n,
    -1n,
    1577836800123000n,
    [1, null],
    '{"x":1}',
  ]
  assert.equal(
    json(everything, [row]),
    '{"b":true,"i8":-128,"i16":300,"i32":-2147483648,"i64":9223372036854775807,"f":0.1,"d":0.1,"dec":-0.0005,"s":"a\\"b\\\\\\n\\u0001é🎉",' +
      '"bin":"AQI=","day":"1969-12-31","t":"01:01:01.000001","ts":"1969-12-31 23:59:59.999999","ltz":"2020-01-01 00:00:00.123Z","a":[1,null],"j":{"x":1}}\n',
  )
  const pair = [field('a', types.bigint), field('b', types.timestamp(3))]
  assert.equal(
    json(pair, [
      [1n, null],
      [null, 0n],
    ]),
    '{"a":1,"b":null}\n{"a":null,"b":"1970-01-01 00:00:00"}\n',
  )
  assert.equal(
    json(
      pair,
      [
        [1n, null],
        [null, 0n],
      ],
      { ignoreNullFields: true, timestampStandard: 'ISO-8601' },
    ),
    '{"a":1}\n{"b":"1970-01-01T00:00:00"}\n',
  )
  assert.equal(json([field('a', types.bigint)], [[1n], [2n], [3n]], {}, [2, 0, 1]), '{"a":1}\n{"a":1}\n{"a":3}\n')
  assert.equal(
    json([field('d', types.double)], [[NaN], [-Infinity], [-0], [1e21]]),
    '{"d":"NaN"}\n{"d":"-Infinity"}\n{"d":-0}\n{"d":1e+21}\n',
  )
})

test('CSV quotes what a reader could take for something else', () => {
  const schema = [field('a', types.string), field('b', types.decimal(5, 2)), field('c', types.json)]
  assert.equal(
    csv(
      schema,
      [
        ['x,y', 100n, '{"a":1}'],
        ['', null, null],
        [null, -1n, '[]'],
        ['say "hi"\n', 0n, '1'],
      ],
      { header: true },
    ),
    'a,b,c\n"x,y",1.00,"{""a"":1}"\n"",,\n,-0.01,[]\n"say ""hi""\n",0.00,1\n',
  )
  assert.equal(csv([field('a', types.string)], [['NULL'], [null]], { nullLiteral: 'NULL' }), '"NULL"\nNULL\n')
})

const value: Record<string, fc.Arbitrary<Value>> = {
  b: fc.boolean(),
  i8: fc.integer({ min: -128, max: 127 }),
  i16: fc.integer({ min: -32768, max: 32767 }),
  i32: fc.integer(),
  i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  f: fc.float(),
  d: fc.double(),
  dec: fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
  s: fc.string({ unit: 'grapheme', maxLength: 40 }),
  bin: fc.uint8Array({ maxLength: 20 }),
  day: fc.integer({ min: -719528, max: 2932896 }),
  t: fc.bigInt({ min: 0n, max: 86_399_999_999n }),
  ts: fc.bigInt({ min: -62_167_219_200_000_000n, max: 253_402_300_799_999_999n }),
  ltz: fc.bigInt({ min: -62_167_219_200_000n, max: 253_402_300_799_999n }).map(millis => millis * 1000n),
  a: fc.array(fc.option(fc.integer()), { maxLength: 4 }),
  j: fc.constantFrom('{"a": [1, "x"]}', '1.50', '"t,"'),
}

test('what is written reads back to the same values', () => {
  const row = fc.tuple(...everything.map(({ name }) => fc.option(value[name] ?? fc.constant(null), { freq: 5 })))
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), rows => {
      const columns = everything.map((_, column) => ({ column, path: [] }))
      const options = { timestampStandard: 'ISO-8601' } as const
      const fromJson = decodeAll(json(everything, rows, options), memory =>
        createJsonDecoder(memory, everything, columns, options),
      )
      assert.deepEqual(fromJson, { rows, dead: [] })
      // In CSV an empty ARRAY element is NULL, and arrays are written as JSON: read back without them.
      const flat = everything.filter(({ name }) => name !== 'a')
      const flatRows = rows.map(each => each.filter((_, index) => everything[index]?.name !== 'a'))
      const fromCsv = decodeAll(csv(flat, flatRows, { nullLiteral: '\\N' }), memory =>
        createCsvDecoder(
          memory,
          flat,
          flat.map((_, column) => ({ column, path: [] })),
          { nullLiteral: '\\N', multiline: true },
        ),
      )
      assert.deepEqual(fromCsv, { rows: flatRows, dead: [] })
    }),
    { numRuns: Number(process.env.DSD_RUNS ?? 100) },
  )
})
