// Each line marked here must be refused.
import {
  add,
  avg,
  col,
  count,
  eq,
  file,
  gt,
  hop,
  like,
  memory,
  mul,
  print,
  session,
  simulate,
  stream,
  sum,
  t,
  table,
  tumble,
  value,
  webhook,
} from 'data-streamdown'
import { doors, prices, readings, rooms } from './inputs.ts'

// @ts-expect-error no such column
readings.where('celcius', '>', 1)
// @ts-expect-error a text is no number
readings.where('celsius', '<', 'cold')
// @ts-expect-error not an operator
readings.where('celsius', '=>', 3)
// @ts-expect-error an order of truth values
doors.where('opened', '>', true)
// @ts-expect-error a list is wanted
readings.where('room', 'in', 'a')
// @ts-expect-error not one of the texts
readings.where(eq('state', 'lost'))
// @ts-expect-error no such column in an expression within another
readings.derive({ x: add(mul('celcius', 2), 1) })
// @ts-expect-error a decimal and a double do not add up unseen
readings.derive({ x: add('price', col('celsius')) })
// @ts-expect-error like is for texts
readings.where(like('celsius', '1%'))
// @ts-expect-error an arrow that waits
readings.flatMap(async r => [{ a: r.room }])
// @ts-expect-error NULL is not handled
readings.derive({ x: r => r.battery + 1 })
// @ts-expect-error the type says otherwise
readings.derive({ x: t.int.of(r => r.room) })
// @ts-expect-error no such key
readings.by('house')
// @ts-expect-error a mean of texts
readings.by('room').aggregate({ m: avg('sensor') })
// @ts-expect-error no such column in the condition of an aggregate
readings.by('room').aggregate({ m: count({ where: gt('celcius', 1) }) })
// @ts-expect-error the key has this name
readings.by('room').aggregate({ room: count() })
// @ts-expect-error the window has this name
readings.window(tumble('1h')).aggregate({ window_start: count() })
// @ts-expect-error not a length of time
readings.window(tumble('1 fortnight'))
// @ts-expect-error a hop has a step
readings.window(hop('1h'))
// @ts-expect-error a gap has a unit
readings.window(session('30'))
// @ts-expect-error event time is a time
stream(memory(), { schema: t.row({ a: t.string }), time: 'a' })
// @ts-expect-error the key is a column
table(memory(), { schema: t.row({ a: t.string }), key: 'b' })
// @ts-expect-error two streams must say how long to wait
readings.join(doors, { on: { room: 'place' } })
// @ts-expect-error both have a column sensor
readings.join(prices, { on: { room: 'region' } })
// @ts-expect-error no such column on the left
readings.join(rooms, { on: { house: 'name' } })
// @ts-expect-error no such column on the left, beside one that there is
readings.join(rooms, { on: { room: 'name', house: 'name' } })
// @ts-expect-error a text and a number are not equal
readings.join(rooms, { on: { room: 'floor' } })
// @ts-expect-error no column of this name on both sides
readings.join(rooms, { on: 'room' })
// @ts-expect-error rows of another kind
readings.union(doors)
// @ts-expect-error this file only grows
readings.by('room').aggregate({ n: count() }).into(file('x.ndjson'))
// @ts-expect-error print promises less
readings.into(print(), { guarantee: 'exactly-once' })
const early = readings.window(tumble('1h'), { emit: { every: '1m' } }).aggregate({ n: count() })
// @ts-expect-error a window with early results changes
early.into(webhook('https://example.org'))
// @ts-expect-error a row lacks its columns
simulate({ readings }).push(readings, { sensor: 'a' })
readings.by('room').process({
  state: { n: value(0) },
  row(_r, { state }) {
    // @ts-expect-error the state is a number
    state.n = 'a'
  },
})
const sums = readings.by('room').aggregate({ s: sum('price') })
// @ts-expect-error sums of decimals have no plus sign
sums.where(r => r.s + 1 > 2)
