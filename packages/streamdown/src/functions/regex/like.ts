import { types } from '../../types/data-type.ts'
import type { ScalarFunction } from '../definition.ts'
import { asText } from '../values.ts'
import { likeToPattern, similarToPattern } from './patterns.ts'

const escapeOf = (args: readonly unknown[]): string => (typeof args[2] === 'string' ? args[2] : '')

export const likeFunctions: readonly ScalarFunction[] = [
  {
    name: 'like',
    summary: 'Whether the text matches the pattern: % stands for any text, _ for one character.',
    examples: [
      { sql: "'streamdown' LIKE 'stream%'", gives: 'TRUE' },
      { sql: "'10%' LIKE '10!%' ESCAPE '!'", gives: 'TRUE' },
    ],
    category: 'comparison',
    signatures: [
      { parameters: ['text', 'text', 'text'], optional: 1, returns: types.boolean, implementation: { is: 'inline' } },
    ],
  },
  {
    name: 'ilike',
    summary: 'LIKE without regard to case.',
    examples: [{ sql: "'Streamdown' ILIKE 'stream%'", gives: 'TRUE' }],
    category: 'comparison',
    signatures: [
      {
        parameters: ['text', 'text', 'text'],
        optional: 1,
        returns: types.boolean,
        implementation: {
          is: 'javascript',
          call: args => likeToPattern(asText(args[1]), escapeOf(args), true).test(asText(args[0])),
        },
      },
    ],
  },
  {
    name: 'similar_to',
    summary: "Whether the whole text matches a SQL regular expression: LIKE's wildcards with | * + ? {} () [].",
    examples: [{ sql: "'abc' SIMILAR TO '%(b|d)%'", gives: 'TRUE' }],
    category: 'comparison',
    signatures: [
      {
        parameters: ['text', 'text', 'text'],
        optional: 1,
        returns: types.boolean,
        implementation: {
          is: 'javascript',
          call: args =>
            similarToPattern(asText(args[1]), args[2] === undefined ? '\\' : escapeOf(args)).test(asText(args[0])),
        },
      },
    ],
  },
]
