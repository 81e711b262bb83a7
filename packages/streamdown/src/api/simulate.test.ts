import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  and,
  avg,
  count,
  countDistinct,
  cumulate,
  eq,
  file,
  fold,
  gt,
  hop,
  lag,
  max,
  memory,
  mul,
  not,
  query,
  rows,
  type SimulateOptions,
  type Simulation,
  session,
  simulate,
  sql,
  stream,
  sum,
  t,
  table,
  tumble,
  when,
} from '../index.ts'

const orders = stream(memory(), {
  schema: t.row({ id: t.string, customer_id: t.string, currency: t.string, total: t.double, placed: t.timestamp(3) }),
  time: 'placed',
})
const shipments = stream(memory(), {
  schema: t.row({ order_id: t.string, carrier: t.string, sent: t.timestamp(3) }),
  time: 'sent',
})
const customers = table(memory(), {
  schema: t.row({ id: t.string, name: t.string, country: t.optional(t.string) }),
  key: 'id',
})
const payments = stream(memory(), {
  schema: t.row({ id: t.string, card: t.string, amount: t.decimal(10, 2), ts: t.timestamp(3) }),
  time: 'ts',
  lateness: '5s',
})

const at = (time: string) => `2026-01-01T${time}Z`

/** Every program of this file runs in each of these ways, and must give the same. */
const ways: readonly SimulateOptions[] = [{ steps: 'all' }, { steps: 'one' }, { steps: 'random', seed: 7, workers: 2 }]

/** The same inputs for all: four orders (the last one late), two customers, two shipments; a restart in the middle. */
function feed(sim: Simulation): Simulation {
  return sim
    .push(customers, { id: 'c1', name: 'Ann', country: 'CH' }, { id: 'c2', name: 'Bob' })
    .push(
      orders,
      { id: 'o1', customer_id: 'c1', currency: 'CHF', total: 10, placed: at('00:00:00') },
      { id: 'o2', customer_id: 'c1', currency: 'EUR', total: 20, placed: at('00:10:00') },
    )
    .restart()
    .push(
      orders,
      { id: 'o3', customer_id: 'c2', currency: 'CHF', total: 30, placed: at('02:00:00') },
      { id: 'o4', customer_id: 'c9', currency: 'EUR', total: 5, placed: at('00:20:00') },
    )
    .push(
      shipments,
      { order_id: 'o1', carrier: 'ups', sent: at('05:00:00') },
      { order_id: 'o3', carrier: 'dhl', sent: '2026-01-09T05:00:00Z' },
    )
    .push(customers, { id: 'c1', name: 'Anna', country: 'CH' })
    .end()
}

/** The rows of a relation as text, sorted. */
function gives(name: string, relation: Parameters<Simulation['rows']>[0], expected: readonly string[]): void {
  for (const way of ways) {
    test(`${name} (${JSON.stringify(way)})`, () => {
      const sim = feed(simulate({ relation, orders, shipments, customers }, way))
      assert.deepEqual(sim.deadLetters(), [])
      assert.deepEqual(sim.rows(relation).map(shown).sort(), [...expected].sort())
    })
  }
}

/** `o1 10 -`: the values one after the other; times without their day, nested rows in brackets. */
function shown(row: unknown): string {
  return typeof row === 'object' && row !== null ? Object.values(row).map(shownValue).join(' ') : String(row)
}

function shownValue(value: unknown): string {
  if (value === null) return '-'
  if (value instanceof Date) return value.toISOString().replace('2026-01-01T', '').replace(':00.000Z', '')
  return typeof value === 'object' && value.constructor === Object ? `(${shown(value)})` : String(value)
}

