import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNodeEnvironment } from '../../connect/node/environment.ts'
import { createSession } from '../../session/create.ts'
import type { Session } from '../../session/session.ts'
import { textOf } from '../cast.ts'

const session = async (): Promise<Session> => createSession({ dialect: 'postgres' }, await createNodeEnvironment())

/** Rows of a query as PostgreSQL prints them, `|` between values. */
async function rowsOf(open: Session, sql: string): Promise<readonly string[]> {
  const result = (await open.execute(sql)).at(-1)
  assert.ok(result?.is === 'rows')
  return result.rows.map(row =>
    row.map((value, at) => textOf(value, result.schema[at]?.type ?? { is: 'null' }, 'postgres', 'UTC')).join('|'),
  )
}

// PostgreSQL's regression test numeric.sql, and its documentation of numeric types and mathematical functions.
const calculations: readonly (readonly [string, string])[] = [
  ['1.0::numeric + 2.00', '3.00'],
  ['1.0::numeric * 2.00', '2.000'],
  ['1::numeric / 3', '0.33333333333333333333'],
  ['10::numeric / 4', '2.5000000000000000'],
  ['70.0::numeric / 70', '1.00000000000000000000'],
  ['12345678901234567890::numeric / 123', '100371373180768845'],
  ['12345678901234567890::numeric % 123', '78'],
  ['div(12345678901234567890::numeric, 123)', '100371373180768844'],
  ['999999999999999999999::numeric / 1000000000000000000000', '1.00000000000000000000'],
  ['gcd(2.5, 0.5)', '0.5'],
  ['gcd(330.3::numeric, 462)', '0.3'],
  ['gcd(12::numeric(38, 0), 18)', '6'],
  ["gcd('inf'::numeric, 1)", 'NaN'],
  ['lcm(-0.4, 6)', '6.0'],
  ['lcm(2.5, 1.0)', '5.0'],
  ["'NaN'::numeric = 'NaN'::numeric", 'true'],
  ["'Infinity'::numeric < 'NaN'::numeric", 'true'],
  ["'inf'::numeric - 'inf'::numeric", 'NaN'],
  ["0 * 'inf'::numeric", 'NaN'],
  ["42 / 'inf'::numeric", '0'],
  ["'inf'::numeric % 3", 'NaN'],
  ["3 % 'inf'::numeric", '3'],
  ['sqrt(2::numeric)', '1.414213562373095'],
  ['sqrt(1.000000000000003::numeric)', '1.000000000000001'],
  ['sqrt(96627521408608.56340355805::numeric)', '9829929.87811248648'],
  ['sqrt(515549506212297735.073688290367::numeric)', '718017761.766585921184'],
  ['sqrt(515549506212297735.073688290368::numeric)', '718017761.766585921185'],
  ['sqrt(8015491789940783531003294973900307::numeric)', '89529278953540018'],
  ['exp(1.0::numeric)', '2.7182818284590452'],
  ['exp(32.999::numeric)', '214429043492155.053'],
  ['exp(-32.999::numeric)', '0.000000000000004663547361468248'],
  ['exp(123.456::numeric)', '413294435277809344957685441227343146614594393746575438.725'],
  ['ln(0.0456789::numeric)', '-3.0861187944847439'],
  ['ln(0.99949452::numeric)', '-0.00050560779808326467'],
  ['ln(1.00049687395::numeric)', '0.00049675054901370394'],
  ['ln(9.342536355e34::numeric)', '80.522470935524187'],
  [
    'log(1.234567e-89::numeric)',
    '-88.90848533591373725637496492944925187293052336306443143312825869985819779294142441287021741054275',
  ],
  ['2::numeric ^ 10', '1024.0000000000000'],
  ['3.789::numeric ^ 21.0000000000000000', '1409343026052.8716016316022141'],
  ['1.2::numeric ^ 345', '2077446682327378559843444695.6'],
  ['0.12::numeric ^ (-25)', '104825960103961013959336.50'],
  ['1.000000000123::numeric ^ (-2147483648)', '0.7678656556403084'],
  ['32.1::numeric ^ 9.8', '580429286790711.10'],
  ['32.1::numeric ^ (-9.8)', '0.000000000000001722862754788209'],
  ['12.3::numeric ^ 45.6', '50081010321492803393171165777624533697036806969694.9'],
  ['(-1.0::numeric) ^ 2147483647', '-1.0000000000000000'],
  ["0 ^ 'NaN'::numeric", 'NaN'],
  ["1 ^ 'NaN'::numeric", '1'],
  ["'NaN'::numeric ^ 0", '1'],
  ['round(2.345::numeric, 2)', '2.35'],
  ['round(-2.5::numeric)', '-3'],
  ['round(1234.5::numeric, -2)', '1200'],
  ['round(2::numeric, 3)', '2.000'],
  ['trunc(-2.349::numeric, 2)', '-2.34'],
  ['ceil(-42.8::numeric)', '-42'],
  ['floor(-42.8::numeric)', '-43'],
  ['abs(-1.50::numeric)', '1.50'],
  ['sign(-8.4::numeric)', '-1'],
  ['scale(8.4100::numeric)', '4'],
  ['min_scale(8.4100::numeric)', '2'],
  ['trim_scale(8.4100::numeric)', '8.41'],
  ['1.50::numeric::text', '1.50'],
  ['2.5::numeric::int', '3'],
  ['to_jsonb(1.50::numeric)', '1.50'],
  ["to_jsonb('NaN'::numeric)", '"NaN"'],
  ['1.25::numeric::numeric(3, 1)', '1.3'],
  ['pg_typeof(1::numeric)', 'numeric'],
  ['1.50::numeric + 1e0::float8', '2.5'],
  ['coalesce(NULL, 1.50::numeric, 2)', '1.50'],
  ['greatest(1.50::numeric, 1)', '1.50'],
  ['ARRAY[1.0::numeric, NULL] = ARRAY[1.00::numeric, NULL]', 'true'],
  ['ARRAY[1.0::numeric] <> ARRAY[1.01::numeric]', 'true'],
  ["ARRAY['1 mon'::interval] = ARRAY['30 days'::interval]", 'true'],
  ["ARRAY['0'::float8] = ARRAY['-0'::float8]", 'true'],
]

