import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, memory, type SimulateOptions, type Simulation, simulate, stream, t, tumble } from '../index.ts'

const payments = stream(memory(), {
  schema: t.row({
    id: t.string,
    card: t.string,
    amount: t.decimal(10, 2),
    kind: t.enums('auth', 'refund'),
    ts: t.timestamp(3),
  }),
  time: 'ts',
  lateness: '5s',
})

const probing = payments
  .by('card')
  .match('small', p => p.amount.compare(1) < 0, { atLeast: 3 })
  .next('large', (p, so) => p.amount.compare(500) > 0 && so.small!.length < 20)
  .followedBy('refund', p => p.kind === 'refund', 'maybe')
  .within('10 minutes')
  .select(({ small, large, refund }, { card }) => ({
    card,
    probes: small.length,
    amount: large.amount,
    refunded: refund !== undefined,
  }))
const unfinished = probing.timedOut.map(m => ({ probes: m.small?.length ?? 0 }))

const ways: readonly SimulateOptions[] = [{ steps: 'all' }, { steps: 'one' }, { steps: 'random', seed: 7, workers: 2 }]

const at = (minute: number, second = 0) =>
  `2026-01-01T00:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}Z`
const paid = (id: string, card: string, amount: number, time: string, kind: 'auth' | 'refund' = 'auth') => ({
  id,
  card,
  amount: String(amount),
  kind,
  ts: time,
})

/** Card a: probed, and refunded 4 minutes later. b: probed, no refund. c: two small ones only. d: twenty small ones. */
function feed(sim: Simulation): Simulation {
  return sim
    .push(
      payments,
      paid('a1', 'a', 0.5, at(0)),
      paid('b1', 'b', 0.1, at(0, 1)),
      paid('a2', 'a', 0.2, at(1)),
      paid('c1', 'c', 0.3, at(1, 1)),
      paid('b2', 'b', 0.1, at(1, 2)),
      paid('a4', 'a', 900, at(2, 4)),
      paid('a3', 'a', 0.9, at(2)),
    )
    .restart()
    .push(
      payments,
      paid('b3', 'b', 0.1, at(2, 5)),
      paid('c2', 'c', 0.4, at(2, 6)),
      paid('b4', 'b', 0.2, at(2, 7)),
      paid('b5', 'b', 501, at(3)),
      paid('a5', 'a', 20, at(4)),
      paid('a6', 'a', 900, at(6), 'refund'),
      ...Array.from({ length: 20 }, (_, i) => paid(`d${i}`, 'd', 0.1, at(6, i + 1))),
      paid('d20', 'd', 800, at(6, 40)),
      paid('c3', 'c', 5, at(30)),
    )
    .end()
}

const shown = (rows: readonly object[]) => rows.map(row => Object.values(row).map(String).join(' ')).sort()

for (const way of ways) {
  test(`three small payments, then a large one (${JSON.stringify(way)})`, () => {
    const sim = feed(simulate({ probing, unfinished, payments }, way))
    assert.deepEqual(sim.deadLetters(), [])
    assert.deepEqual(shown(sim.rows(probing)), ['a 3 900.00 true', 'b 4 501.00 false', 'd 19 800.00 false'])
    // Of card c the first payment began a match, and so did the second.
    assert.deepEqual(shown(sim.rows(unfinished)), ['1', '2'])
  })
}

const readings = stream(memory(), { schema: t.row({ sensor: t.string, celsius: t.double }) })

test('without event time rows follow each other as they come; steps of several rows, and gaps', () => {
  const rises = readings
    .by('sensor')
    .match('low', r => r.celsius < 10)
    .next('high', (r, { low }) => low !== undefined && r.celsius > low.celsius, { times: 2 })
    .followedBy('peak', r => r.celsius > 30, { atLeast: 1, atMost: 2 })
    .select(({ low, high, peak }, key) => ({
      sensor: key.sensor,
      from: low.celsius,
      steps: high.length,
      peaks: peak.length,
    }))
  for (const way of ways) {
    const sim = simulate({ rises, readings }, way)
    for (const celsius of [9, 12, 11, 20, 40, 25]) sim.push(readings, { sensor: 's', celsius })
    sim.restart()
    for (const celsius of [35, 50, 9, 8]) sim.push(readings, { sensor: 's', celsius })
    assert.deepEqual(shown(sim.end().rows(rises)), ['s 9 2 2'])
    assert.deepEqual(sim.deadLetters(), [])
  }
})

test('matches have the time of their last row: windows over them close', () => {
  const windows = payments
    .by('card')
    .match('small', p => p.amount.compare(1) < 0)
    .next('large', p => p.amount.compare(500) > 0)
    .select(({ large }, { card }) => ({ card, id: large.id }))
    .by('card')
    .window(tumble('5 minutes'))
    .aggregate({ n: count() })
  for (const way of ways) {
    const sim = simulate({ windows, payments }, way).push(
      payments,
      paid('1', 'a', 0.5, at(1)),
      paid('2', 'a', 600, at(2)),
      paid('3', 'a', 0.5, at(3)),
      paid('4', 'a', 700, at(6)),
      paid('5', 'a', 10, at(20)),
    )
    const rows = sim.rows(windows).map(row => [row.window_start.toISOString().slice(14, 16), row.n])
    assert.deepEqual(rows, [
      ['00', 1],
      ['05', 1],
    ])
  }
})

test('a step whose condition throws is a dead letter, and no match', () => {
  const strict = readings
    .by('sensor')
    .match('one', r => {
      if (r.celsius < 0) throw new Error(`${r.celsius} is frozen`)
      return true
    })
    .select(({ one }) => ({ celsius: one.celsius }))
  const sim = simulate({ strict, readings })
  sim.push(readings, { sensor: 's', celsius: 1 }, { sensor: 's', celsius: -1 }, { sensor: 's', celsius: 2 }).end()
  assert.deepEqual(shown(sim.rows(strict)), ['1', '2'])
  assert.match(sim.deadLetters()[0]?.problem ?? '', /frozen/)
})

test('what cannot be is said when the program starts', () => {
  const unknown = readings
    .by('sensor')
    .match('one', r => r.celsius > 1)
    .select(({ one }) => ({ what: secret(one.celsius) }))
  assert.throws(() => simulate({ unknown, readings }), { code: 'DSD5005', message: /'what'/ })
})

const secret = (value: number): number => value
