import type { HandedOnTime, PlanNode } from './nodes/node.ts'
import { derive } from './properties.ts'
import { movedWindow } from './window-columns.ts'

/**
 * The event time that the rows of a plan hand on to other programs, row by row; undefined where they have none, or may be
 * taken back: only a step's changes as a whole go on then, and no watermark holds for rows that come back.
 */
export function handedOnBy(plan: PlanNode): HandedOnTime | undefined {
  const { appendOnly, timeColumns, windows } = derive(plan)
  if (!appendOnly || timeColumns.length === 0) return undefined
  return {
    columns: timeColumns,
    windows: windows.map(({ of: { windowing, emit, time }, ...bounds }) => ({
      of: { windowing, emit, time },
      ...bounds,
    })),
  }
}

/** The same where columns have moved, or are not there any more. */
export function movedTime(
  { columns, windows }: HandedOnTime,
  to: (column: number | undefined) => number | undefined,
): HandedOnTime {
  return {
    columns: columns.flatMap(column => to(column) ?? []),
    windows: windows.flatMap(bounds => movedWindow(bounds, to)),
  }
}
