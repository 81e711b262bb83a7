import { type Batch, END_OF_TIME, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { lastWatermark, lowest } from './hidden.ts'

/**
 * How far each input of an operator has come: after the last step, and within a step as its rows arrive. Part of the
 * state, so that what is late after a restore is what would have been late without it.
 */
export class InputWatermarks {
  #current: bigint[]

  constructor(inputs: number) {
    this.#current = Array.from({ length: inputs }, () => NO_WATERMARK)
  }

  /** The lowest watermark of the inputs but one. */
  others(input: number): bigint {
    let low = END_OF_TIME
    for (const [other, watermark] of this.#current.entries()) if (other !== input && watermark < low) low = watermark
    return low
  }

  lowest(): bigint {
    return lowest(this.#current)
  }

  see(memory: Memory, input: number, batch: Batch): void {
    const last = lastWatermark(memory, batch)
    const current = this.#current[input]
    if (current !== undefined && last > current) this.#current[input] = last
  }

  /** After a step. */
  set(watermarks: readonly bigint[]): void {
    this.#current = this.#current.map((current, input) => {
      const next = watermarks[input] ?? current
      return next > current ? next : current
    })
  }

  values(): Readonly<Record<string, string>> {
    return { watermarks: this.#current.join(' ') }
  }

  restore(values: Readonly<Record<string, string>>): void {
    const saved = values['watermarks']
    if (saved !== undefined && saved !== '') this.#current = saved.split(' ').map(BigInt)
  }
}
