import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MemoryOptions } from '../batch/linear-memory.ts'
import { castValue } from '../functions/cast.ts'
import { likeToPattern } from '../functions/regex/patterns.ts'
import { fieldDigits, floorTo } from '../functions/time/fields.ts'
import { formatJava } from '../functions/time/java-format.ts'
import { compareText } from '../types/compare-values.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import { runSql } from './expressions.fixture.ts'

const runs = Number(process.env.DSD_RUNS ?? 60)
const modes: Record<string, MemoryOptions> = {
  plain: {},
  'grow at every allocation': { growAlways: true },
  'heap above 2 GiB': { heapStart: 2 ** 31 },
}

const alphabet = fc.constantFrom('a', 'b', 'A', ' ', '%', '_', ',', 'é', '日', '😀', 'x')
const text = fc.oneof(fc.string({ unit: alphabet, maxLength: 30 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
const points = (value: string): string[] => Array.from(value)

test('texts of ASCII, of every length around a vector, change their case and are searched', () => {
  const schema: Schema = [field('s', types.string), field('t', types.string)]
  const ascii = fc.string({ unit: fc.constantFrom('a', 'b', 'z', 'A', 'Z', '@', '[', '`', '{', '0'), maxLength: 50 })
  const piece = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 18 })
  fc.assert(
    fc.property(fc.array(fc.tuple(ascii, ascii, piece), { minLength: 1, maxLength: 20 }), drawn => {
      const rows = drawn.map(([before, after, piece]) => [before + piece + after, piece])
      const { rows: results } = runSql(schema, rows, ['UPPER(s)', 'LOWER(s)', 'POSITION(t IN s)', "REPLACE(s, t, '-')"])
      for (const [i, [s = '', t = '']] of rows.entries()) {
        assert.deepEqual(results[i], [s.toUpperCase(), s.toLowerCase(), s.indexOf(t) + 1, s.replaceAll(t, '-')])
      }
    }),
    { numRuns: runs },
  )
})

const textCasts = {
  TINYINT: { least: -(2n ** 7n), most: 2n ** 7n - 1n },
  SMALLINT: { least: -(2n ** 15n), most: 2n ** 15n - 1n },
  INT: { least: -(2n ** 31n), most: 2n ** 31n - 1n },
  BIGINT: { least: -(2n ** 63n), most: 2n ** 63n - 1n },
}
for (const [type, { least, most }] of Object.entries(textCasts)) {
  test(`CAST of texts to ${type} names it where a text is none, or beyond its range`, () => {
    const below = String(least - 1n)
    const above = String(most + 1n)
    const texts = [String(least), String(most), 'd1', below, above, '9'.repeat(30), ` ${above}.5 `, ' +7.9 ', null]
    const rows = texts.map(one => [one])
    const { rows: results, messages } = runSql([field('s', types.string)], rows, [`CAST(s AS ${type})`])
    const numbers = results.map(([value]) => (value === null ? null : BigInt(String(value))))
    assert.deepEqual(numbers, [least, most, 7n, null])
    assert.deepEqual(
      [...messages],
      [
        [2, `'d1' is not a valid ${type}`],
        [3, `${below} is out of range of ${type}`],
        [4, `${above} is out of range of ${type}`],
        [5, `${'9'.repeat(30)} is out of range of ${type}`],
        [6, `${above} is out of range of ${type}`],
      ],
    )
    const tried = runSql([field('s', types.string)], rows, [`TRY_CAST(s AS ${type})`])
    assert.deepEqual(
      tried.rows.map(([value]) => value === null),
      [false, false, true, true, true, true, true, false, true],
    )
  })
}

for (const [mode, options] of Object.entries(modes)) {
  test(`text kernels do what JavaScript does, ${mode}`, () => {
    const schema: Schema = [field('s', types.string), field('t', types.string), field('n', types.int)]
    const sql = {
      'CHAR_LENGTH(s)': (s: string) => points(s).length,
      'UPPER(s)': (s: string) => s.toUpperCase(),
      'LOWER(s)': (s: string) => s.toLowerCase(),
      'TRIM(s)': (s: string) => s.replace(/^ +| +$/g, ''),
      's || t': (s: string, t: string) => s + t,
      'CONCAT(s, t, s)': (s: string, t: string) => s + t + s,
      's = t': (s: string, t: string) => s === t,
      's < t': (s: string, t: string) => compareText(s, t) < 0,
      's >= t': (s: string, t: string) => compareText(s, t) >= 0,
      'LEFT(s, n)': (s: string, _: string, n: number) => points(s).slice(0, Math.max(0, n)).join(''),
      'RIGHT(s, n)': (s: string, _: string, n: number) => (n <= 0 ? '' : points(s).slice(-n).join('')),
      'left_postgres(s, n)': (s: string, _: string, n: number) => points(s).slice(0, n).join(''),
      'right_postgres(s, n)': (s: string, _: string, n: number) =>
        (n < 0 ? points(s).slice(-n) : n === 0 ? [] : points(s).slice(-n)).join(''),
      'SUBSTRING(s FROM 2 FOR 3)': (s: string) => points(s).slice(1, 4).join(''),
      'SUBSTRING(s FROM 3)': (s: string) => points(s).slice(2).join(''),
      'POSITION(t IN s)': (s: string, t: string) => (s.includes(t) ? points(s.slice(0, s.indexOf(t))).length + 1 : 0),
      'STARTS_WITH(s, t)': (s: string, t: string) => s.startsWith(t),
      'ENDSWITH(s, t)': (s: string, t: string) => s.endsWith(t),
      'REPLACE(s, t, s)': (s: string, t: string) => (t === '' ? s : s.replaceAll(t, () => s)),
      "REPLACE(s, 'a', '😀')": (s: string) => s.replaceAll('a', '😀'),
      "CHAR_LENGTH(REPLACE(s, 'a', ''))": (s: string) => points(s.replaceAll('a', '')).length,
      "CHAR_LENGTH(REPLACE(s || s, '日a', 'x'))": (s: string) => points((s + s).replaceAll('日a', 'x')).length,
      "CHAR_LENGTH(s) - CHAR_LENGTH(REPLACE(s, 'aa', ''))": (s: string) =>
        points(s).length - points(s.replaceAll('aa', '')).length,
      "CHAR_LENGTH(REPLACE(s, '', 'b'))": (s: string) => points(s).length,
      "CHAR_LENGTH(REPLACE(s, 'a', 'bb'))": (s: string) => points(s.replaceAll('a', 'bb')).length,
      "SPLIT_INDEX(s || t || s || t, ',', 2)": (s: string, t: string) => (s + t + s + t).split(',')[2] ?? null,
      "SPLIT_INDEX(s, ',', 1)": (s: string) => s.split(',')[1] ?? null,
      "SPLIT_INDEX(s || s || t, ',', 4)": (s: string, t: string) => (s + s + t).split(',')[4] ?? null,
      "SPLIT_INDEX(s, 'a', 0)": (s: string) => s.split('a')[0] ?? null,
      "SPLIT_PART(s, ',', 2)": (s: string) => s.split(',')[1] ?? '',
      "SPLIT_PART(s, ',', 3)": (s: string) => s.split(',')[2] ?? '',
      "SPLIT_INDEX(s, ',', 4)": (s: string) => s.split(',')[4] ?? null,
      "CASE WHEN n > 0 THEN SPLIT_INDEX(t, ' ', 2) ELSE SPLIT_INDEX(t, ' ', 1) END": (
        _: string,
        t: string,
        n: number,
      ) => t.split(' ')[n > 0 ? 2 : 1] ?? null,
      "SPLIT_INDEX(t, ' ', 3)": (_: string, t: string) => t.split(' ')[3] ?? null,
      "SPLIT_INDEX(s || ',' || t, ',', 2)": (s: string, t: string) => `${s},${t}`.split(',')[2] ?? null,
      "SPLIT_INDEX(s || ',' || t, ',', 1)": (s: string, t: string) => `${s},${t}`.split(',')[1] ?? null,
      "SPLIT_INDEX(s, 'é', 0) || SPLIT_INDEX(s, 'é', 1)": (s: string) =>
        s.includes('é') ? s.split('é').slice(0, 2).join('') : null,
      "s LIKE '%a%b%'": (s: string) => /a.*b/su.test(s),
      "s LIKE 'a%'": (s: string) => s.startsWith('a'),
      "s LIKE '%é'": (s: string) => s.endsWith('é'),
      "s LIKE '_%_'": (s: string) => points(s).length >= 2,
      "s LIKE '%a_日%'": (s: string) => likeToPattern('%a_日%', '', false).test(s),
      "s LIKE '%!%%' ESCAPE '!'": (s: string) => s.includes('%'),
      's LIKE t': (s: string, t: string) => likeToPattern(t, '', false).test(s),
    } as const
    fc.assert(
      fc.property(
        fc.array(fc.tuple(text, text, fc.integer({ min: -5, max: 40 })), { minLength: 1, maxLength: 20 }),
        rows => {
          const { rows: results, failed } = runSql(schema, rows, Object.keys(sql), options)
          assert.equal(failed.size, 0)
          for (const [i, [s, t, n]] of rows.entries()) {
            for (const [j, [name, expected]] of Object.entries(sql).entries())
              assert.deepEqual(results[i]?.[j], expected(s, t, n), `${name} of ${JSON.stringify([s, t, n])}`)
          }
        },
      ),
      { numRuns: mode === 'plain' ? runs : Math.ceil(runs / 6) },
    )
  })
}

test('LIKE agrees with a regular expression', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '%', '_', 'é'), maxLength: 8 })
  fc.assert(
    fc.property(
      pattern,
      fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀'), maxLength: 12 }), {
        minLength: 1,
        maxLength: 30,
      }),
      (like, texts) => {
        const { rows } = runSql(
          [field('s', types.string)],
          texts.map(s => [s]),
          [`s LIKE '${like}'`],
        )
        assert.deepEqual(
          rows.flat(),
          texts.map(s => likeToPattern(like, '', false).test(s)),
          like,
        )
      },
    ),
    { numRuns: runs * 4 },
  )
})

