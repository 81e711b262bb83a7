import { types } from '../../types/data-type.ts'
import { definer, js, kernel } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'

const define = definer('string')
const { int } = types

/** How long a text is. */
export const lengthFunctions: readonly ScalarFunction[] = [
  define(
    'char_length',
    'The number of characters (code points).',
    [["CHAR_LENGTH('añb')", '3']],
    [
      kernel(['text'], int, 'fn_char_length'),
      js(['bytes'], int, args => (args[0] instanceof Uint8Array ? args[0].length : 0)),
    ],
    { aliases: ['character_length', 'length', 'len'] },
  ),
  define(
    'octet_length',
    'The number of bytes in UTF-8.',
    [["OCTET_LENGTH('añb')", '4']],
    [kernel(['text'], int, 'fn_octet_length'), kernel(['bytes'], int, 'fn_octet_length')],
  ),
  define(
    'bit_length',
    'Eight times the number of bytes.',
    [["BIT_LENGTH('ab')", '16']],
    [
      js(['text'], int, args => new TextEncoder().encode(asText(args[0])).length * 8),
      js(['bytes'], int, args => (args[0] instanceof Uint8Array ? args[0].length * 8 : 0)),
    ],
  ),
]
