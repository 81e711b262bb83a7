/** The example programs run: rows in, results that were computed by hand out. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { connect, Decimal, run, type Simulation, simulate, Timestamp } from '../../packages/streamdown/src/index.ts'
import { apiPrograms } from './programs.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, '../..')
const programs = join(apiPrograms, 'examples')
// Inside the workspace, so that the programs' own imports (zod, valibot, arktype) are found.
const work = join(root, 'out', `api-examples-${process.pid}`)

after(() => rmSync(work, { recursive: true, force: true }))

mkdirSync(work, { recursive: true })
const standIn = relative(work, join(here, 'stand-in.ts'))
for (const file of readdirSync(programs)) {
  const text = readFileSync(join(programs, file), 'utf8')
  writeFileSync(join(work, file), text.replaceAll("'data-streamdown'", `'${standIn}'`))
}

const load = async (file: string) => await import(pathToFileURL(join(work, file)).href)

/** A test of one program, given it and the sources that all share. */
function example(file: string, check: (program: Program, sources: Program) => void | Promise<void>): void {
  test(file, async () => {
    await check(await load(file), await load('sources.ts'))
  })
}

type Program = Awaited<ReturnType<typeof load>>

/** Values as text where they are classes: a time without its date's zeros, a decimal, a bigint with its n. */
function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toISOString().replace(/(:00)?(\.000)?Z$/, '')
  if (value instanceof Decimal) return value.toString()
  if (typeof value === 'bigint') return `${value}n`
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]))
  return value
}

const picked = (row: unknown, columns: readonly string[]): readonly unknown[] => {
  const values = plain(row)
  assert.ok(typeof values === 'object' && values !== null)
  return columns.map(name => Reflect.get(values, name))
}

/** Columns of the rows of a relation, in the order of their text. */
const rowsOf = (sim: Simulation, of: Parameters<Simulation['rows']>[0], ...columns: readonly string[]) =>
  sorted(sim.rows(of).map(row => picked(row, columns)))

const sorted = (rows: readonly (readonly unknown[])[]) =>
  rows.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))

const day = (time: string): string => `2026-01-01T${time}Z`

const orders = [
  { id: 'o1', customer_id: 'c1', currency: 'EUR', total: 2000, placed: day('10:00:00') },
  { id: 'o2', customer_id: 'c2', currency: 'CHF', total: 50, placed: day('10:30:00') },
  { id: 'o3', customer_id: 'c1', currency: 'USD', total: 150, placed: day('11:15:00') },
  { id: 'o4', customer_id: 'c9', currency: 'EUR', total: 0.5, placed: '2026-01-02T12:00:00Z' },
]
const customers = [
  { id: 'c1', name: 'Ann', country: 'CH' },
  { id: 'c2', name: 'Bob' },
]
const payment = (
  id: string,
  card: string,
  amount: number | string,
  time: string,
  country: string | null = 'CH',
  kind = 'auth',
) => ({
  id,
  card,
  merchant: 'm',
  amount,
  country,
  kind,
  ts: day(time),
})
const click = (user: string, url: string, ms: number, time: string) => ({ user, url, ms, at: day(time) })
/** Watermarks of clicks are 10 s behind. */
const clicks = [
  click('u1', '/a', 100, '00:00:10'),
  click('u2', '/a', 600, '00:00:20'),
  click('u1', '/b', 50, '00:01:30'),
  // The watermark is 00:01:20: the first minute stays open until 00:01:30.
  click('u1', '/a', 700, '00:00:50'),
  click('u3', '/a', 10, '00:02:00'),
  // The watermark is 00:01:50: too late for a minute that stays open for 30 s.
  click('u4', '/a', 10, '00:00:30'),
]

example('01-fraud.ts', (fraud, { payments }) => {
  const sim = simulate(fraud, { at: day('00:00:00') })
  sim.push(
    payments,
    payment('a', '1', 4000, '00:00:01'),
    payment('b', '1', '1000.50', '00:00:02'),
    payment('c', '2', 5000, '00:00:02'),
  )
  sim.advance('11 minutes')
  // Windows of ten minutes that start every minute: the rows are in those that end from 00:01 to 00:10.
  const ends = Array.from({ length: 10 }, (_, i) => `2026-01-01T00:${String(i + 1).padStart(2, '0')}`)
  assert.deepEqual(
    rowsOf(sim.end(), fraud.spend, 'card', 'window_end', 'n', 'total'),
    sorted([...ends.map(end => ['1', end, 2, '5000.50']), ...ends.map(end => ['2', end, 1, '5000.00'])]),
  )
  const written = sim.written(fraud.default).map(row => picked(row, ['card', 'total']))
  assert.deepEqual(
    written,
    ends.map(() => ['1', '5000.50']),
  )
})

