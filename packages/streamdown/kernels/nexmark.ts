// Nexmark's generator (Tucker et al., "NEXMark: A Benchmark for Queries over Data Streams"; distributions and names as
// in Apache Beam's and nexmark/nexmark's generators). Counter based: every field is a function of seed, event and
// field alone, so any range of events can be made anywhere and is the same.

import { chunk_alloc, chunk_mark, chunk_release } from './heap'

/** The kind of most events. */
const BID: i32 = 2
/** Texts that are picked together. */
const PICKED_ROWS: usize = 128

const PERSONS: i64 = 1
const AUCTIONS: i64 = 3
const TOTAL: i64 = 50
const FIRST_ID: i64 = 1000
const FIRST_CATEGORY: i64 = 10
const CATEGORIES: i64 = 5
const HOT_IDS: i64 = 100
const IN_FLIGHT_AUCTIONS: i64 = 100
const ACTIVE_PEOPLE: i64 = 1000
const ID_LEAD: i64 = 10

/** Draws of an event are numbered by field. */
const DRAW_AUCTION: i64 = 1
const DRAW_BIDDER: i64 = 2
const DRAW_PRICE: i64 = 3
const DRAW_SELLER: i64 = 4
const DRAW_CATEGORY: i64 = 5
const DRAW_INITIAL: i64 = 6
const DRAW_RESERVE: i64 = 7
const DRAW_EXPIRES: i64 = 8

/** splitmix64's finaliser over (seed, event, field). */
@inline
function draw(seed: i64, event: i64, field: i64): u64 {
  let z = <u64>(seed + event * 0x632be59bd9b4e019 + field * 0x9e3779b97f4a7c15)
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb
  return z ^ (z >> 31)
}

/** The high half of a product: an integer in [0, bound) for bounds below 2^32. */
@inline
function below(random: u64, bound: i64): i64 {
  return <i64>(((random >> 32) * <u64>bound) >> 32)
}

@inline
function lastPerson(event: i64): i64 {
  return event / TOTAL
}

/** Of the event `offset` in its fifty, the `epoch`th; -1 before the first auction. */
@inline
function lastAuction(epoch: i64, offset: i64): i64 {
  if (offset < PERSONS) return epoch * AUCTIONS - 1
  return epoch * AUCTIONS + (offset >= PERSONS + AUCTIONS ? AUCTIONS - 1 : offset - PERSONS)
}

@inline
function anyPerson(random: u64, last: i64): i64 {
  const people = last + 1
  const active = min(people, ACTIVE_PEOPLE)
  return people - active + below(random << 8, active + ID_LEAD)
}

/** 10^(6 i / 1024) for the log-uniform price. */
const POWERS = memory.data(1025 * 8, 8)
let powersReady = false

function makePowers(): void {
  for (let i = 0; i <= 1024; i++) store<f64>(POWERS + (<usize>i << 3), Math.pow(10, 6 * (<f64>i / 1024)))
  powersReady = true
}

@inline
function price(random: u64): i64 {
  const at = <usize>(random >> 54)
  const part = <f64>(<i64>((random >> 22) & 0xffffffff)) * 2.3283064365386963e-10
  const low = load<f64>(POWERS + (at << 3))
  const high = load<f64>(POWERS + (at << 3), 8)
  return <i64>((low + (high - low) * part) * 100 + 0.5)
}

/** What lies at `out` every fifty rows is alike: fills `rows` of `bytes` each from the first fifty. */
@inline
function repeatFifty(out: usize, rows: usize, bytes: usize): void {
  let done = <usize>TOTAL
  while (done < rows) {
    memory.copy(out + done * bytes, out, min(done, rows - done) * bytes)
    done <<= 1
  }
}

@inline
function kindOf(offset: i64): i32 {
  return offset < PERSONS ? 0 : offset < PERSONS + AUCTIONS ? 1 : 2
}

/** 0 person, 1 auction, 2 bid: i32 a row. */
export function nexmark_types(first: i64, rows: i32, out: usize): void {
  const start = first % TOTAL
  const period = min(<usize>rows, <usize>TOTAL)
  for (let i: usize = 0; i < period; i++) store<i32>(out + (i << 2), kindOf((start + <i64>i) % TOTAL))
  repeatFifty(out, rows, 4)
}

/** Event time, µs: event n comes n * 1,000,000 / rate after the base, cut to milliseconds. */
export function nexmark_times(first: i64, rows: i32, base: i64, rate: i64, out: usize): void {
  const start = first * 1000
  // Quotient and remainder are carried along: a division a row would take most of the time.
  let ms = start / rate
  let rest = start - ms * rate
  const step = 1000 / rate
  const stepRest = 1000 - step * rate
  for (let i: usize = 0; i < <usize>rows; i++) {
    store<i64>(out + (i << 3), base + ms * 1000)
    ms += step
    rest += stepRest
    if (rest >= rate) {
      rest -= rate
      ms++
    }
  }
}

