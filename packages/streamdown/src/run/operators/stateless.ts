import type { Batch } from '../../batch/batch.ts'
import type { StateSnapshot } from '../../state/state-table.ts'
import type { InputTimes, Operator, Output } from '../operator.ts'

/** What works row by row: it keeps nothing, waits for nothing, and lets event time pass. */
export abstract class Stateless implements Operator {
  abstract push(input: number, batch: Batch, out: Output): void

  endStep(): void {}

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return { tables: [], values: {} }
  }

  restore(): void {}

  stateBytes(): number {
    return 0
  }
}
