import { types } from '../../types/data-type.ts'
import type { Numeric } from '../../types/value.ts'
import { plain, signOf } from '../../values/numeric.ts'
import { isApproximate, isInteger, isNumeric } from '../common-type.ts'
import { js } from '../define.ts'
import type { Coerce, Signature } from '../definition.ts'
import { asCount, asNumeric } from '../values.ts'

/*
 * Signatures that take NUMERIC of any size and give one. Where there is one argument of it, integers and DECIMALs beside
 * it are made NUMERIC; a double beside it makes it a double.
 */

export const TEN = plain(10n)

export const ofNumeric = (call: (a: Numeric) => Numeric): Signature =>
  js(['numeric'], types.numeric, ([a]) => call(asNumeric(a)))

const bothNumeric: Coerce = args =>
  args.length === 2 &&
  args.some(arg => arg.type.is === 'numeric') &&
  args.every(arg => isNumeric(arg.type) && !isApproximate(arg.type))
    ? [types.numeric, types.numeric]
    : undefined

export const pairOfNumeric = (call: (a: Numeric, b: Numeric) => Numeric): Signature =>
  js(['numeric', 'numeric'], types.numeric, ([a, b]) => call(asNumeric(a), asNumeric(b)), { coerce: bothNumeric })

const notBothIntegers: Coerce = args =>
  args.length === 2 &&
  args.every(arg => arg.type.is === 'null' || (isNumeric(arg.type) && !isApproximate(arg.type))) &&
  !args.every(arg => isInteger(arg.type))
    ? [types.numeric, types.numeric]
    : undefined

/** The same where DECIMALs without a NUMERIC beside them are made NUMERIC, too. */
export const pairOfExact = (call: (a: Numeric, b: Numeric) => Numeric): Signature =>
  js(['numeric', 'numeric'], types.numeric, ([a, b]) => call(asNumeric(a), asNumeric(b)), { coerce: notBothIntegers })

const numericWithDigits: Coerce = ([first, second]) => {
  if (first?.type.is !== 'numeric') return undefined
  if (second === undefined) return [types.numeric]
  return isInteger(second.type) ? [types.numeric, types.int] : undefined
}

/** ROUND and TRUNCATE at so many digits. */
export const cutNumeric = (cut: (a: Numeric, digits: number) => Numeric): Signature =>
  js(
    ['numeric', 'int'],
    types.numeric,
    ([a, digits]) => cut(asNumeric(a), digits === undefined ? 0 : asCount(digits)),
    {
      optional: 1,
      coerce: numericWithDigits,
    },
  )

/** -1, 0 or 1; of NaN NaN. */
export const signOfNumeric = (a: Numeric): Numeric => (a.special === 'NaN' ? a : plain(BigInt(signOf(a))))
