import { types } from '../../types/data-type.ts'
import { type Call, definer, js, jsOrNull } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { printed, textual } from './shared.ts'

const define = definer('string')

const chosen: Call = ([index = null, ...choices]) => (index === null ? null : (choices[Number(index) - 1] ?? null))
const { string } = types

/** One text of several. */
export const joiningFunctions: readonly ScalarFunction[] = [
  define(
    'concat',
    'All arguments as one text; NULL when one is NULL.',
    [["CONCAT('a', 'b', 'c')", 'abc']],
    [
      js(['each', 'each'], string, (args, context) => args.map((value, i) => textual(value, i, context)).join(''), {
        variadic: true,
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'concat_known' } },
  ),
  define(
    'concat_known',
    'CONCAT in which NULL counts as the empty text.',
    [["concat_known('a', NULL, 'c')", 'ac']],
    [
      js(['each', 'each'], string, (args, context) => args.map((value, i) => printed(value, i, context)).join(''), {
        variadic: true,
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'concat_ws',
    'The arguments that are not NULL as one text, with a separator between them.',
    [["CONCAT_WS('-', 'a', NULL, 'c')", 'a-c']],
    [
      js(
        ['text', 'each'],
        string,
        (args, context) => {
          const [separator, ...rest] = args
          if (typeof separator !== 'string') return null
          return rest.flatMap((value, i) => (value === null ? [] : [printed(value, i + 1, context)])).join(separator)
        },
        { variadic: true, nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { strict: false },
  ),
  define(
    'elt',
    'The argument number n of those behind it; NULL where there is none.',
    [["ELT(2, 'a', 'b')", 'b']],
    [
      jsOrNull(['bigint', 'text'], string, chosen, { variadic: true }),
      jsOrNull(['bigint', 'bytes'], types.bytes, chosen, { variadic: true }),
    ],
    { strict: false },
  ),
]
