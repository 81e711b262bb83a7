import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
  type SchemaTree,
} from 'hyparquet'
import { type Batch, CHUNK_ROWS, type Column, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { planScan, type ScanPlan } from '../../formats/scan-decoder.ts'
import { typeText } from '../../formats/text-kinds.ts'
import { textOption } from '../../options/read.ts'
import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Field } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { DeadLetters, PartitionReader } from '../source.ts'
import { FailedRows } from './failed-rows.ts'
import { fileOptions } from './file-options.ts'
import { fileError } from './file-paths.ts'
import { readColumn } from './parquet-column.ts'
import { physicalMetadata, standardLists } from './parquet-metadata.ts'
import { columnsOfParquet, type ParquetShape, unreadable } from './parquet-schema.ts'
import { type Convert, columnOf, conversionOf } from './parquet-values.ts'

interface WantedColumn {
  readonly field: Field
  readonly shape: ParquetShape
  readonly convert: Convert
}

/** Rows of one row group, column by column. `start` and `end` are row numbers of the file. */
interface Group {
  readonly start: number
  readonly end: number
  readonly columns: readonly DecodedArray[]
}

/** Reads a Parquet file row group by row group, only the columns of the scan; a position is a row number. */
export class ParquetReader implements PartitionReader {
  readonly partition: string
  readonly #file: ParquetFile
  readonly #source: string
  readonly #plan: ScanPlan
  readonly #metadata: (key: string) => Value
  readonly #wanted: readonly WantedColumn[]
  readonly #physical: FileMetaData
  readonly #tree: SchemaTree
  readonly #rows: number
  #row: number
  #group: Group | undefined
  #failure: StreamdownError | undefined
  #closed = false

  static async open(
    path: string,
    relation: Relation,
    scan: ScanNode,
    row: number,
    metadata: (key: string) => Value,
  ): Promise<ParquetReader> {
    const file = new ParquetFile(path)
    try {
      const { physical, meta } = await file.metadata()
      const columns = columnsOfParquet(meta)
      const plan = planScan(scan, false)
      const cut = textOption(relation, fileOptions, 'parquet.nanoseconds') === 'truncate'
      const wanted = plan.columns.map(({ column }): WantedColumn => {
        const declared = plan.schema[column]
        const found = columns.get(declared?.name ?? '')
        if (declared === undefined || found === undefined) throw unreadable(path, declared?.name ?? '', columns)
        const convert = conversionOf(found.shape, declared.type, cut)
        if (convert !== undefined) return { field: declared, shape: found.shape, convert }
        throw new StreamdownError(
          'DSD3002',
          `'${path}': column "${declared.name}" is ${typeText(found.field.type)} in the file and cannot be read as ${typeText(declared.type)}.`,
        )
      })
      return new ParquetReader(path, file, relation.name, plan, metadata, wanted, physical, row)
    } catch (error) {
      file.close()
      throw damaged(error, path)
    }
  }

  private constructor(
    path: string,
    file: ParquetFile,
    source: string,
    plan: ScanPlan,
    metadata: (key: string) => Value,
    wanted: readonly WantedColumn[],
    physical: FileMetaData,
    row: number,
  ) {
    this.partition = path
    this.#file = file
    this.#source = source
    this.#plan = plan
    this.#metadata = metadata
    this.#wanted = wanted
    this.#physical = physical
    this.#tree = parquetSchema(physical)
    this.#rows = physical.row_groups.reduce((sum, each) => sum + Number(each.num_rows), 0)
    this.#row = row
  }

