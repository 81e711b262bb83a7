import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { writeView } from '../../batch/views.ts'

const POOL_BYTES = 64 * 1024
const CHANNELS = 10_000
const MADE_TEXTS = 1_000

const firstNames = 'Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter'.split(' ')
const lastNames = 'Shultz Abrams Spencer White Bartels Walton Smith Jones Noris'.split(' ')
const cities = 'Phoenix,Los Angeles,San Francisco,Boise,Portland,Bend,Redmond,Seattle,Kent,Cheyenne'.split(',')
const states = 'AZ CA ID OR WA WY'.split(' ')
const hotChannels = ['Google', 'Facebook', 'Baidu', 'Apple']

/** Ready-made texts as views in a worker's memory; with `hot` half of the rows take one of the first so many. */
export interface Picks {
  readonly views: Pointer
  readonly count: number
  readonly hot: number
}

export type PickName = 'name' | 'email' | 'card' | 'city' | 'state' | 'channel' | 'url'

/** Four hot channels, then `channel-0` ... `channel-9999`; the URLs in the same order. */
const makers: Record<PickName, (next: Next) => { readonly texts: readonly string[]; readonly hot: number }> = {
  name: () => ({ texts: firstNames.flatMap(first => lastNames.map(last => `${first} ${last}`)), hot: 0 }),
  email: next => ({ texts: many(MADE_TEXTS, () => `${letters(next, 7)}@${letters(next, 5)}.com`), hot: 0 }),
  card: next => ({ texts: many(MADE_TEXTS, () => many(4, () => digits(next)).join(' ')), hot: 0 }),
  city: () => ({ texts: cities, hot: 0 }),
  state: () => ({ texts: states, hot: 0 }),
  channel: () => ({
    texts: [...hotChannels, ...many(CHANNELS, id => `channel-${id}`)],
    hot: hotChannels.length,
  }),
  url: next => {
    const words = many(MADE_TEXTS, () => letters(next, 5))
    const word = (): string => words[next(MADE_TEXTS)] ?? ''
    const url = (): string => `https://www.nexmark.com/${word()}/${word()}/${word()}/item.htm?query=1`
    return {
      texts: [...hotChannels.map(url), ...many(CHANNELS, id => `${url()}&channel_id=${id}`)],
      hot: hotChannels.length,
    }
  },
}

type Next = (bound: number) => number

const many = (count: number, make: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => make(index))
const letters = (next: Next, count: number): string =>
  String.fromCharCode(...Array.from({ length: count }, () => 97 + next(26)))
const digits = (next: Next): string => String(next(10_000)).padStart(4, '0')

/** Mulberry32 (Ettinger): the texts only have to be many, and the same everywhere. */
function sequence(seed: bigint): Next {
  let state = Number(BigInt.asUintN(32, seed ^ (seed >> 32n))) | 0
  return bound => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }
}

/** The texts of one seed in one memory: each kind is made when a query first asks for it, and stays. */
export class NexmarkTexts {
  readonly poolBytes = POOL_BYTES
  readonly #memory: Memory
  readonly #seed: bigint
  readonly #picks = new Map<PickName, Picks>()
  #pool: Pointer = 0

  constructor(memory: Memory, seed: bigint) {
    this.#memory = memory
    this.#seed = seed
  }

  /** Text that free text is cut from. */
  pool(): Pointer {
    if (this.#pool === 0) {
      this.#pool = this.#memory.alloc(POOL_BYTES)
      this.#memory.kernels.nexmark_fill_pool(this.#seed, this.#pool, POOL_BYTES)
    }
    return this.#pool
  }

  picks(name: PickName): Picks {
    const known = this.#picks.get(name)
    if (known !== undefined) return known
    const { texts, hot } = makers[name](sequence(this.#seed * 31n + BigInt(Object.keys(makers).indexOf(name))))
    const made = { views: viewsOf(this.#memory, texts), count: texts.length, hot }
    this.#picks.set(name, made)
    return made
  }
}

/** Views of ASCII texts, their bytes in one piece. */
function viewsOf(memory: Memory, texts: readonly string[]): Pointer {
  const bytes = new TextEncoder().encode(texts.join(''))
  const views = memory.alloc(texts.length * 16)
  let at = memory.alloc(bytes.length)
  memory.u8(at, bytes.length).set(bytes)
  texts.forEach((text, index) => {
    writeView(memory, views + index * 16, at, text.length)
    at += text.length
  })
  return views
}

const bySeed = new WeakMap<Memory, Map<bigint, NexmarkTexts>>()

/** Readers of one memory share their texts. */
export function textsOf(memory: Memory, seed: bigint): NexmarkTexts {
  const known = bySeed.get(memory) ?? new Map<bigint, NexmarkTexts>()
  bySeed.set(memory, known)
  const texts = known.get(seed) ?? new NexmarkTexts(memory, seed)
  known.set(seed, texts)
  return texts
}