test('numbers to text and back', () => {
  const schema: Schema = [field('n', types.bigint), field('d', types.decimal(12, 3)), field('i', types.int)]
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -20n, max: 20n })),
          fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }),
          fc.integer(),
        ),
        { minLength: 1 },
      ),
      rows => {
        const { rows: results } = runSql(schema, rows, [
          'CAST(n AS STRING)',
          'CAST(d AS STRING)',
          'CAST(CAST(n AS STRING) AS BIGINT)',
          'CAST(CAST(d AS STRING) AS DECIMAL(12, 3))',
          'CAST(CAST(i AS STRING) AS INT)',
        ])
        assert.deepEqual(
          results,
          rows.map(([n, d, i]) => [
            String(n),
            castValue(d, types.decimal(12, 3), types.string, 'flink', 'UTC'),
            n,
            d,
            i,
          ]),
        )
      },
    ),
    { numRuns: runs },
  )
})

test('texts that are no numbers fail, or are NULL in TRY_CAST', () => {
  const texts = ['', ' ', '-', '1x', '12345678901234567890', ' 42 ', '+7', '1.9', 'é', '99999999999']
  const { rows, failed } = runSql(
    [field('s', types.string)],
    texts.map(s => [s]),
    ['CAST(s AS BIGINT)'],
  )
  assert.deepEqual(rows.flat(), [42n, 7n, 1n, 99999999999n])
  assert.deepEqual([...failed.values()], [4, 4, 4, 4, 4, 4])
  const tried = runSql(
    [field('s', types.string)],
    texts.map(s => [s]),
    ['TRY_CAST(s AS INT)'],
  )
  assert.deepEqual(tried.rows.flat(), [null, null, null, null, null, 42, 7, 1, null, null])
})

