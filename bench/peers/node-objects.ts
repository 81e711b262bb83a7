// Tumbling count and sum by key with a Map, from ready-made JavaScript objects; making them is not counted.
import { parseArgs } from 'node:util'
import { createMemory } from '../../packages/streamdown/src/batch/linear-memory.ts'

interface Bid {
  readonly auction: number
  readonly price: number
  readonly time: number
}

const { values } = parseArgs({
  options: { events: { type: 'string', default: '1000000' }, rate: { type: 'string', default: '100000' } },
})
const events = Number(values.events)
const SLICE = 1_000_000
const windows = new Map<string, { n: number; total: number }>()
let cpu = 0
let bids = 0

for (let first = 0; first < events; first += SLICE) {
  const slice = makeBids(first, Math.min(SLICE, events - first))
  bids += slice.length
  const start = process.cpuUsage()
  for (const { auction, price, time } of slice) {
    const key = `${Math.floor(time / 10_000)}/${auction}`
    const group = windows.get(key)
    if (group === undefined) windows.set(key, { n: 1, total: price })
    else {
      group.n += 1
      group.total += price
    }
  }
  const used = process.cpuUsage(start)
  cpu += (used.user + used.system) / 1e6
}
let answer = 0
for (const group of windows.values()) answer += group.n + group.total
console.log(
  JSON.stringify({
    events,
    bids,
    groups: windows.size,
    answer,
    cpu_s: cpu,
    events_per_cpu_s: Math.round(events / cpu),
  }),
)

/** The generator's bids as objects. */
function makeBids(first: number, rows: number): readonly Bid[] {
  const memory = createMemory()
  const [types, auctions, prices, times] = [
    memory.chunk(rows * 4),
    memory.chunk(rows * 8),
    memory.chunk(rows * 8),
    memory.chunk(rows * 8),
  ]
  const { kernels } = memory
  kernels.nexmark_types(BigInt(first), rows, types)
  kernels.nexmark_bid_auction(1n, BigInt(first), rows, auctions)
  kernels.nexmark_bid_price(1n, BigInt(first), rows, prices)
  kernels.nexmark_times(BigInt(first), rows, 0n, BigInt(values.rate), times)
  const [type, auction, price, time] = [
    memory.i32(types, rows),
    memory.i64(auctions, rows),
    memory.i64(prices, rows),
    memory.i64(times, rows),
  ]
  const bidsOfSlice: Bid[] = []
  for (let row = 0; row < rows; row++) {
    if (type[row] !== 2) continue
    bidsOfSlice.push({
      auction: Number(auction[row]),
      price: Number(price[row]),
      time: Number((time[row] ?? 0n) / 1000n),
    })
  }
  return bidsOfSlice
}
