import type { OverCall, OverNode } from './nodes/node.ts'
import { derive } from './properties.ts'

/** The frame of a call without one: up to the row and its peers, or without an order all rows. */
export const defaultFrame = (ordered: boolean): OverCall['frame'] => ({
  unit: 'range',
  start: 'unbounded',
  end: ordered ? 0 : 'unbounded',
  exclude: 'none',
})

/** Whether no row after the current one (and its peers) has a say, so that rows can leave in their order. */
export function looksBack({ window, frame }: OverCall): boolean {
  switch (window) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
    case 'lag':
      return true
    case 'lead':
    case 'ntile':
    case 'percent_rank':
    case 'cume_dist':
      return false
    default:
      return frame.exclude === 'none' && frame.end !== 'unbounded' && frame.end <= 0
  }
}

/** Input that ends is computed once, at its end. */
export const isComputedOnce = (node: OverNode): boolean => node.emit === 'update' && derive(node.input).bounded
