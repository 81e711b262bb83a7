import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js, jsOrNull } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asBigint, asCount, asNumber } from '../values.ts'

const define = definer('math')
const { string } = types

/** The bits of an integer, negative ones in two's complement. */
const inBase = (name: string, base: string, radix: number, sql: string, gives: string): ScalarFunction =>
  define(
    name,
    `The integer in ${base} digits.`,
    [[sql, gives]],
    [
      js(['int'], string, args => (asNumber(args[0]) >>> 0).toString(radix)),
      js(['bigint'], string, args => BigInt.asUintN(64, asBigint(args[0])).toString(radix)),
    ],
  )

const asWhole = (value: Value | undefined): bigint => (typeof value === 'bigint' ? value : BigInt(asNumber(value)))

/** Numbers written in other bases. */
export const baseFunctions: readonly ScalarFunction[] = [
  define(
    'bin',
    'The integer in binary digits.',
    [['BIN(12)', '1100']],
    [js(['integer'], string, args => BigInt.asUintN(64, BigInt(asWhole(args[0]))).toString(2))],
  ),
  define(
    'hex',
    'The integer, or the bytes of a text, in hexadecimal digits.',
    [
      ['HEX(255)', 'FF'],
      ["HEX('ab')", '6162'],
    ],
    [
      js(['integer'], string, args => BigInt.asUintN(64, asWhole(args[0])).toString(16).toUpperCase()),
      js(['text'], string, args =>
        Array.from(new TextEncoder().encode(String(args[0])), byte => byte.toString(16).padStart(2, '0'))
          .join('')
          .toUpperCase(),
      ),
    ],
  ),
  inBase('to_hex', 'hexadecimal', 16, 'TO_HEX(255)', 'ff'),
  inBase('to_bin', 'binary', 2, 'TO_BIN(5)', '101'),
  inBase('to_oct', 'octal', 8, 'TO_OCT(64)', '100'),
  define(
    'conv',
    'A number written in one base, in another.',
    [["CONV('ff', 16, 10)", '255']],
    [
      jsOrNull(['text', 'int', 'int'], string, args => {
        const value = Number.parseInt(String(args[0]), asCount(args[1]))
        return Number.isNaN(value) ? null : value.toString(Math.abs(asCount(args[2]))).toUpperCase()
      }),
    ],
  ),
]
