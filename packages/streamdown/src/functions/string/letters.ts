import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { definer, js, kernel } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { points } from './shared.ts'

const define = definer('string')
const { string } = types

const capital = (text: string): string =>
  text.toLowerCase().replace(/[\p{L}\p{N}]+/gu, word => {
    const [first = '', ...rest] = points(word)
    return first.toUpperCase() + rest.join('')
  })

/** Upper and lower case, and the forms of letters. */
export const letterFunctions: readonly ScalarFunction[] = [
  define(
    'upper',
    'The text in upper case.',
    [["UPPER('straße')", 'STRASSE']],
    [kernel(['text'], string, 'fn_upper', { otherwise: args => asText(args[0]).toUpperCase() })],
    { aliases: ['ucase'] },
  ),
  define(
    'lower',
    'The text in lower case.',
    [["LOWER('ÄB')", 'äb']],
    [kernel(['text'], string, 'fn_lower', { otherwise: args => asText(args[0]).toLowerCase() })],
    { aliases: ['lcase'] },
  ),
  define(
    'initcap',
    'Each word with a capital first letter.',
    [["INITCAP('hello wORLD')", 'Hello World']],
    [js(['text'], string, args => capital(asText(args[0])))],
  ),
  define(
    'casefold',
    'The text in the one case in which texts are compared without regard to case.',
    [["CASEFOLD('STRASSE') = CASEFOLD('straße')", 'TRUE']],
    [js(['text'], string, args => asText(args[0]).toUpperCase().toLowerCase())],
  ),
  define(
    'normalize',
    'The text in Unicode normal form NFC.',
    [["CHAR_LENGTH(NORMALIZE('e' || chr_postgres(769)))", '1']],
    [
      js(
        ['text', 'text'],
        string,
        args => {
          const form = args[1] === undefined ? 'NFC' : asText(args[1]).toUpperCase()
          if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(form))
            throw new RowError(failures.argument, `${form} is no normal form`)
          return asText(args[0]).normalize(form)
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'to_ascii',
    'The text with letters stripped of their accents.',
    [["TO_ASCII('Ärger')", 'Arger']],
    [
      js(['text'], string, args =>
        asText(args[0])
          .normalize('NFD')
          .replace(/\p{M}/gu, '')
          .replace(/[^\p{ASCII}]/gu, ''),
      ),
    ],
  ),
]
