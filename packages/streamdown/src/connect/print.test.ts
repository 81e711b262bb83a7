import assert from 'node:assert/strict'
import { test } from 'node:test'
import { field, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { blackhole } from './blackhole.ts'
import { type Checksum, checksumConnector } from './checksum.ts'
import { printConnector } from './print.ts'
import { coded, relationOf, sinkOf, write } from './relation.fixture.ts'

const schema = [field('id', types.int), field('name', types.string)]

function printed(): {
  readonly out: string[]
  readonly error: string[]
  readonly connector: ReturnType<typeof printConnector>
} {
  const out: string[] = []
  const error: string[] = []
  return {
    out,
    error,
    connector: printConnector({ write: text => out.push(text), writeError: text => error.push(text) }),
  }
}

test('changes print as in Flink, one a line', () => {
  const { out, error, connector } = printed()
  const sink = sinkOf(connector, relationOf(connector, schema))
  write(
    sink,
    schema,
    [
      [1, 'a'],
      [2, null],
      [1, 'a'],
    ],
    { weights: [1, 2, -1] },
  )
  assert.equal(out.join(''), '+I[1, a]\n+I[2, null]\n+I[2, null]\n-D[1, a]\n')
  assert.deepEqual(error, [])
})

test('with a primary key the old and the new row of a key are an update', () => {
  const { out, error, connector } = printed()
  const options = { 'print-identifier': 'x', 'standard-error': 'true' }
  const sink = sinkOf(connector, relationOf(connector, schema, options, { primaryKey: [0] }))
  const rows = [
    [1, 'a'],
    [1, 'b'],
    [2, 'c'],
    [3, 'd'],
    [4, 'e'],
  ]
  write(sink, schema, rows, { weights: [-1, 1, -1, 1, -1] })
  assert.deepEqual(error, ['x> -U[1, a]\nx> +U[1, b]\nx> -D[2, c]\nx> +I[3, d]\nx> -D[4, e]\n'])
  assert.deepEqual(out, [])
})

test('a checksum is that of the final table, whatever the order and the way', () => {
  const columns = [
    field('id', types.bigint),
    field('x', types.double),
    field('s', types.string),
    field('d', types.decimal(20, 2)),
  ]
  const rows: readonly (readonly Value[])[] = [
    [1n, 0.1 + 0.2, 'a text of more than twelve bytes', 5n],
    [2n, -0, null, -5n],
    [3n, Number.NaN, '', 10n ** 19n],
  ]
  const sumOf = (
    steps: readonly { readonly rows: typeof rows; readonly weights?: readonly number[] }[],
  ): Checksum | undefined => {
    const results = new Map<string, Checksum>()
    const connector = checksumConnector(results)
    const sink = sinkOf(connector, relationOf(connector, columns))
    steps.forEach((step, epoch) => {
      const weights = step.weights === undefined ? {} : { weights: step.weights }
      write(sink, columns, step.rows, { epoch: BigInt(epoch), ...weights })
    })
    return results.get('t')
  }
  const whole = sumOf([{ rows }])
  assert.equal(whole?.rows, 3)
  assert.deepEqual(sumOf([{ rows: [...rows].reverse() }]), whole)
  assert.deepEqual(sumOf(rows.map(row => ({ rows: [row] }))), whole)
  const detour = [9n, 1, 'gone', 0n]
  assert.deepEqual(sumOf([{ rows: [detour, ...rows] }, { rows: [detour], weights: [-1] }]), whole)
  assert.deepEqual(
    sumOf([{ rows: rows.map(row => row.map((value, at) => (at === 1 && value === 0 ? 0 : value))) }]),
    whole,
  )
  assert.deepEqual(sumOf([{ rows: [[1n, 0.3, 'a text of more than twelve bytes', 5n], ...rows.slice(1)] }]), whole)
  for (const [column, other] of [
    [0, 4n],
    [1, 0.31],
    [2, 'b'],
    [3, 6n],
  ] as const) {
    const changed = rows.map((row, at) =>
      at === 0 ? row.map((value, index) => (index === column ? other : value)) : row,
    )
    assert.notEqual(sumOf([{ rows: changed }])?.sum, whole?.sum)
  }
})

test('print and blackhole refuse options that they do not have', () => {
  const { connector } = printed()
  assert.throws(
    () => sinkOf(connector, relationOf(connector, schema, { prefix: 'x' })),
    coded('DSD3002', /connector print has no option 'prefix'; it has print-identifier, standard-error/),
  )
  assert.throws(
    () => sinkOf(connector, relationOf(connector, schema, { 'standard-error': 'yes' })),
    coded('DSD3002', /option 'standard-error' is 'yes'; it takes true or false/),
  )
  assert.throws(() => sinkOf(blackhole, relationOf(blackhole, schema, { x: '1' })), coded('DSD3002', /it has none/))
})

test('TIMESTAMP_LTZ prints in the zone of the session, and says so', () => {
  const { out, connector } = printed()
  const zoned = [field('t', { is: 'timestamp', precision: 3, zoned: true })]
  // 2024-07-01 12:00:00 in UTC; Tokyo is nine hours ahead, Berlin in summer two.
  const noon = BigInt(Date.UTC(2024, 6, 1, 12)) * 1000n
  for (const zone of ['UTC', 'Asia/Tokyo', 'Europe/Berlin']) {
    const sink = connector.sink?.create(relationOf(connector, zoned), zone)
    assert.ok(sink !== undefined)
    write(sink, zoned, [[noon]])
  }
  assert.deepEqual(out, [
    '+I[2024-07-01T12:00:00Z]\n',
    '+I[2024-07-01T21:00:00+09:00]\n',
    '+I[2024-07-01T14:00:00+02:00]\n',
  ])
})
