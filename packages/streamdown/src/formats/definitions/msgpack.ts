import { createMsgpackDecoder } from '../msgpack.ts'
import { createMsgpackEncoder } from '../msgpack-encode.ts'
import type { FormatDefinition } from './definition.ts'
import { lenient, strictness } from './values.ts'

export const msgpack: FormatDefinition = {
  name: 'msgpack',
  otherNames: ['messagepack'],
  summary: 'MessagePack maps, one behind the other.',
  options: [lenient],
  lines: false,
  accepts: 'append',
  check: options => {
    strictness(options)
  },
  decoder: (memory, { schema, columns }, options) => createMsgpackDecoder(memory, schema, columns, strictness(options)),
  encoder: (memory, columns) => createMsgpackEncoder(memory, columns),
}
