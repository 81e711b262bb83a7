import type { Memory } from '../../batch/memory.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Decoder, Encoder } from '../format.ts'
import type { ScanPlan } from '../scan-decoder.ts'
import type { FormatOptions } from './options.ts'

/** A format of records in a row: its options stand after its name, as `csv.delimiter`. */
export interface FormatDefinition {
  readonly name: string
  /** Other spellings that mean the same. */
  readonly otherNames?: readonly string[]
  readonly summary: string
  readonly options: readonly OptionDefinition[]
  /** Records are lines of text: they can be cut and joined at line breaks. */
  readonly lines: boolean
  /** What a sink in this format can be given: rows only, or retractions too. */
  readonly accepts: 'append' | 'retract'
  /** Checks the options, and the columns that records hold, before anything is opened. Throws DSD3002. */
  check(options: FormatOptions, columns: Schema): void
  /** Whether fields of ROWs are decoded without the rest of them. Default: whole columns are. */
  decodesFields?(options: FormatOptions): boolean
  /** Absent where the connector has a reader of its own: blocks that are not records in a row. */
  decoder?(memory: Memory, plan: ScanPlan, options: FormatOptions): Decoder
  /** Loads what `encoder` and `head` need; awaited before they are called. */
  load?(): Promise<void>
  /** Absent where the format is read only. */
  encoder?(memory: Memory, columns: Schema, options: FormatOptions): Encoder
  /** What a file must start with for rows to go behind what it holds. Absent: nothing is asked. */
  head?(columns: Schema, options: FormatOptions): Uint8Array
}
