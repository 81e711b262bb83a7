import { rename, rm } from 'node:fs/promises'
import type { ParquetWriter } from 'hyparquet-writer'
import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { readValue, weightsOf } from '../../batch/values.ts'
import { StreamdownError } from '../../errors/error.ts'
import { intervalText, jsonTextOf } from '../../formats/value-text.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { isNumeric, numericText } from '../../values/numeric.ts'
import type { Sink } from '../sink.ts'
import { fileError } from './file-paths.ts'
import { exists, placeOf } from './file-sink.ts'

const GROUP_ROWS = 100_000

/**
 * A Parquet file, written under a temporary name, row group by row group, and given its own name when the program
 * ends: a reader never sees half of it.
 */
export class ParquetSink implements Sink {
  readonly accepts = 'append'
  readonly delivery = 'at-least-once'
  readonly #relation: Relation
  readonly #overwrite: boolean
  #path: string
  #temporary = ''
  #writer: ParquetWriter | undefined
  #columns: unknown[][]
  #rows = 0

  constructor(path: string, relation: Relation, overwrite: boolean) {
    this.#path = path
    this.#relation = relation
    this.#overwrite = overwrite
    this.#columns = relation.schema.map(() => [])
  }

  async open(): Promise<void> {
    try {
      this.#path = await placeOf(this.#path, 'parquet')
      if (!this.#overwrite && (await exists(this.#path))) {
        throw new StreamdownError(
          'DSD3002',
          `'${this.#path}' exists, and rows cannot be appended to a Parquet file: set sink.mode = 'overwrite'.`,
        )
      }
      this.#temporary = `${this.#path}.${process.pid}.part`
      const [library, { parquetSchemaOf }] = await Promise.all([import('hyparquet-writer'), import('./parquet.ts')])
      this.#writer = new library.ParquetWriter({
        writer: library.fileWriter(this.#temporary),
        schema: parquetSchemaOf(this.#relation.schema),
      })
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }

  write(batch: Batch, memory: Memory): void {
    const weights = weightsOf(memory, batch)
    for (const [index, { type }] of this.#relation.schema.entries()) {
      const column = batch.columns[index]
      const values = this.#columns[index]
      if (column === undefined || values === undefined) throw new StreamdownError('DSD9002', 'A batch lacks a column.')
      for (const [row, weight] of weights.entries()) {
        const value = parquetValue(type, readValue(memory, column, row))
        for (let copy = 0; copy < weight; copy++) values.push(value)
      }
    }
    for (const weight of weights) this.#rows += Math.max(0, weight)
    if (this.#rows >= GROUP_ROWS) this.#writeGroup()
  }

  /** What is written reaches the reader at the end only, so nothing is ever behind. */
  backlog(): number {
    return 0
  }

  async flush(): Promise<void> {}

  async prepare(): Promise<string> {
    return ''
  }

  async commit(): Promise<void> {}

  async abort(): Promise<void> {
    this.#columns = this.#relation.schema.map(() => [])
    this.#rows = 0
    this.#writer = undefined
    await rm(this.#temporary, { force: true })
  }

  async close(): Promise<void> {
    const writer = this.#writer
    if (writer === undefined) return
    this.#writer = undefined
    try {
      if (this.#rows > 0) this.#writeGroup(writer)
      await writer.finish()
      await rename(this.#temporary, this.#path)
    } catch (error) {
      throw fileError(error, this.#path)
    }
  }

  #writeGroup(writer = this.#writer): void {
    const columnData = this.#relation.schema.map(({ name }, index) => ({ name, data: this.#columns[index] ?? [] }))
    try {
      // The file writer is synchronous, so that nothing is left to wait for.
      writer?.write({ columnData, rowGroupSize: this.#rows })
    } catch (error) {
      throw fileError(error, this.#path)
    }
    this.#columns = this.#relation.schema.map(() => [])
    this.#rows = 0
  }
}

/** A value as the writer takes it. */
function parquetValue(type: DataType, value: Value): unknown {
  if (value === null) return null
  switch (type.is) {
    case 'row':
      return Object.fromEntries(
        type.fields.map((each, index) => [
          each.name,
          parquetValue(each.type, Array.isArray(value) ? (value[index] ?? null) : null),
        ]),
      )
    case 'array':
      return Array.isArray(value) ? value.map(item => parquetValue(type.element, item)) : []
    case 'map':
      return jsonTextOf(type, value, false)
    case 'numeric':
      return isNumeric(value) ? numericText(value) : null
    case 'interval':
      return typeof value === 'object' && 'months' in value ? intervalText(value) : null
    default:
      return value
  }
}
