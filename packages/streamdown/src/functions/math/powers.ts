import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { powerOfTen } from '../../values/decimal-digits.ts'
import { definer, inline, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { ofNumeric, pairOfExact, pairOfNumeric, TEN } from '../numeric/signatures.ts'
import {
  exponential,
  integerRoot,
  naturalLogarithm,
  logarithm as numericLogarithm,
  power as numericPower,
  squareRoot,
} from '../numeric/transcendental.ts'
import { asBigint, asNumber } from '../values.ts'
import { gamma, lgamma } from './gamma.ts'
import { decimalScale, direct, domain, real } from './shared.ts'

const define = definer('math')
const { double } = types

/** Fraction digits of an exact square root. */
const ROOT_SCALE = 18

const rootOf = (x: number): number => (x < 0 ? domain('the square root of a negative number') : Math.sqrt(x))

const logarithm = (x: number, log: (x: number) => number): number => {
  if (x <= 0) domain('a logarithm is taken of a number that is not above zero')
  return log(x)
}

function exponentialInRange(x: number): number {
  const result = Math.exp(x)
  if (!Number.isFinite(x)) return result
  if (result === Infinity) throw new RowError(failures.overflow, 'the exponential is out of range')
  if (result === 0) throw new RowError(failures.overflow, 'the exponential is too near to zero')
  return result
}

function power(args: readonly Value[]): number {
  const base = asNumber(args[0])
  const exponent = asNumber(args[1])
  // As in C, where 1 raised to anything is 1, and -1 raised to an infinity; JavaScript gives NaN.
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1
  if (Number.isNaN(base) || Number.isNaN(exponent)) return base ** exponent
  if (base === 0 && exponent < 0) domain('zero raised to a negative power is not defined')
  if (base < 0 && Number.isFinite(exponent) && !Number.isInteger(exponent))
    domain('a negative number raised to a fraction is complex')
  const result = base ** exponent
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent))
    throw new RowError(failures.overflow, 'the power is out of range')
  return result
}

function powerInRange(args: readonly Value[]): number {
  const result = power(args)
  if (result === 0 && asNumber(args[0]) !== 0 && args.every(arg => Number.isFinite(arg)))
    throw new RowError(failures.overflow, 'the power is too near to zero')
  return result
}

/** A result out of the range of doubles, from an argument within, fails. */
function finite(x: number, result: number): number {
  if (Number.isNaN(x) || x === Infinity) return result
  if (!Number.isFinite(result)) throw new RowError(failures.overflow, 'the value is out of range: overflow')
  if (result === 0 && Math.abs(x) > 100) throw new RowError(failures.overflow, 'the value is out of range: underflow')
  return result
}

function logOfBase(base: number, x: number): number {
  if (base <= 0 || base === 1) domain('the base of a logarithm is above zero and not 1')
  const exact = base === 2 ? Math.log2 : base === 10 ? Math.log10 : undefined
  return logarithm(x, exact ?? (value => Math.log(value) / Math.log(base)))
}

/** Powers, roots, logarithms and the functions around them. */
export const powerFunctions: readonly ScalarFunction[] = [
  define(
    'power',
    'The first number raised to the second.',
    [['POWER(2, 10)', '1024']],
    [js(['double', 'double'], double, power), pairOfNumeric(numericPower)],
    { aliases: ['pow', '^'], insteadIn: { functions: 'postgres', name: 'power_in_range' } },
  ),
  define(
    'power_in_range',
    'The first number raised to the second; one too near to zero fails.',
    [['power_in_range(2, 10)', '1024']],
    [pairOfExact(numericPower), js(['double', 'double'], double, powerInRange)],
  ),
  define('sqrt', 'The square root.', [['SQRT(9)', '3']], [js(['double'], double, args => rootOf(asNumber(args[0])))], {
    insteadIn: { functions: 'postgres', name: 'sqrt_exact' },
  }),
  define(
    'sqrt_exact',
    'The square root; of a DECIMAL a DECIMAL, of a NUMERIC a NUMERIC.',
    [['sqrt_exact(2.25)', '1.5']],
    [
      js(['decimal'], types.decimal(38, ROOT_SCALE), (args, { types: all }) => {
        const digits = asBigint(args[0])
        if (digits < 0n) domain('the square root of a negative number')
        return integerRoot((digits * powerOfTen(2 * ROOT_SCALE + 2)) / powerOfTen(decimalScale(all[0]))) / 10n
      }),
      js(['double'], double, args => rootOf(asNumber(args[0]))),
      ofNumeric(squareRoot),
    ],
  ),
  direct('cbrt', 'The cube root.', 'CBRT(27)', '3'),
  define('exp', 'e raised to the number.', [['EXP(0)', '1']], [inline(['double'], double), ofNumeric(exponential)], {
    insteadIn: { functions: 'postgres', name: 'exp_in_range' },
  }),
  define(
    'exp_in_range',
    'e raised to the number; one beyond what a DOUBLE holds, or too near to zero, fails.',
    [['exp_in_range(0)', '1']],
    [js(['double'], double, args => exponentialInRange(asNumber(args[0]))), ofNumeric(exponential)],
  ),
  define(
    'ln',
    'The natural logarithm.',
    [['LN(1)', '0']],
    [js(['double'], double, args => logarithm(asNumber(args[0]), Math.log)), ofNumeric(naturalLogarithm)],
  ),
  define(
    'log10',
    'The logarithm to base 10.',
    [['LOG10(1000)', '3']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log10)),
      ofNumeric(a => numericLogarithm(TEN, a)),
    ],
  ),
  real('log2', 'The logarithm to base 2.', 'LOG2(8)', '3', x => logarithm(x, Math.log2)),
  define(
    'log',
    'The natural logarithm; with two arguments the logarithm of the second to the base of the first.',
    [['LOG(2, 8)', '3']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log)),
      js(['double', 'double'], double, args => logOfBase(asNumber(args[0]), asNumber(args[1]))),
    ],
    { insteadIn: { functions: 'postgres', name: 'log_postgres' } },
  ),
  define(
    'log_postgres',
    'LOG as PostgreSQL has it: to base 10 with one argument.',
    [['log_postgres(100)', '2']],
    [
      js(['double'], double, args => logarithm(asNumber(args[0]), Math.log10)),
      js(['double', 'double'], double, args => logOfBase(asNumber(args[0]), asNumber(args[1]))),
      ofNumeric(a => numericLogarithm(TEN, a)),
      pairOfNumeric(numericLogarithm),
    ],
  ),
  define('e', "Euler's number.", [['ROUND(E(), 4)', '2.7183']], [js([], double, () => Math.E)]),
  real('gamma', 'The gamma function.', 'GAMMA(5)', '24', x => finite(x, gamma(x))),
  real('lgamma', 'The logarithm of the absolute value of the gamma function.', 'LGAMMA(1)', '0', x =>
    finite(Math.abs(x), lgamma(x)),
  ),
]
