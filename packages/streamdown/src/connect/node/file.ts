import type { Connector } from '../source.ts'
import { fileOptions } from './file-options.ts'
import { fileSink } from './file-sink.ts'
import { fileSource } from './file-source.ts'

const named = (name: string): Connector => ({
  name,
  summary:
    'Reads and writes files: NDJSON, CSV, Debezium events, raw lines, MessagePack, Protobuf, Avro and Parquet, plain or compressed.',
  options: fileOptions,
  takesFormat: true,
  source: {
    guarantee:
      'replays: each file is a partition, positions are byte offsets (Avro: and a record, Parquet: row numbers)',
    create: fileSource,
  },
  sink: {
    guarantee:
      'exactly-once: cut back to the snapshot that a program goes on from; Parquet appears in whole files, one a checkpoint (NAME-epoch-NUMBER.parquet), or one at the end where the program saves no state',
    create: fileSink,
  },
})

/** Flink's name, a short one, and Arroyo's: one connector. */
export const fileConnectors: readonly Connector[] = ['filesystem', 'file', 'single_file'].map(named)
