import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../packages/streamdown/src/api/program/assemble.ts'
import {
  add,
  avg,
  coalesce,
  count,
  eq,
  gt,
  hop,
  lag,
  max,
  memory,
  mul,
  type Stream,
  stddev,
  stream,
  sum,
  type Table,
  t,
  table,
  tumble,
  when,
} from '../../packages/streamdown/src/index.ts'
import { derive } from '../../packages/streamdown/src/plan/properties.ts'

/** What a table's type promises, as values: the checker accepts nothing else here. */
interface Promised<R, K, M> {
  readonly final: [M] extends ['final'] ? true : false
  readonly key: { readonly [C in K & string]: true }
  readonly nullable: { readonly [C in keyof R & string]: null extends R[C] ? true : false }
}

/** The planner derives from the plan what the types promise. */
function tied<R, K, M>(name: string, relation: Table<R, K, M>, promised: Promised<R, K, M>): void
function tied<R>(name: string, relation: Stream<R>, promised: Promised<R, never, 'final'>): void
function tied(name: string, relation: object, promised: { final: boolean; key: object; nullable: object }): void {
  test(name, () => {
    const [view] = assemble({ relation }).views
    assert.ok(view !== undefined)
    const { node, columns } = view.lowered
    const properties = derive(node)
    assert.equal(properties.final, promised.final, 'final')
    assert.deepEqual(
      Object.fromEntries(columns.map(one => [one.name, one.type.nullable])),
      promised.nullable,
      'nullable, as programs see it',
    )
    assert.deepEqual(
      Object.fromEntries(node.schema.map(one => [one.name, one.nullable])),
      promised.nullable,
      'nullable, as the plan has it',
    )
    const key = Object.keys(promised.key)
    assert.deepEqual([...view.lowered.key].sort(), [...key].sort(), 'key')
    if (key.length === 0) return
    const places = key.map(one => columns.findIndex(column => column.name === one))
    assert.ok(
      properties.keys.some(own => own.every(column => places.includes(column))),
      `keys ${JSON.stringify(properties.keys)} hold ${places}`,
    )
  })
}

const sales = stream(memory(), {
  schema: t.row({
    id: t.string,
    shop: t.string,
    price: t.double,
    tax: t.optional(t.double),
    fee: t.decimal(8, 2),
    at: t.timestamp(3),
  }),
  time: 'at',
})
const visits = stream(memory(), {
  schema: t.row({ place: t.string, visitor: t.string, came: t.timestamp(3) }),
  time: 'came',
})
const shops = table(memory(), { schema: t.row({ name: t.string, city: t.optional(t.string) }), key: 'name' })
const all = { id: false, shop: false, price: false, tax: true, fee: false, at: false } as const
const windowed = { window_start: false, window_end: false } as const
const hourly = sales.by('shop').window(tumble('1 hour'))
const perShop = sales.by('shop').aggregate({ n: count(), sold: sum('price') })

