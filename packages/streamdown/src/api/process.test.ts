import assert from 'node:assert/strict'
import { test } from 'node:test'
import { count, listOf, mapOf, memory, output, simulate, stream, t, table, tumble, value } from '../index.ts'

const payments = stream(memory(), {
  schema: t.row({ id: t.string, card: t.string, country: t.optional(t.string), ts: t.timestamp(3) }),
  time: 'ts',
  lateness: '5s',
})
const at = (time: string): string => `2026-01-01T${time}Z`
const pay = (card: string, time: string, id = time, country: string | null = 'CH') => ({
  id,
  card,
  country,
  ts: at(time),
})

/** Tries of a card until it is quiet for ten minutes. */
const tries = payments.by('card').process({
  emits: t.row({ card: t.string, tries: t.int, quiet: t.boolean, at: t.timestamp(3) }),
  state: { tries: value(t.int, 0), ids: listOf(t.string) },
  outputs: { audit: output(t.row({ card: t.string, ids: t.array(t.string) })) },
  *row(p, { key, state, after, time, out }) {
    state.tries += 1
    state.ids.push(p.id)
    after('10 minutes', { name: 'quiet' })
    if (state.tries === 3) yield { card: key.card, tries: state.tries, quiet: false, at: time }
    if (p.country === null) out.audit({ card: p.card, ids: [...state.ids] })
  },
  timer(name, { key, state, time }) {
    assert.equal(name, 'quiet')
    const { tries } = state
    state.tries = 0
    state.ids.clear()
    return { card: key.card, tries, quiet: true, at: time }
  },
})
const program = { tries, audit: tries.outputs.audit }

const rows = [
  pay('1', '00:00:01'),
  pay('1', '00:00:02'),
  pay('2', '00:00:03'),
  pay('1', '00:03:00', 'c', null),
  // The watermark is 00:13:55 after this row: card 2 has been quiet since 00:10:03, card 1 since 00:13:00.
  pay('3', '00:14:00'),
  pay('1', '00:14:01'),
  pay('2', '00:20:00'),
]

// By hand: the timer of card 2 stands at 00:10:03, that of card 1 (set anew by each row) at 00:13:00; the second ones
// at 00:24:00 (card 3), 00:24:01 and 00:30:00, when the input has ended.
const expected = [
  ['1', 3, false, '00:03:00'],
  ['2', 1, true, '00:10:03'],
  ['1', 3, true, '00:13:00'],
  ['3', 1, true, '00:24:00'],
  ['1', 1, true, '00:24:01'],
  ['2', 1, true, '00:30:00'],
]

for (const steps of ['one', 'random', 'all'] as const)
  for (const workers of [1, 2])
    test(`state and timers by key, whatever the cut: ${steps}, ${workers} workers`, () => {
      const sim = simulate(program, { steps, workers, seed: 3 })
      sim.push(payments, ...rows)
      sim.end()
      const found = sim
        .rows(program.tries)
        .map(row => [row.card, row.tries, row.quiet, row.at.toISOString().slice(11, 19)])
      const byTime = (a: readonly unknown[], b: readonly unknown[]) => String(a[3]).localeCompare(String(b[3]))
      assert.deepEqual(found.toSorted(byTime), expected)
      if (workers === 1) assert.deepEqual(found, expected)
      assert.deepEqual(sim.rows(program.audit), [{ card: '1', ids: ['00:00:01', '00:00:02', 'c'] }])
      assert.deepEqual(sim.deadLetters(), [])
    })

test('state and timers are part of a snapshot', () => {
  const sim = simulate(program, { workers: 2 })
  for (const row of rows) {
    sim.push(payments, row)
    sim.restart()
  }
  sim.end()
  const found = sim.rows(program.tries).map(row => [row.card, row.tries, row.quiet])
  assert.deepEqual(found.toSorted(), expected.map(row => row.slice(0, 3)).toSorted())
})

test('a timer fires when the watermark is behind its time: rows of that time come first', () => {
  const seen: string[] = []
  const timed = payments.by('card').process({
    state: { n: value(t.int, 0) },
    row(p, { state, after }) {
      state.n += 1
      seen.push(p.id)
      if (p.id === 'a') after('1 minute')
    },
    timer(name, { state, time }) {
      seen.push(`timer${name} ${state.n} ${time.toISOString().slice(14, 19)}`)
    },
  })
  // Everything runs twice in a simulation: once for the check that it gives the same.
  const once = () => seen.filter((one, i) => i === 0 || one !== seen[i - 1])
  const sim = simulate({ timed })
  sim.push(payments, pay('1', '00:00:00', 'a'), pay('1', '00:01:05', 'b'), pay('1', '00:01:00', 'c'))
  assert.deepEqual(once(), ['a', 'b', 'c'], 'the watermark is 00:01:00')
  sim.push(payments, pay('1', '00:01:06', 'd'))
  assert.deepEqual(once(), ['a', 'b', 'c', 'd', 'timer 4 01:00'])
})

