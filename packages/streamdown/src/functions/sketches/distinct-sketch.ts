/**
 * How many different values there are, from their hashes: the hashes themselves while they take no more room, then
 * registers as of Flajolet et al., "HyperLogLog" (2007), read by the estimator of Ertl, "New cardinality estimation
 * algorithms for HyperLogLog sketches" (2017, algorithm 6), which needs no corrections for small and large numbers. The
 * standard error is 1.04 / √4096 = 1.6 %. It depends on the set of hashes alone, not on their order.
 */
export type DistinctSketch = HashSketch | RegisterSketch

interface HashSketch {
  readonly is: 'hashes'
  readonly hashes: Set<number>
}

interface RegisterSketch {
  readonly is: 'registers'
  readonly registers: Uint8Array
}

const INDEX_BITS = 12
const REGISTERS = 1 << INDEX_BITS
/** Of 32 bits those that tell how rare a hash is. */
const RANK_BITS = 32 - INDEX_BITS
/** So many take as much room as the registers. */
export const MOST_HASHES = REGISTERS / 4

export const emptyDistinctSketch = (): DistinctSketch => ({ is: 'hashes', hashes: new Set() })

/** The sketch with a value, by its 32-bit hash; it may be the same object. */
export function including(sketch: DistinctSketch, hash: number): DistinctSketch {
  if (sketch.is === 'registers') {
    register(sketch.registers, hash)
    return sketch
  }
  sketch.hashes.add(hash >>> 0)
  return sketch.hashes.size <= MOST_HASHES ? sketch : { is: 'registers', registers: registersOf(sketch) }
}

/** The sketch of the values of both. */
export function union(a: DistinctSketch, b: DistinctSketch): DistinctSketch {
  if (b.is === 'hashes') return [...b.hashes].reduce(including, a)
  const registers = registersOf(a)
  for (const [at, rank] of b.registers.entries()) if (rank > (registers[at] ?? 0)) registers[at] = rank
  return { is: 'registers', registers }
}

export function distinctCount(sketch: DistinctSketch): bigint {
  return sketch.is === 'hashes' ? BigInt(sketch.hashes.size) : BigInt(Math.round(estimate(sketch.registers)))
}

function registersOf(sketch: DistinctSketch): Uint8Array {
  if (sketch.is === 'registers') return sketch.registers
  const registers = new Uint8Array(REGISTERS)
  for (const hash of sketch.hashes) register(registers, hash)
  return registers
}

function register(registers: Uint8Array, hash: number): void {
  const mixed = mix(hash)
  const index = mixed >>> RANK_BITS
  // The place of the first 1 behind the index, from 1.
  const rank = Math.min(Math.clz32(mixed << INDEX_BITS), RANK_BITS) + 1
  if (rank > (registers[index] ?? 0)) registers[index] = rank
}

/** The finalizer of MurmurHash3: a hash table needs less of its hashes than the registers do. */
function mix(hash: number): number {
  let mixed = hash
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function estimate(registers: Uint8Array): number {
  const times = new Array<number>(RANK_BITS + 2).fill(0)
  for (const rank of registers) times[rank] = (times[rank] ?? 0) + 1
  let z = REGISTERS * tau(1 - (times[RANK_BITS + 1] ?? 0) / REGISTERS)
  for (let rank = RANK_BITS; rank >= 1; rank--) z = 0.5 * (z + (times[rank] ?? 0))
  z += REGISTERS * sigma((times[0] ?? 0) / REGISTERS)
  return REGISTERS ** 2 / (2 * Math.LN2 * z)
}

function sigma(x: number): number {
  if (x === 1) return Infinity
  let [power, weight, sum, before] = [x, 1, x, Number.NaN]
  while (sum !== before) {
    before = sum
    power *= power
    sum += power * weight
    weight += weight
  }
  return sum
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, weight, sum, before] = [x, 1, 1 - x, Number.NaN]
  while (sum !== before) {
    before = sum
    root = Math.sqrt(root)
    weight *= 0.5
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}

/** The registers as they are, which is the longest form; hashes are always fewer bytes. */
export function distinctSketchBytes(sketch: DistinctSketch): Uint8Array {
  if (sketch.is === 'registers') {
    const bytes = new Uint8Array(1 + sketch.registers.length)
    bytes[0] = 1
    bytes.set(sketch.registers, 1)
    return bytes
  }
  const bytes = new Uint8Array(1 + sketch.hashes.size * 4)
  const view = new DataView(bytes.buffer)
  let at = 1
  for (const hash of sketch.hashes) {
    view.setUint32(at, hash, true)
    at += 4
  }
  return bytes
}

export function distinctSketchFrom(bytes: Uint8Array): DistinctSketch {
  if (bytes[0] === 1) return { is: 'registers', registers: bytes.slice(1) }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const hashes = new Set<number>()
  for (let at = 1; at < bytes.byteLength; at += 4) hashes.add(view.getUint32(at, true))
  return { is: 'hashes', hashes }
}
