import { types } from '../../types/data-type.ts'
import { definer, js } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { quotedName, quotedText } from './quoting.ts'
import { textual } from './shared.ts'

const define = definer('string')
const { string } = types

/** Text as a literal, a name or a pattern. */
export const quoteFunctions: readonly ScalarFunction[] = [
  define(
    'quote_literal',
    'The text as a SQL string.',
    [["QUOTE_LITERAL('it''s')", "'it''s'"]],
    [js(['each'], string, (args, context) => quotedText(textual(args[0] ?? null, 0, context)))],
  ),
  define(
    'quote_ident',
    'The text as a SQL name.',
    [["QUOTE_IDENT('my col')", '"my col"']],
    [js(['text'], string, args => quotedName(asText(args[0])))],
  ),
  define(
    'quote_nullable',
    'The text as a SQL string, NULL as the word.',
    [['QUOTE_NULLABLE(NULL)', 'NULL']],
    [
      js(
        ['each'],
        string,
        (args, context) =>
          args[0] === null || args[0] === undefined ? 'NULL' : quotedText(textual(args[0], 0, context)),
        { nullable: false },
      ),
    ],
    { strict: false },
  ),
  define(
    'regexp_quote',
    'The text with the characters that mean something in regular expressions escaped.',
    [["REGEXP_QUOTE('a.b')", 'a\\.b']],
    [js(['text'], string, args => asText(args[0]).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))],
  ),
]
