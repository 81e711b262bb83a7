import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { definer, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { formatText } from './format.ts'
import { printed, textual } from './shared.ts'

const define = definer('string')
const { string } = types

function printfText(
  format: string,
  values: readonly Value[],
  text: (value: Value, i: number) => string | null,
): string {
  let next = 0
  return format.replace(
    /%(?:(%)|([-+0 #]*)(\d+)?(?:\.(\d+))?([diufegxXoscb]))/g,
    (whole, percent, flags = '', width, precision, kind) => {
      if (percent !== undefined) return '%'
      const value = values[next]
      if (value === undefined)
        throw new RowError(failures.argument, `the format needs more arguments than ${values.length}`)
      const shown = text(value, next++)
      if (shown === null) return 'null'.padStart(Number(width ?? 0))
      const body = printfPart(kind, shown, precision === undefined ? undefined : Number(precision), whole)
      const signed = flags.includes('+') && !body.startsWith('-') && 'difeg'.includes(kind) ? `+${body}` : body
      const size = Number(width ?? 0)
      if (flags.includes('-')) return signed.padEnd(size)
      if (!flags.includes('0') || 'sc'.includes(kind)) return signed.padStart(size)
      return /^[+-]/.test(signed)
        ? signed.charAt(0) + signed.slice(1).padStart(size - 1, '0')
        : signed.padStart(size, '0')
    },
  )
}

function printfPart(kind: string, shown: string, precision: number | undefined, whole: string): string {
  switch (kind) {
    case 's':
      return precision === undefined ? shown : shown.slice(0, precision)
    case 'c':
      return shown.slice(0, 1)
    case 'd':
    case 'i':
    case 'u':
      return BigInt(shown.split('.')[0] ?? '0').toString()
    case 'f':
      return Number(shown).toFixed(precision ?? 6)
    case 'e':
      return Number(shown)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
    case 'g':
      return String(Number(Number(shown).toPrecision(precision ?? 6)))
    case 'x':
    case 'X': {
      const hex = BigInt.asUintN(64, BigInt(shown)).toString(16)
      return kind === 'x' ? hex : hex.toUpperCase()
    }
    case 'o':
      return BigInt.asUintN(64, BigInt(shown)).toString(8)
    case 'b':
      return shown
    default:
      throw new RowError(failures.argument, `unknown conversion ${whole}`)
  }
}

/** Texts by a pattern. */
export const formattingFunctions: readonly ScalarFunction[] = [
  define(
    'format',
    'A text with %s (value), %I (name) and %L (literal) filled in.',
    [["FORMAT('%s has %s', 'x', 3)", 'x has 3']],
    [
      js(
        ['text', 'each'],
        string,
        (args, context) =>
          args[0] === null
            ? null
            : formatText(asText(args[0]), args.slice(1), (value, i) => printed(value, i + 1, context)),
        {
          variadic: true,
          nullable: args => args[0]?.nullable ?? true,
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'printf',
    "A text with C's conversions (%d, %05.2f, %s, %x) filled in; NULL is null in it.",
    [
      ["PRINTF('%03d|%s', 7, 'a')", '007|a'],
      ["PRINTF('%d', CAST(NULL AS INT))", 'null'],
    ],
    [
      js(
        ['text', 'each'],
        string,
        ([format = null, ...values], context) =>
          format === null
            ? null
            : printfText(asText(format), values, (value, i) =>
                value === null ? null : textual(value, i + 1, context),
              ),
        { variadic: true, nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { strict: false },
  ),
]
