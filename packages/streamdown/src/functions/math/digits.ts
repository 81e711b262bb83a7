import { types } from '../../types/data-type.ts'
import type { Numeric } from '../../types/value.ts'
import { trimmedNumeric } from '../../values/numeric.ts'
import { definer, js, jsOrNull } from '../define.ts'
import type { ScalarFunction, Signature } from '../definition.ts'
import { ofNumeric } from '../numeric/signatures.ts'
import { asBigint, asNumber, asNumeric } from '../values.ts'
import { decimalScale } from './shared.ts'

const define = definer('math')

/** NaN and the infinities have no digits. */
const ofFinite = (a: Numeric, digits: (a: Numeric) => number): number | null =>
  a.special === undefined ? digits(a) : null

/** Whether a text is of a form; NULL is not. */
const reads = (form: RegExp): Signature =>
  js(['text'], types.boolean, ([text]) => typeof text === 'string' && form.test(text), { nullable: false })
const { int } = types

/** What a number or a text of digits is. */
export const digitFunctions: readonly ScalarFunction[] = [
  define(
    'scale',
    'The digits behind the point of a DECIMAL.',
    [['SCALE(1.250)', '3']],
    [
      js(['decimal'], int, (_, { types: all }) => decimalScale(all[0])),
      jsOrNull(['numeric'], int, ([a]) => ofFinite(asNumeric(a), ({ scale }) => scale)),
    ],
  ),
  define(
    'min_scale',
    'The digits behind the point that are needed.',
    [['MIN_SCALE(1.250)', '2']],
    [
      js(['decimal'], int, (args, { types: all }) => {
        let scale = decimalScale(all[0])
        let digits = asBigint(args[0])
        while (scale > 0 && digits % 10n === 0n) {
          digits /= 10n
          scale--
        }
        return scale
      }),
      jsOrNull(['numeric'], int, ([a]) => ofFinite(asNumeric(a), number => trimmedNumeric(number).scale)),
    ],
  ),
  define(
    'trim_scale',
    'The number without zeros at the end of its fraction.',
    [["TRIM_SCALE('8.4100')", '8.41']],
    [ofNumeric(trimmedNumeric)],
  ),
  define(
    'is_nan',
    'Whether the number is NaN.',
    [["IS_NAN(CAST('NaN' AS DOUBLE))", 'TRUE']],
    [js(['double'], types.boolean, args => Number.isNaN(asNumber(args[0])))],
    { aliases: ['isnan'] },
  ),
  define(
    'is_decimal',
    'Whether the text reads as a number.',
    [["IS_DECIMAL('12.5')", 'TRUE']],
    [reads(/^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/)],
    { strict: false },
  ),
  define('is_digit', 'Whether the text is digits only.', [["IS_DIGIT('123')", 'TRUE']], [reads(/^\d+$/)], {
    strict: false,
  }),
  define('is_alpha', 'Whether the text is letters only.', [["IS_ALPHA('abc')", 'TRUE']], [reads(/^\p{L}+$/u)], {
    strict: false,
  }),
]
