/** The bytes are not what the schema says. */
export class AvroDamage extends Error {}

/** Reads Avro's binary encoding from front to back. Throws AvroDamage behind the end. */
export class AvroBytes {
  readonly bytes: Uint8Array
  readonly #view: DataView
  at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  byte(): number {
    return this.#view.getUint8(this.#next(1))
  }

  /** A zigzag number of up to 64 bits. */
  long(): bigint {
    let low = 0
    let factor = 1
    for (let i = 0; i < 7; i++) {
      const byte = this.byte()
      low += (byte & 0x7f) * factor
      if (byte < 0x80) return BigInt(low % 2 === 0 ? low / 2 : -(low + 1) / 2)
      factor *= 128
    }
    let high = 0n
    for (let shift = 0n; shift < 21n; shift += 7n) {
      const byte = this.byte()
      high |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) {
        const value = BigInt(low) + (high << 49n)
        if (value >= 1n << 64n) break
        return (value & 1n) === 0n ? value >> 1n : -((value + 1n) >> 1n)
      }
    }
    throw new AvroDamage('a number of more than 64 bits')
  }

  int(): number {
    const value = Number(this.long())
    if (value < -0x8000_0000 || value > 0x7fff_ffff) throw new AvroDamage('an int of more than 32 bits')
    return value
  }

  /** A length of what follows: not below 0, and not behind the end. */
  length(): number {
    const length = this.long()
    if (length < 0n || length > BigInt(this.left)) throw new AvroDamage(`a length of ${length}, with ${this.left} left`)
    return Number(length)
  }

  float(): number {
    return this.#view.getFloat32(this.#next(4), true)
  }

  double(): number {
    return this.#view.getFloat64(this.#next(8), true)
  }

  take(length: number): Uint8Array {
    const at = this.#next(length)
    return this.bytes.subarray(at, at + length)
  }

  /** Goes through the items of an array or a map, which stand in blocks. */
  items(each: () => void): void {
    let items = 0
    for (;;) {
      let count = this.long()
      if (count === 0n) return
      if (count < 0n) {
        count = -count
        this.length()
      }
      // Items without bytes of their own could be any number: no list is longer than all bytes there are.
      items += Number(count)
      if (items > this.bytes.length) throw new AvroDamage(`a list of ${items} items`)
      for (let i = 0; i < Number(count); i++) each()
    }
  }

  #next(length: number): number {
    const at = this.at
    if (length > this.left) throw new AvroDamage('the bytes end inside of a value')
    this.at = at + length
    return at
  }
}
