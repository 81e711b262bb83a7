import { StreamdownError } from '../../errors/error.ts'
import { maxRecordBytesOf } from '../../formats/definitions/options.ts'
import { checkFormat, createDecoder, formatOf, formatPrefixes, isLines } from '../../formats/registry.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import {
  bytesOption,
  durationOption,
  integerOption,
  refuseOption,
  refuseUnknown,
  textOption,
} from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { Connector, PartitionReader, Source } from '../source.ts'
import { jsonLines, linesOf } from './http-lines.ts'
import type { Intake } from './http-listener.ts'
import { HttpQueue } from './http-queue.ts'
import { TextReader } from './text-reader.ts'

const options: readonly OptionDefinition[] = [
  { name: 'port', type: 'integer', required: true, summary: 'Where to listen.', example: '8080' },
  { name: 'host', type: 'string', default: '127.0.0.1', summary: 'The address to listen at; 0.0.0.0: all.' },
  { name: 'path', type: 'string', default: '/', summary: 'The path that takes rows; tables may share a port.' },
  {
    name: 'format',
    type: 'enum',
    values: ['json', 'ndjson', 'jsonl', 'csv', 'raw', 'regex', 'debezium-json', 'debezium_json'],
    default: 'json',
    summary: 'How records are written; JSON as one object, an array of them, or NDJSON.',
  },
  { name: 'queue.bytes', type: 'bytes', default: '16 mb', summary: 'Bytes that wait at most; then requests get 429.' },
  {
    name: 'max-body.bytes',
    type: 'bytes',
    default: '8 mb',
    summary: 'The largest request body; a larger one gets 413.',
  },
  {
    name: 'request.timeout',
    type: 'duration',
    default: '30 s',
    summary: 'How long a request may take to arrive; then it gets 408, and the room that it held is free.',
  },
  { name: 'max-record-bytes', type: 'bytes', default: '16777216', summary: 'A longer record is a dead letter.' },
]

/**
 * Takes rows by HTTP POST. Answers 202 with the number of records queued; 429 with Retry-After while the queue is full,
 * 413 for a body that is too large, 408 for one that takes too long, 400 for an array that is not closed: then nothing of the request was taken. A
 * malformed record is a dead letter, the others of its request are taken. What was accepted and not yet stepped over is
 * lost with the process.
 */
export const http: Connector = {
  name: 'http',
  summary: 'Takes rows by HTTP POST.',
  options,
  takesFormat: true,
  source: { guarantee: 'at-most-once: it cannot be read again', create: relation => httpSource(relation) },
}

function httpSource(relation: Relation): Source {
  refuseUnknown(relation, options, formatPrefixes)
  const format = formatFor(relation)
  checkFormat(relation, format)
  const port = Number(integerOption(relation, options, 'port', { least: 1n, most: 65_535n }))
  const host = textOption(relation, options, 'host') ?? ''
  const path = textOption(relation, options, 'path') ?? '/'
  if (!path.startsWith('/')) refuseOption(relation, 'path', path, "a path such as '/events'")
  const queueBytes = bytesOption(relation, options, 'queue.bytes')
  const mostBodyBytes = Math.min(bytesOption(relation, options, 'max-body.bytes'), queueBytes)
  const timeoutMs = durationOption(relation, options, 'request.timeout') ?? 0
  if (timeoutMs <= 0) refuseOption(relation, 'request.timeout', '0', 'a duration of more than 0')
  const maxRecordBytes = maxRecordBytesOf(relation)
  for (const key of Object.values(relation.metadata ?? {})) refuseMetadata(relation, key)
  return {
    bounded: false,
    replays: false,
    open: async ({ scan }): Promise<readonly PartitionReader[]> => {
      // Loaded when needed: a program without a listener starts sooner.
      const { listen, unlisten } = await import('./http-listener.ts')
      const queue = new HttpQueue(queueBytes, () => unlisten(host, port, intake))
      const intake: Intake = { path, queue, mostBodyBytes, timeoutMs, linesOf: isJson(format) ? jsonLines : linesOf }
      await listen(host, port, intake, relation.name)
      const reader = new TextReader(queue, {
        partition: '0',
        source: relation.name,
        maxRecordBytes,
        decoder: memory => createDecoder(memory, scan, format, key => refuseMetadata(relation, key)),
      })
      return [reader]
    },
  }
}

const isJson = (format: string): boolean => format === 'json' || format === 'debezium-json'

/** Requests are one stream of lines: nothing may belong to one request only. */
function formatFor(relation: Relation): string {
  const format = formatOf(relation, 'json')
  if (!isLines(format)) {
    throw new StreamdownError(
      'DSD3002',
      `Table ${relation.name}: requests are lines of text; format ${format} cannot be streamed so, use a file.`,
    )
  }
  for (const name of ['csv.header', 'csv.multiline']) {
    if (relation.options[name] === 'true') refuseOption(relation, name, 'true', 'false with connector http')
  }
  return format
}

function refuseMetadata(relation: Relation, key: string): never {
  throw new StreamdownError('DSD3002', `Table ${relation.name}: connector http has no metadata '${key}'.`)
}