test('time kernels agree with the calendar in JavaScript', () => {
  const schema: Schema = [field('ts', types.timestamp(6)), field('d', types.date)]
  const names = ['YEAR', 'QUARTER', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND', 'DOW', 'DOY']
  const units = ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year']
  const pattern = "yyyy-MM-dd'T'HH:mm:ss.SSS"
  const outputs = [
    ...names.map(name => `EXTRACT_POSTGRES('${name}', ts)`),
    ...units.map(unit => `DATE_TRUNC('${unit}', ts)`),
    `DATE_FORMAT(ts, '${pattern.replaceAll("'", "''")}')`,
    'CAST(ts AS STRING)',
    'CAST(CAST(ts AS STRING) AS TIMESTAMP(6))',
    'CAST(d AS STRING)',
    'CAST(CAST(d AS STRING) AS DATE)',
    'CAST(ts AS DATE)',
    'EXTRACT(YEAR FROM d)',
  ]
  const range = 10n ** 17n
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt({ min: -range, max: range }), fc.integer({ min: -1_000_000, max: 2_000_000 })), {
        minLength: 1,
        maxLength: 20,
      }),
      rows => {
        const { rows: results, failed } = runSql(schema, rows, outputs)
        assert.equal(failed.size, 0)
        assert.deepEqual(
          results,
          rows.map(([ts, d]) => [
            ...names.map(name => {
              const digits = fieldDigits(name, ts) ?? 0n
              return (digits - (((digits % 1_000_000n) + 1_000_000n) % 1_000_000n)) / 1_000_000n
            }),
            ...units.map(unit => floorTo(ts, unit)),
            formatJava(ts, pattern, 'UTC'),
            castValue(ts, types.timestamp(6), types.string, 'flink', 'UTC'),
            ts,
            castValue(d, types.date, types.string, 'flink', 'UTC'),
            d,
            Number((ts - (((ts % 86_400_000_000n) + 86_400_000_000n) % 86_400_000_000n)) / 86_400_000_000n),
            (fieldDigits('YEAR', BigInt(d) * 86_400_000_000n) ?? 0n) / 1_000_000n,
          ]),
        )
      },
    ),
    { numRuns: runs },
  )
})

