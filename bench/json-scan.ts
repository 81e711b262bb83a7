// NDJSON scan of 3 of the 7 columns of a bid of about 216 bytes, against JSON.parse over the same lines.
// node bench/json-scan.ts [--mixed]: every tenth record has another key order or blanks.
import { type Batch, CHUNK_ROWS } from '../packages/streamdown/src/batch/batch.ts'
import { createMemory } from '../packages/streamdown/src/batch/linear-memory.ts'
import type { Memory } from '../packages/streamdown/src/batch/memory.ts'
import { PADDING } from '../packages/streamdown/src/formats/format.ts'
import { createJsonDecoder } from '../packages/streamdown/src/formats/json.ts'
import { field, types } from '../packages/streamdown/src/types/data-type.ts'

const RECORDS = 200_000
const ROUNDS = 15

const schema = [
  field('auction', types.bigint, false),
  field('bidder', types.bigint, false),
  field('price', types.bigint, false),
  field('channel', types.string),
  field('url', types.string),
  field('date_time', types.timestamp(3)),
  field('extra', types.string),
]

let seed = 42
const random = (below: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 2 ** 32) * below)
}
const letters = (length: number): string => Array.from({ length }, () => String.fromCharCode(97 + random(26))).join('')

function record(index: number, mixed: boolean): string {
  const bid = {
    auction: 1000 + random(100_000),
    bidder: 1000 + random(100_000),
    price: random(10_000_000),
    channel: `channel-${random(10_000)}`,
    url: `https://www.nexmark.com/${letters(6)}/item.htm?query=1&id=${random(1_000_000)}`,
    date_time: new Date(1_577_836_800_000 + index * 10).toISOString().replace('T', ' ').replace('Z', ''),
    extra: letters(20 + random(20)),
  }
  if (!mixed || index % 10 !== 0) return JSON.stringify(bid)
  if (index % 20 === 0) return JSON.stringify(bid).replaceAll('":', '": ').replaceAll(',"', ', "')
  const { auction, bidder, price, ...rest } = bid
  return JSON.stringify({ ...rest, price, bidder, auction })
}

function cpuSeconds(work: () => void): number {
  let best = Infinity
  for (let i = 0; i < ROUNDS; i++) {
    const start = process.cpuUsage()
    work()
    const used = process.cpuUsage(start)
    best = Math.min(best, (used.user + used.system) / 1e6)
  }
  return best
}

/** Records per CPU second of JSON.parse and of the decoder; their sums are compared beforehand. */
export function jsonScan(mixed: boolean): { bytes: number; parse: number; decode: number; ratio: number } {
  const lines = Array.from({ length: RECORDS }, (_, index) => record(index, mixed))
  const text = new TextEncoder().encode(`${lines.join('\n')}\n`)
  const memory: Memory = createMemory({ initialBytes: 256 * 1024 * 1024 })
  const at = memory.chunk(text.length + PADDING)
  memory.u8(at, text.length).set(text)
  let expected = 0
  const parse = cpuSeconds(() => {
    expected = 0
    for (const line of lines) {
      const bid = JSON.parse(line)
      expected += bid.auction + bid.bidder + bid.price
    }
  })
  const columns = [0, 1, 2].map(column => ({ column, path: [] }))
  const scan = (take: (batch: Batch) => void) => {
    const decoder = createJsonDecoder(memory, schema, columns)
    for (let from = 0; from < text.length; ) {
      const mark = memory.mark()
      const decoded = decoder.decode(at + from, text.length - from, CHUNK_ROWS, true)
      from += decoded.consumed
      take(decoded.batch)
      memory.release(mark)
    }
  }
  let sum = 0
  let rows = 0
  scan(batch => {
    rows += batch.rows
    for (const column of batch.columns) for (const value of memory.i64(column.data, batch.rows)) sum += Number(value)
  })
  if (rows !== RECORDS || sum !== expected) throw new Error(`decoded ${rows} rows, sum ${sum}, expected ${expected}`)
  const decode = cpuSeconds(() => scan(() => {}))
  return { bytes: text.length / RECORDS, parse: RECORDS / parse, decode: RECORDS / decode, ratio: parse / decode }
}

if (import.meta.main) {
  for (const mixed of [false, true]) {
    const { bytes, parse, decode, ratio } = jsonScan(mixed)
    const millions = (rate: number) => `${(rate / 1e6).toFixed(2)} M/s`
    console.log(
      `${mixed ? 'every tenth differs' : 'same layout        '}: ${bytes.toFixed(0)} bytes a record, ` +
        `JSON.parse ${millions(parse)}, scan ${millions(decode)}, ${ratio.toFixed(1)}x`,
    )
  }
}
