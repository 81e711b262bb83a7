import { NO_WATERMARK, type Pointer } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { ColumnBuilder, int32s } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Field, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { Json } from '../values/json.ts'
import type { DeadRecord, Decoded, ScanColumn } from './format.ts'
import { MisfitError, valueOfJson } from './json-values.ts'
import type { TimestampRules } from './scalar-text.ts'

/** The whole columns that a scan wants. */
export function wantedFields(schema: Schema, columns: readonly ScanColumn[]): readonly Field[] {
  return columns.map(({ column }) => {
    const field = schema[column]
    if (field === undefined) throw new StreamdownError('DSD9002', `The scan has no column ${column}.`)
    return field
  })
}

/**
 * The values of fields out of a record that is like a JSON object. A value that does not fit is NULL where that is
 * asked for and its column takes it; else MisfitError names the column.
 */
export function fittingValues(
  fields: readonly Field[],
  record: ReadonlyMap<string, Json>,
  rules: TimestampRules,
  ignoreParseErrors: boolean,
): readonly Value[] {
  return fields.map(({ name, type, nullable }) => {
    try {
      return valueOfJson(record.get(name) ?? null, type, rules)
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error
      if (ignoreParseErrors && nullable) return null
      throw new MisfitError(`column "${name}": ${error.message}`)
    }
  })
}

/** Of a damaged rest so much goes into its dead letter. */
const LOST_BYTES = 4096

/** Decoded rows of one block, added value by value: for formats that no kernel reads. */
export class RowBlock {
  readonly #memory: Memory
  readonly #at: Pointer
  readonly #fields: readonly Field[]
  readonly #builders: readonly ColumnBuilder[]
  readonly #starts: number[] = []
  readonly #dead: DeadRecord[] = []

  /** `at`: where the block's bytes lie. */
  constructor(memory: Memory, schema: Schema, columns: readonly ScanColumn[], at: Pointer) {
    this.#memory = memory
    this.#at = at
    this.#fields = wantedFields(schema, columns)
    this.#builders = this.#fields.map(({ type }) => new ColumnBuilder(memory, type))
  }

  /** Rows so far; dead ones do not count. */
  get count(): number {
    return this.#starts.length
  }

  /** A row whose record starts at `offset`. Throws MisfitError where a NOT NULL column is NULL. */
  add(offset: number, values: readonly Value[]): void {
    for (const [index, { name, nullable }] of this.#fields.entries()) {
      if (nullable || (values[index] ?? null) !== null) continue
      throw new MisfitError(`column "${name}" is NULL or missing, but NOT NULL`)
    }
    for (const [index, builder] of this.#builders.entries()) builder.add(values[index] ?? null)
    this.#starts.push(this.#at + offset)
  }

  bury(offset: number, raw: Uint8Array, problem: string): void {
    this.#dead.push({ offset, raw: raw.slice(), problem })
  }

  /** The rows before a place from which on the bytes tell nothing: the input ends there. */
  lost(offset: number, bytes: Uint8Array, problem: string): Decoded {
    const raw = bytes.slice(offset, offset + LOST_BYTES)
    return { ...this.decoded(offset), lost: { offset, raw, problem: `${problem}; nothing can be read behind it` } }
  }

  decoded(consumed: number): Decoded {
    const batch = {
      rows: this.count,
      columns: this.#builders.map(builder => builder.finish()),
      weights: 0,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: 0,
      firstOrdinal: 0n,
    }
    return { batch, consumed, dead: this.#dead, starts: int32s(this.#memory, this.#starts) }
  }
}