  state(): 'ready' | 'idle' | 'waiting' | 'ended' {
    if (this.#closed) return 'ended'
    if (this.#failure !== undefined) return 'ready'
    if (this.#row >= this.#rows) return 'ended'
    const group = this.#group
    return group !== undefined && this.#row >= group.start && this.#row < group.end ? 'ready' : 'waiting'
  }

  loading(): boolean {
    return this.state() === 'waiting'
  }

  position(): string {
    return String(this.#row)
  }

  async ready(): Promise<void> {
    if (this.state() !== 'waiting') return
    this.#load()
  }

  read(maxRows: number, memory: Memory, dead: DeadLetters): Batch | undefined {
    if (this.#failure !== undefined) throw this.#failure
    const group = this.#group
    if (group === undefined || this.#row < group.start || this.#row >= group.end) return undefined
    const from = this.#row - group.start
    const rows = Math.min(maxRows, CHUNK_ROWS, group.end - this.#row)
    const failed = new FailedRows()
    const columns = this.#wanted.map((wanted, index): Column => {
      const { field, shape, convert } = wanted
      const problem = (row: number, text: string) => failed.add(row, `column "${field.name}": ${text}`)
      const column = columnOf(
        memory,
        group.columns[index] ?? [],
        from,
        from + rows,
        shape,
        field.type,
        convert,
        problem,
      )
      if (!field.nullable && column.validity !== 0) {
        for (const [row, valid] of memory.u8(column.validity, rows).entries()) {
          if (valid === 0) problem(row, 'NULL, but the column is NOT NULL')
        }
      }
      return column
    })
    const batch: Batch = {
      rows,
      columns,
      weights: 0,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: 0,
      firstOrdinal: 0n,
    }
    const first = this.#row
    this.#row += rows
    if (this.#row >= group.end) this.#group = undefined
    const good = failed.bury(
      memory,
      batch,
      this.#wanted.map(({ field }) => field),
      dead,
      { source: this.#source, position: row => `${this.partition}:${first + row}` },
    )
    return this.#plan.arrange(memory, good, this.#metadata)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#file.close()
  }

  /** Reads the row group that holds the next row. */
  #load(): void {
    try {
      this.#group = this.#groupAt(this.#row)
    } catch (error) {
      this.#failure = damaged(error, this.partition)
    }
  }

  #groupAt(row: number): Group {
    const read = (from: number, to: number) => this.#file.slice(from, to)
    let start = 0
    for (const group of this.#physical.row_groups) {
      const end = start + Number(group.num_rows)
      if (row < end) {
        return { start, end, columns: this.#wanted.map(({ field }) => readColumn(read, this.#tree, group, field.name)) }
      }
      start = end
    }
    throw new Error(`no row group holds row ${row}`)
  }
}

/** PAR1 twice, and the length of the footer between them. */
const LEAST_BYTES = 12

/** A Parquet file that is open: its bytes and its footer. */
export class ParquetFile {
  readonly #path: string
  readonly #file: number
  readonly buffer: AsyncBuffer

  constructor(path: string) {
    this.#path = path
    try {
      this.#file = openSync(path, 'r')
      this.buffer = { byteLength: fstatSync(this.#file).size, slice: (start, end) => this.slice(start, end) }
    } catch (error) {
      throw fileError(error, path)
    }
  }

  /** The footer with standard lists, and the same with nothing said about the meaning of physical values. */
  async metadata(): Promise<{ readonly meta: FileMetaData; readonly physical: FileMetaData }> {
    const { byteLength } = this.buffer
    if (byteLength < LEAST_BYTES) throw damaged(`it has ${byteLength} bytes`, this.#path)
    try {
      const meta = standardLists(await parquetMetadataAsync(this.buffer))
      if (!meta.row_groups.every(group => group.num_rows >= 0n)) throw new Error('a row group without a number of rows')
      return { meta, physical: physicalMetadata(meta) }
    } catch (error) {
      throw damaged(error, this.#path)
    }
  }

  close(): void {
    closeSync(this.#file)
  }

  /** Bytes [start, end), as far as the file has them. */
  slice(start: number, end = this.buffer.byteLength): ArrayBuffer {
    const bytes = new Uint8Array(Math.min(end, this.buffer.byteLength) - start)
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(this.#file, bytes, filled, bytes.length - filled, start + filled)
      if (read === 0) throw new StreamdownError('DSD3004', `'${this.#path}' was truncated while it was read.`)
      filled += read
    }
    return bytes.buffer
  }
}

function damaged(error: unknown, path: string): StreamdownError {
  if (error instanceof StreamdownError) return error
  if (error instanceof Error && 'errno' in error) return fileError(error, path)
  const what = error instanceof Error ? error.message : String(error)
  return new StreamdownError('DSD3004', `'${path}' is no whole Parquet file (${what}).`, { cause: error })
}
