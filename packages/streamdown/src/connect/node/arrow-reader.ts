import { zstdDecompressSync } from 'node:zlib'
import * as arrow from '@uwdata/flechette'
import { type Batch, CHUNK_ROWS } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { conversionOf, isSame } from '../../formats/arrow/conversions.ts'
import { unpackLz4Frame } from '../../formats/arrow/lz4-frame.ts'
import {
  ArrowDamage,
  type ArrowMessage,
  arrowMagic,
  bodyLength,
  MAGIC_BYTES,
  metadataLength,
  PREFIX_BYTES,
  readMessage,
} from '../../formats/arrow/messages.ts'
import { type ArrowColumn, batchFromArrow, schemaOfArrow } from '../../formats/arrow/read.ts'
import { planScan, type ScanPlan } from '../../formats/scan-decoder.ts'
import { typeText } from '../../formats/text-kinds.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { DeadLetters, PartitionReader } from '../source.ts'
import type { ByteSource } from './byte-source.ts'
import { FailedRows } from './failed-rows.ts'

/** No buffer is larger, unpacked. */
const UNPACKED_BYTES = 256 * 1024 * 1024

/** A message with its place: `bytes` is the whole of it, `length` what it takes in the input. */
interface Found extends ArrowMessage {
  readonly bytes: Uint8Array
}

/** A record batch that is being read. */
interface OpenBatch {
  readonly table: arrow.Table
  /** Bytes of its message in the input. */
  readonly length: number
  readonly rows: number
  /** The next row. */
  next: number
}

/**
 * Reads Arrow's IPC format, a stream or a file, record batch by record batch: a file is a stream between its magic and
 * its footer. A position is where a record batch starts, and a row in it; the schema and dictionaries in front of it are
 * read again.
 */
export class ArrowReader implements PartitionReader {
  readonly partition: string
  readonly #bytes: ByteSource
  readonly #relation: Relation
  readonly #plan: ScanPlan
  readonly #metadata: (key: string) => Value
  /** Where reading goes on: record batches before are passed over, and rows of the first one. */
  readonly #from: number
  #skip: number
  #schema: Uint8Array | undefined
  #wanted: readonly ArrowColumn[] = []
  /** Messages of the dictionaries that stand, each with what went behind it. */
  readonly #dictionaries = new Map<bigint, Uint8Array[]>()
  #batch: OpenBatch | undefined
  #started = false
  #ended = false