tied('a source', sales, { final: true, key: {}, nullable: all })
tied('a table', shops, { final: false, key: { name: true }, nullable: { name: false, city: true } })
tied('known not to be NULL', sales.where('tax', 'is not null'), {
  final: true,
  key: {},
  nullable: { ...all, tax: false },
})
tied(
  'computed columns',
  sales
    .derive({
      a: mul('price', 2),
      b: add('tax', 1),
      c: coalesce('tax', 0),
      d: gt('tax', 1),
      e: s => s.price > 1,
      f: s => `${s.id}`,
      g: when(eq('id', 'a'), 'x', 'y'),
    })
    .pick('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  {
    final: true,
    key: {},
    nullable: { a: false, b: true, c: false, d: true, e: false, f: false, g: false },
  },
)
tied(
  'rows made by an arrow',
  sales.map(s => ({ id: s.id, tax: s.tax, big: s.price > 10 })),
  { final: true, key: {}, nullable: { id: false, tax: true, big: false } },
)
tied('a group', perShop, { final: false, key: { shop: true }, nullable: { shop: false, n: false, sold: false } })
tied(
  'aggregates that may be NULL',
  sales.by('shop').aggregate({
    a: sum('tax'),
    b: max('price', { where: gt('price', 3) }),
    c: avg('price'),
    d: stddev('price'),
    e: count({ where: s => s.price > 1 }),
  }),
  {
    final: false,
    key: { shop: true },
    nullable: { shop: false, a: true, b: true, c: false, d: true, e: false },
  },
)
tied('a window', hourly.aggregate({ n: count() }), {
  final: true,
  key: { shop: true, window_start: true, window_end: true },
  nullable: { shop: false, ...windowed, n: false },
})
tied('a window of all rows', sales.window(hop('1 hour', { every: '10 minutes' })).aggregate({ n: count() }), {
  final: true,
  key: { window_start: true, window_end: true },
  nullable: { ...windowed, n: false },
})
tied(
  'a window with early results',
  sales.by('shop').window(tumble('1 hour'), { emit: 'changes' }).aggregate({ n: count() }),
  {
    final: false,
    key: { shop: true, window_start: true, window_end: true },
    nullable: { shop: false, ...windowed, n: false },
  },
)
tied(
  'a window that stays open',
  sales.by('shop').window(tumble('1 hour'), { keepOpen: '5 minutes' }).aggregate({ n: count() }),
  {
    final: false,
    key: { shop: true, window_start: true, window_end: true },
    nullable: { shop: false, ...windowed, n: false },
  },
)
tied('a filtered window', hourly.aggregate({ n: count() }).where('n', '>', 3), {
  final: true,
  key: { shop: true, window_start: true, window_end: true },
  nullable: { shop: false, ...windowed, n: false },
})
tied(
  'the best of each window of a final table',
  hourly.aggregate({ n: count() }).by('window_start', 'window_end').top(3, 'n desc', { rank: 'place' }),
  {
    final: true,
    key: { shop: true, window_start: true, window_end: true },
    nullable: { shop: false, ...windowed, n: false, place: false },
  },
)
tied(
  'a final table grouped by its windows',
  hourly.aggregate({ n: count() }).by('window_end').aggregate({ shops: count() }),
  { final: true, key: { window_end: true }, nullable: { window_end: false, shops: false } },
)
tied('a final table grouped otherwise', hourly.aggregate({ n: count() }).by('shop').aggregate({ hours: count() }), {
  final: false,
  key: { shop: true },
  nullable: { shop: false, hours: false },
})
tied(
  'a window over a window',
  hourly
    .aggregate({ sold: sum('price') })
    .by('shop')
    .window(tumble('1 day'))
    .aggregate({ sold: max('sold') }),
  {
    final: true,
    key: { shop: true, window_start: true, window_end: true },
    nullable: { shop: false, ...windowed, sold: false },
  },
)
tied('the best rows of a window', sales.window(tumble('1 hour')).by('shop').top(2, 'price desc', { rank: 'place' }), {
  final: true,
  key: { shop: true, window_start: true, window_end: true, place: true },
  nullable: { ...all, ...windowed, place: false },
})
tied('the best rows of a group', sales.by('shop').top(2, 'price desc', { rank: 'place' }), {
  final: false,
  key: { shop: true, place: true },
  nullable: { ...all, place: false },
})
tied('the best of a table', perShop.top(3, 'n desc'), {
  final: false,
  key: { shop: true },
  nullable: { shop: false, n: false, sold: false },
})
tied('the first row', sales.by('shop').first(), { final: true, key: {}, nullable: all })
tied(
  'rows around a row',
  sales.by('shop').over({ rows: 3 }, { n: count(), mean: avg('price'), taxes: sum('tax'), before: lag('id') }),
  { final: true, key: {}, nullable: { ...all, n: false, mean: false, taxes: true, before: true } },
)
tied(
  'matches of a pattern',
  sales
    .by('shop')
    .match('dear', s => s.price > 10)
    .next('cheap', (s, { dear }) => dear !== undefined && s.price < dear.price, { atLeast: 1 })
    .followedBy('untaxed', s => s.tax === null, 'maybe')
    .select(({ dear, cheap, untaxed }, { shop }) => ({
      shop,
      from: dear.price,
      taxed: dear.tax,
      steps: cheap.length,
      ends: untaxed !== undefined,
    })),
  { final: true, key: {}, nullable: { shop: false, from: false, taxed: true, steps: false, ends: false } },
)
tied('the newest row', sales.by('shop').latest(), { final: false, key: { shop: true }, nullable: all })
tied('renamed', perShop.select({ store: 'shop', twice: mul('n', 2) }), {
  final: false,
  key: { store: true },
  nullable: { store: false, twice: false },
})
tied('without its key', perShop.pick('n'), { final: false, key: {}, nullable: { n: false } })
tied(
  'a join of streams in time',
  sales.join(visits, { on: { shop: 'place' }, within: '1 hour' }).pick('id', 'visitor', 'tax'),
  { final: true, key: {}, nullable: { id: false, visitor: false, tax: true } },
)
tied(
  'a left join of streams in time',
  sales.join(visits, { on: { shop: 'place' }, within: '1 hour', how: 'left' }).pick('id', 'visitor'),
  { final: true, key: {}, nullable: { id: false, visitor: true } },
)
tied(
  'a join of streams in windows',
  sales.join(visits, { on: { shop: 'place' }, window: tumble('1 hour') }).pick('id', 'visitor'),
  { final: true, key: {}, nullable: { id: false, visitor: false } },
)
tied(
  'a join of streams that keeps',
  sales.join(visits, { on: { shop: 'place' }, keep: '1 day' }).pick('id', 'visitor'),
  { final: true, key: {}, nullable: { id: false, visitor: false } },
)
tied(
  'a left join of streams that keeps',
  sales.join(visits, { on: { shop: 'place' }, keep: '1 day', how: 'left' }).pick('id', 'visitor'),
  { final: false, key: {}, nullable: { id: false, visitor: true } },
)
tied('a join with a table', sales.join(shops, { on: { shop: 'name' } }).pick('id', 'city'), {
  final: false,
  key: {},
  nullable: { id: false, city: true },
})
tied('a nested left join', perShop.join(shops, { on: { shop: 'name' }, as: 'where', how: 'left' }), {
  final: false,
  key: { shop: true },
  nullable: { shop: false, n: false, sold: false, where: true },
})
tied('a nested join', perShop.join(shops, { on: { shop: 'name' }, as: 'where' }), {
  final: false,
  key: { shop: true },
  nullable: { shop: false, n: false, sold: false, where: false },
})
tied('rows that have a match', perShop.join(shops, { on: { shop: 'name' }, how: 'semi' }), {
  final: false,
  key: { shop: true },
  nullable: { shop: false, n: false, sold: false },
})
tied(
  'a join of final tables',
  hourly.aggregate({ n: count() }).join(hourly.aggregate({ sold: sum('price') }), {
    on: { shop: 'shop', window_start: 'window_start', window_end: 'window_end' },
  }),
  {
    final: true,
    key: { shop: true, window_start: true, window_end: true },
    nullable: { shop: false, ...windowed, n: false, sold: false },
  },
)
tied('changes as rows', perShop.changelog(), {
  final: true,
  key: {},
  nullable: { shop: false, n: false, sold: false, op: false },
})
tied(
  'several streams in one',
  sales.pick('id', 'tax').union(sales.derive({ tax: coalesce('tax', 1) }).pick('id', 'tax')),
  { final: true, key: {}, nullable: { id: false, tax: true } },
)
tied('late rows', hourly.late, {
  final: true,
  key: {},
  nullable: { ...all, windows_missed: false, windows_total: false },
})
tied('a branch', sales.split({ cheap: s => s.price < 1 }).rest, { final: true, key: {}, nullable: all })
