import type { Frame } from '../../../plan/nodes/node.ts'
import type { DataType } from '../../../types/data-type.ts'
import type { OverCallInput } from './over-framed.ts'
import type { OverLayout } from './over-layout.ts'

/** How far a row has a say: in the results of so many rows before it and behind it. */
export interface Reach {
  readonly before: number
  readonly behind: number
  /** Also in those of its peers. */
  readonly peers: boolean
  /** Also in those of rows that lie so far from it by their order; undefined: rows say it all. */
  readonly values?: ValueReach
}

/** Rows in whose frames a row is: those whose value lies from its own less `end` to its own less `start`. */
export interface ValueReach {
  /** Not above 0. */
  readonly start: number | bigint
  /** Not below 0. */
  readonly end: number | bigint
  /** And of so many groups of peers before these and behind them. */
  readonly groups: number
}

const ALL = Number.POSITIVE_INFINITY
/** Groups are gone over one by one; frames of more look at the whole partition. */
const MOST_GROUPS = 32

/** The reach of all calls together. */
export function reachOf({ calls, measure, orderBy }: OverLayout): Reach {
  const [first] = orderBy
  // Rows of a partition are found by the first value of their order, where it tells them apart.
  const found = first !== undefined && first.column === measure?.column
  const measured = found && isMeasured(measure.type)
  const values = sumOf(calls.map(({ call }) => reachOfCall(call, found, measured)))
  const bounded = Number.isFinite(values.before) && Number.isFinite(values.behind) && !values.peers
  return bounded ? values : sumOf(calls.map(({ call }) => reachOfCall(call, false, false)))
}

function sumOf(reaches: readonly Reach[]): Reach {
  return reaches.reduce(
    (a, b) => ({
      before: Math.max(a.before, b.before),
      behind: Math.max(a.behind, b.behind),
      peers: a.peers || b.peers,
      ...together(a.values, b.values),
    }),
    { before: 0, behind: 0, peers: false },
  )
}

function together(a: ValueReach | undefined, b: ValueReach | undefined): Pick<Reach, 'values'> {
  if (a === undefined || b === undefined) return a === b ? {} : { values: a ?? b! }
  return {
    values: {
      start: inOrder(a.start, b.start)[0],
      end: inOrder(a.end, b.end)[1],
      groups: Math.max(a.groups, b.groups),
    },
  }
}

const inOrder = <T extends number | bigint>(a: T, b: T): readonly [T, T] => (a < b ? [a, b] : [b, a])

const isMeasured = ({ is }: DataType): boolean =>
  ['tinyint', 'smallint', 'int', 'bigint', 'date', 'timestamp'].includes(is)

function reachOfCall(call: OverCallInput['call'], found: boolean, measured: boolean): Reach {
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
      return reachInValues(frame, found, measured) ?? reachOfFrame(frame)
  }
}

/** Of a frame with distances in values or groups on both sides; undefined: they cannot be searched for. */
function reachInValues({ unit, start, end }: Frame, found: boolean, measured: boolean): Reach | undefined {
  if (!found || start === 'unbounded' || end === 'unbounded' || (unit !== 'range' && unit !== 'groups'))
    return undefined
  const none = { before: 0, behind: 0, peers: false }
  if (unit === 'groups') {
    // A group that comes or goes moves all others by one.
    const groups = 1 + Math.max(Math.abs(Number(start)), Math.abs(Number(end)))
    return groups > MOST_GROUPS ? undefined : { ...none, values: { start: 0, end: 0, groups } }
  }
  if (!measured && (Number(start) !== 0 || Number(end) !== 0)) return undefined
  return { ...none, values: { start: start < 0 ? start : 0, end: end > 0 ? end : 0, groups: 0 } }
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
