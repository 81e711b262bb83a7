import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'

const POOL_BYTES = 64 * 1024

const firstNames = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ')
const lastNames = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ')
const cities = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
]
const states = 'AZ CA ID OR WA WY'.split(' ')
const hotChannels = ['Google', 'Facebook', 'Baidu', 'Apple']

/** Ready-made texts as views in a worker's memory, and the pool that free text is cut from. */
export interface NexmarkTexts {
  readonly pool: Pointer
  readonly poolBytes: number
  readonly names: Picks
  readonly emails: Picks
  readonly cards: Picks
  readonly cities: Picks
  readonly states: Picks
  /** Four hot channels, then `channel-0` ... `channel-9999`; the URLs in the same order. */
  readonly channels: Picks
  readonly urls: Picks
}

export interface Picks {
  readonly views: Pointer
  readonly count: number
  readonly hot: number
}

const CHANNELS = 10_000
const PEOPLE_TEXTS = 1_000

/** A linear congruential sequence is enough here: the texts only have to be many, and the same everywhere. */
function sequence(seed: bigint): (bound: number) => number {
  let state = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n)
  return bound => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n)
    return Number((state >> 33n) % BigInt(bound))
  }
}

export function makeTexts(memory: Memory, seed: bigint): NexmarkTexts {
  const next = sequence(seed)
  const letters = (count: number): string =>
    Array.from({ length: count }, () => String.fromCharCode(97 + next(26))).join('')
  const digits = (): string => String(next(10_000)).padStart(4, '0')
  const url = (): string => `https://www.nexmark.com/${letters(5)}/${letters(5)}/${letters(5)}/item.htm?query=1`
  const names = firstNames.flatMap(first => lastNames.map(last => `${first} ${last}`))
  const many = (make: () => string): string[] => Array.from({ length: PEOPLE_TEXTS }, make)
  const cold = Array.from({ length: CHANNELS }, (_, id) => id)
  const pool = memory.alloc(POOL_BYTES)
  memory.kernels.nexmark_fill_pool(seed, pool, POOL_BYTES)
  return {
    pool,
    poolBytes: POOL_BYTES,
    names: picks(memory, names, 0),
    emails: picks(
      memory,
      many(() => `${letters(7)}@${letters(5)}.com`),
      0,
    ),
    cards: picks(
      memory,
      many(() => `${digits()} ${digits()} ${digits()} ${digits()}`),
      0,
    ),
    cities: picks(memory, cities, 0),
    states: picks(memory, states, 0),
    channels: picks(memory, [...hotChannels, ...cold.map(id => `channel-${id}`)], hotChannels.length),
    urls: picks(memory, [...hotChannels.map(url), ...cold.map(id => `${url()}&channel_id=${id}`)], hotChannels.length),
  }
}

function picks(memory: Memory, texts: readonly string[], hot: number): Picks {
  const encoded = texts.map(text => new TextEncoder().encode(text))
  const views = memory.alloc(texts.length * 16)
  const bytes = memory.alloc(encoded.reduce((sum, text) => sum + text.length, 0))
  let at = bytes
  const data = memory.view()
  const target = memory.u8(0, memory.totalBytes())
  encoded.forEach((text, index) => {
    const view = views + index * 16
    target.fill(0, view, view + 16)
    data.setInt32(view, text.length, true)
    if (text.length <= 12) target.set(text, view + 4)
    else {
      target.set(text, at)
      target.set(text.subarray(0, 4), view + 4)
      data.setUint32(view + 12, at, true)
      at += text.length
    }
  })
  return { views, count: texts.length, hot }
}
