import type { DataType } from '../../../types/data-type.ts'
import type { OverCallInput } from './over-framed.ts'
import type { OverLayout } from './over-layout.ts'
import { type RunningCall, runningCall } from './over-running.ts'

/** A call of which what all rows before come to is known from its result, or kept with each row. */
export interface FollowedCall {
  readonly call: RunningCall
  /** What is kept with a row stands from here among its results; undefined: the result says it. */
  readonly kept: number | undefined
}

/** How a node's calls are followed. */
export interface SweepPlan {
  readonly running: readonly (FollowedCall | undefined)[]
  /** The types of what is kept with a row, beside its results. */
  readonly kept: readonly DataType[]
  /** How many rows before a change, and behind it, have it in frames of some rows. */
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
    const call = runningCall(input, schema)
    if (call === undefined) return undefined
    const isSaid = call.resume !== undefined
    running.push({ call, kept: isSaid ? undefined : calls.length + kept.length })
    if (!isSaid) kept.push(...call.saved)
  }
  return running.every(each => each === undefined) ? undefined : { running, kept, before, behind }
}

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
