import assert from 'node:assert/strict'
import { test } from 'node:test'
import { avg, lag, memory, stream, t } from '../../index.ts'

const orders = stream(memory(), {
  schema: t.row({ id: t.string, customer: t.string, total: t.decimal(10, 2), placed: t.timestamp(3) }),
  time: 'placed',
})

test('rows around a row are OVER windows of Flink', () => {
  const [, query] = orders
    .by('customer')
    .over({ last: '1 hour' }, { mean: avg('total'), before: lag('total', 2) })
    .toSQL()
    .split('WITH r1 AS (')
  assert.match(
    query ?? '',
    /AVG\(total\) OVER \(PARTITION BY customer ORDER BY placed RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW\) AS mean/,
  )
  assert.match(query ?? '', /LAG\(total, 2\) OVER \(PARTITION BY customer ORDER BY placed\) AS before/)
})
