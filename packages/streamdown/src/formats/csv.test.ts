import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { field, type Schema, types } from '../types/data-type.ts'
import { type CsvDecoderOptions, createCsvDecoder } from './csv.ts'
import { decodeAll } from './decode-all.fixture.ts'

const whole = (schema: Schema) => schema.map((_, column) => ({ column, path: [] }))
const decode = (input: string | Uint8Array, schema: Schema, options: CsvDecoderOptions = {}, pieces = {}) =>
  decodeAll(input, memory => createCsvDecoder(memory, schema, whole(schema), options), pieces)

const trade = [
  field('id', types.bigint, false),
  field('name', types.string),
  field('price', types.decimal(10, 2)),
  field('at', types.timestamp(3)),
]

test('reads quoted and unquoted fields, empty ones, CRLF and a last line without newline', () => {
  const { rows, dead } = decode(
    [
      '1,plain,1.5,2020-01-01 00:00:01',
      '2,"with, comma and ""quotes""",-2,2020-01-01T00:00:01.5Z\r',
      '',
      '3,,,',
      '4,"",  7 ,"2020-01-01 00:00:01"',
      '5,5" pipe éü漢字 that is long,0,',
    ].join('\n'),
    trade,
  )
  assert.deepEqual(dead, [])
  assert.deepEqual(rows, [
    [1n, 'plain', 150n, 1577836801000000n],
    [2n, 'with, comma and "quotes"', -200n, 1577836801500000n],
    [3n, '', null, null],
    [4n, '', 700n, 1577836801000000n],
    [5n, '5" pipe éü漢字 that is long', 0n, null],
  ])
})

test('every type, and what does not fit is a dead letter', () => {
  const schema = [
    field('b', types.boolean),
    field('i', types.int),
    field('r', types.real),
    field('d', types.double),
    field('dec', types.decimal(38, 3)),
    field('day', types.date),
    field('t', types.time(3)),
    field('bytes', types.bytes),
    field('a', types.array(types.int)),
    field('j', types.json),
  ]
  const { rows, dead } = decode(
    'TRUE,-7,0.5,1.7976931348623157e308,12345678901234567890.1234,2000-02-29,10:00:01.5,AQI=,1;2;3,"{""b"":1,""a"":2}"\n' +
      'maybe,,,,,,,,,\n,2147483648,,,,,,,,\n,,x,,,,,,,\n,,,,,2001-02-29,,,,\n,,,,,,,,1;x,\n',
    schema,
  )
  assert.deepEqual(rows, [
    [
      true,
      -7,
      0.5,
      Number.MAX_VALUE,
      12345678901234567890123n,
      11016,
      36001500000n,
      new Uint8Array([1, 2]),
      [1, 2, 3],
      '{"a": 2, "b": 1}',
    ],
  ])
  assert.deepEqual(
    dead.map(({ problem }) => problem.replace(/ at byte.*/, '')),
    [
      'column "b": expected BOOLEAN',
      'column "i": value out of range for INT',
      'column "r": expected REAL',
      'column "day": not a DATE',
      'column "a": expected ARRAY<INT>: value does not fit INT',
    ],
  )
})

test('options', () => {
  const pair = [field('a', types.bigint), field('b', types.string)]
  assert.deepEqual(
    decode("1|'x|y'\n# 2|z\n3|NULL\n", pair, { delimiter: '|', quote: "'", nullLiteral: 'NULL', comments: true }).rows,
    [
      [1n, 'x|y'],
      [3n, null],
    ],
  )
  assert.deepEqual(decode('1,"a\\"b\\\\"\n', pair, { escape: '\\' }).rows, [[1n, 'a"b\\']])
  assert.deepEqual(decode('1,"a"\n', pair, { quote: null }).rows, [[1n, '"a"']])
  assert.deepEqual(decode('x,y\n', pair, { ignoreParseErrors: true }).rows, [[null, 'y']])
  assert.deepEqual(decode('\ufeffz,b,"a"\r\n0,x,1\r\n', pair, { header: true }).rows, [[1n, 'x']])
  assert.throws(() => decode('a,c\n', pair, { header: true }), /DSD3002 The CSV header has no column "b"; it has a, c/)
  assert.throws(() => decode('a,c\n', pair, { delimiter: '::' }), /one ASCII character/)
})

