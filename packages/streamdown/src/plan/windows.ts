import type { AggregateNode, PlanNode, RankNode } from './nodes/node.ts'
import { derive } from './properties.ts'
import type { WindowColumns, Windows } from './window-columns.ts'

/** The window columns of a node's output, one entry a window function: parts known from several places together. */
export function windowColumns(node: PlanNode): readonly WindowColumns[] {
  const merged = new Map<Windows, WindowColumns>()
  for (const columns of derive(node).windows) merged.set(columns.of, { ...columns, ...merged.get(columns.of) })
  return [...merged.values()]
}

/** The closing window whose bounds are among `columns`. */
export function closingWindow(node: PlanNode, columns: readonly number[]): WindowColumns | undefined {
  return windowColumns(node).find(({ of, start, end }) => {
    if (of.emit !== 'close') return false
    const has = (column: number | undefined) => column !== undefined && columns.includes(column)
    return of.windowing.kind === 'session' ? has(start) && has(end) : has(end) || has(start)
  })
}

/**
 * Grouping columns with the end of their closing window among them: of windows of fixed length the start says the end.
 * The same list when there is nothing to add.
 */
export function withWindowEnd(node: PlanNode, keys: readonly number[]): readonly number[] {
  const end = closingWindow(node, keys)?.end
  return end === undefined || keys.includes(end) ? keys : [...keys, end]
}

/** `AggregateNode.window` for these keys; undefined when their groups never close. */
export function groupWindow(
  node: PlanNode,
  keys: readonly number[],
  options: { readonly allowedLateness: bigint; readonly changes: boolean; readonly emitEvery?: bigint },
): AggregateNode['window'] {
  const window = closingWindow(node, keys)
  const end = window?.end === undefined ? -1 : keys.indexOf(window.end)
  if (window === undefined || end < 0) return undefined
  const start = window.start === undefined ? -1 : keys.indexOf(window.start)
  return { ...options, end, ...(start < 0 ? {} : { start }) }
}

/** `RankNode.window` for these partition columns. Only rows that are never taken back can be written once. */
export function rankWindow(node: PlanNode, partitionBy: readonly number[]): RankNode['window'] {
  const window = closingWindow(node, partitionBy)
  const end = window?.end === undefined ? -1 : partitionBy.indexOf(window.end)
  return end < 0 || !derive(node).appendOnly ? undefined : { end }
}
