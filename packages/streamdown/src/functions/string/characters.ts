import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { definer, js } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asBigint, asCount, asText } from '../values.ts'
import { unistr } from './unistr.ts'

const define = definer('string')
const { string, int } = types

/** Characters and their numbers. */
export const characterFunctions: readonly ScalarFunction[] = [
  define(
    'ascii',
    'The code point of the first character; 0 for the empty text.',
    [["ASCII('A')", '65']],
    [js(['text'], int, args => asText(args[0]).codePointAt(0) ?? 0)],
  ),
  define(
    'chr',
    'The character of the lowest byte of a number; nothing for a negative one.',
    [
      ['CHR(97)', 'a'],
      ['CHR(353)', 'a'],
    ],
    [
      js(['bigint'], string, args => {
        const code = asBigint(args[0])
        return code < 0n ? '' : String.fromCharCode(Number(code & 0xffn))
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'chr_postgres' } },
  ),
  define(
    'chr_postgres',
    'CHR as PostgreSQL has it: the character of a code point.',
    [['chr_postgres(65)', 'A']],
    [
      js(['int'], string, args => {
        const code = asCount(args[0])
        if (code < 1 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
          throw new RowError(failures.argument, `${code} is no character`)
        return String.fromCodePoint(code)
      }),
    ],
  ),
  define(
    'unistr',
    'The text with the Unicode characters of \\0061, \\+000061, \\u0061 and \\U00000061.',
    [["UNISTR('d\\0061t\\+000061')", 'data']],
    [js(['text'], string, args => unistr(asText(args[0])))],
  ),
]