/** One byte a row: 1 where the event is of `type`. */
export function nexmark_valid(first: i64, rows: i32, type: i32, out: usize): void {
  const start = first % TOTAL
  const period = min(<usize>rows, <usize>TOTAL)
  for (let i: usize = 0; i < period; i++) store<u8>(out + i, kindOf((start + <i64>i) % TOTAL) == type ? 1 : 0)
  repeatFifty(out, rows, 1)
}

// Fields of persons and auctions, few among many rows, are made for those alone: the others are left as they are. Bids
// are nearly all: their fields are made in every row.

/** The first row from `i` on, of those that start with event `first`, that is of the type. */
@inline
function rowOfKind(kind: i32, first: i64, i: usize): usize {
  if (kind == BID) return i
  const offset = (first + <i64>i) % TOTAL
  const from = kind == 0 ? 0 : PERSONS
  const to = kind == 0 ? PERSONS : PERSONS + AUCTIONS
  if (offset < from) return i + <usize>(from - offset)
  return offset < to ? i : i + <usize>(TOTAL - offset + from)
}

/** Half of the bids go to the hot auction, the others to one in flight or shortly to come. */
export function nexmark_bid_auction(seed: i64, first: i64, rows: i32, out: usize): void {
  let epoch = first / TOTAL
  let offset = first - epoch * TOTAL
  let last = max(lastAuction(epoch, offset), 0)
  let hot = (last / HOT_IDS) * HOT_IDS
  for (let i: usize = 0; i < <usize>rows; i++) {
    const random = draw(seed, first + <i64>i, DRAW_AUCTION)
    const low = max(last - IN_FLIGHT_AUCTIONS, 0)
    const cold = low + below(random, last - low + 1 + ID_LEAD)
    store<i64>(out + (i << 3), FIRST_ID + select<i64>(hot, cold, random & 1))
    offset++
    if (offset == TOTAL) {
      offset = 0
      epoch++
    }
    if (offset <= PERSONS + AUCTIONS) {
      last = max(lastAuction(epoch, offset), 0)
      hot = (last / HOT_IDS) * HOT_IDS
    }
  }
}

/** Three quarters are of the person beside the hot one; the others of any that is active or shortly to come. */
export function nexmark_bid_bidder(seed: i64, first: i64, rows: i32, out: usize): void {
  let last = lastPerson(first)
  let offset = first - last * TOTAL
  let hot = (last / HOT_IDS) * HOT_IDS + 1
  for (let i: usize = 0; i < <usize>rows; i++) {
    const random = draw(seed, first + <i64>i, DRAW_BIDDER)
    store<i64>(out + (i << 3), FIRST_ID + select<i64>(hot, anyPerson(random, last), random & 3))
    offset++
    if (offset == TOTAL) {
      offset = 0
      last++
      hot = (last / HOT_IDS) * HOT_IDS + 1
    }
  }
}

export function nexmark_bid_price(seed: i64, first: i64, rows: i32, out: usize): void {
  if (!powersReady) makePowers()
  for (let i: usize = 0; i < <usize>rows; i++) store<i64>(out + (i << 3), price(draw(seed, first + <i64>i, DRAW_PRICE)))
}

export function nexmark_person_id(first: i64, rows: i32, out: usize): void {
  for (let i = rowOfKind(0, first, 0); i < <usize>rows; i = rowOfKind(0, first, i + 1)) store<i64>(out + (i << 3), FIRST_ID + lastPerson(first + <i64>i))
}

export function nexmark_auction_id(first: i64, rows: i32, out: usize): void {
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) {
    const event = first + <i64>i
    const epoch = event / TOTAL
    store<i64>(out + (i << 3), FIRST_ID + max(lastAuction(epoch, event - epoch * TOTAL), 0))
  }
}

export function nexmark_auction_seller(seed: i64, first: i64, rows: i32, out: usize): void {
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) {
    const last = lastPerson(first + <i64>i)
    const random = draw(seed, first + <i64>i, DRAW_SELLER)
    const hot = (last / HOT_IDS) * HOT_IDS
    store<i64>(out + (i << 3), FIRST_ID + select<i64>(hot, anyPerson(random, last), random & 3))
  }
}

export function nexmark_auction_category(seed: i64, first: i64, rows: i32, out: usize): void {
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) {
    store<i64>(out + (i << 3), FIRST_CATEGORY + below(draw(seed, first + <i64>i, DRAW_CATEGORY), CATEGORIES))
  }
}