example('02-columns.ts', (program, sources) => {
  const sim = simulate(program)
  sim.push(sources.orders, ...orders)
  for (const name of ['js', 'ex', 'tri']) assert.deepEqual(rowsOf(sim, program[name], 'id'), [['o1'], ['o3']], name)
  assert.deepEqual(rowsOf(sim, program.frag, 'id'), [['o1']])
  assert.deepEqual(rowsOf(sim, program.computed, 'id', 'fee', 'label', 'grade', 'big', 'year').slice(0, 2), [
    ['o1', 20, 'o1/EUR', 'A', 'big', 2026],
    ['o2', 0.5, 'o2/CHF', 'B', 'small', 2026],
  ])
  assert.deepEqual(Object.keys(sim.rows(program.picked)[0] ?? {}), ['id', 'fee', 'big'])
  assert.deepEqual(rowsOf(sim, program.renamed, 'order', 'cur', 'gross')[0], ['o1', 'EUR', 2020])
  assert.deepEqual(rowsOf(sim, program.mapped, 'id', 'cents').slice(0, 2), [
    ['o1', '200000n'],
    ['o2', '5000n'],
  ])
  assert.deepEqual(rowsOf(sim, program.bids, 'price'), [[150], [2000], [50]])
  sim.push(
    sources.payments,
    payment('a', '1', 10, '00:00:01'),
    payment('b', '1', 100, '00:00:02', null),
    payment('c', '1', 99.9, '00:00:03', null, 'refund'),
  )
  assert.deepEqual(rowsOf(sim, program.known, 'id'), [['a']])
  assert.deepEqual(rowsOf(sim, program.filled, 'id', 'country'), [
    ['a', 'CH'],
    ['b', '??'],
    ['c', '??'],
  ])
  assert.deepEqual(rowsOf(sim, program.either, 'id'), [['b'], ['c']])
  assert.deepEqual(rowsOf(sim, program.refunds, 'id'), [['c']])
})

example('03-windows.ts', (program, sources) => {
  const sim = simulate(program)
    .push(sources.clicks, ...clicks)
    .end()
  assert.deepEqual(rowsOf(sim, program.pages, 'url', 'window_start', 'n', 'slow', 'users', 'mean'), [
    ['/a', '2026-01-01T00:00', 3, 2, 2, 1400 / 3],
    ['/a', '2026-01-01T00:02', 1, 0, 1, 10],
    ['/b', '2026-01-01T00:01', 1, 0, 1, 50],
  ])
  assert.deepEqual(
    sim.written(program.tooLate).map(row => picked(row, ['user', 'at'])),
    [['u4', '2026-01-01T00:00:30']],
  )
  // Half an hour without a click ends a visit: nothing is late for that.
  assert.deepEqual(rowsOf(sim, program.visits, 'user', 'pages', 'longest', 'path'), [
    ['u1', 3, 700, ' /a /b /a'],
    ['u2', 1, 600, ' /a'],
    ['u3', 1, 10, ' /a'],
    ['u4', 1, 10, ' /a'],
  ])
  assert.deepEqual(
    rowsOf(sim, program.day, 'users'),
    Array.from({ length: 24 }, () => [4]),
    'the day so far, by hour',
  )
})

