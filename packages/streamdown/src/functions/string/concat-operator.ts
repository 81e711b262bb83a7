import { types } from '../../types/data-type.ts'
import { bytesConcat } from '../bytes/bytes.ts'
import type { Coerce, ScalarFunction } from '../definition.ts'
import { jsonConcat } from '../json/removing.ts'
import { arrayConcat } from '../nested/shared.ts'

/** Texts, and one text with anything that CAST to STRING makes one. */
const textAndAny: Coerce = args =>
  args.every(arg => arg.type.is === 'string' || arg.type.is === 'null') ||
  (args.some(arg => arg.type.is === 'string') && args.every(arg => !nested.has(arg.type.is)))
    ? args.map(arg => (arg.type.is === 'string' ? arg.type : types.string))
    : undefined

const nested = new Set(['array', 'map', 'row', 'json', 'bytes'])

export const concatOperator: ScalarFunction = {
  name: '||',
  summary: 'Two texts as one; also arrays, an array and an element, JSON values, and bytes.',
  examples: [
    { sql: "'stream' || 'down'", gives: 'streamdown' },
    { sql: 'ARRAY[1] || ARRAY[2]', gives: '[1, 2]' },
  ],
  category: 'string',
  signatures: [
    {
      parameters: ['text', 'text'],
      coerce: textAndAny,
      returns: types.string,
      implementation: { is: 'kernel', kernel: 'fn_concat' },
    },
    ...arrayConcat,
    jsonConcat,
    bytesConcat,
  ],
}
