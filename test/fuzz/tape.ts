import type { Draw as Choices } from '../property/draw.ts'

/** Draws whose choices are on a tape: the first choice is the simplest one, so that a shorter, lower tape is simpler. */
export interface Draw extends Choices {
  /** What is drawn inside stands together on the tape: it can be cut out as a whole. */
  span<T>(draw: () => T): T
  /** Between `min` and `max` items, `min + usually` of them on average where `max` is far. */
  list<T>(min: number, max: number, usually: number, item: (at: number) => T): readonly T[]
}

export interface Span {
  readonly from: number
  readonly to: number
}

/** Draws by a seed, or again what is on a tape; where the tape ends everything is the simplest. */
export class Tape implements Draw {
  readonly choices: number[] = []
  readonly spans: Span[] = []
  readonly #next: (limit: number) => number

  constructor(next: (limit: number) => number) {
    this.#next = next
  }

  static random(seed: number): Tape {
    const random = randomFrom(seed)
    return new Tape(limit => Math.floor(random() * (limit + 1)))
  }

  static replay(choices: readonly number[]): Tape {
    let at = 0
    return new Tape(limit => Math.min(choices[at++] ?? 0, limit))
  }

  integer(min: number, max: number): number {
    const choice = this.#next(max - min)
    this.choices.push(choice)
    return min + choice
  }

  oneOf<T>(choices: readonly T[]): T {
    const choice = choices[this.integer(0, choices.length - 1)]
    if (choice === undefined) throw new RangeError('nothing to choose from')
    return choice
  }

  sometimes(outOf: number): boolean {
    return this.integer(0, outOf - 1) === outOf - 1
  }

  span<T>(draw: () => T): T {
    const from = this.choices.length
    const drawn = draw()
    this.spans.push({ from, to: this.choices.length })
    return drawn
  }

  list<T>(min: number, max: number, usually: number, item: (at: number) => T): readonly T[] {
    const items: T[] = []
    const another = (): boolean =>
      this.span(() => {
        if (items.length >= min && this.integer(0, usually) === 0) return false
        items.push(item(items.length))
        return true
      })
    while (items.length < max && another());
    return items
  }
}

/** Mulberry32: small, and its low bits are as good as the high ones. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
