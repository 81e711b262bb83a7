import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createMemory } from '../../batch/linear-memory.ts'
import type { Memory } from '../../batch/memory.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { fixedSchema } from '../registry.ts'
import { coded, drain, open, relationOf, sourceOf } from '../relation.fixture.ts'
import { nexmark } from './nexmark.ts'
import { nexmarkSchema } from './schema.ts'

const personFields = fieldsOf(1)
const auctionFields = fieldsOf(2)
const bidFields = fieldsOf(3)

function fieldsOf(column: number): Schema {
  const type = nexmarkSchema[column]?.type
  return type?.is === 'row' ? type.fields : []
}

type Row = Readonly<Record<string, Value>>

const named = (fields: Schema, value: Value | undefined): Row | undefined =>
  Array.isArray(value) ? Object.fromEntries(fields.map(({ name }, index) => [name, value[index] ?? null])) : undefined

interface Event {
  readonly type: Value
  readonly person: Row | undefined
  readonly auction: Row | undefined
  readonly bid: Row | undefined
}

interface Reading {
  readonly position?: string
  readonly maxRows?: number
  readonly memory?: Memory
}

/** One for all: ready-made texts are made once a memory. */
const memory = createMemory()

async function rowsOf(options: Readonly<Record<string, string>>, reading: Reading = {}) {
  const relation = relationOf(nexmark, nexmarkSchema, options)
  return drain(await open(sourceOf(nexmark, relation), relation, reading), { memory, ...reading }).rows
}

const eventsOf = async (options: Readonly<Record<string, string>>): Promise<readonly Event[]> =>
  (await rowsOf(options)).map(([type, person, auction, bid]) => ({
    type: type ?? null,
    person: named(personFields, person),
    auction: named(auctionFields, auction),
    bid: named(bidFields, bid),
  }))

const EVENTS = 50_000
const events = await eventsOf({ 'events.num': String(EVENTS) })
const bids = events.flatMap(({ bid }, event) => (bid === undefined ? [] : [{ bid, event }]))
const auctions = events.flatMap(({ auction }, event) => (auction === undefined ? [] : [{ auction, event }]))

/** Persons and auctions made by the time of an event. */
const personsBefore = (event: number): number => Math.floor(event / 50) + 1
const auctionsBefore = (event: number): number => Math.floor(event / 50) * 3 + Math.min(Math.max(event % 50, 0), 3)