test('timers: by time, those with a name replaced and cancelled, others one a time', () => {
  const timed = payments.by('card').process({
    emits: t.row({ name: t.string, at: t.string }),
    state: {},
    row(p, { after, cancel }) {
      if (p.id === 'set') {
        after('3 minutes', { name: 'b' })
        after('2 minutes', { name: 'a' })
        after('4 minutes')
        after('5 minutes')
        after('5 minutes')
        after('1 minute', { name: 'gone' })
        after('6 minutes', { name: 'a' })
      }
      cancel('gone')
      cancel('never set')
    },
    timer: (name, { time }) => ({ name, at: time.toISOString().slice(14, 16) }),
  })
  const sim = simulate({ timed })
  sim.push(payments, pay('1', '00:00:00', 'set'), pay('2', '00:00:00')).end()
  assert.deepEqual(
    sim.rows(timed).map(row => [row.name, row.at]),
    [
      ['b', '03'],
      ['', '04'],
      ['', '05'],
      ['a', '06'],
    ],
  )
})

test('a timer may set the next one; when the input has ended, as far as there was event time', () => {
  const ticks = payments.by('card').process({
    emits: t.row({ card: t.string, at: t.string }),
    state: { started: value(false) },
    row(_, { state, after }) {
      if (!state.started) after('1 minute', { name: 'tick' })
      state.started = true
    },
    timer(name, { key, time, after }) {
      after('1 minute', { name })
      return { card: key.card, at: time.toISOString().slice(14, 16) }
    },
  })
  for (const steps of ['one', 'all'] as const) {
    const sim = simulate({ ticks }, { steps })
    sim.push(payments, pay('1', '00:00:00'), pay('2', '00:03:30')).end()
    assert.deepEqual(
      sim.rows(ticks).map(row => [row.card, row.at]),
      [
        ['1', '01'],
        ['1', '02'],
        ['1', '03'],
        ['2', '04'],
      ],
      steps,
    )
  }
})

test('timers of the processing clock', () => {
  const clicks = stream(memory(), { schema: t.row({ user: t.string }) })
  const idle = clicks.by('user').process({
    emits: t.row({ user: t.string, n: t.int, at: t.timestamp(3) }),
    state: { n: value(t.int, 0) },
    row(_, { state, after }) {
      state.n += 1
      after('1 minute', { name: 'idle' })
    },
    timer: (_name, { key, state, time, now }) => {
      assert.ok(now >= time)
      return { user: key.user, n: state.n, at: time }
    },
  })
  const sim = simulate({ idle }, { at: '2026-01-01T00:00:00Z' })
  sim.push(clicks, { user: 'a' }).advance('30s').push(clicks, { user: 'a' }, { user: 'b' })
  assert.deepEqual(sim.advance('59s').rows(idle), [])
  sim.restart().advance('1s')
  assert.deepEqual(
    sim.rows(idle).map(row => [row.user, row.n, row.at.toISOString()]),
    [
      ['a', 2, '2026-01-01T00:01:30.000Z'],
      ['b', 1, '2026-01-01T00:01:30.000Z'],
    ],
  )
})