test('NUMERIC without precision calculates as in PostgreSQL, scales included', async () => {
  const open = await session()
  try {
    for (const [sql, expected] of calculations) assert.deepEqual(await rowsOf(open, `SELECT ${sql}`), [expected], sql)
  } finally {
    await open.close()
  }
})

test('what has no result fails with its code', async () => {
  const open = await session()
  const cases: readonly (readonly [string, string])[] = [
    ['1 / 0::numeric', 'DSD4002'],
    ["'inf'::numeric / 0::numeric", 'DSD4002'],
    ["'inf'::numeric::int", 'DSD4003'],
    ["'1e131072'::numeric", 'DSD4003'],
    ['10::numeric ^ 2147483647', 'DSD4003'],
    ["'1.5x'::numeric", 'DSD4004'],
    ['sqrt(-1::numeric)', 'DSD4005'],
    ['ln(0::numeric)', 'DSD4005'],
    ['(-12.34::numeric) ^ 1.2', 'DSD4005'],
  ]
  try {
    for (const [sql, code] of cases) await assert.rejects(open.execute(`SELECT ${sql}`), { code }, sql)
  } finally {
    await open.close()
  }
})

test('1.0 and 1.00 are equal, are one group and one key, and are kept as they came', async () => {
  const open = await session()
  try {
    await open.execute(`CREATE TABLE t (v NUMERIC, w INT);
      INSERT INTO t VALUES (1.0, 1), (1.00, 2), ('NaN', 3), ('inf', 4), ('-inf', 5), (-0.5, 6), (1e40, 7)`)
    assert.deepEqual(await rowsOf(open, 'SELECT v FROM t ORDER BY v, w'), [
      '-Infinity',
      '-0.5',
      '1.0',
      '1.00',
      `1${'0'.repeat(40)}`,
      'Infinity',
      'NaN',
    ])
    assert.deepEqual(await rowsOf(open, 'SELECT w FROM t WHERE v = 1 ORDER BY w'), ['1', '2'])
    assert.deepEqual(await rowsOf(open, 'SELECT v, count(*) FROM t WHERE w < 3 GROUP BY v'), ['1.0|2'])
    assert.deepEqual(await rowsOf(open, 'SELECT a.v, b.v FROM t a JOIN t b ON a.v = b.v WHERE a.w = 1 ORDER BY b.w'), [
      '1.0|1.0',
      '1.0|1.00',
    ])
    await open.execute('CREATE MATERIALIZED VIEW both AS SELECT v FROM t WHERE w < 3')
    assert.deepEqual(await rowsOf(open, 'SELECT v FROM both'), ['1.0', '1.00'])
    await open.execute('DELETE FROM t WHERE w = 1')
    assert.deepEqual(await rowsOf(open, 'SELECT v FROM both'), ['1.00'])
  } finally {
    await open.close()
  }
})

test('intervals of one length that are not the same are kept apart, and are one group', async () => {
  const open = await session()
  try {
    await open.execute(`CREATE TABLE t (v INTERVAL); CREATE MATERIALIZED VIEW w AS SELECT v FROM t;
      INSERT INTO t VALUES ('1 mon'), ('30 days'), ('30 days')`)
    assert.deepEqual(await rowsOf(open, 'SELECT v FROM w'), ['1 mon', '30 days', '30 days'])
    assert.deepEqual(await rowsOf(open, 'SELECT v, count(*) FROM t GROUP BY v'), ['1 mon|3'])
  } finally {
    await open.close()
  }
})

test('aggregates have the scale of their values, also when values are taken back', async () => {
  const open = await session()
  try {
    await open.execute(`CREATE TABLE t (g INT, v NUMERIC, w INT);
      CREATE MATERIALIZED VIEW s AS SELECT g, sum(v) s, avg(v) a, min(v) lo, max(v) hi, stddev(v) d, var_pop(v) p
        FROM t GROUP BY g;
      INSERT INTO t VALUES (1, 1.5, 1), (1, 2.25, 2), (1, NULL, 3), (2, 'inf', 4), (2, 7, 5)`)
    // avg, stddev and var_pop by PostgreSQL's formulas: 3.75 / 2, sqrt(0.28125), 0.140625.
    assert.deepEqual(await rowsOf(open, 'SELECT * FROM s ORDER BY g'), [
      '1|3.75|1.8750000000000000|1.5|2.25|0.53033008588991064330|0.14062500000000000000',
      '2|Infinity|Infinity|7|Infinity|NaN|NaN',
    ])
    await open.execute('DELETE FROM t WHERE w IN (2, 4)')
    assert.deepEqual(await rowsOf(open, 'SELECT * FROM s ORDER BY g'), [
      '1|1.5|1.50000000000000000000|1.5|1.5|NULL|0',
      '2|7|7.0000000000000000|7|7|NULL|0',
    ])
    assert.deepEqual(await rowsOf(open, 'SELECT w, sum(v) OVER (ORDER BY w) FROM t ORDER BY w'), [
      '1|1.5',
      '3|1.5',
      '5|8.5',
    ])
  } finally {
    await open.close()
  }
})
