/** Random 64 bits of a row: draw by draw, the same for the same seed. */
export type Draw = (draw: number) => bigint

/** splitmix64's finaliser (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators"). */
function mix(x: bigint): bigint {
  let z = BigInt.asUintN(64, x)
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
  return z ^ (z >> 31n)
}

/** Counter based: row, column and draw alone decide, so that reading may start at any row. */
export function drawsOf(seed: bigint, column: number): (row: bigint) => Draw {
  const ofColumn = mix(seed + BigInt(column + 1) * 0x9e3779b97f4a7c15n)
  return row => {
    const ofRow = mix(ofColumn + row * 0x632be59bd9b4e019n)
    return draw => mix(ofRow + BigInt(draw) * 0xd1342543de82ef95n)
  }
}

/** The draws of a part of a value: of an element, an entry, a field. */
export const partOf =
  (draw: Draw, part: number): Draw =>
  inner =>
    mix(draw(part + 1) + BigInt(inner) * 0xd1342543de82ef95n)

/** In [0, 1), 53 bits. */
export const unit = (random: bigint): number => Number(random >> 11n) / 2 ** 53
