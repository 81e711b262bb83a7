import { createUnstructuredDecoder } from '../json-unstructured.ts'
import { createRawDecoder, createRawEncoder } from '../raw.ts'
import type { FormatDefinition } from './definition.ts'

export const raw: FormatDefinition = {
  name: 'raw',
  summary: 'A line as it is, in the one column of the table (STRING, BYTES or JSON).',
  options: [],
  lines: true,
  accepts: 'append',
  // The column is checked by the decoder and the encoder; options there are none.
  check: () => undefined,
  decoder: (memory, { schema, columns }, { maxRecordBytes }) =>
    schema[0]?.type.is === 'json'
      ? createUnstructuredDecoder(memory, schema, columns, maxRecordBytes)
      : createRawDecoder(memory, schema, columns, { maxRecordBytes }),
  encoder: (memory, columns) => createRawEncoder(memory, columns),
}
