import type { Column, Pointer } from '../../../batch/batch.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { exactKey } from '../../../types/value-key.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { Result } from './over-accumulators.ts'
import { fitting, type LeavingRow, sendRows } from './over-output.ts'
import { NEW, type OverStore, SENT, type SentRow, WITHHELD } from './over-store.ts'

/** A row that was computed again. */
export interface LookedRow {
  readonly slot: number
  readonly partition: number
  readonly sent: SentRow
  readonly results: readonly Result[]
  /** What is kept with the results. */
  readonly kept: readonly Value[]
}

/** Sends rows whose results differ from those they were sent with, which are taken back. */
export class OverChanges {
  readonly #context: OperatorContext
  readonly #store: OverStore
  readonly #schema: Schema

  constructor(context: OperatorContext, store: OverStore, schema: Schema) {
    this.#context = context
    this.#store = store
    this.#schema = schema
  }

  /** `ordinals` by partition. */
  sendChanged(looked: readonly LookedRow[], ordinals: readonly bigint[], watermark: bigint, out: Output): void {
    const rows: LeavingRow[] = []
    const noted: { readonly slot: number; readonly results: readonly Value[] | undefined }[] = []
    for (const { slot, partition, sent, results: now, kept } of looked) {
      const fits = fitting(now)
      const results = fits === undefined ? undefined : [...fits, ...kept]
      const old = sent.state === SENT ? sent.results : undefined
      if (sent.state !== NEW && isSame(old, results)) continue
      noted.push({ slot, results })
      const isSeen = sent.state === NEW || !isSame(old?.slice(0, now.length), fits)
      if (!isSeen) continue
      const ordinal = ordinals[partition] ?? 0n
      if (sent.state !== NEW) rows.push({ slot, ordinal, results: old, weight: -1 })
      rows.push({ slot, ordinal, results, weight: 1 })
    }
    this.send(rows, watermark, out)
    this.#note(noted)
  }

  send(rows: readonly LeavingRow[], watermark: bigint, out: Output): void {
    const outputs = (slots: Pointer, count: number) => this.#store.outputs(slots, count)
    sendRows(this.#context.memory, this.#schema, rows, outputs, watermark, out)
  }

  #note(noted: readonly { readonly slot: number; readonly results: readonly Value[] | undefined }[]): void {
    if (noted.length === 0) return
    const { memory } = this.#context
    const slots = int32s(
      memory,
      noted.map(({ slot }) => slot),
    )
    const states = noted.map(({ results }) => (results === undefined ? WITHHELD : SENT))
    const columns = this.#store.sentTypes.map(
      (type, i): Column =>
        columnFromValues(
          memory,
          type,
          noted.map(({ results }) => results?.[i] ?? null),
        ),
    )
    this.#store.note(slots, states, columns)
  }
}

function isSame(a: readonly Value[] | undefined, b: readonly Value[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.every((value, i) => isExactly(value, b[i] ?? null))
}

/** Bit for bit, so that -0 follows 0. */
export function isExactly(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  return exactKey(a) === exactKey(b)
}
