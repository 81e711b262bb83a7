import { createRegexDecoder, linePattern, type RegexDecoderOptions } from '../regex.ts'
import type { FormatDefinition } from './definition.ts'
import type { FormatOptions } from './options.ts'
import { lenient, standardOf, strictness, timestampStandard } from './values.ts'

export const regex: FormatDefinition = {
  name: 'regex',
  summary: 'Lines that a regular expression takes apart: a named group for each column. Read only.',
  options: [
    {
      name: 'pattern',
      type: 'string',
      required: true,
      summary: 'What a whole line must match; a group that took no part is NULL.',
      example: '(?<ip>\\S+) (?<status>\\d+)',
    },
    lenient,
    timestampStandard,
  ],
  lines: true,
  accepts: 'append',
  check: (options, columns) => {
    linePattern(decoderOptions(options).pattern, columns)
  },
  decoder: (memory, { schema, columns }, options) =>
    createRegexDecoder(memory, schema, columns, decoderOptions(options)),
}

const decoderOptions = (options: FormatOptions): RegexDecoderOptions => ({
  pattern: options.required('pattern'),
  ...standardOf(options),
  ...strictness(options),
})
