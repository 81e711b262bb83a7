import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, lookup, memory, run, simulate, stream, sum, t, table, tumble } from '../index.ts'

const orders = stream(memory(), {
  schema: t.row({ id: t.int, currency: t.string, at: t.timestamp(3) }),
  time: 'at',
})
const rates = table(memory(), {
  schema: t.row({ currency: t.string, rate: t.double, since: t.timestamp(3) }),
  key: 'currency',
  time: 'since',
})
const plain = table(memory(), { schema: t.row({ currency: t.string, rate: t.double }), key: 'currency' })
const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`

test('enrich with a table that has a time: the row that was valid at the time, once', () => {
  const program = { priced: orders.enrich(rates, { on: 'currency', as: 'fx' }).select({ id: 'id', rate: 'fx.rate' }) }
  const sim = simulate(program)
  sim.push(rates, { currency: 'EUR', rate: 1, since: at(0) }, { currency: 'EUR', rate: 2, since: at(5) })
  sim.push(
    orders,
    { id: 1, currency: 'EUR', at: at(4) },
    { id: 2, currency: 'EUR', at: at(5) },
    { id: 3, currency: 'CHF', at: at(6) },
  )
  sim.end()
  assert.deepEqual(sim.rows(program.priced), [
    { id: 1, rate: 1 },
    { id: 2, rate: 2 },
    { id: 3, rate: null },
  ])
})

test('enrich with a table without a time: what it says when the row comes; the result never changes', () => {
  const program = { priced: orders.enrich(plain, { on: 'currency', how: 'inner' }).pick('id', 'rate') }
  const sim = simulate(program)
  sim.push(orders, { id: 1, currency: 'EUR', at: at(1) })
  sim.push(plain, { currency: 'EUR', rate: 1 })
  sim.push(orders, { id: 2, currency: 'EUR', at: at(2) })
  sim.push(plain, { currency: 'EUR', rate: 2 })
  assert.deepEqual(sim.rows(program.priced), [{ id: 2, rate: 1 }])
  assert.deepEqual(
    sim.changes(program.priced).map(({ type }) => type),
    ['insert'],
  )
})

const crm = lookup({
  key: 'email',
  schema: t.row({ email: t.string, score: t.int }),
  get: async (emails: string[]) => emails.map(email => ({ email, score: email.length })),
  cache: '10 minutes',
})
const users = stream(memory(), { schema: t.row({ id: t.int, mail: t.string }) })

test('a lookup: questions are answered by the test, in the order of the rows', () => {
  const program = { scored: users.enrich(crm, { on: { mail: 'email' } }).pick('id', 'score') }
  const sim = simulate(program, { workers: 2 })
  sim.push(users, { id: 1, mail: 'a' }, { id: 2, mail: 'b' }, { id: 3, mail: 'c' })
  assert.deepEqual(sim.questions(crm), ['a', 'b', 'c'])
  sim.answer(crm, email => (email === 'b' ? { email, score: 7 } : undefined))
  assert.deepEqual(sim.rows(program.scored), [], 'b waits for a')
  sim.answer(crm, email => (email === 'a' ? [] : undefined))
  assert.deepEqual(sim.rows(program.scored), [
    { id: 1, score: null },
    { id: 2, score: 7 },
  ])
  sim.answer(crm, () => new Error('gone'))
  assert.deepEqual(sim.rows(program.scored).length, 2)
  assert.deepEqual(
    sim.deadLetters().map(({ code, problem }) => [code, problem]),
    [['DSD4010', 'gone']],
  )
})

test('what is under way is part of a snapshot, and asked again', () => {
  const program = { scored: users.enrich(crm, { on: { mail: 'email' } }).pick('id', 'score') }
  const sim = simulate(program)
  sim.push(users, { id: 1, mail: 'a' }, { id: 2, mail: 'b' })
  sim.answer(crm, email => (email === 'b' ? { email, score: 2 } : undefined))
  sim.restart()
  assert.deepEqual(sim.questions(crm), ['a'], 'the answer to b is in the state')
  sim.answer(crm, email => ({ email, score: 1 }))
  assert.deepEqual(sim.rows(program.scored), [
    { id: 1, score: 1 },
    { id: 2, score: 2 },
  ])
})

test('mapAsync: answers in order of the input, or as they come', () => {
  const row = t.row({ id: t.int, n: t.int })
  const call = async (user: { readonly id: number }) => ({ id: user.id, n: 0 })
  const program = {
    ordered: users.mapAsync(row, call),
    any: users.mapAsync(row, call, { order: 'any' }),
  }
  const sim = simulate(program)
  sim.push(users, { id: 1, mail: 'a' }, { id: 2, mail: 'b' })
  for (const asked of [program.ordered, program.any]) {
    sim.answer(asked, ({ id, mail }) => (id === 2 ? { id: 2, n: String(mail).length } : undefined))
  }
  assert.deepEqual(sim.rows(program.ordered), [])
  assert.deepEqual(sim.rows(program.any), [{ id: 2, n: 1 }])
  assert.deepEqual(sim.questions(program.ordered), [{ id: 1, mail: 'a' }])
})

test('a window behind a lookup stays open while rows of it are under way', () => {
  const scores = lookup({
    key: 'currency',
    schema: t.row({ currency: t.string, score: t.int }),
    get: async (currencies: string[]) => currencies.map(currency => ({ currency, score: 1 })),
  })
  const perMinute = orders
    .enrich(scores, { on: 'currency' })
    .window(tumble('1 minute'))
    .aggregate({ n: count(), total: sum('score') })
  const program = { perMinute }
  const sim = simulate(program)
  sim.push(orders, { id: 1, currency: 'EUR', at: at(1) }, { id: 2, currency: 'CHF', at: '2026-01-01T00:02:00Z' })
  assert.deepEqual(sim.rows(perMinute), [])
  sim.answer(scores, currency => (currency === 'EUR' ? { currency, score: 5 } : undefined))
  assert.deepEqual(sim.rows(perMinute).length, 0, 'the second row still waits, and the watermark before it')
  sim.answer(scores, currency => ({ currency, score: 7 }))
  assert.deepEqual(
    sim.rows(perMinute).map(({ n, total }) => [n, total]),
    [[1, 5]],
  )
  sim.end()
  assert.equal(sim.rows(perMinute).length, 2)
})

test('run: batches, retries and the cache', async () => {
  const calls: string[][] = []
  let failures = 1
  const outside = lookup({
    key: 'email',
    schema: t.row({ email: t.string, score: t.int }),
    get: async (emails: string[]) => {
      calls.push(emails)
      if (failures-- > 0) throw new Error('try again')
      return emails.filter(email => email !== 'c').map(email => ({ email, score: email.length }))
    },
    cache: '1 hour',
  })
  const source = memory()
  const from = stream(source, { schema: t.row({ id: t.int, mail: t.string }) })
  const program = { scored: from.enrich(outside, { on: { mail: 'email' }, how: 'inner' }).pick('id', 'score') }
  await using app = await run(program)
  const seen: unknown[] = []
  app.scored.subscribe(change => seen.push(change))
  source.push({ id: 1, mail: 'aa' }, { id: 2, mail: 'aa' }, { id: 3, mail: 'c' }, { id: 4, mail: 'b' })
  source.end()
  await app.$.finished
  assert.equal(seen.length, 3)
  assert.deepEqual(calls[0], ['aa', 'c', 'b'])
  assert.deepEqual(calls.length, 2)
})

test('run: an answer that takes too long is a dead letter', async () => {
  const source = memory()
  const from = stream(source, { schema: t.row({ id: t.int }) })
  const program = {
    slow: from.mapAsync(
      t.row({ id: t.int }),
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        }),
      { timeout: '20 milliseconds', retry: 1 },
    ),
  }
  await using app = await run(program)
  source.push({ id: 1 })
  source.end()
  await app.$.finished
  assert.deepEqual(
    app.$.deadLetters().map(({ code }) => code),
    ['DSD4010'],
  )
})

test('a lookup without schema: the source of get tells its columns, or the line to write is said', () => {
  const score = (_email: string) => 1
  const told = lookup({ key: 'email', get: async (emails: string[]) => emails.map(email => ({ email, score: 1 })) })
  const untold = lookup({
    key: 'email',
    get: async (emails: string[]) => emails.map(email => ({ email, score: score(email) })),
  })
  const program = { scored: users.enrich(told, { on: { mail: 'email' } }) }
  const sim = simulate(program)
  sim.push(users, { id: 1, mail: 'a' })
  assert.deepEqual(sim.questions(program.scored), [{ email: 'a' }])
  sim.answer(told, email => ({ email, score: 2 }))
  assert.deepEqual(sim.rows(program.scored), [{ id: 1, mail: 'a', email: 'a', score: 2 }])
  assert.throws(() => simulate({ scored: users.enrich(untold, { on: { mail: 'email' } }) }), {
    code: 'DSD5005',
    message: /lookup\(\{ schema: t\.row/,
  })
})