test('maps, lists, and values of any type', () => {
  const events = stream(memory(), { schema: t.row({ k: t.int, op: t.string, name: t.string, n: t.int }) })
  const kept = events.by('k').process({
    emits: t.row({ of: t.string, is: t.string }),
    state: {
      sums: mapOf(t.string, t.bigint),
      queue: listOf(t.row({ name: t.string, n: t.optional(t.int) })),
      last: value(t.optional(t.row({ name: t.string, price: t.decimal(10, 2) })), null),
      first: value(''),
    },
    row({ op, name, n }, { state }) {
      const { sums, queue } = state
      if (op === 'add') sums.set(name, (sums.get(name) ?? 0n) + BigInt(n))
      if (op === 'delete') return { of: 'deleted', is: String(sums.delete(name)) }
      if (op === 'push') queue.push({ name, n }, { name, n: null })
      if (op === 'shift') return { of: 'shifted', is: JSON.stringify(queue.shift() ?? null) }
      if (op === 'clear') for (const each of [sums, queue]) each.clear()
      if (op === 'price') state.last = { name, price: '1.50' } as never
      if (state.first === '') state.first = name
      if (op !== 'show') return undefined
      return [
        {
          of: 'sums',
          is: JSON.stringify([sums.size, sums.has(name), ...sums], (_, v) => (typeof v === 'bigint' ? Number(v) : v)),
        },
        { of: 'queue', is: JSON.stringify([queue.length, queue.at(-1) ?? null, ...queue]) },
        { of: 'last', is: state.last === null ? 'null' : String(state.last.price) },
        { of: 'first', is: state.first },
      ]
    },
  })
  const shown = (sim: ReturnType<typeof simulate>) => sim.rows(kept).map(row => `${row.of} ${row.is}`)
  const all = [
    ['add', 'b', 1],
    ['add', 'a', 2],
    ['add', 'b', 3],
    ['push', 'x', 1],
    ['price', 'p', 0],
    ['show', 'a', 0],
    ['shift', '', 0],
    ['delete', 'a', 0],
    ['delete', 'a', 0],
    ['push', 'y', 2],
    ['shift', '', 0],
    ['show', 'a', 0],
    ['clear', '', 0],
    ['shift', '', 0],
    ['show', 'b', 0],
  ] as const
  const expected = [
    'sums [2,true,["a",2],["b",4]]',
    'queue [2,{"name":"x","n":null},{"name":"x","n":1},{"name":"x","n":null}]',
    'last 1.50',
    'first b',
    'shifted {"name":"x","n":1}',
    'deleted true',
    'deleted false',
    'shifted {"name":"x","n":null}',
    'sums [1,false,["b",4]]',
    'queue [2,{"name":"y","n":null},{"name":"y","n":2},{"name":"y","n":null}]',
    'last 1.50',
    'first b',
    'shifted null',
    'sums [0,false]',
    'queue [0,null]',
    'last 1.50',
    'first b',
  ]
  for (const restarts of [false, true]) {
    const sim = simulate({ kept })
    if (restarts) for (const [op, name, n] of all) sim.push(events, { k: 1, op, name, n }).restart()
    else sim.push(events, ...all.map(([op, name, n]) => ({ k: 1, op, name, n })))
    assert.deepEqual(shown(sim), expected)
    assert.deepEqual(sim.deadLetters(), [])
  }
})

