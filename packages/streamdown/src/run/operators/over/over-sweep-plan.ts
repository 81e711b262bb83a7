import type { DataType } from '../../../types/data-type.ts'
import type { OverCallInput } from './over-framed.ts'
import type { OverLayout } from './over-layout.ts'
import { type RunningCall, runningCall } from './over-running.ts'

/** A call of which what all rows before come to is known from its result, or kept with each row. */
export interface FollowedCall {
  readonly call: RunningCall
  /** What is kept with a row stands from here among its results; undefined: the result says it. */
  readonly kept: number | undefined
  /** The frame ends so many rows before the current one: it gets what they come to there. */
  readonly lag: number
}

/** How a node's calls are followed. */
export interface SweepPlan {
  readonly running: readonly (FollowedCall | undefined)[]
  /** The types of what is kept with a row, beside its results. */
  readonly kept: readonly DataType[]
  /** How many rows before a change, and behind it, have it in frames that do not end or begin at once. */
  readonly before: number
  readonly behind: number
}

/** Undefined: some call asks for more than the rows before and a few around. */
export function sweepPlan({ calls, schema }: OverLayout): SweepPlan | undefined {
  const running: (FollowedCall | undefined)[] = []
  let [before, behind] = [0, 0]
  const kept: DataType[] = []
  for (const input of calls) {
    const reach = rowsAround(input.call)
    if (reach !== undefined) {
      running.push(undefined)
      before = Math.max(before, reach.before)
      behind = Math.max(behind, reach.behind)
      continue
    }
    const lag = lagOf(input.call)
    const call = runningCall(lag === 0 ? input : upToCurrent(input), schema)
    if (call === undefined || (lag > 0 && call.resultOf === undefined)) return undefined
    const isSaid = call.resume !== undefined && lag === 0
    behind = Math.max(behind, lag)
    running.push({ call, kept: isSaid ? undefined : calls.length + kept.length, lag })
    if (!isSaid) kept.push(...call.saved)
  }
  return running.every(each => each === undefined) ? undefined : { running, kept, before, behind }
}

/** How many rows before the current one a frame from the first row on ends. */
function lagOf({ window, frame: { unit, start, end, exclude } }: OverCallInput['call']): number {
  const isFramed = window === undefined || ['first_value', 'last_value', 'nth_value'].includes(window)
  if (!isFramed || unit !== 'rows' || start !== 'unbounded' || end === 'unbounded' || exclude !== 'none') return 0
  return Math.max(0, -Number(end))
}

const upToCurrent = (input: OverCallInput): OverCallInput => ({
  ...input,
  call: { ...input.call, frame: { ...input.call.frame, end: 0 } },
})

/** Of a call over some rows on both sides, whatever their peers. */
function rowsAround({ window, frame, count = 1, ignoreNulls }: OverCallInput['call']) {
  if (window === 'lag' || window === 'lead') {
    if (ignoreNulls === true) return undefined
    return window === 'lag' ? { before: 0, behind: count } : { before: count, behind: 0 }
  }
  const { unit, start, end, exclude } = frame
  const numbers = window === undefined || ['first_value', 'last_value', 'nth_value'].includes(window)
  if (!numbers || unit !== 'rows' || start === 'unbounded' || end === 'unbounded') return undefined
  if (exclude === 'group' || exclude === 'ties') return undefined
  return { before: Math.max(0, Number(end)), behind: Math.max(0, -Number(start)) }
}
