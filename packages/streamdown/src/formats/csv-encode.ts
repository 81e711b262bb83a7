import type { Memory } from '../batch/memory.ts'
import type { Schema } from '../types/data-type.ts'
import { BlockEncoder } from './encode-block.ts'
import type { Encoder } from './format.ts'
import { plainText } from './value-text.ts'

/** How CSV text is written. */
export interface CsvEncoderOptions {
  readonly delimiter?: string
  readonly quote?: string
  /** The first record names the columns. */
  readonly header?: boolean
  /** Default: NULL is an empty unquoted field. */
  readonly nullLiteral?: string
  readonly timestampStandard?: 'SQL' | 'ISO-8601'
}

/** An encoder of CSV (RFC 4180, UTF-8, line feeds). An empty string is quoted, so that it differs from NULL. */
export function createCsvEncoder(memory: Memory, schema: Schema, options: CsvEncoderOptions = {}): Encoder {
  const { delimiter = ',', quote = '"', nullLiteral = '' } = options
  const isoTimestamps = options.timestampStandard === 'ISO-8601'
  const quoted = (text: string): string =>
    text === '' || text === nullLiteral || [delimiter, quote, '\n', '\r'].some(each => text.includes(each))
      ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
      : text
  // JSON text holds quotes and delimiters: as a string column it is quoted by the kernel.
  const columns = schema.map(field =>
    field.type.is === 'json' ? { ...field, type: { is: 'string' } as const } : field,
  )
  const encoder = new BlockEncoder(memory, columns, {
    csv: true,
    isoTimestamps,
    omitNulls: false,
    delimiter: delimiter.charCodeAt(0),
    quote: quote.charCodeAt(0),
    nullText: nullLiteral,
    prefix: () => '',
    open: '',
    close: '\n',
    openRetraction: '',
    closeRetraction: '\n',
    render: (type, value) => quoted(plainText(type, value, isoTimestamps)),
  })
  const header = options.header === true ? `${schema.map(({ name }) => quoted(name)).join(delimiter)}\n` : ''
  return { header: () => new TextEncoder().encode(header), encode: batch => encoder.encode(batch) }
}
