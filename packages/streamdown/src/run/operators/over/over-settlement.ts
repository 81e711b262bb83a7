import type { OverCall } from '../../../plan/nodes/node.ts'
import type { Value } from '../../../types/value.ts'
import type { OverLayout } from './over-layout.ts'
import { Frames, type Sequence, valuesOf } from './over-sequence.ts'

/** What one call sees of the rows of a partition that are there, to which only rows behind the last are added. */
interface Sight {
  /** Whether rows that come later say nothing of the row's result. */
  isSettled(row: number): boolean
  /** The first row that the row sees. No later row sees one before it. */
  from(row: number): number
}

/** Which rows of a partition have their results for good, and which rows those that have not still see. */
export class Settlement {
  readonly #rows: number
  readonly #sights: readonly Sight[]

  constructor({ calls, measure }: OverLayout, sequence: Sequence) {
    this.#rows = sequence.rows
    this.#sights = calls.map(({ call, args }) => {
      const value = args[0] === undefined ? [] : valuesOf(sequence.columns, args[0])
      return sightOf(call, sequence, value, () => new Frames(call.frame, sequence, measure))
    })
  }

  /** The row behind the last of those from `first` on that are settled, one after the other. */
  settledBefore(first: number): number {
    let row = first
    while (row < this.#rows && this.#sights.every(sight => sight.isSettled(row))) row++
    return row
  }

  /** The first of the rows that `row`, or one behind it, sees. */
  seenFrom(row: number): number {
    const at = Math.min(row, this.#rows - 1)
    return this.#sights.reduce((least, sight) => Math.min(least, sight.from(at)), row)
  }
}

function sightOf(call: OverCall, sequence: Sequence, values: readonly Value[], frames: () => Frames): Sight {
  const { rows, groups, groupStarts } = sequence
  const { window, count = 1, ignoreNulls = false, frame } = call
  switch (window) {
    case 'lag':
      return { isSettled: () => true, from: row => (ignoreNulls ? 0 : row - count) }
    case 'lead': {
      const present = presentBehind(values)
      const isSettled = ignoreNulls
        ? (row: number) => count === 0 || (present[row] ?? 0) >= count
        : (row: number) => row + count < rows
      return { isSettled, from: row => row }
    }
    case 'row_number':
    case 'rank':
    case 'dense_rank':
      return { isSettled: () => true, from: () => 0 }
    case 'percent_rank':
    case 'cume_dist':
    case 'ntile':
      return { isSettled: () => false, from: () => 0 }
    default: {
      const own = frames()
      const from = (row: number) => own.from(row)
      const { unit, end } = frame
      if (end === 'unbounded') return { isSettled: () => false, from }
      const lastGroup = groupStarts.length - 2
      if (unit === 'rows') return { isSettled: row => row + Number(end) < rows, from }
      if (unit === 'groups') return { isSettled: row => (groups[row] ?? 0) + Number(end) <= lastGroup, from }
      return { isSettled: row => end <= 0 || own.to(row) < rows, from }
    }
  }
}

/** How many values that are not NULL stand behind each row. */
function presentBehind(values: readonly Value[]): readonly number[] {
  const behind: number[] = new Array(values.length)
  let present = 0
  for (let row = values.length - 1; row >= 0; row--) {
    behind[row] = present
    if (values[row] !== null) present++
  }
  return behind
}
