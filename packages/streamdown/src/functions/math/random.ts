import { types } from '../../types/data-type.ts'
import { definer, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asNumber } from '../values.ts'

const define = definer('math')
const { double, int } = types

const MULTIPLIER = 0x5deece66dn
const MASK = (1n << 48n) - 1n

/** The first numbers of Java's generator (java.util.Random), which Flink uses: `take` gives the next bits, 32 at most. */
function generator(seed: number): { take(bits: number): number } {
  let state = (BigInt(seed) ^ MULTIPLIER) & MASK
  return {
    take: bits => {
      state = (state * MULTIPLIER + 0xbn) & MASK
      return Number(BigInt.asIntN(32, state >> BigInt(48 - bits)))
    },
  }
}

function seededDouble(seed: number): number {
  const { take } = generator(seed)
  const high = take(26)
  return (high * 2 ** 27 + take(27)) / 2 ** 53
}

/** From 0 to below the limit, every number as likely. */
function seededInteger(seed: number, limit: number): number {
  if (limit <= 0) throw new RowError(5, 'the limit of a random integer is above zero')
  const { take } = generator(seed)
  // A power of two: the high bits, which are the better ones.
  if ((limit & -limit) === limit) return Number((BigInt(limit) * BigInt(take(31))) >> 31n)
  for (;;) {
    const bits = take(31)
    const value = bits % limit
    if (bits - value + (limit - 1) < 2 ** 31) return value
  }
}

/** Random numbers by a seed. */
export const randomFunctions: readonly ScalarFunction[] = [
  define(
    'rand',
    'A random number from 0 to below 1; with a seed always the same.',
    [
      ['RAND() < 1', 'TRUE'],
      ['RAND(1)', '0.7308781907032909'],
    ],
    [
      js([], double, (_, context) => context.random(), { nullable: false }),
      js(['int'], double, args => seededDouble(asNumber(args[0]))),
    ],
    { aliases: ['random'], deterministic: false },
  ),
  define(
    'rand_integer',
    'A random integer from 0 to below the limit.',
    [
      ['RAND_INTEGER(1)', '0'],
      ['RAND_INTEGER(1, 10)', '5'],
    ],
    [
      js(['int'], int, (args, context) => Math.floor(context.random() * asNumber(args[0]))),
      js(['int', 'int'], int, args => seededInteger(asNumber(args[0]), asNumber(args[1]))),
    ],
    { deterministic: false },
  ),
]
