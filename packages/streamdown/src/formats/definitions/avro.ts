import { avroHeader, createAvroEncoder } from '../avro-write.ts'
import type { FormatDefinition } from './definition.ts'
import type { FormatOptions } from './options.ts'

export const avro: FormatDefinition = {
  name: 'avro',
  summary:
    'Avro object container files, with the schema in the file. Read packed as deflate, snappy or zstandard; written plain.',
  options: [
    {
      name: 'timestamp_mapping.legacy',
      type: 'boolean',
      default: 'false',
      summary: "TIMESTAMP is written as Flink's older mapping has it, as timestamp-millis, not local-timestamp-millis.",
    },
    {
      name: 'codec',
      type: 'enum',
      values: ['null'],
      default: 'null',
      summary: 'How blocks are written: not packed.',
    },
  ],
  lines: false,
  accepts: 'append',
  check: options => {
    options.text('codec')
    mapping(options)
  },
  encoder: (memory, columns, options) => createAvroEncoder(memory, columns, mapping(options)),
  head: (columns, options) => avroHeader(columns, mapping(options)),
}

const mapping = (options: FormatOptions) => ({ legacyTimestamps: options.flag('timestamp_mapping.legacy') })
