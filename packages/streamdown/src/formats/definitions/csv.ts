import { type CsvDecoderOptions, createCsvDecoder } from '../csv.ts'
import { createCsvEncoder } from '../csv-encode.ts'
import type { FormatDefinition } from './definition.ts'
import type { FormatOptions } from './options.ts'
import { lenient, standardOf, strictness, timestamps, timestampsOf } from './values.ts'

export const csv: FormatDefinition = {
  name: 'csv',
  summary: 'CSV (RFC 4180): a record a line.',
  options: [
    { name: 'field-delimiter', type: 'string', default: ',', summary: 'One ASCII character between fields.' },
    {
      name: 'quote-character',
      type: 'string',
      default: '"',
      summary: 'Around fields that hold delimiters; doubled inside.',
    },
    {
      name: 'disable-quote-character',
      type: 'boolean',
      default: 'false',
      summary: 'Quotes are characters like others.',
    },
    {
      name: 'escape-character',
      type: 'string',
      summary: 'In quoted fields: takes the next character as it is.',
      example: '\\',
    },
    { name: 'allow-comments', type: 'boolean', default: 'false', summary: 'Lines that start with # are skipped.' },
    { name: 'null-literal', type: 'string', summary: 'This unquoted text is NULL.', example: 'NULL' },
    {
      name: 'array-element-delimiter',
      type: 'string',
      default: ';',
      summary: 'Between elements of ARRAY and fields of ROW.',
    },
    {
      name: 'header',
      type: 'boolean',
      default: 'false',
      summary: 'The first record names the columns, in any order.',
    },
    { name: 'multiline', type: 'boolean', default: 'false', summary: 'Quoted fields may hold line breaks.' },
    lenient,
    ...timestamps,
  ],
  lines: true,
  accepts: 'append',
  check: options => {
    decoderOptions(options)
  },
  decoder: (memory, { schema, columns }, options) => createCsvDecoder(memory, schema, columns, decoderOptions(options)),
  encoder: (memory, columns, options) => {
    const { delimiter, quote, header, nullLiteral } = decoderOptions(options)
    return createCsvEncoder(memory, columns, {
      ...standardOf(options),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(typeof quote === 'string' ? { quote } : {}),
      ...(header === undefined ? {} : { header }),
      ...(nullLiteral === undefined ? {} : { nullLiteral }),
    })
  },
}

function decoderOptions(options: FormatOptions): CsvDecoderOptions {
  const escapeCharacter = options.text('escape-character')
  const nullLiteral = options.text('null-literal')
  return {
    ...timestampsOf(options),
    delimiter: unescaped(options.text('field-delimiter') ?? ','),
    quote: options.flag('disable-quote-character') ? null : (options.text('quote-character') ?? '"'),
    ...(escapeCharacter === undefined ? {} : { escape: escapeCharacter }),
    comments: options.flag('allow-comments'),
    ...(nullLiteral === undefined ? {} : { nullLiteral }),
    elementDelimiter: unescaped(options.text('array-element-delimiter') ?? ';'),
    header: options.flag('header'),
    multiline: options.flag('multiline'),
    ...strictness(options),
  }
}

/** A tab may be written as in Flink's programs. */
const unescaped = (text: string): string => (text === '\\t' ? '\t' : text)