test('time zones with daylight saving', () => {
  const schema: Schema = [field('ts', types.timestamp(3)), field('at', types.timestampLtz(3))]
  const micros = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n
  const rows = [
    ['2024-03-31T01:59:59Z', '2024-03-31T00:59:59Z'],
    // 02:30 does not exist: the clock went from 02:00 to 03:00.
    ['2024-03-31T02:30:00Z', '2024-03-31T01:30:00Z'],
    // 02:30 happens twice: the first.
    ['2024-10-27T02:30:00Z', '2024-10-27T00:30:00Z'],
    ['2024-07-01T12:00:00Z', '2024-07-01T10:00:00Z'],
  ].map(pair => pair.map(micros))
  const { rows: results } = runSql(
    schema,
    rows,
    ["ts AT TIME ZONE 'Europe/Berlin' = at", 'CAST(ts AS TIMESTAMP_LTZ(3)) = at', 'CAST(at AS STRING)'],
    { timeZone: 'Europe/Berlin' },
  )
  assert.deepEqual(results, [
    [true, true, '2024-03-31 01:59:59.000'],
    [true, true, '2024-03-31 03:30:00.000'],
    [true, true, '2024-10-27 02:30:00.000'],
    [true, true, '2024-07-01 12:00:00.000'],
  ])
})

test('formatted times that follow each other closely', () => {
  const schema: Schema = [field('ts', types.timestamp(6))]
  const patterns = ['yyyy-MM-dd', 'HH:mm', 'yyyyMMddHH', 'mm:ss', 'ss.SSS', 'yyyy-MM-dd HH:mm:ss', 'dd', 'yyyy']
  const outputs = patterns.map(pattern => `DATE_FORMAT(ts, '${pattern}')`)
  const step = fc.constantFrom(
    0n,
    1n,
    -1n,
    1_000n,
    1_000_000n,
    -1_000_000n,
    60_000_000n,
    3_600_000_000n,
    -86_400_000_000n,
  )
  // The last one is past the year 9999, which the kernel leaves to JavaScript.
  const first = fc.constantFrom(0n, 1_700_000_000_123_456n, -62_000_000_000_000_000n, 253_402_300_799_999_999n)
  fc.assert(
    fc.property(first, fc.array(step, { maxLength: 40 }), (start, steps) => {
      const times: bigint[] = [start]
      for (const each of steps) times.push((times.at(-1) ?? 0n) + each)
      const { rows } = runSql(
        schema,
        times.map(ts => [ts]),
        outputs,
      )
      const expected = times.map(ts => patterns.map(pattern => formatJava(ts, pattern, 'UTC')))
      assert.deepEqual(rows, expected)
    }),
    { numRuns: runs },
  )
})
