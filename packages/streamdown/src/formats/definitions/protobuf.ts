import { createProtobufDecoder, messageFor, type ProtobufOptions } from '../protobuf.ts'
import { createProtobufEncoder } from '../protobuf-encode.ts'
import type { FormatDefinition } from './definition.ts'
import type { FormatOptions } from './options.ts'
import { lenient, strictness } from './values.ts'

export const protobuf: FormatDefinition = {
  name: 'protobuf',
  summary: 'Protocol Buffers messages, each behind its length as a varint.',
  options: [
    {
      name: 'schema',
      type: 'string',
      required: true,
      summary: 'The text of a .proto file, or the path of one.',
      example: 'event.proto',
    },
    { name: 'message-name', type: 'string', summary: 'The message of a record, where the file has several.' },
    lenient,
  ],
  lines: false,
  accepts: 'append',
  check: (options, columns) => {
    messageFor(messageOptions(options), columns)
  },
  decoder: (memory, { schema, columns }, options) =>
    createProtobufDecoder(memory, schema, columns, messageOptions(options)),
  encoder: (memory, columns, options) => createProtobufEncoder(memory, columns, messageOptions(options)),
}

function messageOptions(options: FormatOptions): ProtobufOptions {
  const message = options.text('message-name')
  return {
    schema: options.required('schema'),
    ...(message === undefined ? {} : { message }),
    ...strictness(options),
  }
}
