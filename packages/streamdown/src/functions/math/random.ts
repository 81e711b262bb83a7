import { types } from '../../types/data-type.ts'
import { definer, js } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asNumber } from '../values.ts'

const define = definer('math')
const { double, int } = types

/** One number of Lehmer's generator. */
const seeded = (seed: number): number => ((((seed >>> 0) + 1) * 48271) % 2147483647) / 2147483647

/** Random numbers by a seed. */
export const randomFunctions: readonly ScalarFunction[] = [
  define(
    'rand',
    'A random number from 0 to below 1; with a seed always the same.',
    [['RAND() < 1', 'TRUE']],
    [
      js([], double, (_, context) => context.random(), { nullable: false }),
      js(['int'], double, args => seeded(asNumber(args[0]))),
    ],
    { aliases: ['random'], deterministic: false },
  ),
  define(
    'rand_integer',
    'A random integer from 0 to below the limit.',
    [['RAND_INTEGER(1)', '0']],
    [
      js(['int'], int, (args, context) => Math.floor(context.random() * asNumber(args[0]))),
      js(['int', 'int'], int, args => Math.floor(seeded(asNumber(args[0])) * asNumber(args[1]))),
    ],
    { deterministic: false },
  ),
]
