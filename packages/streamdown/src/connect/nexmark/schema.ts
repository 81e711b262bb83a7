import { type Field, field, type Schema, types } from '../../types/data-type.ts'

const time = types.timestamp(3)

const person: readonly Field[] = [
  field('id', types.bigint),
  field('name', types.string),
  field('emailAddress', types.string),
  field('creditCard', types.string),
  field('city', types.string),
  field('state', types.string),
  field('dateTime', time),
  field('extra', types.string),
]

const auction: readonly Field[] = [
  field('id', types.bigint),
  field('itemName', types.string),
  field('description', types.string),
  field('initialBid', types.bigint),
  field('reserve', types.bigint),
  field('dateTime', time),
  field('expires', time),
  field('seller', types.bigint),
  field('category', types.bigint),
  field('extra', types.string),
]

const bid: readonly Field[] = [
  field('auction', types.bigint),
  field('bidder', types.bigint),
  field('price', types.bigint),
  field('channel', types.string),
  field('url', types.string),
  field('dateTime', time),
  field('extra', types.string),
]

/** One row an event, as in nexmark/nexmark for Flink: the ROW of its type is there, the other two are NULL. */
export const nexmarkSchema: Schema = [
  field('event_type', types.int, false),
  field('person', types.row(person)),
  field('auction', types.row(auction)),
  field('bid', types.row(bid)),
]

/** Events of one type by number: 0 person, 1 auction, 2 bid. */
export const nexmarkFields: readonly (readonly Field[])[] = [person, auction, bid]
