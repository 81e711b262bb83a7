import { type Batch, END_OF_TIME, NO_WATERMARK } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import type { InputTimes } from '../operator.ts'
import { boundWatermarks, lastWatermark, raiseWatermarks } from './hidden.ts'

/**
 * How far the inputs of an operator have come, each and together. Part of the state, so that what is late after a
 * restore is what would have been late without it.
 *
 * Together they may be further than the slowest, which is idle: what it gives when it returns is judged by how far the
 * operator is, so no row that leaves has a watermark before that.
 *
 * After the last step all workers agree on it; within a step a worker knows what the rows that it has seen say, which
 * may only be used where rows come in arrival order (a union), never after an exchange.
 */
export class InputWatermarks {
  #settled: bigint[]
  #seen: bigint[]
  #reached = NO_WATERMARK

  constructor(inputs: number) {
    this.#settled = Array.from({ length: inputs }, () => NO_WATERMARK)
    this.#seen = [...this.#settled]
  }

  /** The watermark of all inputs after the last step: rows that leave at the end of this one come after it. */
  reached(): bigint {
    return this.#reached
  }

  /** The rows of an input with the watermarks of all: those of the other inputs are from the last step. */
  bound(memory: Memory, input: number, batch: Batch): Batch {
    return this.#bound(memory, batch, lowestBut(this.#settled, input))
  }

  /** The same, the other inputs being as far as rows of the running step have told. */
  boundInOrder(memory: Memory, input: number, batch: Batch): Batch {
    const others = lowestBut(this.#seen, input)
    const last = lastWatermark(memory, batch)
    const seen = this.#seen[input]
    if (seen !== undefined && last > seen) this.#seen[input] = last
    return this.#bound(memory, batch, others)
  }

  /** After a step. */
  set({ watermarks, watermark: reached }: InputTimes): void {
    for (const [input, watermark] of watermarks.entries()) {
      const before = this.#settled[input]
      if (before !== undefined && watermark > before) this.#settled[input] = watermark
    }
    this.#seen = [...this.#settled]
    if (reached > this.#reached) this.#reached = reached
  }

  values(): Readonly<Record<string, string>> {
    return { watermarks: this.#settled.join(' '), reached: String(this.#reached) }
  }

  restore({ watermarks, reached }: Readonly<{ watermarks?: string; reached?: string }>): void {
    if (watermarks === undefined || watermarks === '') return
    this.#settled = watermarks.split(' ').map(BigInt)
    this.#seen = [...this.#settled]
    if (reached !== undefined) this.#reached = BigInt(reached)
  }

  #bound(memory: Memory, batch: Batch, others: bigint): Batch {
    if (others <= this.#reached) return { ...batch, watermarks: 0, watermark: this.#reached }
    const bounded = boundWatermarks(memory, batch, others)
    return bounded.watermark >= this.#reached ? bounded : raiseWatermarks(memory, bounded, this.#reached)
  }
}

function lowestBut(watermarks: readonly bigint[], input: number): bigint {
  let low = END_OF_TIME
  for (const [other, watermark] of watermarks.entries()) if (other !== input && watermark < low) low = watermark
  return low
}
