// Rows, keys and modes of what the API gives, said outright.
import {
  add,
  and,
  avg,
  between,
  blackhole,
  cast,
  coalesce,
  col,
  concat,
  count,
  countDistinct,
  cumulate,
  type Decimal,
  div,
  eq,
  extract,
  file,
  fold,
  gt,
  hop,
  isIn,
  isNotNull,
  length,
  like,
  listOf,
  lookup,
  max,
  memory,
  min,
  mul,
  not,
  or,
  output,
  print,
  query,
  type Stream,
  session,
  simulate,
  sql,
  stream,
  sub,
  sum,
  type Table,
  type Timestamp,
  t,
  tryCast,
  tumble,
  upper,
  value,
  webhook,
  when,
} from 'data-streamdown' // prettier-ignore
import { doors, prices, readings, rooms } from './inputs.ts'
import { type KeyOf, type ModeOf, type RowOf, type Same, same } from './same.ts'

type Span = { window_start: Timestamp; window_end: Timestamp }

// Schemas
same<
  Same<RowOf<typeof doors>, { door: string; place: string; opened: boolean; moment: Timestamp; note: string | null }>
>()
same<Same<RowOf<typeof readings>['state'], 'ok' | 'worn' | 'broken'>>()
same<Same<RowOf<typeof readings>['battery'], number | null>>()
same<Same<KeyOf<typeof prices>, 'sensor' | 'region'>>()

// Columns
export const warm = readings
  .where('celsius', 'between', [20, 30])
  .where('room', 'in', ['a', 'b'])
  .where('state', '<>', 'broken')
export const powered = readings.where('battery', 'is not null')
same<Same<RowOf<typeof powered>['battery'], number>>()
export const expressions = readings.derive({
  fahrenheit: add(mul('celsius', 1.8), 32),
  perDegree: div(col('price'), '2.5'),
  charge: coalesce('battery', 0),
  maybe: add('battery', 1),
  next: add('serial', 1),
  hot: gt('celsius', 30),
  hotOrNull: gt('battery', 30),
  hour: extract('hour', 'at'),
  shown: concat('sensor', '/', col('room')),
  wide: cast('battery', t.bigint),
  read: tryCast('sensor', t.int),
  letters: length('room'),
  level: when(isNotNull('battery'), 'known', 'unknown'),
  ratio: sql<number>`celsius / ${2}`,
  text: r => `${r.sensor}: ${r.celsius}`,
  grade: t.enums('A', 'B').of(r => (r.celsius > 30 ? 'A' : 'B')),
})
type Expressions = RowOf<typeof expressions>
same<Same<Expressions['fahrenheit'], number>>()
same<Same<Expressions['perDegree'], Decimal>>()
same<Same<Expressions['charge'], number>>()
same<Same<Expressions['maybe'], number | null>>()
same<Same<Expressions['next'], bigint>>()
same<Same<Expressions['hot'], boolean>>()
same<Same<Expressions['hotOrNull'], boolean | null>>()
same<Same<Expressions['hour'], number>>()
same<Same<Expressions['level'], 'known' | 'unknown'>>()
same<Same<Expressions['text'], string>>()
same<Same<Expressions['grade'], 'A' | 'B'>>()
export const nested = readings.where(
  or(and(gt('celsius', 1), not(like('room', 'x%'))), isIn('state', ['ok']), between('price', '1.5', 2)),
)
export const chosen = rooms.select({ room: 'name', last: 'owner.last', big: upper('name') })
same<Same<RowOf<typeof chosen>, { room: string; last: string | null; big: string }>>()
same<Same<KeyOf<typeof chosen>, 'room'>>()
same<Same<KeyOf<ReturnType<typeof rooms.pick<'floor'>>>, never>>()
export const many = readings.flatMap(r => [
  { sensor: r.sensor, part: 1 },
  { sensor: r.sensor, part: 2 },
])
same<Same<RowOf<typeof many>, { sensor: string; part: number }>>()
export const broken = readings.where(r => r.state === 'broken')

// Groups and windows
export const perRoom = readings.by('room').aggregate({
  n: count(),
  worn: count({ where: r => r.state === 'worn' }),
  mean: avg('celsius'),
  paid: sum('price'),
  hottest: max('celsius', { where: gt('celsius', 0) }),
  first: min('at'),
  sensors: countDistinct('sensor'),
  names: fold(t.array(t.string), [], (names, r) => [...names, r.sensor]),
})
same<Same<KeyOf<typeof perRoom>, 'room'>>()
same<Same<ModeOf<typeof perRoom>, 'updates'>>()
same<
  Same<
    RowOf<typeof perRoom>,
    {
      room: string
      n: number
      worn: number
      mean: number
      paid: Decimal
      hottest: number | null
      first: Timestamp
      sensors: number
      names: string[]
    }
  >
>()
export const hourly = readings
  .by('room', 'sensor')
  .window(tumble('1 hour', { offset: '15m' }))
  .aggregate({ n: count() })
