import type { Column, Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { DataType } from '../../types/data-type.ts'
import { nexmarkFields } from './schema.ts'
import type { NexmarkTexts, Picks } from './texts.ts'

export interface EventRange {
  readonly seed: bigint
  readonly first: bigint
  readonly rows: number
  /** µs of event 0. */
  readonly base: bigint
  /** Events a second. */
  readonly rate: bigint
}

/** Draw numbers of text fields; channel and URL share one so that they belong together. */
const textDraws = {
  name: 20n,
  email: 21n,
  card: 22n,
  city: 23n,
  state: 24n,
  channel: 25n,
  item: 26n,
  description: 27n,
  extra: 28n,
}

/** `event_type`: never NULL. */
export function typeColumn(memory: Memory, range: EventRange, type: DataType): Column {
  const data = memory.chunk(range.rows * 4)
  memory.kernels.nexmark_types(range.first, range.rows, data)
  return { type, validity: 0, data }
}

/** One field of the person, auction or bid; NULL in the rows of the other two. */
export function fieldColumn(
  memory: Memory,
  range: EventRange,
  kind: number,
  index: number,
  texts: NexmarkTexts,
): Column {
  const field = nexmarkFields[kind]?.[index]
  if (field === undefined) throw new StreamdownError('DSD2002', `nexmark has no column ${index} of event type ${kind}`)
  const validity = memory.chunk(range.rows)
  memory.kernels.nexmark_valid(range.first, range.rows, kind, validity)
  const data = memory.chunk(range.rows * (field.type.is === 'string' ? 16 : 8))
  fill(memory, range, `${kind}.${field.name}`, texts, data)
  return { type: field.type, validity, data }
}

function fill(memory: Memory, range: EventRange, name: string, texts: NexmarkTexts, out: Pointer): void {
  const { seed, first, rows, base, rate } = range
  const { kernels } = memory
  const pick = (from: Picks, draw: bigint): void =>
    kernels.nexmark_pick_text(seed, first, rows, draw, from.views, from.count, from.hot, out)
  const cut = (draw: bigint, low: number, spread: number): void =>
    kernels.nexmark_pool_text(seed, first, rows, draw, low, spread, texts.pool, texts.poolBytes, out)
  switch (name) {
    case '0.dateTime':
    case '1.dateTime':
    case '2.dateTime':
      return kernels.nexmark_times(first, rows, base, rate, out)
    case '0.id':
      return kernels.nexmark_person_id(first, rows, out)
    case '0.name':
      return pick(texts.names, textDraws.name)
    case '0.emailAddress':
      return pick(texts.emails, textDraws.email)
    case '0.creditCard':
      return pick(texts.cards, textDraws.card)
    case '0.city':
      return pick(texts.cities, textDraws.city)
    case '0.state':
      return pick(texts.states, textDraws.state)
    case '0.extra':
      return cut(textDraws.extra, 80, 41)
    case '1.id':
      return kernels.nexmark_auction_id(first, rows, out)
    case '1.itemName':
      return cut(textDraws.item, 3, 18)
    case '1.description':
      return cut(textDraws.description, 3, 98)
    case '1.initialBid':
      return kernels.nexmark_auction_initial(seed, first, rows, out)
    case '1.reserve':
      return kernels.nexmark_auction_reserve(seed, first, rows, out)
    case '1.expires':
      return kernels.nexmark_auction_expires(seed, first, rows, base, rate, out)
    case '1.seller':
      return kernels.nexmark_auction_seller(seed, first, rows, out)
    case '1.category':
      return kernels.nexmark_auction_category(seed, first, rows, out)
    case '1.extra':
      return cut(textDraws.extra, 300, 151)
    case '2.auction':
      return kernels.nexmark_bid_auction(seed, first, rows, out)
    case '2.bidder':
      return kernels.nexmark_bid_bidder(seed, first, rows, out)
    case '2.price':
      return kernels.nexmark_bid_price(seed, first, rows, out)
    case '2.channel':
      return pick(texts.channels, textDraws.channel)
    case '2.url':
      return pick(texts.urls, textDraws.channel)
    case '2.extra':
      return cut(textDraws.extra, 20, 41)
    default:
      throw new StreamdownError('DSD2002', `nexmark has no column ${name}`)
  }
}