test('a record ends at its line break unless multiline', () => {
  const pair = [field('a', types.bigint), field('b', types.string)]
  const text = '1,"two\nlines"\n2,"x"\n'
  const single = decode(text, pair)
  assert.deepEqual(single.rows, [[2n, 'x']])
  assert.equal(single.dead.length, 2)
  assert.match(single.dead[0]?.problem ?? '', /ends too early/)
  for (const piece of [1, 3, 7, 100]) {
    assert.deepEqual(decode(text, pair, { multiline: true }, { piece }), {
      rows: [
        [1n, 'two\nlines'],
        [2n, 'x'],
      ],
      dead: [],
    })
  }
  const open = decode('1,"open\n2,x\n3,y', pair, { multiline: true })
  assert.deepEqual(open.rows, [
    [2n, 'x'],
    [3n, 'y'],
  ])
  assert.match(open.dead[0]?.problem ?? '', /ends too early/)
})

test('wrong field counts, stray quotes, invalid UTF-8, NULL in NOT NULL, long records', () => {
  const bytes = new TextEncoder().encode('1,a,1,\n1,a\n1,a,1,,\n1,"a"b,1,\n,a,1,\n1,a\xff,1,\n9,z,,\n')
  const broken = bytes.map((byte, index) => (byte === 0xc3 && bytes[index + 1] === 0xbf ? 0xff : byte))
  const { rows, dead } = decode(broken, trade, { maxRecordBytes: 100 })
  assert.deepEqual(
    rows.map(row => row[0]),
    [1n, 9n],
  )
  assert.deepEqual(
    dead.map(({ problem }) => problem.replace(/,? at byte.*/, '')),
    [
      'the record has another number of fields than the table',
      'the record has another number of fields than the table',
      'quote where none may be',
      'column "id": NULL or missing, but the column is NOT NULL',
      'invalid UTF-8',
    ],
  )
  const long = decode(`1,${'x'.repeat(200)},1,\n2,a,1,\n`, trade, { maxRecordBytes: 100 })
  assert.deepEqual(
    long.rows.map(row => row[0]),
    [2n],
  )
  assert.match(long.dead[0]?.problem ?? '', /longer than 100 bytes/)
})

const runs = Number(process.env.DSD_RUNS ?? 300)

test('reads back what was written, in any pieces', () => {
  const schema = [field('a', types.string), field('b', types.bigint), field('c', types.string)]
  const text = fc.string({
    unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r\n', ' ', '漢', '🎉', 'x'),
    maxLength: 30,
  })
  const quoted = (value: string, always: boolean) =>
    always || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), text, fc.boolean()), {
        minLength: 1,
      }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 9 }),
      (records, piece, maxRows) => {
        const lines = records.map(([a, b, c, always]) => `${quoted(a, always)},${b},${quoted(c, always)}`)
        const { rows, dead } = decode(lines.join('\n'), schema, { multiline: true }, { piece, maxRows })
        assert.deepEqual(dead, [])
        assert.deepEqual(
          rows,
          records.map(([a, b, c]) => [a, b, c]),
        )
      },
    ),
    { numRuns: runs },
  )
})

test('random mutations never crash, hang or lose a line whose bytes were not touched', () => {
  const mutations = Number(process.env.DSD_RUNS ?? 3000)
  const lines = Array.from(
    { length: 12 },
    (_, id) => `${id},"né ""${'n'.repeat(id * 3)}, x",${id}.25,2020-01-01 00:00:00.001`,
  )
  const clean = new TextEncoder().encode(`${lines.join('\n')}\n`)
  const starts = [0]
  for (const [index, byte] of clean.entries()) if (byte === 0x0a) starts.push(index + 1)
  let seed = Number(process.env.DSD_SEED ?? 1)
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return Math.floor((seed / 2 ** 32) * below)
  }
  const interesting = [0x22, 0x2c, 0x0a, 0x0d, 0x20, 0x00, 0xff, 0xc3, 0x80, 0x2d, 0x30]
  const count = 20
  for (let done = 0; done < mutations; done += count) {
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
    const { rows } = decode(input, trade, {}, { maxRows: 1 + random(50) })
    const intact = rows.filter(([id, name, price, when]) => {
      const index = Math.abs(Number(id)) % 100
      return (
        name === `né "${'n'.repeat(index * 3)}, x` && price === BigInt(index * 100 + 25) && when === 1577836800001000n
      )
    })
    let next = 0
    for (const [id] of intact) if (id === untouched[next]) next++
    assert.equal(next, untouched.length, `a line was lost, seed state ${seed}`)
  }
})
