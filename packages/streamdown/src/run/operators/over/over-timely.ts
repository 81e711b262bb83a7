import { type Batch, columnAt } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { takeRows } from '../../../batch/select.ts'
import type { Output } from '../../operator.ts'
import { selectBytes, watermarkColumn } from '../hidden.ts'
import { LateRows } from '../late-rows.ts'
import type { OverLayout } from './over-layout.ts'

/** Takes the rows out of batches that the watermark has passed by their time: they are late. All have a time. */
export class TimelyRows {
  readonly #memory: Memory
  readonly #time: number
  readonly #late: LateRows

  constructor(memory: Memory, { schema, inputColumns }: OverLayout, time: number) {
    this.#memory = memory
    this.#time = time
    this.#late = new LateRows(memory, schema.slice(0, inputColumns), false)
  }

  of(batch: Batch, out: Output): Batch {
    const memory = this.#memory
    const time = columnAt(batch, this.#time)
    const mask = memory.chunk(batch.rows)
    const watermarks = watermarkColumn(memory, batch)
    memory.kernels.mask_from_watermark(time.data, 0n, watermarks, batch.rows, mask)
    const rest = selectBytes(memory, mask, true, batch.rows)
    this.#late.take(batch, time, mask, batch.rows - rest.rows, out)
    if (rest.rows === batch.rows) return batch
    return takeRows(memory, batch, rest.selection, rest.rows)
  }
}
