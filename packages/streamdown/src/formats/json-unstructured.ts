import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Schema } from '../types/data-type.ts'
import { writeJson } from '../values/json.ts'
import type { Decoder, ScanColumn } from './format.ts'
import { requireJson } from './json-values.ts'
import { createLineDecoder } from './line-decoder.ts'

/** Each line any JSON value, whole, in the one column of the table: JSON, or its text where the column is STRING. */
export function createUnstructuredDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  maxRecordBytes?: number,
): Decoder {
  checkUnstructured(schema)
  const asText = schema[0]?.type.is === 'string'
  const read = (line: string) => {
    const json = requireJson(line)
    return [asText ? line : writeJson(json)]
  }
  return createLineDecoder(memory, schema, columns, read, maxRecordBytes)
}

export function checkUnstructured(schema: Schema): void {
  const is = schema[0]?.type.is
  if (schema.length === 1 && (is === 'json' || is === 'string')) return
  throw new StreamdownError('DSD3002', "'json.unstructured' takes tables of one column, JSON or STRING.")
}
