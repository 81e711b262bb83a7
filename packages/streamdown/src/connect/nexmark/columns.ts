import type { Column, Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { packRows } from '../../batch/pack-rows.ts'
import type { DataType } from '../../types/data-type.ts'
import { type PickName, textsOf } from './texts.ts'

/** Events of one reader: what a chunk of them is made of. */
export interface EventRange {
  readonly seed: bigint
  readonly first: bigint
  readonly rows: number
  /** µs of event 0. */
  readonly base: bigint
  /** Events a second. */
  readonly rate: bigint
}

/**
 * Fills a column, 8 bytes a number and 16 a text, for the events of a kind (0 person, 1 auction, 2 bid). Rows of other
 * kinds are NULL: they are left alone or get values too.
 */
type Filler = (memory: Memory, range: EventRange, out: Pointer, kind: number) => void

const times: Filler = ({ kernels }, { first, rows, base, rate }, out) =>
  kernels.nexmark_times(first, rows, base, rate, out)

/** A ready-made text. Draws are numbered by field; channel and URL share one so that they belong together. */
const pick =
  (name: PickName, draw: bigint): Filler =>
  (memory, { seed, first, rows }, out, kind) => {
    const { views, count, hot } = textsOf(memory, seed).picks(name)
    memory.kernels.nexmark_pick_text(seed, first, rows, draw, views, count, hot, kind, out)
  }

/** A text of `low` to `low + spread - 1` letters cut from the pool. */
const cut =
  (draw: bigint, low: number, spread: number): Filler =>
  (memory, { seed, first, rows }, out, kind) => {
    const texts = textsOf(memory, seed)
    const pool = texts.pool()
    memory.kernels.nexmark_pool_text(seed, first, rows, draw, low, spread, pool, texts.poolBytes, kind, out)
  }

/** By event type, person, auction, bid: the fields of `schema.ts`. */
const fillers: readonly Readonly<Record<string, Filler>>[] = [
  {
    id: ({ kernels }, { first, rows }, out) => kernels.nexmark_person_id(first, rows, out),
    name: pick('name', 20n),
    emailAddress: pick('email', 21n),
    creditCard: pick('card', 22n),
    city: pick('city', 23n),
    state: pick('state', 24n),
    dateTime: times,
    extra: cut(28n, 80, 41),
  },
  {
    id: ({ kernels }, { first, rows }, out) => kernels.nexmark_auction_id(first, rows, out),
    itemName: cut(26n, 3, 18),
    description: cut(27n, 3, 98),
    initialBid: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_auction_initial(seed, first, rows, out),
    reserve: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_auction_reserve(seed, first, rows, out),
    dateTime: times,
    expires: ({ kernels }, { seed, first, rows, base, rate }, out) =>
      kernels.nexmark_auction_expires(seed, first, rows, base, rate, out),
    seller: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_auction_seller(seed, first, rows, out),
    category: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_auction_category(seed, first, rows, out),
    extra: cut(28n, 300, 151),
  },
  {
    auction: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_bid_auction(seed, first, rows, out),
    bidder: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_bid_bidder(seed, first, rows, out),
    price: ({ kernels }, { seed, first, rows }, out) => kernels.nexmark_bid_price(seed, first, rows, out),
    channel: pick('channel', 25n),
    url: pick('url', 25n),
    dateTime: times,
    extra: cut(28n, 20, 41),
  },
]

const BIDS = 2

/** Makes the columns of one chunk of events. */
export class EventColumns {
  readonly #memory: Memory
  readonly #range: EventRange
  readonly #valid: Pointer[] = [0, 0, 0]
  #times: Pointer = 0

  constructor(memory: Memory, range: EventRange) {
    this.#memory = memory
    this.#range = range
  }

  /** `event_type`: never NULL. */
  eventType(type: DataType): Column {
    const data = this.#memory.chunk(this.#range.rows * 4)
    this.#memory.kernels.nexmark_types(this.#range.first, this.#range.rows, data)
    return { type, validity: 0, data }
  }

  /** One field of the person (0), auction (1) or bid (2); NULL in the rows of the other two. */
  field(kind: number, name: string, type: DataType): Column {
    return { type, validity: this.#validityOf(kind), data: this.#dataOf(kind, name, type) }
  }

  /** The whole ROW as a value: only made when a query asks for it. */
  row(kind: number, type: DataType & { readonly is: 'row' }): Column {
    const columns = type.fields.map(field => ({ ...this.field(kind, field.name, field.type), validity: 0 }))
    return packRows(this.#memory, type, columns, this.#range.rows, this.#validityOf(kind))
  }

  #dataOf(kind: number, name: string, type: DataType): Pointer {
    const filler = fillers[kind]?.[name]
    // Events of every kind have their time from the same clock.
    if (filler === times && this.#times !== 0) return this.#times
    const bytes = this.#range.rows * (type.is === 'string' ? 16 : 8)
    // What lies under a NULL must be readable.
    const data = kind === BIDS || filler === times ? this.#memory.chunk(bytes) : this.#memory.chunkZeroed(bytes)
    filler?.(this.#memory, this.#range, data, kind)
    if (filler === times) this.#times = data
    return data
  }

  #validityOf(kind: number): Pointer {
    const known = this.#valid[kind] ?? 0
    if (known !== 0) return known
    const validity = this.#memory.chunk(this.#range.rows)
    this.#memory.kernels.nexmark_valid(this.#range.first, this.#range.rows, kind, validity)
    this.#valid[kind] = validity
    return validity
  }
}
