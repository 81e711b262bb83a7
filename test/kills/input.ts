/** Lines of the files that the programs read: the same for a seed, however many are asked for. */
import { randomFrom } from '../fuzz/tape.ts'

const START = Date.UTC(2026, 0, 1)
/** Rows come up to so much after rows that are newer, ms; the programs allow for more. */
const DISORDER = 2_000

const timeText = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ')

/** A whole number from 0 to below `limit`. */
export type Below = (limit: number) => number

export function belowFrom(seed: number): Below {
  const random = randomFrom(seed)
  return limit => Math.floor(random() * limit)
}

export interface Input {
  readonly orders: readonly string[]
  readonly rates: readonly string[]
  readonly accounts: readonly string[]
}

/** `count` orders, and what belongs to the same time of the other two. */
export function makeInput(seed: number, count: number): Input {
  const below = belowFrom(seed)
  const orders = Array.from({ length: count }, (_, id) => order(below, id))
  const rates = Array.from({ length: Math.ceil(count / 10) }, (_, n) => rate(below, n))
  return { orders, rates, accounts: accountChanges(below, count) }
}

function order(below: Below, id: number): string {
  const k = below(3) === 0 ? below(5) : below(400)
  const state = ['new', 'paid', 'sent'][below(3)]
  const ts = timeText(START + id * 20 - below(DISORDER))
  return JSON.stringify({ id, k, v: below(1000), state, note: `note ${below(50)}`, ts })
}

const rate = (below: Below, n: number): string =>
  JSON.stringify({ k: below(40), rate: 1 + below(100), ts: timeText(START + n * 200 - below(DISORDER)) })

interface Account {
  readonly id: number
  readonly g: number
  readonly v: number
  readonly ts: string
}

/** Changes as Debezium writes them: each takes back just what was there. */
function accountChanges(below: Below, count: number): readonly string[] {
  const live: Account[] = []
  const lines: string[] = []
  for (let n = 0; n < count; n++) {
    const id = n
    const made = (): Account => ({
      id,
      g: below(30),
      v: below(100),
      ts: timeText(START + below(count) * 20),
    })
    const at = live.length > 50 && below(5) < 3 ? below(live.length) : -1
    const before = live[at]
    if (before === undefined) {
      const after = made()
      live.push(after)
      lines.push(JSON.stringify({ before: null, after, op: 'c' }))
    } else if (below(2) === 0) {
      const after = { ...made(), id: before.id }
      live[at] = after
      lines.push(JSON.stringify({ before, after, op: 'u' }))
    } else {
      live[at] = live.at(-1) ?? before
      live.pop()
      lines.push(JSON.stringify({ before, after: null, op: 'd' }))
    }
  }
  return lines
}