example('04-joins.ts', (program, sources) => {
  const sim = simulate(program)
  sim.push(
    sources.rates,
    { currency: 'EUR', rate: 2, since: day('00:00:00') },
    { currency: 'EUR', rate: 3, since: day('12:00:00') },
  )
  sim.push(sources.customers, ...customers)
  sim.push(sources.orders, ...orders)
  sim.push(
    sources.shipments,
    { order_id: 'o1', carrier: 'post', sent: '2026-01-02T09:00:00Z' },
    { order_id: 'o4', carrier: 'ups', sent: '2026-01-02T23:00:00Z' },
    { order_id: 'o2', carrier: 'dhl', sent: '2026-01-03T10:30:01Z' },
  )
  sim.push(sources.customers, { id: 'c1', name: 'Anna', country: 'CH' })
  sim.answer(program.scored, ({ email }: { readonly email: string }) =>
    email.startsWith('c1') ? { email, score: 7 } : [],
  )
  sim.end()
  assert.deepEqual(rowsOf(sim, program.shipped, 'id', 'carrier'), [
    ['o1', 'post'],
    ['o4', 'ups'],
  ])
  assert.deepEqual(
    rowsOf(sim, program.maybe, 'id', 'shipment').map(([id, one]) => [id, one === null]),
    [
      ['o1', false],
      ['o2', true],
      ['o3', true],
      ['o4', false],
    ],
  )
  assert.deepEqual(rowsOf(sim, program.carrier, 'id', 'carrier'), [
    ['o1', 'post'],
    ['o2', null],
    ['o3', null],
    ['o4', 'ups'],
  ])
  assert.deepEqual(rowsOf(sim, program.sameDay, 'id', 'carrier'), [['o4', 'ups']])
  const live = [
    ['o1', { id: 'c1', name: 'Anna', country: 'CH' }],
    ['o2', { id: 'c2', name: 'Bob', country: null }],
    ['o3', { id: 'c1', name: 'Anna', country: 'CH' }],
  ]
  assert.deepEqual(rowsOf(sim, program.live, 'id', 'customer'), live)
  assert.deepEqual(rowsOf(sim, program.priced, 'id', 'chf'), [
    ['o1', 4000],
    ['o2', 50],
    ['o3', 150],
    ['o4', 1.5],
  ])
  assert.deepEqual(rowsOf(sim, program.inner, 'id', 'rate'), [
    ['o1', 2],
    ['o4', 3],
  ])
  assert.deepEqual(rowsOf(sim, program.scored, 'id', 'score'), [
    ['o1', 7],
    ['o2', null],
    ['o3', 7],
    ['o4', null],
  ])
  assert.deepEqual(rowsOf(sim, program.knownOnly, 'id'), [['o1'], ['o2'], ['o3']])
})

example('05-rank-dedup.ts', (program, sources) => {
  const sim = simulate(program)
    .push(sources.orders, ...orders)
    .push(sources.clicks, ...clicks)
  sim.push(
    sources.payments,
    payment('a', '1', 1, '00:00:00'),
    payment('a', '1', 2, '00:59:00'),
    payment('b', '2', 3, '01:30:00'),
    payment('a', '1', 4, '02:00:00'),
  )
  sim.end()
  assert.deepEqual(rowsOf(sim, program.best, 'currency', 'id'), [
    ['CHF', 'o2'],
    ['EUR', 'o1'],
    ['EUR', 'o4'],
    ['USD', 'o3'],
  ])
  assert.deepEqual(rowsOf(sim, program.busiest, 'url', 'n'), [
    ['/a', 5],
    ['/b', 1],
  ])
  assert.deepEqual(rowsOf(sim, program.perHour, 'url', 'ms'), [
    ['/a', 10],
    ['/a', 10],
    ['/a', 100],
    ['/a', 600],
    ['/a', 700],
    ['/b', 50],
  ])
  assert.deepEqual(rowsOf(sim, program.once, 'id', 'amount'), [
    ['a', '1.00'],
    ['a', '4.00'],
    ['b', '3.00'],
  ])
  assert.deepEqual(rowsOf(sim, program.current, 'card', 'amount'), [
    ['1', '4.00'],
    ['2', '3.00'],
  ])
  assert.deepEqual(rowsOf(sim, program.running, 'id', 'mean10', 'before'), [
    ['o1', 2000, null],
    ['o2', 50, null],
    ['o3', 1075, 2000],
    ['o4', 0.5, null],
  ])
  assert.deepEqual(rowsOf(sim, program.lastHour, 'id', 'spent'), [
    ['o1', 2000],
    ['o2', 50],
    ['o3', 150],
    ['o4', 0.5],
  ])
})

example('06-process.ts', (program, { payments }) => {
  const sim = simulate(program, { workers: 2, at: day('00:00:00') })
  const tries = ['00:00:01', '00:01:00', '00:02:00', '00:03:00', '00:04:00']
  sim.push(payments, ...tries.map((time, i) => payment(`p${i}`, '1', 1, time)), payment('q', '2', 1, '00:04:30', null))
  sim.restart().advance('15 minutes').end()
  assert.deepEqual(rowsOf(sim, program.bursts, 'card', 'tries', 'at'), [
    ['1', 4, '2026-01-01T00:03'],
    ['1', 5, '2026-01-01T00:04'],
    ['1', 5, null],
  ])
  assert.deepEqual(sim.written(program.audit), [{ card: '2', note: 'no country' }])
  assert.equal(sim.written(program.alerts).length, 3)
})