export function nexmark_auction_initial(seed: i64, first: i64, rows: i32, out: usize): void {
  if (!powersReady) makePowers()
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) store<i64>(out + (i << 3), price(draw(seed, first + <i64>i, DRAW_INITIAL)))
}

export function nexmark_auction_reserve(seed: i64, first: i64, rows: i32, out: usize): void {
  if (!powersReady) makePowers()
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) {
    const event = first + <i64>i
    store<i64>(out + (i << 3), price(draw(seed, event, DRAW_INITIAL)) + price(draw(seed, event, DRAW_RESERVE)))
  }
}

/** An auction lasts up to twice as long as the auctions in flight take to be opened. */
export function nexmark_auction_expires(seed: i64, first: i64, rows: i32, base: i64, rate: i64, out: usize): void {
  for (let i = rowOfKind(1, first, 0); i < <usize>rows; i = rowOfKind(1, first, i + 1)) {
    const event = first + <i64>i
    const now = event * 1000 / rate
    const horizon = (event + IN_FLIGHT_AUCTIONS * TOTAL / AUCTIONS) * 1000 / rate - now
    const length = 1 + below(draw(seed, event, DRAW_EXPIRES), max(horizon * 2, 1))
    store<i64>(out + (i << 3), base + (now + length) * 1000)
  }
}

@inline
function storeView(out: usize, text: usize, length: i32): void {
  store<i32>(out, length)
  if (length <= 12) {
    store<u64>(out, 0, 4)
    store<u32>(out, 0, 12)
    memory.copy(out + 4, text, <usize>length)
  } else {
    store<u32>(out, load<u32>(text), 4)
    store<u32>(out, 0, 8)
    store<u32>(out, <u32>text, 12)
  }
}

/** Fills a pool with seeded lower-case text, a blank on the average every thirteenth character. */
export function nexmark_fill_pool(seed: i64, pool: usize, bytes: i32): void {
  for (let i: usize = 0; i < <usize>bytes; i++) {
    const random = draw(seed, <i64>i, 99)
    store<u8>(pool + i, below(random, 13) == 0 ? 0x20 : <u8>(0x61 + below(random << 16, 26)))
  }
}

/** Views of `low` to `low + spread - 1` bytes cut from a pool: no copy is made. */
export function nexmark_pool_text(
  seed: i64,
  first: i64,
  rows: i32,
  field: i64,
  low: i32,
  spread: i32,
  pool: usize,
  poolBytes: i32,
  kind: i32,
  out: usize,
): void {
  for (let i = rowOfKind(kind, first, 0); i < <usize>rows; i = rowOfKind(kind, first, i + 1)) {
    const random = draw(seed, first + <i64>i, field)
    const length = low + <i32>below(random, spread)
    const at = below(random << 20, poolBytes - length)
    storeView(out + (i << 4), pool + <usize>at, length)
  }
}

/** Of a draw: the place of a text. Those before `hot` are chosen by the even draws alone. No branch: none can be foreseen. */
@inline
function placeOf(random: u64, count: i32, hot: i32): i64 {
  const isHot = i32(hot > 0) & ~(<i32>random) & 1
  return below(random, select<i64>(hot, count - hot, isHot)) + select<i64>(0, hot, isHot)
}

/**
 * One of `count` ready-made texts, as views prepared at `views` (16 bytes each). With `hot` the even draws choose
 * among the first so many only.
 */
export function nexmark_pick_text(
  seed: i64,
  first: i64,
  rows: i32,
  field: i64,
  views: usize,
  count: i32,
  hot: i32,
  kind: i32,
  out: usize,
): void {
  if (kind != BID) {
    for (let i = rowOfKind(kind, first, 0); i < <usize>rows; i = rowOfKind(kind, first, i + 1)) {
      const place = placeOf(draw(seed, first + <i64>i, field), count, hot)
      v128.store(out + (i << 4), v128.load(views + (<usize>place << 4)))
    }
    return
  }
  // The places of a block first: a loop that only copies has many cache misses under way at once.
  const mark = chunk_mark()
  const places = chunk_alloc(PICKED_ROWS << 2)
  for (let from: usize = 0; from < <usize>rows; from += PICKED_ROWS) {
    const size = min(PICKED_ROWS, <usize>rows - from)
    for (let i: usize = 0; i < size; i++) {
      store<u32>(places + (i << 2), <u32>placeOf(draw(seed, first + <i64>(from + i), field), count, hot))
    }
    for (let i: usize = 0; i < size; i++) {
      const view = views + (<usize>load<u32>(places + (i << 2)) << 4)
      v128.store(out + ((from + i) << 4), v128.load(view))
    }
  }
  chunk_release(mark)
}
