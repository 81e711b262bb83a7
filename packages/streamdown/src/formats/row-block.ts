import { NO_WATERMARK, type Pointer } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { ColumnBuilder, int32s } from '../batch/values.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Field, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { DeadRecord, Decoded, ScanColumn } from './format.ts'
import { MisfitError } from './json-values.ts'

/** The whole columns that a scan wants. */
export function wantedFields(schema: Schema, columns: readonly ScanColumn[]): readonly Field[] {
  return columns.map(({ column }) => {
    const field = schema[column]
    if (field === undefined) throw new StreamdownError('DSD9002', `The scan has no column ${column}.`)
    return field
  })
}

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
