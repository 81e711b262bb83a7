import type { Batch, Column } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { columnFromValues, readValue } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import type { ScanNode } from '../plan/nodes/node.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { Decoder, ScanColumn } from './format.ts'

/** What a format decodes for a scan, and how that becomes the scan's columns. */
export interface ScanPlan {
  /** The columns that records hold: those of the relation that are no metadata. */
  readonly schema: Schema
  /** Distinct columns to decode, by the positions of `schema`. */
  readonly columns: readonly ScanColumn[]
  /** The decoded columns as the columns of the scan; `metadata` gives the value of a metadata column. */
  arrange(memory: Memory, batch: Batch, metadata: (key: string) => Value): Batch
}

/** `paths`: the format reads fields of ROWs without the rest; else whole columns are decoded. */
export function planScan(scan: ScanNode, paths: boolean): ScanPlan {
  const { schema, metadata = {} } = scan.relation
  const positions = new Map<number, number>()
  const physical: Schema = schema.filter((_, index) => {
    if (metadata[index] !== undefined) return false
    positions.set(index, positions.size)
    return true
  })
  const columns: ScanColumn[] = []
  const sources = scan.columns.map(({ column, path }) => {
    const key = metadata[column]
    const type = typeAt(schema, column, path)
    if (key !== undefined) return { is: 'metadata', key, type } as const
    const position = positions.get(column) ?? 0
    const decoded = paths ? path : []
    let index = columns.findIndex(each => each.column === position && each.path.join() === decoded.join())
    if (index < 0) index = columns.push({ column: position, path: decoded }) - 1
    return { is: 'decoded', index, path: paths ? [] : path, type } as const
  })
  return {
    schema: physical,
    columns,
    arrange: (memory, batch, metadataOf) => ({
      ...batch,
      columns: sources.map(source => {
        if (source.is === 'metadata') {
          const value = metadataOf(source.key)
          return columnFromValues(
            memory,
            source.type,
            Array.from({ length: batch.rows }, () => value),
          )
        }
        const column = batch.columns[source.index]
        if (column === undefined) throw new StreamdownError('DSD9002', 'A scan lacks a decoded column.')
        return source.path.length === 0 ? column : fieldOf(memory, column, batch.rows, source.path, source.type)
      }),
    }),
  }
}

/** A decoder whose batches are the scan's. */
export function scanDecoder(
  memory: Memory,
  decoder: Decoder,
  plan: ScanPlan,
  metadata: (key: string) => Value,
): Decoder {
  return {
    start: head => decoder.start(head),
    decode(at, length, maxRows, last) {
      const decoded = decoder.decode(at, length, maxRows, last)
      if (decoded.batch.rows === 0) return decoded
      return { ...decoded, batch: plan.arrange(memory, decoded.batch, metadata) }
    },
  }
}

function typeAt(schema: Schema, column: number, path: readonly number[]): DataType {
  const field = schema[column]
  if (field === undefined) throw new StreamdownError('DSD9002', `The relation has no column ${column}.`)
  const [next, ...rest] = path
  if (next === undefined) return field.type
  if (field.type.is !== 'row') throw new StreamdownError('DSD9002', `Column ${field.name} is no ROW.`)
  return typeAt(field.type.fields, next, rest)
}

function fieldOf(memory: Memory, column: Column, rows: number, path: readonly number[], type: DataType): Column {
  const values = Array.from({ length: rows }, (_, row) => {
    let value = readValue(memory, column, row)
    for (const step of path) value = Array.isArray(value) ? (value[step] ?? null) : null
    return value
  })
  return columnFromValues(memory, type, values)
}