  /** `bytes`: from the beginning; `position`: of a reader before. */
  constructor(
    bytes: ByteSource,
    partition: string,
    relation: Relation,
    scan: ScanNode,
    position: string | undefined,
    metadata: (key: string) => Value,
  ) {
    const [offset = '0', row = '0'] = position?.split(':') ?? []
    this.#bytes = bytes
    this.partition = partition
    this.#relation = relation
    this.#plan = planScan(scan, false)
    this.#metadata = metadata
    this.#from = Number(offset)
    this.#skip = Number(row)
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    if (this.#ended) return 'ended'
    return this.#batch === undefined ? this.#bytes.state() : 'ready'
  }

  loading(): boolean {
    return this.#batch === undefined && !this.#ended && this.#bytes.loading()
  }

  position(): string {
    const offset = Math.max(this.#from, this.#bytes.offset)
    return `${offset}:${this.#batch?.next ?? this.#skip}`
  }

  async ready(): Promise<void> {
    if (this.state() !== 'ready') await this.#bytes.ready()
  }

  close(): Promise<void> {
    this.#batch = undefined
    this.#ended = true
    return this.#bytes.close()
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    try {
      const open = this.#batch ?? this.#open(memory)
      return open === undefined ? undefined : this.#rows(open, Math.min(maxRows, CHUNK_ROWS), memory, dead)
    } catch (error) {
      throw arrowError(error, this.partition, this.#bytes.offset)
    }
  }

  #rows(open: OpenBatch, most: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    const first = open.next
    const rows = Math.min(most, open.rows - first)
    const at = this.#bytes.offset
    const failed = new FailedRows()
    const batch = batchFromArrow(memory, open.table, this.#wanted, first, rows, (row, problem) =>
      failed.add(row, problem),
    )
    open.next += rows
    if (open.next >= open.rows) {
      this.#bytes.skip(open.length)
      this.#batch = undefined
      this.#skip = 0
    }
    const fields = this.#wanted.map(({ field }) => field)
    const place = {
      source: this.#relation.name,
      position: (row: number) => `${this.partition}:${at}:${first + row}`,
    }
    const good = failed.bury(memory, batch, fields, dead, place)
    return good.rows === 0 ? undefined : this.#plan.arrange(memory, good, this.#metadata)
  }

  /** The next record batch, from which on rows are read; undefined where none is there yet. */
  #open(memory: Memory): OpenBatch | undefined {
    const mark = memory.mark()
    const message = this.#next(memory)
    memory.release(mark)
    if (message === undefined) return undefined
    const { bytes } = message
    if (message.is !== 'rows') {
      this.#bytes.skip(bytes.length)
      if (message.is === 'dictionary') this.#keep(message)
      else if (this.#schema === undefined) this.#begin(bytes)
      return undefined
    }
    const schema = this.#schema
    if (schema === undefined) throw new ArrowDamage('a record batch stands in front of the schema')
    if (this.#bytes.offset < this.#from || message.rows <= this.#skip) {
      if (this.#bytes.offset >= this.#from) this.#skip = 0
      this.#bytes.skip(bytes.length)
      return undefined
    }
    const table = arrow.tableFromIPC([schema, ...[...this.#dictionaries.values()].flat(), bytes])
    if (table.numRows !== message.rows) throw new ArrowDamage(`${table.numRows} of ${message.rows} rows`)
    this.#batch = { table, length: bytes.length, rows: message.rows, next: this.#skip }
    return this.#batch
  }

  /** The next message, which stays in the input; undefined where it is not whole yet, or there is none. */
  #next(memory: Memory): Found | undefined {
    if (!this.#started) {
      const magic = this.#bytes.peek(memory, MAGIC_BYTES)
      if (magic.length < MAGIC_BYTES) return this.#short(magic.last, magic.length)
      if (startsAsFile(memory.u8(magic.at, MAGIC_BYTES))) this.#bytes.skip(MAGIC_BYTES)
      this.#started = true
    }
    const prefix = this.#bytes.peek(memory, PREFIX_BYTES)
    if (prefix.length < PREFIX_BYTES) return this.#short(prefix.last, prefix.length)
    const metadata = metadataLength(memory.u8(prefix.at, PREFIX_BYTES))
    if (metadata === 0) {
      this.#ended = true
      return undefined
    }
    const head = this.#bytes.peek(memory, PREFIX_BYTES + metadata)
    if (head.length < PREFIX_BYTES + metadata) return this.#short(head.last, head.length)
    const body = bodyLength(memory.u8(head.at + PREFIX_BYTES, metadata))
    const length = PREFIX_BYTES + metadata + body
    const whole = this.#bytes.peek(memory, length)
    if (whole.length < length) return this.#short(whole.last, whole.length)
    const bytes = memory.u8(whole.at, length).slice()
    return { ...readMessage(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + metadata), body), bytes }
  }

  #short(last: boolean, length: number): undefined {
    if (last && length > 0) throw new ArrowDamage('its last message is cut off')
    if (last && this.#schema === undefined) throw new ArrowDamage('it holds no schema')
    this.#bytes.needMore()
    return undefined
  }

  #keep({ dictionary, isDelta, bytes }: Found): void {
    const before = isDelta ? this.#dictionaries.get(dictionary) : undefined
    this.#dictionaries.set(dictionary, [...(before ?? []), bytes])
  }

  /** The schema is there: finds the wanted columns in it. */
  #begin(schema: Uint8Array): void {
    this.#schema = schema
    const there = schemaOfArrow(arrow.tableFromIPC([schema]))
    this.#wanted = this.#plan.columns.map(({ column }) => {
      const field = this.#plan.schema[column]
      const index = there.findIndex(({ name }) => name === field?.name)
      const found = there[index]
      if (field === undefined || found === undefined) {
        const names = there.map(({ name }) => name).join(', ')
        throw new StreamdownError('DSD3002', `'${this.partition}' has no column "${field?.name}"; it has ${names}.`)
      }
      const convert = conversionOf(found.type, field.type)
      if (convert === undefined) {
        throw new StreamdownError(
          'DSD3002',
          `'${this.partition}': column "${field.name}" is ${typeText(found.type)} in the file and cannot be read as ${typeText(field.type)}.`,
        )
      }
      return isSame(convert) ? { index, field } : { index, field, convert }
    })
  }
}

const startsAsFile = (bytes: Uint8Array): boolean => arrowMagic.every((byte, index) => byte === bytes[index])

/** The columns in the first bytes of an Arrow file or stream. Throws DSD3004 where it is none. */
export function columnsOfArrow(head: Uint8Array, path: string): Schema {
  try {
    const start = startsAsFile(head) ? MAGIC_BYTES : 0
    const metadata = metadataLength(head.subarray(start, start + PREFIX_BYTES))
    const message = head.subarray(start, start + PREFIX_BYTES + metadata)
    if (message.length < PREFIX_BYTES + metadata) throw new ArrowDamage('its schema is cut off')
    if (readMessage(message.subarray(PREFIX_BYTES), 0).is !== 'schema')
      throw new ArrowDamage('it starts with no schema')
    return schemaOfArrow(arrow.tableFromIPC([message]))
  } catch (error) {
    throw arrowError(error, path, 0)
  }
}

function arrowError(error: unknown, path: string, offset: number): StreamdownError {
  if (error instanceof StreamdownError) return error
  const what = error instanceof Error ? error.message : String(error)
  return new StreamdownError(
    'DSD3004',
    `'${path}' is no whole Arrow IPC stream or file (at byte ${offset}: ${what}).`,
    {
      cause: error,
    },
  )
}

const readOnly = (): never => {
  throw new StreamdownError('DSD9002', 'Arrow is written unpacked.')
}

arrow.setCompressionCodec(arrow.CompressionType.ZSTD, {
  encode: readOnly,
  decode: bytes => zstdDecompressSync(bytes, { maxOutputLength: UNPACKED_BYTES }),
})
arrow.setCompressionCodec(arrow.CompressionType.LZ4_FRAME, {
  encode: readOnly,
  decode: bytes => unpackLz4Frame(bytes, UNPACKED_BYTES),
})
