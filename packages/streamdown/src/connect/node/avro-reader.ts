import { constants, inflateRawSync, zstdDecompressSync } from 'node:zlib'
import { compressors } from 'hyparquet-compressors'
import { type Batch, CHUNK_ROWS } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { AvroBytes, AvroDamage } from '../../formats/avro-bytes.ts'
import { AvroRecordReader } from '../../formats/avro-read.ts'
import { type AvroType, parseAvroSchema } from '../../formats/avro-schema.ts'
import { avroMagic } from '../../formats/avro-write.ts'
import { MisfitError } from '../../formats/json-values.ts'
import { RowBlock, wantedFields } from '../../formats/row-block.ts'
import { planScan, type ScanPlan } from '../../formats/scan-decoder.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Value } from '../../types/value.ts'
import type { DeadLetters, PartitionReader } from '../source.ts'
import { type ByteSource, HEAD_BYTES } from './byte-source.ts'

const SYNC_BYTES = 16
/** Two numbers of at most ten bytes each. */
const BLOCK_HEAD_BYTES = 20
/** No block is larger, compressed or not. */
const BLOCK_BYTES = 64 * 1024 * 1024
const SEARCH_BYTES = 1024 * 1024
/** Of what was passed over so much goes into its dead letter. */
const RAW_BYTES = 4096

/** What stands at the head of an Avro object container file. */
export interface AvroHeader {
  readonly schema: AvroType
  readonly codec: string
  readonly sync: Uint8Array
  /** Where the first block starts. */
  readonly end: number
}

/** A block that is being read. */
interface AvroBlock {
  /** Bytes of the whole block in the file. */
  readonly length: number
  readonly records: number
  readonly data: AvroBytes
  /** The next record. */
  next: number
}

/**
 * Reads an Avro object container file block by block. A position is where a block starts, and a record in it. Damage
 * costs the rest of its block: reading goes on behind the next sync marker.
 */
export class AvroReader implements PartitionReader {
  readonly partition: string
  readonly #bytes: ByteSource
  readonly #relation: Relation
  readonly #plan: ScanPlan
  readonly #metadata: (key: string) => Value
  /** Records of the first block that were read before. */
  #skip: number
  #header: AvroHeader | undefined
  #reader: AvroRecordReader | undefined
  #block: AvroBlock | undefined
  /** Looking for the next sync marker. */
  #searching = false

  constructor(
    bytes: ByteSource,
    partition: string,
    relation: Relation,
    scan: ScanNode,
    record: number,
    metadata: (key: string) => Value,
  ) {
    this.#bytes = bytes
    this.partition = partition
    this.#relation = relation
    this.#plan = planScan(scan, false)
    this.#metadata = metadata
    this.#skip = record
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    return this.#block === undefined ? this.#bytes.state() : 'ready'
  }

  loading(): boolean {
    return this.#block === undefined && this.#bytes.loading()
  }

  position(): string {
    return `${this.#bytes.offset}:${this.#block?.next ?? this.#skip}`
  }