gives(
  'where, as data, as an expression, as SQL',
  orders
    .where('total', '>', 5)
    .where(and(gt('total', 6), not(eq('currency', 'USD'))))
    .where(sql<boolean>`total < ${25}`)
    .pick('id'),
  ['o1', 'o2'],
)
gives(
  'where and derive by arrows',
  orders
    .where(o => o.total >= 20)
    .derive({ label: o => `${o.id}/${o.currency}`, twice: o => o.total * 2 })
    .pick('label', 'twice'),
  ['o2/EUR 40', 'o3/CHF 60'],
)
gives(
  'derive by expressions',
  orders.derive({ fee: mul('total', 0.5), size: when(gt('total', 15), 'big', 'small') }).pick('id', 'fee', 'size'),
  ['o1 5 small', 'o2 10 big', 'o3 15 big', 'o4 2.5 small'],
)
gives(
  'map',
  orders.map(o => ({ id: o.id, cents: BigInt(Math.round(o.total * 100)) })),
  ['o1 1000', 'o2 2000', 'o3 3000', 'o4 500'],
)
gives(
  'flatMap',
  orders.flatMap(t.row({ id: t.string, part: t.int }), o =>
    o.total > 15
      ? [
          { id: o.id, part: 1 },
          { id: o.id, part: 2 },
        ]
      : [],
  ),
  ['o2 1', 'o2 2', 'o3 1', 'o3 2'],
)
gives(
  'a union of rows narrows',
  orders
    .map(o => (o.total > 15 ? { type: 'bid' as const, price: o.total } : { type: 'person' as const, name: o.id }))
    .where(e => e.type === 'bid')
    .pick('price'),
  ['20', '30'],
)
gives('a group', orders.by('customer_id').aggregate({ n: count(), total: sum('total'), last: max('placed') }), [
  'c1 2 30 00:10',
  'c2 1 30 02:00',
  'c9 1 5 00:20',
])
gives(
  'a group of a group',
  orders.by('customer_id').aggregate({ n: count() }).by('n').aggregate({ customers: count() }),
  ['2 1', '1 2'],
)
gives(
  'an aggregate with a condition',
  orders
    .by('currency')
    .aggregate({ big: count({ where: o => o.total > 15 }), top: max('total', { where: gt('total', 25) }) }),
  ['CHF 1 30', 'EUR 1 -'],
)
gives('a window that closes', orders.by('currency').window(tumble('1 hour')).aggregate({ n: count() }), [
  'CHF 00:00 01:00 1',
  'CHF 02:00 03:00 1',
  'EUR 00:00 01:00 1',
])
gives(
  'what came too late',
  orders.by('currency').window(tumble('1 hour')).late.pick('id', 'windows_missed', 'windows_total'),
  ['o4 1 1'],
)
gives(
  'a window kept open',
  orders.by('currency').window(tumble('1 hour'), { keepOpen: '2 hours' }).aggregate({ n: count() }),
  ['CHF 00:00 01:00 1', 'CHF 02:00 03:00 1', 'EUR 00:00 01:00 2'],
)
gives(
  'a session and a fold',
  orders
    .by('currency')
    .window(session('30 minutes'))
    .aggregate({ n: count(), path: fold(t.string, '', (s, o) => `${s}${o.id}`) }),
  ['CHF 00:00 00:30 1 o1', 'CHF 02:00 02:30 1 o3', 'EUR 00:10 00:40 1 o2'],
)
gives(
  'a fold over a table that changes',
  customers.by('country').aggregate({
    letters: fold(t.int, 0, (n, c) => n + c.name.length, { retract: (n, { name }) => n - name.length }),
  }),
  ['CH 4', '- 3'],
)
gives(
  'a growing window of all rows',
  orders.window(cumulate('4 hours', { every: '2 hours' })).aggregate({ customers: countDistinct('customer_id') }),
  ['00:00 02:00 1', '00:00 04:00 3'],
)
gives(
  'windows of counted rows, in order of arrival',
  orders
    .by('currency')
    .window(rows(2))
    .aggregate({ n: count(), path: fold(t.string, '', (s, o) => `${s}${o.id}`) }),
  ['CHF 1 2 o1o3', 'EUR 1 2 o2o4'],
)
gives(
  'the last three of every two rows',
  orders.window(rows(3, { every: 2 })).aggregate({ path: fold(t.string, '', (s, o) => `${s}${o.id}`) }),
  ['1 o1o2', '2 o2o3o4'],
)
gives('the best of each key', orders.by('currency').top(1, 'total desc', { rank: 'place' }).pick('id', 'place'), [
  'o3 1',
  'o2 1',
])
gives(
  'the best of each window',
  orders.window(tumble('1 hour')).by('currency').top(1, 'total desc').pick('id', 'window_end'),
  ['o1 01:00', 'o2 01:00', 'o3 03:00'],
)
gives('the newest of each key', orders.by('currency').latest().pick('id'), ['o3', 'o4'])
gives(
  'a running mean and the row before',
  orders
    .by('currency')
    .over({ rows: 2 }, { mean: avg('total'), before: lag('id'), all: count() })
    .select({ id: 'id', mean: 'mean', before: 'before', all: 'all' }),
  ['o1 10 - 1', 'o2 20 - 1', 'o3 20 o1 2'],
)
gives(
  'what came within a time',
  orders
    .by('currency')
    .over({ last: '1 hour' }, { spent: sum('total') })
    .select({ id: 'id', spent: 'spent' }),
  ['o1 10', 'o2 20', 'o3 30'],
)
gives('the first of each key', orders.by('currency').first().pick('id'), ['o1', 'o2'])
gives('the first of each key after a pause', orders.by('currency').first({ within: '1 hour' }).pick('id'), [
  'o1',
  'o2',
  'o3',
])
gives(
  'streams joined in time',
  orders.join(shipments, { on: { id: 'order_id' }, within: { after: '2 days' } }).pick('id', 'carrier'),
  ['o1 ups'],
)
gives(
  'a missing row of a join',
  orders
    .join(shipments, { on: { id: 'order_id' }, as: 'shipment', how: 'left', within: { after: '2 days' } })
    .select({ id: 'id', carrier: 'shipment.carrier' }),
  ['o1 ups', 'o2 -', 'o3 -', 'o4 -'],
)
gives(
  'streams joined in a window',
  orders.join(shipments, { on: { id: 'order_id' }, window: tumble('1 day') }).pick('id', 'carrier'),
  ['o1 ups'],
)
gives(
  'a table joined live',
  orders.join(customers, { on: { customer_id: 'id' }, as: 'customer' }).pick('id', 'customer'),
  ['o1 (c1 Anna CH)', 'o2 (c1 Anna CH)', 'o3 (c2 Bob -)'],
)
gives('rows that have a match', orders.join(customers, { on: { customer_id: 'id' }, how: 'semi' }).pick('id'), [
  'o1',
  'o2',
  'o3',
])
gives('rows that have none', orders.join(customers, { on: { customer_id: 'id' }, how: 'anti' }).pick('id'), ['o4'])
gives('the rest of a split', orders.split({ large: o => o.total > 15, chf: eq('currency', 'CHF') }).rest.pick('id'), [
  'o4',
])
gives(
  'a union',
  orders
    .where('total', '>', 15)
    .pick('id')
    .union(orders.where('total', '<', 15).pick('id'), orders.where('id', '=', 'o1').pick('id')),
  ['o1', 'o1', 'o2', 'o3', 'o4'],
)
gives(
  'a query',
  query<{
    country: string | null
    n: bigint
  }>`SELECT c.country, COUNT(*) AS n FROM ${orders} o JOIN ${customers} c ON o.customer_id = c.id GROUP BY c.country`,
  ['CH 2', '- 1'],
)