example('07-match.ts', (program, { payments }) => {
  const sim = simulate(program, { at: day('00:00:00') })
  const small = ['00:00:01', '00:01:00', '00:02:00'].map((time, i) => payment(`s${i}`, '1', '0.50', time))
  sim.push(
    payments,
    ...small,
    payment('l', '1', 600, '00:03:00'),
    payment('x', '1', 20, '00:03:30'),
    payment('r', '1', 600, '00:04:00', 'CH', 'refund'),
  )
  // Card 2 breaks the pattern off, card 3 leaves it unfinished from its first row on and from its second.
  sim.push(payments, payment('s', '2', '0.10', '00:05:00'), payment('t', '2', 5, '00:06:00'))
  sim.push(payments, payment('u', '3', '0.10', '00:06:01'), payment('v', '3', '0.20', '00:07:00'))
  sim.advance('30 minutes')
  assert.deepEqual(rowsOf(sim, program.unfinished, 'probes'), [[1], [2]])
  sim.end()
  assert.deepEqual(plain(sim.rows(program.probing)), [{ card: '1', probes: 3, amount: '600.00', refunded: true }])
  assert.deepEqual(plain(sim.written(program.default)), plain(sim.rows(program.probing)))
})

example('08-outputs.ts', (program, sources) => {
  const sim = simulate(program)
    .push(sources.orders, ...orders)
    .push(sources.customers, ...customers)
  const [large, rest, perCustomer, changes, all] = program.default
  assert.deepEqual(
    sim.written(large).map(row => picked(row, ['id'])),
    [['o1']],
  )
  assert.deepEqual(sorted(sim.written(rest).map(row => picked(row, ['id']))), [['o2'], ['o3'], ['o4']])
  assert.deepEqual(rowsOf(sim, program.perCustomer, 'customer_id', 'n'), [
    ['c1', 2],
    ['c2', 1],
    ['c9', 1],
  ])
  assert.equal(sim.written(perCustomer).length, 3)
  assert.deepEqual(
    sim.written(changes).map(row => picked(row, ['op', 'customer_id', 'n'])),
    [
      ['+I', 'c1', 2],
      ['+I', 'c2', 1],
      ['+I', 'c9', 1],
    ],
  )
  assert.deepEqual(sorted(sim.written(all).map(row => picked(row, ['id', 'country']))), [
    ['c1', 'CH'],
    ['c2', null],
  ])
})

example('09-serve.ts', async serve => {
  // What its main does, over rows that end; connect, which reaches another process, is refused with its code.
  assert.equal(typeof serve.main, 'function')
  assert.throws(() => connect('http://localhost:4000'), { code: 'DSD5006' })
  const fraud = await load('01-fraud.ts')
  const { queues } = await load('sources.ts').then(() => import(pathToFileURL(join(here, 'stand-in.ts')).href))
  const payments = queues.get('payments')
  await using app = await run<{ spend: typeof fraud.spend }>({ spend: fraud.spend })
  payments.push(payment('a', '4711', 4000, '00:00:01'), payment('b', '4711', 2000, '00:20:00'))
  payments.end()
  await app.$.finished
  const seen: string[] = []
  for await (const { type, row } of Reflect.get(app.spend, 'changes').call(app.spend)) seen.push(`${type} ${row.n}`)
  assert.deepEqual(
    seen,
    Array.from({ length: 20 }, () => 'insert 1'),
  )
  const key = { card: '4711', window_start: new Date(day('00:00:00')), window_end: new Date(day('00:10:00')) }
  const row = await Reflect.get(app.spend, 'get').call(app.spend, key)
  assert.deepEqual([row.n, row.total.toString()], [1, '4000.00'])
})

example('10-test.ts', program => program.test(assert.deepEqual))

