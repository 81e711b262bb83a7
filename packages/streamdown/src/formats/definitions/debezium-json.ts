import { createDebeziumDecoder, createDebeziumEncoder } from '../debezium.ts'
import type { FormatDefinition } from './definition.ts'
import { jsonDecoderOptions, jsonOptions } from './json.ts'
import { standardOf } from './values.ts'

export const debeziumJson: FormatDefinition = {
  name: 'debezium-json',
  otherNames: ['debezium_json'],
  summary: "Debezium's change events, an object a line with before, after and op.",
  options: [
    {
      name: 'schema-include',
      type: 'boolean',
      default: 'false',
      summary: 'Events are under "payload", beside their "schema".',
    },
    ...jsonOptions.map(option => (option.name === 'timestamp-epoch-unit' ? { ...option, default: 'us' } : option)),
  ],
  lines: true,
  accepts: 'retract',
  check: options => {
    jsonDecoderOptions(options)
  },
  decodesFields: () => true,
  decoder: (memory, { schema, columns }, options) =>
    createDebeziumDecoder(memory, schema, columns, {
      ...jsonDecoderOptions(options),
      schemaInclude: options.flag('schema-include'),
      upsert: options.relation.changes === 'upsert',
    }),
  encoder: (memory, columns, options) => createDebeziumEncoder(memory, columns, standardOf(options)),
}
