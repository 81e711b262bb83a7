import * as arrow from '@uwdata/flechette'
import { type Batch, type Column, columnAt } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { columnFromValues, readValue } from '../../batch/values.ts'
import { viewAt } from '../../batch/views.ts'
import { StreamdownError } from '../../errors/error.ts'
import { type DataType, type Schema, types } from '../../types/data-type.ts'
import { physicalOf, widthOf } from '../../types/physical.ts'
import type { Value } from '../../types/value.ts'
import { isNumeric, numericText } from '../../values/numeric.ts'
import { toArrowType } from './types.ts'

/** Exact values: BIGINT and DECIMAL as bigint, times as integers of microseconds. */
const exact = { useBigInt: true, useBigIntTimestamp: true, useDecimalInt: true } as const

/** An Arrow table of its own memory with the rows of the batches, a record batch each. Weights are not part of it. */
export function arrowFromBatches(memory: Memory, schema: Schema, batches: readonly Batch[]): arrow.Table {
  return tableOf(schema, index => {
    const mark = memory.mark()
    const parts = batches.map(batch => arrowBatch(memory, columnAt(batch, index), batch.rows))
    memory.release(mark)
    return parts
  })
}

/** A table without rows. */
export const emptyArrow = (schema: Schema): arrow.Table => tableOf(schema, () => [])

function tableOf(schema: Schema, parts: (index: number) => arrow.Batch<unknown>[]): arrow.Table {
  const fields = schema.map(field => arrow.field(field.name, toArrowType(field.type), field.nullable))
  return new arrow.Table(
    { version: arrow.Version.V5, endianness: arrow.Endianness.Little, fields, metadata: null },
    fields.map((field, index) => new arrow.Column(parts(index), field.type)),
  )
}

function arrowBatch(memory: Memory, column: Column, rows: number): arrow.Batch<unknown> {
  const type = toArrowType(column.type)
  const ArrowBatch = arrow.batchType(type, exact)
  const validity = validityBits(memory, column, rows)
  const base = { length: rows, type, nullCount: validity.nulls, validity: validity.bits }
  const make = (parts: object): arrow.Batch<unknown> => new ArrowBatch({ ...base, ...parts })
  const { data } = column
  switch (column.type.is) {
    case 'null':
      return make({ nullCount: rows })
    case 'boolean':
      return make({ values: packBits(memory.u8(data, rows)) })
    case 'string':
    case 'json':
    case 'bytes':
      return make(variableBytes(memory, column, rows))
    case 'numeric':
      return make(variableBytes(memory, textColumn(memory, column, rows), rows))
    case 'interval':
      return make({ values: intervals(memory, column, rows) })
    case 'row':
    case 'array':
    case 'map':
      return make(nestedParts(memory, column.type, column, rows))
    default: {
      const bytes = new Uint8Array(memory.u8(data, rows * widthOf(physicalOf(column.type))))
      return make({ values: typedArray(type, bytes) })
    }
  }
}

function typedArray(type: arrow.DataType, bytes: Uint8Array<ArrayBuffer>) {
  if (!('values' in type) || type.values === undefined) return bytes
  return new type.values(bytes.buffer, bytes.byteOffset, bytes.byteLength / type.values.BYTES_PER_ELEMENT)
}

function validityBits(memory: Memory, { validity }: Column, rows: number): { bits: Uint8Array; nulls: number } {
  if (validity === 0) return { bits: new Uint8Array(0), nulls: 0 }
  const bytes = memory.u8(validity, rows)
  let nulls = 0
  for (const byte of bytes) if (byte === 0) nulls++
  return { bits: packBits(bytes), nulls }
}

function packBits(bytes: Uint8Array): Uint8Array {
  const bits = new Uint8Array(Math.ceil(bytes.length / 8))
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7))
  return bits
}

function isNull(memory: Memory, { validity }: Column, row: number): boolean {
  return validity !== 0 && memory.view().getUint8(validity + row) === 0
}

/** Arrow's decimals have one scale a column and 256 bits: a NUMERIC leaves as text. */
function textColumn(memory: Memory, column: Column, rows: number): Column {
  const texts = Array.from({ length: rows }, (_, row) => {
    const value = readValue(memory, column, row)
    return isNumeric(value) ? numericText(value) : null
  })
  return columnFromValues(memory, types.string, texts)
}

function variableBytes(memory: Memory, column: Column, rows: number): { offsets: Int32Array; values: Uint8Array } {
  const offsets = new Int32Array(rows + 1)
  const places = Array.from({ length: rows }, (_, row) =>
    isNull(memory, column, row) ? { data: 0, length: 0 } : viewAt(memory, column.data + row * 16),
  )
  let total = 0
  for (const [row, { length }] of places.entries()) {
    total += length
    offsets[row + 1] = total
  }
  if (total > 0x7fffffff) throw new StreamdownError('DSD2005', 'More than 2 GiB of text in one Arrow record batch.')
  const values = new Uint8Array(total)
  for (const [row, { data, length }] of places.entries()) values.set(memory.u8(data, length), offsets[row] ?? 0)
  return { offsets, values }
}

function intervals(memory: Memory, column: Column, rows: number): Uint8Array {
  const bytes = memory.u8(column.data, rows * 16).slice()
  const view = new DataView(bytes.buffer)
  for (let row = 0; row < rows; row++) {
    const at = row * 16 + 8
    const nanos = isNull(memory, column, row) ? 0n : view.getBigInt64(at, true) * 1000n
    if (BigInt.asIntN(64, nanos) !== nanos) {
      throw new StreamdownError(
        'DSD4003',
        'An INTERVAL of more than 292 years of microseconds does not fit into Arrow.',
      )
    }
    view.setBigInt64(at, nanos, true)
  }
  return bytes
}

function nestedParts(memory: Memory, type: DataType, column: Column, rows: number): object {
  const values = Array.from({ length: rows }, (_, row) => listOf(readValue(memory, column, row)))
  const child = (childType: DataType, children: readonly Value[]): arrow.Batch<unknown> =>
    arrowBatch(memory, columnFromValues(memory, childType, children), children.length)
  if (type.is === 'row') {
    return {
      children: type.fields.map((field, index) =>
        child(
          field.type,
          values.map(value => value?.[index] ?? null),
        ),
      ),
    }
  }
  const offsets = new Int32Array(rows + 1)
  for (const [row, value] of values.entries()) offsets[row + 1] = (offsets[row] ?? 0) + (value?.length ?? 0)
  const flat = values.flatMap(value => value ?? [])
  if (type.is === 'array') return { offsets, children: [child(type.element, flat)] }
  if (type.is !== 'map') throw new StreamdownError('DSD9002', `Type ${type.is} is not nested.`)
  const entries = flat.map(pair => listOf(pair))
  const entryType = arrow.struct([
    arrow.field('key', toArrowType(type.key), false),
    arrow.field('value', toArrowType(type.value)),
  ])
  const ArrowStruct = arrow.batchType(entryType, exact)
  const children = [
    child(
      type.key,
      entries.map(pair => pair?.[0] ?? null),
    ),
    child(
      type.value,
      entries.map(pair => pair?.[1] ?? null),
    ),
  ]
  return {
    offsets,
    children: [
      new ArrowStruct({ length: flat.length, nullCount: 0, validity: new Uint8Array(0), type: entryType, children }),
    ],
  }
}

function listOf(value: Value): readonly Value[] | null {
  return Array.isArray(value) ? value : null
}
