import { maxRecordOption } from '../../formats/definitions/options.ts'
import { formatPrefixes, streamFormats } from '../../formats/registry.ts'
import type { OptionDefinition } from '../../options/definition.ts'

export const fileOptions: readonly OptionDefinition[] = [
  {
    name: 'path',
    type: 'string',
    required: true,
    summary: 'A file, a directory (its files are read), or a glob. Names that end in .gz, .zst or .br are compressed.',
    example: 'events/*.ndjson.gz',
  },
  {
    name: 'format',
    type: 'enum',
    values: [...streamFormats, 'parquet'],
    summary:
      'How records are written. Default: by the name (.ndjson, .jsonl, .json, .csv, .tsv, .txt, .log, .msgpack, .avro, .arrow, .arrows, .feather, .parquet).',
  },
  {
    name: 'source.monitor-interval',
    type: 'duration',
    summary:
      'Follows plain text files as they grow, and a directory or glob as files appear in it, looking so often. Without it the input ends with the files.',
    example: '1 s',
  },
  {
    name: 'source.start-offset',
    type: 'bytes',
    default: '0',
    summary: 'Where reading a plain text file starts: at the first record at or behind this byte.',
  },
  maxRecordOption,
  {
    name: 'parquet.nanoseconds',
    type: 'enum',
    values: ['error', 'truncate'],
    default: 'error',
    summary: 'Timestamps in nanoseconds that are no whole microseconds: dead letters, or cut.',
  },
  {
    name: 'sink.mode',
    type: 'enum',
    values: ['append', 'overwrite'],
    default: 'append',
    summary:
      'Whether rows go behind what a text file holds, or replace it. A Parquet file is replaced only by overwrite.',
  },
]

/** Besides those of formats: what Flink's file connector has and this one has no need of, so that its programs run. */
export const filePrefixes: readonly string[] = [
  ...formatPrefixes,
  'sink.rolling-policy.',
  'sink.partition-commit.',
  'partition.',
  'auto-compaction',
  'compaction.',
  'source.report-statistics',
]
