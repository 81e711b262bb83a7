import type { Frame } from '../../../plan/nodes/node.ts'
import type { OverCallInput } from './over-framed.ts'

/** How far a row has a say: in the results of so many rows before it and behind it. */
export interface Reach {
  readonly before: number
  readonly behind: number
  /** Also in those of its peers. */
  readonly peers: boolean
}

const ALL = Number.POSITIVE_INFINITY

/** The reach of all calls together. */
export function reachOf(calls: readonly OverCallInput[]): Reach {
  return calls.map(reachOfCall).reduce(
    (a, b) => ({
      before: Math.max(a.before, b.before),
      behind: Math.max(a.behind, b.behind),
      peers: a.peers || b.peers,
    }),
    { before: 0, behind: 0, peers: false },
  )
}

function reachOfCall({ call }: OverCallInput): Reach {
  const { window, frame, count = 1, ignoreNulls } = call
  switch (window) {
    case 'row_number':
      return { before: 0, behind: ALL, peers: false }
    case 'rank':
    case 'dense_rank':
      return { before: 0, behind: ALL, peers: true }
    case 'percent_rank':
    case 'cume_dist':
    case 'ntile':
      return { before: ALL, behind: ALL, peers: true }
    case 'lag':
      return { before: 0, behind: ignoreNulls === true ? ALL : count, peers: false }
    case 'lead':
      return { before: ignoreNulls === true ? ALL : count, behind: 0, peers: false }
    default:
      return reachOfFrame(frame)
  }
}

/** Distances in values or groups say nothing of rows; then all rows are looked at. */
function reachOfFrame({ unit, start, end }: Frame): Reach {
  const rows = (distance: number | bigint): number => {
    const size = Math.max(0, Number(distance))
    return size === 0 || unit === 'rows' ? size : ALL
  }
  return {
    before: end === 'unbounded' ? ALL : rows(end),
    behind: start === 'unbounded' ? ALL : rows(-start),
    peers: unit !== 'rows',
  }
}
