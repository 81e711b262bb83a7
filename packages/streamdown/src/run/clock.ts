/** Time is handed in: the engine reads it once a step. */
export interface Clock {
  /** µs since 1970-01-01. */
  now(): bigint
}

/** A clock that stands still until it is moved. */
export class VirtualClock implements Clock {
  #now: bigint

  constructor(start: bigint) {
    this.#now = start
  }

  now(): bigint {
    return this.#now
  }

  advance(micros: bigint): void {
    this.#now += micros
  }
}

/** xorshift128+ seeded by splitmix64: the same numbers on every machine; `stream` tells sequences of one seed apart. */
export class SeededRandom {
  #a: bigint
  #b: bigint

  constructor(seed: number, stream = 0n) {
    let x = BigInt.asUintN(64, BigInt(Math.trunc(seed)) + 0x9e3779b97f4a7c15n + stream * 0xd1342543de82ef95n)
    const next = (): bigint => {
      x = BigInt.asUintN(64, x + 0x9e3779b97f4a7c15n)
      let z = x
      z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
      z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
      return z ^ (z >> 31n)
    }
    this.#a = next()
    this.#b = next()
  }

  /** In [0, 1), 53 bits. */
  next(): number {
    let a = this.#a
    const b = this.#b
    const sum = BigInt.asUintN(64, a + b)
    this.#a = b
    a = BigInt.asUintN(64, a ^ (a << 23n))
    this.#b = BigInt.asUintN(64, a ^ b ^ (a >> 18n) ^ (b >> 5n))
    return Number(sum >> 11n) / 2 ** 53
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.next() * bound)
  }
}