test('time moves only by advance; results are those of a program in the wild', () => {
  const spend = payments
    .by('card')
    .window(hop('10 minutes', { every: '1 minute' }))
    .aggregate({ n: count(), total: sum('amount') })
  const alerts = spend.where('total', '>', 5000).into(file('alerts.ndjson'))
  const sim = simulate({ spend, alerts }, { at: at('00:00:00'), seed: 1 })
  sim.push(
    payments,
    { id: 'a', card: '1', amount: 4000, ts: at('00:00:01') },
    { id: 'b', card: '1', amount: '2000.50', ts: at('00:00:02') },
  )
  assert.deepEqual(sim.rows(spend), [])
  sim.advance('11 minutes')
  assert.deepEqual(
    sim.rows(spend).map(row => `${row.n} ${row.total}`),
    Array(10).fill('2 6000.50'),
  )
  assert.equal(sim.restart().written(alerts).length, 10)
})

test('changes: inserted, updated, deleted', () => {
  const cheap = customers.where('name', 'like', 'A%')
  const sim = simulate({ cheap })
  sim.push(customers, { id: 'c1', name: 'Ann' })
  assert.deepEqual(sim.changes(cheap), [{ type: 'insert', row: { id: 'c1', name: 'Ann', country: null } }])
  sim.push(customers, { id: 'c1', name: 'Anna' })
  assert.deepEqual(sim.changes(cheap), [
    {
      type: 'update',
      before: { id: 'c1', name: 'Ann', country: null },
      row: { id: 'c1', name: 'Anna', country: null },
    },
  ])
  sim.push(customers, { id: 'c1', name: 'Bob' })
  assert.deepEqual(
    sim.changes(cheap).map(change => change.type),
    ['delete'],
  )
  assert.deepEqual(sim.push(customers, { id: 'c1', name: 'Al' }).remove(customers, { id: 'c1' }).rows(cheap), [])
})