same<Same<KeyOf<typeof hourly>, 'room' | 'sensor' | 'window_start' | 'window_end'>>()
same<Same<ModeOf<typeof hourly>, 'final'>>()
same<
  Same<
    RowOf<typeof hourly>,
    { room: string; sensor: string; n: number } & Span extends infer R ? { [K in keyof R]: R[K] } : never
  >
>()
export const early = readings.window(hop('1h', { every: '5m' }), { emit: 'changes' }).aggregate({ n: count() })
same<Same<ModeOf<typeof early>, 'updates'>>()
export const worst = hourly.by('window_start', 'window_end').top(3, 'n desc', { rank: 'place' })
same<Same<ModeOf<typeof worst>, 'final'>>()
same<Same<RowOf<typeof worst>['place'], number>>()
export const perSensor = hourly.by('sensor').aggregate({ hours: count() })
same<Same<ModeOf<typeof perSensor>, 'updates'>>()
export const sessions = readings.by('room').window(session('10 minutes')).aggregate({ n: count() })
export const days = readings
  .window(cumulate('1 day', { every: '1 hour' }))
  .by('room')
  .top(1, 'celsius desc')
same<Same<ModeOf<typeof days>, 'final'>>()

// Joins
export const opened = readings.join(doors, { on: { room: 'place' }, within: '5 minutes' })
same<Same<RowOf<typeof opened>['door'], string>>()
export const placed = readings.join(rooms, { on: { room: 'name' }, as: 'place', how: 'left' })
same<
  Same<
    RowOf<typeof placed>['place'],
    { name: string; floor: number; owner: { first: string; last: string } | null } | null
  >
>()
same<Same<ModeOf<typeof placed>, 'updates'>>()
export const known = perRoom.join(rooms, { on: { room: 'name' } })
same<Same<KeyOf<typeof known>, 'room'>>()
export const priced = readings.join(prices, { on: 'sensor' })
same<Same<RowOf<typeof priced>['cost'], Decimal>>()
export const kept: Stream<RowOf<typeof opened>> = readings.join(doors, { on: { room: 'place' }, keep: '1 day' })
export const gaps = readings.join(doors, { on: { room: 'place' }, keep: '1 day', how: 'left' })
same<Same<ModeOf<typeof gaps>, 'updates'>>()

// Outputs
export const jobs = [
  hourly.into(file('out.ndjson')),
  perRoom.into(print()),
  readings.into(blackhole(), { guarantee: 'exactly-once' }),
  perRoom.changelog().into(webhook('https://example.org')),
]
const { cold, rest } = readings.split({ cold: r => r.celsius < 0, dry: eq('state', 'ok') })
export const both = cold.union(rest)
export const counted = query<
  { room: string; n: bigint },
  'room'
>`SELECT room, COUNT(*) AS n FROM ${readings} WHERE celsius > ${3} GROUP BY room`
same<Same<KeyOf<typeof counted>, 'room'>>()

// What runs later has its types now.
const owners = lookup({ key: 'owner', get: async (names: string[]) => names.map(owner => ({ owner, phone: '' })) })
export const phoned = readings.derive({ owner: r => r.room }).enrich(owners, { on: 'owner' })
same<Same<RowOf<typeof phoned>['phone'], string | null>>()
export const alarms = readings.by('sensor').process({
  emits: t.row({ sensor: t.string, times: t.int }),
  state: { times: value(0), seen: listOf(t.double) },
  outputs: { quiet: output(t.row({ sensor: t.string })) },
  *row(r, { state, key, out, after }) {
    state.times += 1
    state.seen.push(r.celsius)
    after('1 minute')
    if (state.times > 3) yield { sensor: key.sensor, times: state.times }
    out.quiet({ sensor: r.sensor })
  },
})
same<Same<RowOf<typeof alarms>, { sensor: string; times: number }>>()
export const rises = readings
  .by('sensor')
  .match('low', r => r.celsius < 10)
  .next('high', (r, { low }) => low !== undefined && r.celsius > low.celsius, { atLeast: 2 })
  .within('1h')
  .select(({ low, high }, { sensor }) => ({ sensor, from: low.celsius, steps: high.length })) // prettier-ignore
same<Same<RowOf<typeof rises>, { sensor: string; from: number; steps: number }>>()

// Operators of one's own
const perMinute = <R extends { room: string }>(rows: Stream<R>) =>
  rows.by('room').window(tumble('1 minute')).aggregate({ n: count() })
export const minutes = readings.pipe(perMinute)
same<Same<KeyOf<typeof minutes>, 'room' | 'window_start' | 'window_end'>>()
export function changes<R, K, M>(rows: Table<R, K, M>) {
  return rows.changelog()
}
export const sent = changes(minutes)
export const untyped = stream(memory<{ a: string }>()).pick('a')
export const reduced = readings.derive({ less: sub('celsius', 1) }).drop('price', 'serial')

export function run() {
  const sim = simulate({ perRoom }, { at: '2026-01-01T00:00:00Z' })
  sim
    .push(readings, { sensor: 's', room: 'r', celsius: 1, price: '1.250', state: 'ok', serial: 1, at: new Date(0) })
    .advance('1 minute')
  return sim.rows(perRoom).map(row => row.paid.plus(1).toString())
}
