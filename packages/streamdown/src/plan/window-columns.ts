import type { WindowNode } from './nodes/window-node.ts'

/** What windows are like; which window function they are of its identity says. */
export type Windows = Pick<WindowNode, 'windowing' | 'emit' | 'time'>

/** Output columns that hold the bounds of a window; `row`: a ROW(start, end) of them. */
export interface WindowColumns {
  readonly of: Windows
  readonly start?: number
  readonly end?: number
  readonly time?: number
  readonly row?: number
}

/** The bounds behind a node that hands only some columns on; none when it hands on no bound. */
export function movedWindow(
  columns: WindowColumns,
  to: (column: number | undefined) => number | undefined,
): readonly WindowColumns[] {
  const start = to(columns.start)
  const end = to(columns.end)
  const time = to(columns.time)
  const row = to(columns.row)
  if (start === undefined && end === undefined && time === undefined && row === undefined) return []
  return [
    {
      of: columns.of,
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      ...(time === undefined ? {} : { time }),
      ...(row === undefined ? {} : { row }),
    },
  ]
}

/** Windows of equal shape, so that equal bounds mean the same window. */
export function sameWindowing(a: Windows, b: Windows): boolean {
  const x = a.windowing
  const y = b.windowing
  if (a.emit !== b.emit || (a.time === 'processing') !== (b.time === 'processing')) return false
  switch (x.kind) {
    case 'tumble':
      return y.kind === 'tumble' && x.size === y.size && x.offset === y.offset
    case 'hop':
      return y.kind === 'hop' && x.size === y.size && x.slide === y.slide && x.offset === y.offset
    case 'cumulate':
      return y.kind === 'cumulate' && x.size === y.size && x.step === y.step && x.offset === y.offset
    case 'session':
      return y.kind === 'session' && x.gap === y.gap
  }
}

export const sameWindows = (a: WindowColumns, b: WindowColumns): boolean =>
  sameWindowing(a.of, b.of) && a.start === b.start && a.end === b.end && a.time === b.time && a.row === b.row