test('the newest row without event time is the last to come', () => {
  const keyed = stream(memory(), { schema: t.row({ k: t.string, v: t.int }) })
  const newest = keyed.by('k').latest()
  for (const way of ways) {
    const sim = simulate({ newest }, way)
    sim.push(keyed, { k: 'a', v: 1 }, { k: 'a', v: 2 }, { k: 'b', v: 3 }).push(keyed, { k: 'b', v: 1 })
    assert.deepEqual(sim.rows(newest).map(shown).sort(), ['a 2', 'b 1'])
  }
})

test('validate: each row goes through the schema itself', () => {
  const schema = z.object({ name: z.string().min(2), size: z.number().max(5), at: z.date() })
  const things = stream(memory(), { schema, validate: 'each', time: 'at' })
  const hours = things.window(tumble('1 hour')).aggregate({ n: count() })
  const sim = simulate({ things, hours })
  const noon = at('12:00:00')
  sim
    .push(
      things,
      { name: 'ab', size: 1, at: noon },
      { name: 'c', size: 1, at: noon },
      { name: 'def', size: 9, at: noon },
    )
    .end()
  assert.deepEqual(
    sim.rows(things).map(row => row.name),
    ['ab'],
  )
  assert.deepEqual(
    sim.deadLetters().map(letter => /Column '(\w+)'/.exec(letter.problem)?.[1]),
    ['name', 'size'],
  )
  assert.deepEqual(
    sim.rows(hours).map(row => row.n),
    [1],
  )
})

test('a row that an arrow throws at is a dead letter; the others go on', () => {
  const view = orders.derive({
    x: t.string.of(o => {
      if (o.id === 'o2') throw new Error('no o2')
      return o.id
    }),
  })
  const sim = feed(simulate({ view, orders, shipments, customers }))
  assert.deepEqual(
    sim.rows(view).map(row => row.x),
    ['o1', 'o3', 'o4'],
  )
  assert.deepEqual(
    sim.deadLetters().map(({ code, problem }) => `${code} ${problem}`),
    ['DSD4007 column "x": no o2'],
  )
})

test('an arrow that gives two answers, or keeps its row, is found out', () => {
  let calls = 0
  const restless = orders.derive({ x: t.int.of(() => calls++) })
  const kept: { id: string }[] = []
  const keeps = orders.derive({ x: t.int.of(o => kept.push(o)) })
  for (const view of [restless, keeps]) {
    const sim = simulate({ view }).push(orders, {
      id: 'o1',
      customer_id: 'c',
      currency: 'CHF',
      total: 1,
      placed: at('00:00:00'),
    })
    assert.match(sim.deadLetters()[0]?.problem ?? '', /DSD5010/)
  }
  assert.throws(() => kept[0]?.id, /revoked/)
})

test('what is wrong in a program is said with its place', () => {
  const here = /simulate\.test\.ts:\d+:\d+/
  const wrong = stream(memory(), { schema: t.row({ a: t.string }) })
  assert.throws(() => simulate({ x: wrong.window(tumble('1 hour')).aggregate({ n: count() }) }), {
    code: 'DSD5009',
    message: here,
  })
  const limit = new Map([['a', 1]])
  assert.throws(() => simulate({ x: wrong.derive({ n: w => limit.get(w.a) ?? 0 }) }), {
    code: 'DSD5005',
    message: here,
  })
  assert.throws(() => simulate({ x: wrong.window(rows(10)).top(1, 'a') }), { code: 'DSD5006', message: /aggregate/ })
  assert.throws(() => simulate({ x: wrong.window(rows(0)).aggregate({ n: count() }) }), { code: 'DSD5007' })
  const early = wrong.window(rows(10), { emit: 'changes' }).aggregate({ n: count() })
  assert.throws(() => simulate({ x: early }), { code: 'DSD5007', message: /neither emit nor keepOpen/ })
  assert.throws(
    () =>
      simulate({ x: orders }).push(orders, { id: 'o', customer_id: 'c', currency: 'CHF', total: 1, placed: 'noon' }),
    { code: 'DSD5002' },
  )
})