test('a call that throws changes nothing, and its row is a dead letter', () => {
  const events = stream(memory(), { schema: t.row({ k: t.int, n: t.int }) })
  const sums = events.by('k').process({
    emits: t.row({ k: t.int, sum: t.int }),
    state: { sum: value(t.int, 0), seen: listOf(t.int), by: mapOf(t.int, t.int) },
    *row({ k, n }, { state }) {
      state.sum += n
      state.seen.push(n)
      state.by.set(n, state.sum)
      yield { k, sum: state.sum + state.seen.length + [...state.by].length }
      if (n === 13) throw new Error('unlucky')
      if (n === 14) state.sum = 1.5
      if (n === 15) yield { k, sum: 'many' as never }
      if (n === 16) state.seen.clear()
    },
  })
  for (const steps of ['one', 'all'] as const) {
    const sim = simulate({ sums }, { steps })
    sim.push(events, ...[1, 13, 14, 15, 2].map(n => ({ k: 1, n })))
    // 1 + 1 element + 1 entry; then 1 + 2 with two of each.
    assert.deepEqual(sim.rows(sums), [
      { k: 1, sum: 3 },
      { k: 1, sum: 7 },
    ])
    const dead = sim.deadLetters()
    assert.deepEqual(
      dead.map(({ operator, code }) => [operator, code]),
      [
        ['process', 'DSD4007'],
        ['process', 'DSD5008'],
        ['process', 'DSD5008'],
      ],
    )
    assert.match(dead[0]?.problem ?? '', /^unlucky \(in \*row\(\{ k, n \}, \{ state \}\)/)
    assert.match(dead[1]?.problem ?? '', /'state\.sum' wants an integer, not 1\.5/)
  }
})

test('a state is forgotten when it was not changed for its ttl', () => {
  const events = stream(memory(), { schema: t.row({ k: t.int, changes: t.boolean }) })
  const counted = events.by('k').process({
    emits: t.row({ n: t.int, list: t.int }),
    state: { n: value(t.int, 0, { ttl: '1 minute' }), list: listOf(t.int, { ttl: '1 minute' }) },
    row({ changes }, { state }) {
      if (changes) {
        state.n += 1
        state.list.push(state.n)
      }
      return { n: state.n, list: state.list.length }
    },
  })
  const sim = simulate({ counted })
  const one = (changes: boolean) => sim.push(events, { k: 1, changes })
  one(true)
  sim.advance('40s')
  one(true)
  sim.restart().advance('59s')
  one(false)
  sim.advance('1s')
  one(false)
  one(true)
  assert.deepEqual(
    sim.rows(counted).map(({ n, list }) => [n, list]),
    [
      [1, 1],
      [2, 2],
      [2, 2],
      [0, 0],
      [1, 1],
    ],
  )
})

test('chance is drawn from the seed and the row', () => {
  const drawn = payments.by('card').process({
    emits: t.row({ id: t.string, a: t.double, b: t.double }),
    state: {},
    row: (p, { random }) => ({ id: p.id, a: random(), b: random() }),
  })
  const draw = (options: { readonly seed: number; readonly steps?: 'one'; readonly workers?: number }) => {
    const sim = simulate({ drawn }, options).push(payments, ...rows)
    return sim.rows(drawn).toSorted((a, b) => a.id.localeCompare(b.id))
  }
  const first = draw({ seed: 1 })
  assert.deepEqual(draw({ seed: 1, steps: 'one', workers: 2 }), first)
  assert.notDeepEqual(draw({ seed: 2 }), first)
  assert.equal(new Set(first.flatMap(({ a, b }) => [a, b])).size, 2 * rows.length)
})

test('rows keep their event time: windows may follow', () => {
  const program = {
    perMinute: tries.by('card').window(tumble('10 minutes')).aggregate({ n: count() }),
  }
  const sim = simulate(program)
  sim.push(payments, ...rows).end()
  assert.deepEqual(
    sim
      .rows(program.perMinute)
      .map(row => [row.card, row.window_start.toISOString().slice(14, 16), row.n])
      .toSorted(),
    [
      ['1', '00', 1],
      ['1', '10', 1],
      ['1', '20', 1],
      ['2', '10', 1],
      ['2', '30', 1],
      ['3', '20', 1],
    ],
  )
})

test('a table is processed by its changes', () => {
  const users = table(memory(), { schema: t.row({ id: t.int, plan: t.string }), key: 'id' })
  const moves = users
    .changelog()
    .by('id')
    .process({
      emits: t.row({ id: t.int, moves: t.int }),
      state: { moves: value(t.int, 0) },
      row({ id, op }, { state }) {
        if (op !== '+U') return undefined
        state.moves += 1
        return { id, moves: state.moves }
      },
    })
  const sim = simulate({ moves })
  for (const plan of ['a', 'b', 'b', 'c']) sim.push(users, { id: 1, plan })
  assert.deepEqual(sim.rows(moves), [
    { id: 1, moves: 1 },
    { id: 1, moves: 2 },
  ])
})

test('answers that differ are told in a simulation', () => {
  let calls = 0
  const unsure = payments.by('card').process({
    emits: t.row({ n: t.int }),
    state: {},
    row: () => ({ n: calls++ }),
  })
  const sim = simulate({ unsure }).push(payments, pay('1', '00:00:00'))
  assert.match(sim.deadLetters()[0]?.problem ?? '', /DSD5010/)
})

test('only the columns are read that the source of row names', async () => {
  const wide = stream(memory(), { schema: t.row({ id: t.int, k: t.int, n: t.int, text: t.string, other: t.string }) })
  const reading = (definition: Parameters<ReturnType<typeof wide.by>['process']>[0]) =>
    wide.by('k').process(definition).explain()
  const named = wide.by('k').process({
    emits: t.row({ n: t.int }),
    state: {},
    *row(p, { key }) {
      if (p.text !== '') yield { n: p.n + key.k }
    },
  })
  assert.match(await named.explain(), /Scan memory_1 \(memory\): k, n, text of 5 columns/)
  assert.match(await reading({ state: {}, row: ({ other }) => void other }), /: k, other of 5 columns/)
  assert.match(await reading({ state: {}, row: p => void JSON.stringify(p) }), /: all columns/)
})

test('what cannot be is said', () => {
  const clicks = stream(memory(), { schema: t.row({ user: t.string }) })
  const timed = clicks.by('user').process({ state: {}, row: (_, { after }) => after('1s', { clock: 'event' }) })
  const sim = simulate({ timed }).push(clicks, { user: 'a' })
  assert.match(sim.deadLetters()[0]?.problem ?? '', /DSD5009/)
  assert.throws(
    () => simulate({ x: clicks.by('user').process({ state: { n: value(t.int, 1.5) }, row: () => undefined }) }),
    {
      code: 'DSD5008',
    },
  )
  let kept: { random(): number } | undefined
  const leaking = clicks.by('user').process({
    state: {},
    row: (_, context) => {
      kept = context
    },
  })
  simulate({ leaking }).push(clicks, { user: 'a' })
  assert.throws(() => kept?.random(), { code: 'DSD5007' })
})
