import { type Batch, END_OF_TIME, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { lastWatermark, lowest } from './hidden.ts'

/**
 * How far each input of an operator has come. Part of the state, so that what is late after a restore is what would
 * have been late without it.
 *
 * After the last step all workers agree on it; within a step a worker knows what the rows that it has seen say, which
 * may only be used where rows come in arrival order (a union), never after an exchange.
 */
export class InputWatermarks {
  #settled: bigint[]
  #seen: bigint[]

  constructor(inputs: number) {
    this.#settled = Array.from({ length: inputs }, () => NO_WATERMARK)
    this.#seen = [...this.#settled]
  }

  /** The lowest watermark of all inputs but one after the last step. */
  others(input: number): bigint {
    return lowestBut(this.#settled, input)
  }

  /** The same as far as rows of the running step have told. */
  othersSeen(input: number): bigint {
    return lowestBut(this.#seen, input)
  }

  /** The lowest watermark after the last step: rows that leave at the end of this one come after it. */
  lowest(): bigint {
    return lowest(this.#settled)
  }

  see(memory: Memory, input: number, batch: Batch): void {
    const last = lastWatermark(memory, batch)
    const seen = this.#seen[input]
    if (seen !== undefined && last > seen) this.#seen[input] = last
  }

  /** After a step. */
  set(watermarks: readonly bigint[]): void {
    for (const [input, watermark] of watermarks.entries()) {
      const before = this.#settled[input]
      if (before !== undefined && watermark > before) this.#settled[input] = watermark
    }
    this.#seen = [...this.#settled]
  }

  values(): Readonly<Record<string, string>> {
    return { watermarks: this.#settled.join(' ') }
  }

  restore({ watermarks }: Readonly<{ watermarks?: string }>): void {
    if (watermarks === undefined || watermarks === '') return
    this.#settled = watermarks.split(' ').map(BigInt)
    this.#seen = [...this.#settled]
  }
}

function lowestBut(watermarks: readonly bigint[], input: number): bigint {
  let low = END_OF_TIME
  for (const [other, watermark] of watermarks.entries()) if (other !== input && watermark < low) low = watermark
  return low
}