const share = (count: number, of: number): number => count / of
const near = (actual: number, expected: number, within: number): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} +- ${within}`)

test('of every 50 events one is a person, three are auctions, 46 are bids', () => {
  events.forEach(({ type }, event) => {
    const place = event % 50
    assert.equal(type, place === 0 ? 0 : place < 4 ? 1 : 2)
  })
})

test("a column is NULL exactly where its type is not the event's", async () => {
  for (const { type, person, auction, bid } of events) {
    assert.deepEqual(
      [person !== undefined, auction !== undefined, bid !== undefined],
      [type === 0, type === 1, type === 2],
    )
  }
  const relation = relationOf(nexmark, nexmarkSchema, { 'events.num': '5000' })
  const columns = [1, 2, 3].flatMap(column => fieldsOf(column).map((_, index) => ({ column, path: [index] })))
  const { rows } = drain(await open(sourceOf(nexmark, relation), relation, { columns }))
  rows.forEach((row, event) => {
    const whole = events[event]
    const expected = [whole?.person, whole?.auction, whole?.bid].flatMap((part, kind) =>
      fieldsOf(kind + 1).map(({ name }) => part?.[name] ?? null),
    )
    assert.deepEqual(row, expected)
  })
})

test('persons and auctions are numbered from 1000', () => {
  const ids = (rows: readonly (Row | undefined)[]) => rows.flatMap(row => (row === undefined ? [] : [row.id]))
  const upTo = (count: number) => Array.from({ length: count }, (_, id) => BigInt(1000 + id))
  assert.deepEqual(ids(events.map(({ person }) => person)), upTo(EVENTS / 50))
  assert.deepEqual(ids(events.map(({ auction }) => auction)), upTo((EVENTS / 50) * 3))
})

test('half of the bids go to hot auctions, three quarters come from hot bidders, and of sellers too', () => {
  const hotAuctions = bids.filter(({ bid }) => Number(bid.auction) % 100 === 0).length
  // A bid that is not hot may hit a hot auction by chance: one in a hundred.
  near(share(hotAuctions, bids.length), 0.505, 0.01)
  const hotBidders = bids.filter(({ bid }) => (Number(bid.bidder) - 1) % 100 === 0).length
  near(share(hotBidders, bids.length), 0.7525, 0.01)
  const hotSellers = auctions.filter(({ auction }) => Number(auction.seller) % 100 === 0).length
  near(share(hotSellers, auctions.length), 0.7525, 0.015)
})

test('no id is ahead of the persons and auctions that are there by more than the lead of 10', () => {
  const LEAD = 10
  for (const { bid, event } of bids) {
    const auction = Number(bid.auction) - 1000
    const last = auctionsBefore(event) - 1
    assert.ok(auction >= 0 && auction <= last + LEAD && auction >= last - 199, `auction ${auction} at event ${event}`)
    const bidder = Number(bid.bidder) - 1000
    const people = personsBefore(event)
    assert.ok(bidder >= 0 && bidder < people + LEAD && bidder >= people - 1100, `bidder ${bidder} at event ${event}`)
  }
  for (const { auction, event } of auctions) {
    const seller = Number(auction.seller) - 1000
    assert.ok(seller >= 0 && seller < personsBefore(event) + LEAD, `seller ${seller} at event ${event}`)
  }
})

test('prices are log-uniform over six decades, reserves are above initial bids, categories even', () => {
  const decades = new Map<number, number>()
  for (const { bid } of bids) {
    const price = Number(bid.price)
    assert.ok(price >= 100 && price <= 100_000_000)
    const decade = Math.min(Math.floor(Math.log10(price)), 7)
    decades.set(decade, (decades.get(decade) ?? 0) + 1)
  }
  for (let decade = 2; decade < 8; decade++) near(share(decades.get(decade) ?? 0, bids.length), 1 / 6, 0.008)
  const categories = new Map<Value, number>()
  for (const { auction } of auctions) {
    assert.ok(Number(auction.reserve) > Number(auction.initialBid))
    categories.set(auction.category ?? null, (categories.get(auction.category ?? null) ?? 0) + 1)
  }
  assert.deepEqual([...categories.keys()].sort(), [10n, 11n, 12n, 13n, 14n])
  for (const count of categories.values()) near(share(count, auctions.length), 0.2, 0.03)
})

test('event time runs at the rate in whole milliseconds, and auctions expire after they open', async () => {
  const quick = await eventsOf({ 'events.num': '1000', 'first-event.rate': '3000', 'base-time': '5000' })
  quick.forEach(({ person, auction, bid }, event) => {
    const expected = 5_000_000n + BigInt(Math.floor((event * 1000) / 3000)) * 1000n
    assert.equal((person ?? auction ?? bid)?.dateTime, expected)
  })
  for (const { auction } of auctions) {
    const open = BigInt(String(auction.expires)) - BigInt(String(auction.dateTime))
    assert.ok(open >= 1000n && open <= 340_000n, String(open))
  }
})

test('half of the bids come over four hot channels, and the URL names the channel', () => {
  const hot = new Set(['Google', 'Facebook', 'Baidu', 'Apple'])
  near(share(bids.filter(({ bid }) => hot.has(String(bid.channel))).length, bids.length), 0.5, 0.01)
  const urls = new Map<string, string>()
  for (const { bid } of bids) {
    const channel = String(bid.channel)
    const url = String(bid.url)
    assert.match(url, /^https:\/\/www\.nexmark\.com\/[a-z]{5}\/[a-z]{5}\/[a-z]{5}\/item\.htm\?query=1/)
    assert.equal(url.split('&channel_id=')[1], hot.has(channel) ? undefined : channel.slice('channel-'.length))
    assert.equal(urls.get(channel) ?? url, url)
    urls.set(channel, url)
  }
})

test('people look like people', () => {
  for (const { person } of events.slice(0, 5000)) {
    if (person === undefined) continue
    assert.match(String(person.name), /^[A-Z][a-z]+ [A-Z][a-z]+$/)
    assert.match(String(person.emailAddress), /^[a-z]{7}@[a-z]{5}\.com$/)
    assert.match(String(person.creditCard), /^\d{4} \d{4} \d{4} \d{4}$/)
    assert.match(String(person.state), /^(AZ|CA|ID|OR|WA|WY)$/)
    assert.match(String(person.extra), /^[a-z ]{80,120}$/)
  }
})

test('any split into chunks and any start give the same events; another seed gives others', async () => {
  const all = await rowsOf({ 'events.num': '700' })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 700 }), async (maxRows, start) => {
      assert.deepEqual(await rowsOf({ 'events.num': '700' }, { maxRows, position: String(start) }), all.slice(start))
    }),
    { numRuns: 30 },
  )
  const [, , , bid] = (await rowsOf({ 'events.num': '700', seed: '2' }))[10] ?? []
  assert.notDeepEqual(bid, all[10]?.[3])
})

const golden: readonly Row[] = [
  {
    id: 1000n,
    name: 'Deiter Smith',
    emailAddress: 'htxmesv@iwjby.com',
    creditCard: '5146 3996 2172 4663',
    city: 'Portland',
    state: 'AZ',
    dateTime: 1436918400000000n,
    extra: 'ycydhibotdzhowdlsn tcsg mphjtq',
  },
  {
    id: 1000n,
    itemName: 'xyl',
    description: 'ikpesgadf daavvrdb jrxmbt billjewuqajfajmzbvqvabiejiwwryb',
    initialBid: 643n,
    reserve: 31883910n,
    dateTime: 1436918400000000n,
    expires: 1436918400065000n,
    seller: 1000n,
    category: 11n,
    extra: 'cpmmvzwebjkkzggzwnpccjzxjkorpb',
  },
  {
    auction: 1000n,
    bidder: 1004n,
    price: 2115202n,
    channel: 'channel-8797',
    url: 'https://www.nexmark.com/dbtlc/udtir/jxewu/item.htm?query=1&channel_id=8797',
    dateTime: 1436918400000000n,
    extra: 'egweonpyeumoowwgai nbnsmjjolda',
  },
  {
    auction: 3900n,
    bidder: 1901n,
    price: 29161887n,
    channel: 'Google',
    url: 'https://www.nexmark.com/pxopd/ieqod/qbtsf/item.htm?query=1',
    dateTime: 1436918404999000n,
    extra: 'ccrgeziilmvjcxuatzakjrgstwkhwm',
  },
]

test('the events are the same on every machine', () => {
  const made = [0, 1, 4, 49_999].map(at => events[at]?.person ?? events[at]?.auction ?? events[at]?.bid)
  assert.deepEqual(
    made.map(row => ({ ...row, extra: String(row?.extra).slice(0, 30) })),
    golden,
  )
})

test('a table may declare some of the columns in another order', async () => {
  const schema = [
    field('bid', types.row([field('price', types.bigint), field('channel', types.string)])),
    field('event_type', types.int),
  ]
  const relation = relationOf(nexmark, schema, { 'events.num': '10' })
  const reader = await open(sourceOf(nexmark, relation), relation, {
    columns: [
      { column: 1, path: [] },
      { column: 0, path: [1] },
      { column: 0, path: [] },
    ],
  })
  const bid = events[7]?.bid
  assert.deepEqual(drain(reader).rows[7], [2, bid?.channel, [bid?.price, bid?.channel]])
  assert.deepEqual(fixedSchema('nexmark'), nexmarkSchema)
  assert.equal(fixedSchema('datagen'), undefined)
})

test('only the texts that are asked for are made', async () => {
  const relation = relationOf(nexmark, nexmarkSchema, { 'events.num': '100' })
  const memory = createMemory()
  const before = memory.stateBytes()
  drain(await open(sourceOf(nexmark, relation), relation, { columns: [{ column: 3, path: [2] }] }), { memory })
  assert.equal(memory.stateBytes(), before)
  drain(await open(sourceOf(nexmark, relation), relation, { columns: [{ column: 3, path: [3] }] }), { memory })
  const withChannels = memory.stateBytes()
  assert.ok(withChannels > before)
  drain(await open(sourceOf(nexmark, relation), relation, { columns: [{ column: 3, path: [3] }] }), { memory })
  assert.equal(memory.stateBytes(), withChannels)
})

test('memory may grow at every allocation, and lie above 2 GiB', async () => {
  const all = await rowsOf({ 'events.num': '200' })
  assert.deepEqual(
    await rowsOf({ 'events.num': '200' }, { memory: createMemory({ growAlways: true }), maxRows: 60 }),
    all,
  )
  assert.deepEqual(await rowsOf({ 'events.num': '200' }, { memory: createMemory({ heapStart: 2 ** 31 }) }), all)
})

test('options and columns that do not fit are refused with their names', () => {
  const refuse = (options: Readonly<Record<string, string>>, message: RegExp, schema = nexmarkSchema): void => {
    assert.throws(() => sourceOf(nexmark, relationOf(nexmark, schema, options)), coded('DSD3002', message))
  }
  refuse({ 'first-event.rate': '0' }, /option 'first-event.rate' is '0'; it takes a whole number from 1/)
  refuse({ 'next-event.rate': '20000' }, /option 'next-event.rate' is '20000'; it takes 10000/)
  refuse({ 'bid.proportion': '50' }, /option 'bid.proportion' is '50'; it takes '46'/)
  refuse({ events: '5' }, /has no option 'events'; it has events.num/)
  refuse({}, /column price: nexmark has no such column; it has event_type, person, auction, bid/, [
    field('price', types.int),
  ])
  refuse({}, /column bid.price: it is BIGINT in nexmark/, [field('bid', types.row([field('price', types.int)]))])
})
