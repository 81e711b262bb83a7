// A plain Node.js program: JSON.parse and a Map, as one would write it without a streaming engine.
import { closeSync, openSync, readSync } from 'node:fs'
import { resourceUsage } from 'node:process'
import { StringDecoder } from 'node:string_decoder'
import { parseArgs } from 'node:util'

interface Event {
  readonly event_type: number
  readonly bid: {
    readonly auction: number
    readonly bidder: number
    readonly price: number
    readonly dateTime: string
  } | null
}

const { values } = parseArgs({
  options: { file: { type: 'string', default: '' }, query: { type: 'string', default: 'tumble' } },
})

let rows = 0
let total = 0
let kept = 0
const windows = new Map<string, { n: number; total: number }>()

function onEvent({ event_type, bid }: Event): void {
  rows += 1
  if (event_type !== 2 || bid === null) return
  if (values.query === 'q1') {
    kept += 1
    total += bid.price * 0.908
  } else if (values.query === 'q2') {
    if (bid.auction % 123 === 0) kept += 1
  } else {
    const window = Math.floor(Date.parse(`${bid.dateTime.replace(' ', 'T')}Z`) / 10_000)
    const key = `${bid.auction}/${window}`
    const group = windows.get(key)
    if (group === undefined) windows.set(key, { n: 1, total: bid.price })
    else {
      group.n += 1
      group.total += bid.price
    }
  }
}

const file = openSync(values.file, 'r')
const buffer = Buffer.alloc(1 << 20)
const decoder = new StringDecoder('utf8')
let rest = ''
for (;;) {
  const length = readSync(file, buffer)
  if (length === 0) break
  const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) onEvent(JSON.parse(line) as Event)
}
if (rest !== '') onEvent(JSON.parse(rest) as Event)
closeSync(file)
const end = resourceUsage()

let sum = 0
for (const group of windows.values()) sum += group.n + group.total
const cpu = (end.userCPUTime + end.systemCPUTime) / 1e6
console.log(
  JSON.stringify({
    events: rows,
    groups: windows.size,
    kept,
    answer: sum + total,
    cpu_s: cpu,
    events_per_cpu_s: Math.round(rows / cpu),
  }),
)
