import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { aggregateFunctions } from '../../../functions/aggregates.ts'
import type { AggregateCall } from '../../../plan/expressions/aggregate-call.ts'
import { randomOf } from '../../../state/table-model.fixture.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { FedRow } from '../operator-harness.fixture.ts'
import { aggregateNode, call, harnessOf, inputNode } from './aggregate-model.fixture.ts'

const schema = [
  field('g', types.int),
  field('i', types.int),
  field('b', types.bigint),
  field('d', types.double),
  field('y', types.double),
  field('m', types.decimal(12, 2)),
  field('big', types.decimal(38, 4)),
  field('s', types.string),
  field('yes', types.boolean),
  field('comma', types.string, false),
  field('third', types.double, false),
  field('id', types.int, false),
]

const plain = (name: string, ...args: readonly string[]): { readonly ours: AggregateCall; readonly duck: string } => ({
  ours: call(schema, name, args),
  duck: `${name}(${args.join(', ') || '*'})`,
})

/** DuckDB is asked for the same; what it names or types otherwise is written out. */
const asked: readonly { readonly ours: AggregateCall; readonly duck: string }[] = [
  plain('count'),
  plain('count', 's'),
  ...['i', 'b', 'd', 'm'].flatMap(column =>
    ['sum', 'min', 'max', 'stddev_samp', 'stddev_pop', 'var_samp', 'var_pop'].map(name => plain(name, column)),
  ),
  plain('sum', 'big'),
  plain('avg', 'i'),
  plain('avg', 'b'),
  plain('avg', 'd'),
  { ours: call(schema, 'avg', ['m']), duck: 'round(sum(m)::DECIMAL(38, 8) / count(m), 6)' },
  plain('min', 's'),
  plain('max', 's'),
  plain('bool_and', 'yes'),
  plain('bool_or', 'yes'),
  ...['bit_and', 'bit_or', 'bit_xor'].flatMap(name => [plain(name, 'i'), plain(name, 'b')]),
  ...[
    'corr',
    'covar_pop',
    'covar_samp',
    'regr_slope',
    'regr_intercept',
    'regr_r2',
    'regr_avgx',
    'regr_avgy',
    'regr_sxx',
    'regr_syy',
    'regr_sxy',
  ].map(name => ({
    ...plain(name, 'y', 'd'),
    // Where a divisor would be 0 DuckDB gives NaN, PostgreSQL and we NULL.
    duck: `nullif(${name}(y, d)::DOUBLE, 'NaN'::DOUBLE)`,
  })),
  plain('regr_count', 'y', 'd'),
  plain('median', 'd'),
  { ours: call(schema, 'percentile_cont', ['third', 'd'], { orderBy: ['d'] }), duck: 'quantile_cont(d, 0.25)' },
  { ours: call(schema, 'percentile_disc', ['third', 'd'], { orderBy: ['d'] }), duck: 'quantile_disc(d, 0.25)' },
  { ours: call(schema, 'count', ['s'], { distinct: true }), duck: 'count(DISTINCT s)' },
  { ours: call(schema, 'sum', ['i'], { distinct: true }), duck: 'sum(DISTINCT i)' },
  { ours: call(schema, 'avg', ['i'], { distinct: true, filter: 'yes' }), duck: 'avg(DISTINCT i) FILTER (WHERE yes)' },
  { ours: call(schema, 'max', ['b'], { filter: 'yes' }), duck: 'max(b) FILTER (WHERE yes)' },
  { ours: call(schema, 'string_agg', ['s', 'comma'], { orderBy: ['id'] }), duck: "string_agg(s, ', ' ORDER BY id)" },
  {
    ours: call(schema, 'string_agg', ['s', 'comma'], { distinct: true, orderBy: ['s'] }),
    duck: "string_agg(DISTINCT s, ', ' ORDER BY s)",
  },
  { ours: call(schema, 'array_agg', ['i'], { orderBy: ['id'] }), duck: 'array_agg(i ORDER BY id)' },
  {
    ours: call(schema, 'first_value', ['i'], { orderBy: ['id'] }),
    duck: 'first(i ORDER BY id) FILTER (WHERE i IS NOT NULL)',
  },
  {
    ours: call(schema, 'last_value', ['s'], { orderBy: ['id'] }),
    duck: 'last(s ORDER BY id) FILTER (WHERE s IS NOT NULL)',
  },
  { ours: call(schema, 'arg_min', ['id', 'd']), duck: 'arg_min(id, d)' },
  { ours: call(schema, 'arg_max', ['id', 'd']), duck: 'arg_max(id, d)' },
]

const texts = ['', 'a', 'twelve bytes', 'thirteen bytes', 'Zürich', 'a text that is rather long, number one']

function randomRows(seed: number, count: number): Value[][] {
  const random = randomOf(seed)
  const nullOr = (value: Value): Value => (random.below(7) === 0 ? null : value)
  return Array.from({ length: count }, (_, id) => [
    nullOr(random.below(5)),
    nullOr(random.below(2000) - 1000),
    nullOr((BigInt(random.below(2 ** 24)) << 39n) - 2n ** 62n),
    // Distinct within a table: DuckDB breaks ties its own way.
    nullOr((random.below(1000) - 500) * 1000 + id / 8),
    nullOr(random.below(1000) / 7),
    nullOr(BigInt(random.below(1_000_000) - 500_000)),
    nullOr(BigInt(random.below(1_000_000)) * 10n ** 24n),
    nullOr(texts[random.below(texts.length)] ?? ''),
    nullOr(random.below(2) === 0),
    ', ',
    0.25,
    id,
  ])
}