  async ready(): Promise<void> {
    if (this.#block === undefined) await this.#bytes.ready()
  }

  close(): Promise<void> {
    this.#block = undefined
    return this.#bytes.close()
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    const reader = this.#start()
    if (reader === undefined) return undefined
    const mark = memory.mark()
    const block = this.#block ?? this.#load(memory, dead)
    memory.release(mark)
    if (block === undefined) return undefined
    this.#block = block
    const { data, records } = block
    const rows = new RowBlock(memory, this.#plan.schema, this.#plan.columns, 0)
    const most = Math.min(maxRows, CHUNK_ROWS)
    for (; block.next < records && rows.count < most; block.next++) {
      const start = data.at
      try {
        rows.add(0, reader.read(data))
      } catch (error) {
        const left = records - block.next - 1
        if (error instanceof MisfitError) this.#bury(dead, data.bytes.subarray(start, data.at), error.message)
        else if (error instanceof AvroDamage) {
          const rest = left === 0 ? '' : `; the ${left} records behind it in its block are lost with it`
          this.#bury(dead, data.bytes.subarray(start), `${error.message}${rest}`)
          block.next = records
          break
        } else throw error
      }
    }
    if (block.next >= records) this.#endBlock(block.length)
    const { batch } = rows.decoded(0)
    return batch.rows === 0 ? undefined : this.#plan.arrange(memory, batch, this.#metadata)
  }

  /** The reader of records, once the header is there. */
  #start(): AvroRecordReader | undefined {
    if (this.#reader !== undefined) return this.#reader
    const head = this.#bytes.head()
    if (head === undefined) {
      this.#bytes.needMore()
      return undefined
    }
    const header = readAvroHeader(head, this.partition)
    if (this.#bytes.offset < header.end) this.#bytes.skip(header.end - this.#bytes.offset)
    const wanted = wantedFields(this.#plan.schema, this.#plan.columns)
    this.#header = header
    this.#reader = new AvroRecordReader(header.schema, wanted, `'${this.partition}'`)
    return this.#reader
  }

  /** The next block; undefined where it is not there yet, or was damaged. */
  #load(memory: Memory, dead: DeadLetters): AvroBlock | undefined {
    const header = this.#header
    if (header === undefined) return undefined
    if (this.#searching) return this.#search(memory, header.sync)
    const head = this.#bytes.peek(memory, BLOCK_HEAD_BYTES)
    if (head.length === 0) {
      this.#bytes.needMore()
      return undefined
    }
    try {
      const sizes = new AvroBytes(memory.u8(head.at, head.length).slice())
      const records = Number(sizes.long())
      const size = Number(sizes.long())
      if (records < 0 || size < 0 || size > BLOCK_BYTES) {
        throw new AvroDamage(`a block of ${records} records in ${size} bytes`)
      }
      const length = sizes.at + size + SYNC_BYTES
      const whole = this.#bytes.peek(memory, length)
      if (whole.length < length) {
        if (whole.last) throw new AvroDamage('the last block is cut off')
        this.#bytes.needMore()
        return undefined
      }
      const bytes = memory.u8(whole.at, length).slice()
      if (!header.sync.every((byte, index) => byte === bytes[length - SYNC_BYTES + index])) {
        throw new AvroDamage('the block does not end with the sync marker')
      }
      const data = new AvroBytes(unpacked(bytes.subarray(sizes.at, sizes.at + size), header.codec))
      // Records without bytes of their own could be any number.
      if (records > Math.max(data.bytes.length, 1)) throw new AvroDamage(`${records} records in ${size} bytes`)
      const block: AvroBlock = { length, records, data, next: 0 }
      for (; block.next < this.#skip && block.next < records; block.next++) this.#reader?.pass(data)
      this.#skip = 0
      if (records === 0) this.#endBlock(length)
      return records === 0 ? undefined : block
    } catch (error) {
      if (!(error instanceof AvroDamage)) throw error
      const raw = this.#bytes.peek(memory, RAW_BYTES)
      this.#bury(dead, memory.u8(raw.at, raw.length), `${error.message}; reading goes on behind the next sync marker`)
      this.#skip = 0
      this.#searching = true
      return undefined
    }
  }

  /** Moves on behind the next sync marker. */
  #search(memory: Memory, sync: Uint8Array): undefined {
    const { at, length, last } = this.#bytes.peek(memory, SEARCH_BYTES)
    const bytes = memory.u8(at, length)
    const [first = 0] = sync
    for (let from = bytes.indexOf(first); from >= 0; from = bytes.indexOf(first, from + 1)) {
      if (from + SYNC_BYTES > length) break
      if (!sync.every((byte, index) => byte === bytes[from + index])) continue
      this.#bytes.skip(from + SYNC_BYTES)
      this.#searching = false
      return undefined
    }
    const passed = last ? length : Math.max(0, length - SYNC_BYTES + 1)
    if (passed === 0) this.#bytes.needMore()
    else this.#bytes.skip(passed)
    return undefined
  }

  #endBlock(length: number): void {
    this.#bytes.skip(length)
    this.#block = undefined
  }

  #bury(dead: DeadLetters, raw: Uint8Array, problem: string): void {
    dead.add({
      source: this.#relation.name,
      position: `${this.partition}:${this.position()}`,
      raw: raw.slice(0, RAW_BYTES),
      code: 'DSD4001',
      problem,
    })
  }
}

/** The header in the first bytes of a file. Throws DSD3004 where it is none, DSD2005 for a codec that is not known. */
export function readAvroHeader(head: Uint8Array, path: string): AvroHeader {
  const bytes = new AvroBytes(head)
  const entries = new Map<string, Uint8Array>()
  const text = new TextDecoder()
  try {
    if (!avroMagic.every((byte, index) => byte === head[index])) throw new AvroDamage('it does not start with Obj1')
    bytes.take(avroMagic.length)
    bytes.items(() => entries.set(text.decode(bytes.take(bytes.length())), bytes.take(bytes.length())))
    const codec = text.decode(entries.get('avro.codec') ?? new TextEncoder().encode('null'))
    const sync = bytes.take(SYNC_BYTES).slice()
    if (!(codec in codecs)) {
      const known = Object.keys(codecs).join(', ')
      throw new StreamdownError('DSD2005', `'${path}': Avro codec ${codec} is not read; ${known} are.`)
    }
    const schema = parseAvroSchema(text.decode(entries.get('avro.schema')), `'${path}'`)
    return { schema, codec, sync, end: bytes.at }
  } catch (error) {
    if (!(error instanceof AvroDamage)) throw error
    const long = head.length >= HEAD_BYTES ? `, or its header is over ${HEAD_BYTES} bytes` : ''
    throw new StreamdownError('DSD3004', `'${path}' is no Avro object container file (${error.message})${long}.`)
  }
}

const codecs: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  null: bytes => bytes,
  deflate: bytes => inflateRawSync(bytes, { maxOutputLength: BLOCK_BYTES, finishFlush: constants.Z_SYNC_FLUSH }),
  snappy: unsnapped,
  zstandard: bytes => zstdDecompressSync(bytes, { maxOutputLength: BLOCK_BYTES }),
}

/** Snappy with its length in front, and a checksum behind. */
function unsnapped(bytes: Uint8Array): Uint8Array {
  const packed = bytes.subarray(0, bytes.length - 4)
  let length = 0
  for (let at = 0, factor = 1; at < 5; at++, factor *= 128) {
    const byte = packed[at] ?? 0
    length += (byte & 0x7f) * factor
    if (byte < 0x80) break
  }
  if (length > BLOCK_BYTES) throw new AvroDamage(`a block of ${length} bytes`)
  const { SNAPPY } = compressors
  if (SNAPPY === undefined) throw new StreamdownError('DSD9002', 'There is no Snappy.')
  return SNAPPY(packed, length)
}

function unpacked(bytes: Uint8Array, codec: string): Uint8Array {
  try {
    return codecs[codec]?.(bytes) ?? bytes
  } catch (error) {
    if (error instanceof AvroDamage || error instanceof StreamdownError) throw error
    throw new AvroDamage(`the block cannot be unpacked (${error instanceof Error ? error.message : String(error)})`)
  }
}
