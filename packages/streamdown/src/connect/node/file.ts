import type { Connector } from '../source.ts'
import { fileOptions } from './file-options.ts'
import { fileSink } from './file-sink.ts'
import { fileSource } from './file-source.ts'

const named = (name: string): Connector => ({
  name,
  summary: 'Reads and writes files: NDJSON, CSV, Debezium events, raw lines and Parquet, plain or compressed.',
  options: fileOptions,
  takesFormat: true,
  source: {
    guarantee: 'replays: each file is a partition, positions are byte offsets (Parquet: row numbers)',
    create: fileSource,
  },
  sink: {
    guarantee:
      'exactly-once for text: cut back to the snapshot that a program goes on from; at-least-once for Parquet: a file appears whole, when the program ends',
    create: fileSink,
  },
})

/** Flink's name, a short one, and Arroyo's: one connector. */
export const fileConnectors: readonly Connector[] = ['filesystem', 'file', 'single_file'].map(named)