example('11-async.ts', (program, { payments }) => {
  const sim = simulate(program)
  sim.push(payments, payment('a', '1', 1, '00:00:01'), payment('b', '1', 1, '00:00:02'))
  assert.deepEqual(
    sim.questions(program.scored).map(({ id }: { id?: unknown }) => id),
    ['a', 'b'],
  )
  sim.answer(program.scored, ({ id }: { id?: unknown }) => ({ id, score: id === 'a' ? 0.2 : 0.95 }))
  assert.deepEqual(sim.rows(program.scored), [
    { id: 'a', score: 0.2 },
    { id: 'b', score: 0.95 },
  ])
  assert.deepEqual(sim.rows(program.risky), [{ id: 'b', score: 0.95 }])
})

example('12-sql.ts', (program, sources) => {
  const sim = simulate(program).push(sources.customers, ...customers)
  const many = Array.from({ length: 11 }, (_, i) => ({ ...orders[0], id: `o${i}` }))
  sim.push(sources.orders, ...many, { ...orders[1], id: 'other' })
  assert.deepEqual(rowsOf(sim, program.perCountry, 'country', 'n'), [
    ['CH', '11n'],
    [null, '1n'],
  ])
  assert.deepEqual(rowsOf(sim, program.many, 'country', 'n'), [['CH', '11n']])
  assert.deepEqual(
    sim.written(program.default).map(row => picked(row, ['op', 'country', 'n'])),
    [['+I', 'CH', '11n']],
  )
  assert.match(program.text, /SELECT[\s\S]*GROUP BY/)
})

example('13-reuse.ts', (program, sources) => {
  const sim = simulate(program)
    .push(sources.clicks, ...clicks.slice(0, 4))
    .push(sources.orders, ...orders)
    .end()
  assert.deepEqual(rowsOf(sim, program.a, 'user', 'window_start', 'n'), [
    ['u1', '2026-01-01T00:00', 1],
    ['u1', '2026-01-01T00:01', 1],
    ['u2', '2026-01-01T00:00', 1],
  ])
  assert.deepEqual(rowsOf(sim, program.b, 'id', 'fee'), [
    ['o1', 20],
    ['o3', 1.5],
  ])
  assert.deepEqual(rowsOf(sim, program.c, 'user', 'n'), [
    ['u1', 3],
    ['u2', 1],
  ])
  assert.deepEqual(rowsOf(sim, program.d, 'user', 'n'), [['u1', 3]])
  for (const changes of [program.e, program.f]) assert.deepEqual(rowsOf(sim, changes, 'op'), [['+I'], ['+I'], ['+I']])
})

example('14-table.ts', (program, sources) => {
  const sim = simulate(program)
    .push(sources.customers, ...customers)
    .push(sources.orders, ...orders)
  assert.deepEqual(
    rowsOf(sim, program.withName, 'customer_id', 'n', 'spent', 'last', 'customer').map(
      ([id, n, spent, last, customer]) => [id, n, spent, last, customer !== null],
    ),
    [
      ['c1', 2, 2150, '2026-01-01T11:15', true],
      ['c2', 1, 50, '2026-01-01T10:30', true],
      ['c9', 1, 0.5, '2026-01-02T12:00', false],
    ],
  )
  assert.deepEqual(rowsOf(sim, program.histogram, 'n', 'customers'), [
    [1, 2],
    [2, 1],
  ])
  assert.deepEqual(rowsOf(sim, program.keeps, 'customer_id', 'spent'), [
    ['c1', 2150],
    ['c2', 50],
    ['c9', 0.5],
  ])
  assert.deepEqual(rowsOf(sim, program.loses, 'spent'), [[0.5], [2150], [50]])
})

example('15-schemas.ts', program => {
  const sim = simulate(program)
  sim.push(program.fromValibot, { sku: 'a', qty: 2, at: day('00:10:00') }, { sku: 'a', qty: 3, at: day('00:20:00') })
  sim.push(
    program.own,
    { sku: 'a', price: '1.25', tags: ['x'], at: day('00:00:00') },
    { sku: 'a', price: 2, tags: [], at: day('00:00:00') },
  )
  sim.push(
    program.fromArktype,
    { sku: 'a', qty: 1, note: 'n', at: day('00:00:00') },
    { sku: 'b', qty: 1, at: day('00:00:00') },
  )
  sim.end()
  assert.deepEqual(rowsOf(sim, program.sold, 'sku', 'n', 'qty'), [['a', 2, 5]])
  assert.deepEqual(rowsOf(sim, program.revenue, 'sku', 'revenue'), [['a', '3.25']])
  assert.deepEqual(sim.rows(program.noted), [{ sku: 'a', note: 'n' }])
})
