import { type FileHandle, open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { Encoder } from '../../formats/format.ts'
import { acceptsOf, checkWritten, createEncoder, formatOf, loadEncoder, requiredHead } from '../../formats/registry.ts'
import { refuseUnknown, textOption } from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { Claim, Sink } from '../sink.ts'
import { StepBytes } from '../step-bytes.ts'
import { isThere } from './directories.ts'
import { fileOptions, filePrefixes } from './file-options.ts'
import { type Compression, fileError, pathOf, suffixesOf, writeError } from './file-paths.ts'
import { ParquetSink } from './parquet-sink.ts'
import { withSchemaText } from './schema-file.ts'
import { fileOf, placeOf } from './sink-place.ts'

/** Writes a file; where the path is a directory (or ends in a slash), a file `part-0` in it. */
export function fileSink(declared: Relation): Sink {
  const relation = withSchemaText(declared)
  refuseUnknown(relation, fileOptions, filePrefixes)
  const path = pathOf(textOption(relation, fileOptions, 'path') ?? '')
  const format = formatOf(relation, suffixesOf(path).format)
  checkWritten(relation, format)
  const overwrite = textOption(relation, fileOptions, 'sink.mode') === 'overwrite'
  if (format === 'parquet') return new ParquetSink(path, relation, overwrite)
  return new TextFileSink(path, relation, format, overwrite)
}

/**
 * Rows as bytes of records: each flush appends what was written since the last one and waits until the disk has it. What an epoch
 * prepares is the file's length; a program that goes on from there cuts the file back to it first, so that it holds
 * every row once. Readers see rows before they are committed.
 */
class TextFileSink implements Sink {
  readonly accepts: 'append' | 'retract'
  readonly delivery = 'exactly-once'
  readonly #relation: Relation
  readonly #format: string
  readonly #overwrite: boolean
  readonly #encoders = new Map<Memory, Encoder>()
  #path: string
  #file: FileHandle | undefined
  readonly #written = new StepBytes()
  #empty = true
  /** What the file held before is still there, until rows take its place or the program ends well without any. */
  #replaces = false
  #failed = false
  #compression: Compression = 'none'

  constructor(path: string, relation: Relation, format: string, overwrite: boolean) {
    this.accepts = acceptsOf(format)
    this.#path = path
    this.#relation = relation
    this.#format = format
    this.#overwrite = overwrite
  }

  /** Flushes of two appear one after the other; to which of them a length belongs cannot be said. */
  async alone(): Promise<Claim> {
    return { at: resolve(await fileOf(this.#path, this.#format)), where: 'saved state' }
  }

  async open(from?: string): Promise<void> {
    try {
      await loadEncoder(this.#format)
      this.#path = await placeOf(this.#path, this.#format)
      this.#compression = suffixesOf(this.#path).compression
      if (this.#compression === 'brotli') {
        throw new StreamdownError('DSD3002', `'${this.#path}': files are written as .gz or .zst, not as .br.`)
      }
      if (!this.#overwrite && this.#compression === 'none') await this.#checkHead()
      // Opening would make it.
      if (Number(from ?? 0) > 0 && !(await isThere(this.#path))) throw this.#shortened(0, Number(from))
      this.#file = await open(this.#path, 'a')
      this.#replaces = this.#overwrite && from === undefined
      if (from !== undefined) await this.#cutBack(this.#file, Number(from))
      this.#empty = this.#replaces || (await this.#file.stat()).size === 0
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }

  write(batch: Batch, memory: Memory, step: bigint): void {
    let encoder = this.#encoders.get(memory)
    if (encoder === undefined) {
      encoder = createEncoder(memory, this.#relation, this.#relation.schema, this.#format)
      this.#encoders.set(memory, encoder)
    }
    if (this.#empty) this.#written.add(step, encoder.header())
    this.#empty = false
    this.#written.add(step, encoder.encode(batch))
  }

  backlog(): number {
    return this.#written.length
  }

  async flush(): Promise<void> {
    const file = this.#file
    if (file === undefined || this.#written.length === 0) return
    const bytes = this.#written.take()
    await this.#makeRoom()
    try {
      await file.appendFile(this.#compressed(bytes))
      await file.datasync()
    } catch (error) {
      throw writeError(error, this.#path)
    }
  }

  /** The length up to which the file's rows belong to the program's state. */
  async prepare(): Promise<string> {
    await this.flush()
    await this.#makeRoom()
    return String((await this.#file?.stat())?.size ?? 0)
  }

  async commit(): Promise<void> {}

  async abort(step: bigint): Promise<void> {
    this.#failed = true
    this.#written.drop(step)
  }

  async close(): Promise<void> {
    await this.flush()
    if (!this.#failed) await this.#makeRoom()
    await this.#file?.close()
    this.#file = undefined
  }

  async #makeRoom(): Promise<void> {
    if (!this.#replaces) return
    this.#replaces = false
    await this.#file?.truncate()
  }

  /** Rows go behind a file's header only when it is the one that they need. */
  async #checkHead(): Promise<void> {
    const head = requiredHead(this.#relation, this.#format)
    if (head === undefined || !(await isThere(this.#path))) return
    const file = await open(this.#path, 'r')
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(head.length), 0, head.length, 0)
      if (bytesRead === 0 || Buffer.compare(buffer, head) === 0) return
    } finally {
      await file.close()
    }
    throw new StreamdownError(
      'DSD3002',
      `'${this.#path}' has another schema or other writer than this table: set sink.mode = 'overwrite'.`,
    )
  }

  async #cutBack(file: FileHandle, length: number): Promise<void> {
    const { size } = await file.stat()
    if (size < length) throw this.#shortened(size, length)
    await file.truncate(length)
    await file.datasync()
  }

  #shortened(size: number, length: number): StreamdownError {
    return new StreamdownError(
      'DSD7004',
      `'${this.#path}' has ${size} bytes, and ${length} were written to it before the saved state this program goes on from.`,
    )
  }

  /** Each flush is a member (frame) of its own; readers take a file of several as one. */
  #compressed(bytes: Uint8Array): Uint8Array {
    if (this.#compression === 'gzip') return gzipSync(bytes)
    return this.#compression === 'zstd' ? zstdCompressSync(bytes) : bytes
  }
}