function literal(value: Value, type: DataType): string {
  if (value === null) return 'NULL'
  if (type.is === 'decimal' && typeof value === 'bigint') return decimalText(value, type.scale)
  if (type.is === 'string') return `'${value}'`
  if (type.is === 'double') return `${value}::DOUBLE`
  return String(value)
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale || undefined)}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`
}

/** A result as text for comparing: numbers that are not exact by nine digits. */
function shown(value: Value, type: DataType): string {
  if (value === null) return 'NULL'
  if (type.is === 'decimal' && typeof value === 'bigint') return number(decimalText(value, type.scale), false)
  if (type.is === 'array' && Array.isArray(value)) return `[${value.map(each => shown(each, type.element)).join(', ')}]`
  return type.is === 'double' ? number(String(value), true) : String(value)
}

function number(text: string, rounded: boolean): string {
  if (!rounded) return text.includes('.') ? text.replace(/\.?0+$/, '') : text
  const value = Number(text)
  return value === 0 || Math.abs(value) < 1e-9 ? '0' : value.toPrecision(9)
}

function shownDuck(text: string, type: DataType): string {
  if (type.is === 'decimal') return text === 'NULL' ? text : number(text, false)
  return type.is === 'double' && text !== 'NULL' ? number(text, true) : text
}

const duckTypes: Partial<Record<DataType['is'], string>> = {
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
}

async function askDuck(rows: readonly (readonly Value[])[]): Promise<string[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const columns = schema.map(
    ({ name, type }) =>
      `${name} ${type.is === 'decimal' ? `DECIMAL(${type.precision}, ${type.scale})` : duckTypes[type.is]}`,
  )
  await connection.run(`CREATE TABLE t (${columns.join(', ')})`)
  const values = rows.map(row => `(${row.map((value, i) => literal(value, schema[i]?.type ?? types.null)).join(', ')})`)
  await connection.run(`INSERT INTO t VALUES ${values.join(', ')}`)
  const outputs = ['g', ...asked.map(({ duck }) => duck)].map(text => `coalesce((${text})::VARCHAR, 'NULL')`)
  const result = await connection.runAndReadAll(`SELECT ${outputs.join(', ')} FROM t GROUP BY g`)
  return result
    .getRows()
    .map(row =>
      row
        .map((text, i) => shownDuck(String(text), i === 0 ? types.int : (asked[i - 1]?.ours.type ?? types.null)))
        .join(' | '),
    )
    .sort()
}

function askUs(rows: readonly (readonly Value[])[], appendOnly: boolean, workers: number): string[] {
  const node = aggregateNode(
    inputNode(schema),
    [0],
    asked.map(({ ours }) => ours),
  )
  const harness = harnessOf(node, appendOnly, workers)
  const fed = rows.map((values): FedRow => ({ input: 0, values }))
  if (!appendOnly) {
    // Other rows come before and go after: nothing of them may stay.
    const others = randomRows(99, 40).map(values => ({ input: 0, values, weight: 1 }))
    harness.step(others)
    harness.step(fed.slice(0, 30))
    harness.restart(workers)
    harness.step(others.map(row => ({ ...row, weight: -1 })))
    harness.step(fed.slice(30))
  } else {
    harness.step(fed, {}, 7)
  }
  const last = new Map<string, readonly Value[]>()
  for (const { values, weight } of harness.main) {
    if (weight > 0) last.set(String(values[0]), values)
    else last.delete(String(values[0]))
  }
  const typeOf = (i: number): DataType => (i === 0 ? types.int : (asked[i - 1]?.ours.type ?? types.null))
  return [...last.values()].map(values => values.map((value, i) => shown(value, typeOf(i))).join(' | ')).sort()
}

for (const seed of [1, 2, 3, 4]) {
  test(`aggregate values equal DuckDB's, rows ${seed}`, async () => {
    const rows = randomRows(seed, seed === 1 ? 6 : 120)
    const expected = await askDuck(rows)
    assert.deepEqual(askUs(rows, true, 1), expected)
    assert.deepEqual(askUs(rows, false, 2), expected)
  })
}

/** Functions that DuckDB does not have, has as another estimate or prints in another way. */
const notInDuck = new Set([
  'approx_count_distinct',
  'approx_percentile',
  'jsonb_agg',
  'jsonb_agg_strict',
  'jsonb_object_agg',
  'jsonb_object_agg_strict',
])
const duckNames: Readonly<Record<string, string>> = {
  collect: 'histogram',
  first_value: 'first',
  last_value: 'last',
  percentile: 'quantile_cont',
}

test('the examples of the aggregate functions are true', async () => {
  const connection = await (await DuckDBInstance.create()).connect()
  for (const { name, examples } of aggregateFunctions) {
    if (notInDuck.has(name)) continue
    for (const { sql, gives } of examples) {
      const asDuck = sql.replace(`${name}(`, `${duckNames[name] ?? name}(`)
      const result = await connection.runAndReadAll(asDuck.replace(/^SELECT (.*) FROM/, 'SELECT ($1)::VARCHAR FROM'))
      const text = String(result.getRows()[0]?.[0])
        .replace(/\.0$/, '')
        .replace(/^\[(.*)\]$/, (_, list: string) => `{${list.replaceAll(' ', '')}}`)
      assert.equal(text, gives, sql)
    }
  }
})
