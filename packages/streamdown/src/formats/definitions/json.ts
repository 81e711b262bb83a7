import type { OptionDefinition } from '../../options/definition.ts'
import { createJsonDecoder, type JsonDecoderOptions } from '../json.ts'
import { createJsonEncoder } from '../json-encode.ts'
import { checkUnstructured, createUnstructuredDecoder } from '../json-unstructured.ts'
import { createRawEncoder } from '../raw.ts'
import type { FormatDefinition } from './definition.ts'
import type { FormatOptions } from './options.ts'
import { lenient, standardOf, strictness, timestamps, timestampsOf } from './values.ts'

/** Of all formats whose records are JSON objects. */
export const jsonOptions: readonly OptionDefinition[] = [
  {
    name: 'fail-on-missing-field',
    type: 'boolean',
    default: 'false',
    summary: 'A missing key is an error; else it is NULL.',
  },
  lenient,
  ...timestamps,
  { name: 'encode.ignore-null-fields', type: 'boolean', default: 'false', summary: 'NULL fields are not written.' },
  {
    name: 'encode.decimal-as-plain-number',
    type: 'boolean',
    default: 'true',
    summary: 'Decimals always have all their digits.',
  },
  {
    name: 'map-null-key.mode',
    type: 'enum',
    values: ['FAIL', 'DROP', 'LITERAL'],
    default: 'FAIL',
    summary: "Taken so that Flink's programs run; maps have no NULL keys here.",
  },
]

export const jsonDecoderOptions = (options: FormatOptions): JsonDecoderOptions => ({
  ...timestampsOf(options),
  failOnMissingField: options.flag('fail-on-missing-field'),
  ...strictness(options),
})

const isUnstructured = (options: FormatOptions): boolean => options.flag('unstructured')

export const json: FormatDefinition = {
  name: 'json',
  otherNames: ['ndjson', 'jsonl'],
  summary: 'NDJSON: a JSON object a line.',
  options: [
    ...jsonOptions,
    {
      name: 'unstructured',
      type: 'boolean',
      default: 'false',
      summary: 'Each line, any JSON value, whole in the one column of the table (JSON or STRING).',
    },
  ],
  lines: true,
  accepts: 'append',
  check: (options, columns) => {
    jsonDecoderOptions(options)
    if (isUnstructured(options)) checkUnstructured(columns)
  },
  decodesFields: options => !isUnstructured(options),
  decoder: (memory, { schema, columns }, options) =>
    isUnstructured(options)
      ? createUnstructuredDecoder(memory, schema, columns, options.maxRecordBytes)
      : createJsonDecoder(memory, schema, columns, jsonDecoderOptions(options)),
  encoder: (memory, columns, options) =>
    isUnstructured(options)
      ? createRawEncoder(memory, columns)
      : createJsonEncoder(memory, columns, {
          ...standardOf(options),
          ignoreNullFields: options.flag('encode.ignore-null-fields'),
        }),
}
