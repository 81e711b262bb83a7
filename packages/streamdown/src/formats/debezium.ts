import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { concatBatches, takeRows } from '../batch/select.ts'
import { int32s, readValue } from '../batch/values.ts'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import { BlockEncoder } from './encode-block.ts'
import type { DeadRecord, Decoder, Encoder, ScanColumn } from './format.ts'
import { createJsonDecoder, type JsonDecoderOptions } from './json.ts'
import { type JsonEncoderOptions, jsonStyle } from './json-encode.ts'

export interface DebeziumOptions extends JsonDecoderOptions {
  /** Events are under "payload", beside their "schema". */
  readonly schemaInclude?: boolean
  /** Rows are upserts by primary key: an update need not hold the row before it. */
  readonly upsert: boolean
}

/** The fields of the row before a change: a database may send only the key, so none of them is required. */
const optional = (schema: Schema): Schema => schema.map(each => ({ ...each, nullable: true }))

/**
 * Debezium's change events as weighted rows: c and r insert `after`, d deletes `before`, u does both. With `upsert`
 * an update is its new row only. An event that lacks what its op needs is a dead record.
 */
export function createDebeziumDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: DebeziumOptions,
): Decoder {
  const rowType = (fields: Schema): DataType => types.row(fields)
  const event: Schema = [
    field('before', rowType(optional(schema))),
    field('after', rowType(schema)),
    field('op', types.string),
  ]
  const wrapped = options.schemaInclude === true
  const envelope: Schema = wrapped ? [field('payload', types.row(event))] : event
  const place = (side: number, path: readonly number[]): ScanColumn =>
    wrapped ? { column: 0, path: [side, ...path] } : { column: side, path }
  const sides = [0, 1].flatMap(side => columns.map(({ column, path }) => place(side, [column, ...path])))
  const inner = createJsonDecoder(
    memory,
    envelope,
    [...sides, place(2, []), { ...place(0, []), presence: true }, { ...place(1, []), presence: true }],
    options,
  )
  const width = columns.length

  return {
    start: head => inner.start(head),
    decode(at, length, maxRows, last) {
      const decoded = inner.decode(at, length, Math.max(1, maxRows >> 1), last)
      const { batch } = decoded
      const op = batch.columns[width * 2]
      const select: number[] = []
      const weights: number[] = []
      const lines: number[] = []
      const dead: DeadRecord[] = [...decoded.dead]
      const present = (side: number, row: number): boolean => {
        const validity = batch.columns[width * 2 + 1 + side]?.validity ?? 0
        return validity === 0 || memory.u8(validity + row, 1)[0] !== 0
      }
      for (let row = 0; row < batch.rows; row++) {
        const change = op === undefined ? null : readValue(memory, op, row)
        const start = memory.u32(decoded.starts + row * 4, 1)[0] ?? 0
        const problem = problemOf(change, present(0, row), present(1, row))
        if (problem !== undefined) {
          dead.push({ offset: start - at, raw: lineAt(start, at + length), problem })
          continue
        }
        const add = (side: number, weight: number) => {
          select.push(side * batch.rows + row)
          weights.push(weight)
          lines.push(start)
        }
        if (change === 'd' || (change === 'u' && !options.upsert)) add(0, -1)
        if (change !== 'd') add(1, 1)
      }
      const side = (from: number): Batch => ({
        ...batch,
        columns: batch.columns.slice(from * width, from * width + width),
      })
      const rows = takeRows(memory, concatBatches(memory, [side(0), side(1)]), int32s(memory, select), select.length)
      dead.sort((a, b) => a.offset - b.offset)
      return {
        batch: { ...rows, weights: int32s(memory, weights), ordinals: 0, firstOrdinal: 0n },
        consumed: decoded.consumed,
        dead,
        starts: int32s(memory, lines),
      }
    },
  }

  function problemOf(op: unknown, before: boolean, after: boolean): string | undefined {
    if (op !== 'c' && op !== 'r' && op !== 'u' && op !== 'd')
      return `"op" is ${JSON.stringify(op)}; it must be c, r, u or d`
    if (op !== 'd' && !after) return `"after" is missing, and op is "${op}"`
    if (op === 'd' && !before) return '"before" is missing, and op is "d"'
    if (op === 'u' && !before && !options.upsert) {
      return '"before" is missing, and op is "u": give the table a PRIMARY KEY, or send whole rows (REPLICA IDENTITY FULL)'
    }
    return undefined
  }

  function lineAt(start: number, end: number): Uint8Array {
    const bytes = memory.u8(start, end - start)
    const newline = bytes.indexOf(0x0a)
    return bytes.slice(0, newline < 0 ? bytes.length : newline)
  }
}

/** Weighted rows as Debezium's events: c for a row that comes, d for one that goes. */
export function createDebeziumEncoder(memory: Memory, schema: Schema, options: JsonEncoderOptions = {}): Encoder {
  const style = jsonStyle(
    options,
    '{"before":null,"after":{',
    '},"op":"c"}\n',
    '{"before":{',
    '},"after":null,"op":"d"}\n',
  )
  const encoder = new BlockEncoder(memory, schema, style)
  return { header: () => new Uint8Array(0), encode: batch => encoder.encode(batch) }
}
