import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { maxRecordBytesOf, maxRecordOption } from '../../formats/definitions/options.ts'
import type { Encoder } from '../../formats/format.ts'
import {
  acceptsOf,
  checkFormat,
  checkWritten,
  createDecoder,
  createEncoder,
  formatOf,
  formatPrefixes,
  loadEncoder,
  streamFormats,
} from '../../formats/registry.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import { refuseUnknown } from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { Sink } from '../sink.ts'
import type { Connector, Source } from '../source.ts'
import { StepBytes } from '../step-bytes.ts'
import { blockReaders } from './block-readers.ts'
import { ByteQueue } from './byte-queue.ts'
import { withSchemaText } from './schema-file.ts'
import { TextReader } from './text-reader.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'format',
    type: 'enum',
    values: streamFormats,
    default: 'json',
    summary: 'How records are written.',
  },
  maxRecordOption,
]

/** Reads standard input to its end. */
export const stdin: Connector = {
  name: 'stdin',
  summary: 'Reads standard input.',
  options,
  takesFormat: true,
  source: { guarantee: 'at-most-once: it cannot be read again', create: relation => stdinSource(relation) },
}

/** Writes to standard output, or what stands for it in a test. */
export const stdoutTo = (out: () => Pick<NodeJS.WriteStream, 'write'>): Connector => ({
  name: 'stdout',
  summary: 'Writes to standard output.',
  options,
  takesFormat: true,
  sink: { guarantee: 'at-least-once', create: relation => new StdoutSink(relation, out()) },
})

export const stdout = stdoutTo(() => process.stdout)

function stdinSource(declared: Relation): Source {
  const relation = withSchemaText(declared)
  return {
    bounded: true,
    replays: false,
    async open({ scan }) {
      const format = streamFormatOf(relation, checkFormat)
      const failed = (error: unknown) =>
        new StreamdownError('DSD3004', `Standard input: ${error instanceof Error ? error.message : String(error)}.`, {
          cause: error,
        })
      const bytes = new ByteQueue(process.stdin, { offset: 0, ends: false, failed })
      const metadata = (key: string): never => {
        throw new StreamdownError('DSD3002', `Standard input has no metadata '${key}'.`)
      }
      const blocks = blockReaders[format]
      const input = { partition: 'stdin', relation, scan, position: undefined, bytes: () => bytes, metadata }
      if (blocks !== undefined) return [await blocks(input)]
      const reader = new TextReader(bytes, {
        partition: 'stdin',
        source: relation.name,
        maxRecordBytes: maxRecordBytesOf(relation),
        decoder: memory => createDecoder(memory, { ...scan, relation }, format, metadata),
      })
      return [reader]
    },
  }
}

function streamFormatOf(relation: Relation, check: (relation: Relation, format: string) => void): string {
  refuseUnknown(relation, options, formatPrefixes)
  const format = formatOf(relation, 'json')
  check(relation, format)
  if (format !== 'parquet') return format
  throw new StreamdownError('DSD3002', `Table ${relation.name}: Parquet cannot be streamed; use a file.`)
}

class StdoutSink implements Sink {
  readonly accepts: 'append' | 'retract'
  readonly delivery = 'at-least-once'
  readonly #out: Pick<NodeJS.WriteStream, 'write'>
  readonly #relation: Relation
  readonly #format: string
  readonly #encoders = new Map<Memory, Encoder>()
  readonly #written = new StepBytes()

  constructor(declared: Relation, out: Pick<NodeJS.WriteStream, 'write'>) {
    const relation = withSchemaText(declared)
    this.#out = out
    this.#relation = relation
    this.#format = streamFormatOf(relation, checkWritten)
    this.accepts = acceptsOf(this.#format)
  }

  async open(): Promise<void> {
    await loadEncoder(this.#format)
  }

  write(batch: Batch, memory: Memory, step: bigint): void {
    let encoder = this.#encoders.get(memory)
    if (encoder === undefined) {
      encoder = createEncoder(memory, this.#relation, this.#relation.schema, this.#format)
      if (this.#encoders.size === 0) this.#written.add(step, encoder.header())
      this.#encoders.set(memory, encoder)
    }
    this.#written.add(step, encoder.encode(batch))
  }

  backlog(): number {
    return this.#written.length
  }

  async flush(): Promise<void> {
    if (this.#written.length === 0) return
    const bytes = this.#written.take()
    await new Promise<void>((resolve, reject) => {
      this.#out.write(bytes, error =>
        error
          ? reject(new StreamdownError('DSD3004', `Standard output: ${error.message}.`, { cause: error }))
          : resolve(),
      )
    })
  }

  async prepare(): Promise<string> {
    await this.flush()
    return ''
  }

  async commit(): Promise<void> {}

  async abort(step: bigint): Promise<void> {
    this.#written.drop(step)
  }

  close(): Promise<void> {
    return this.flush()
  }
}
