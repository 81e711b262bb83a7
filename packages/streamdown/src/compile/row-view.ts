import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { readValue } from '../batch/values.ts'
import type { DataType } from '../types/data-type.ts'
import { toArrow } from './arrow-value.ts'

/**
 * The row that a TypeScript arrow sees: an object with a getter a column, over the row that `at` was called with. One
 * object serves all rows of a batch, so it must not be kept: `poison` makes every later read throw (tests do).
 */
export interface RowViews {
  start(batch: Batch): void
  at(row: number): object
  poison(): void
}

export interface RowColumn {
  readonly name: string
  readonly type: DataType
}

export function createRowViews(memory: Memory, columns: readonly RowColumn[]): RowViews {
  let batch: Batch | undefined
  let row = 0
  const view: object = Object.create(null)
  for (const [index, { name, type }] of columns.entries()) {
    Object.defineProperty(view, name, {
      enumerable: true,
      get: () => {
        const column = batch?.columns[index]
        if (column === undefined) throw new TypeError('A row is valid only during the call that it was handed to.')
        return toArrow(readValue(memory, column, row), type)
      },
    })
  }
  return {
    start(next) {
      batch = next
    },
    at(next) {
      row = next
      return view
    },
    poison() {
      batch = undefined
    },
  }
}
