import type { Frame } from '../../../plan/nodes/node.ts'
import { type DataType, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { accumulatorKind, isSavable, type Result } from './over-accumulators.ts'
import { countedRows, listCall, type OverCallInput } from './over-framed.ts'
import { type Sequence, valuesOf } from './over-sequence.ts'

/**
 * A call of which all rows before come to a few values, so that the rows themselves need not be kept: functions of the
 * place, LAG, and what has a frame from the first row to the current one.
 */
export interface RunningCall {
  /** The types of what is kept of a partition; all NULL for one without rows before. */
  readonly saved: readonly DataType[]
  /**
   * The results of the next rows of a partition; these begin with a new group of peers. `keep` is told what the rows up
   * to each row, or to the last of its peers, come to.
   */
  run(
    next: Sequence,
    saved: readonly Value[],
    keep?: Keep,
  ): { readonly results: Result[]; readonly saved: readonly Value[] }
  /** What so many rows come to, by the result of the last one; undefined: results do not say it. */
  resume?(result: Value, rows: number): readonly Value[]
  /** The result of a row up to which rows come to these values; undefined: they do not say it. */
  resultOf?(saved: readonly Value[]): Result
}

/** Of rows `[from, to)`. */
type Keep = (from: number, to: number, saved: readonly Value[]) => void

/** Undefined: the call needs the rows of its frame. */
export function runningCall(input: OverCallInput, schema: Schema): RunningCall | undefined {
  const { call } = input
  switch (call.window) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
      return numbering(call.window)
    case 'lag':
      return lagging(input, schema)
    case undefined:
      return isRunning(call.frame) ? accumulating(input, schema) : undefined
    case 'first_value':
    case 'last_value':
    case 'nth_value':
      return isRunning(call.frame) ? choosing(input, schema) : undefined
    default:
      return undefined
  }
}

/** From the first row to the current one. */
const isRunning = ({ start, end, exclude }: Frame): boolean =>
  start === 'unbounded' && end !== 'unbounded' && Number(end) === 0 && exclude === 'none'

function numbering(of: 'row_number' | 'rank' | 'dense_rank'): RunningCall {
  return {
    saved: [types.bigint],
    run({ rows, groups, groupStarts }, [saved]) {
      const before = Number(saved)
      const number = (row: number): number => {
        const group = groups[row] ?? 0
        return of === 'row_number' ? row : of === 'rank' ? (groupStarts[group] ?? 0) : group
      }
      const passed = of === 'dense_rank' ? groupStarts.length - 1 : rows
      return {
        results: Array.from({ length: rows }, (_, row) => BigInt(before + number(row) + 1)),
        saved: [BigInt(before + passed)],
      }
    },
    resume: (result, rows) => [of === 'dense_rank' ? result : BigInt(rows)],
  }
}

/** Keeps the last values, as many as it looks back. */
function lagging(input: OverCallInput, schema: Schema): RunningCall {
  const { call, args } = input
  const [value = -1, otherwise] = args
  const { count = 1, ignoreNulls = false } = call
  return {
    saved: [types.array(schema[value]?.type ?? types.null)],
    run({ columns }, [saved], keep) {
      const values = valuesOf(columns, value)
      const defaults = otherwise === undefined ? undefined : valuesOf(columns, otherwise)
      if (count === 0) return { results: [...values], saved: [[]] }
      const seen: Value[] = Array.isArray(saved) ? [...saved] : []
      const results = values.map((own, row): Value => {
        const there = seen.length - count
        const result = there >= 0 ? (seen[there] ?? null) : (defaults?.[row] ?? null)
        if (!ignoreNulls || own !== null) seen.push(own)
        keep?.(row, row + 1, [seen.slice(-count)])
        return result
      })
      return { results, saved: [seen.slice(-count)] }
    },
  }
}

function accumulating(input: OverCallInput, schema: Schema): RunningCall | undefined {
  const kind = accumulatorKind(listCall(input, schema))
  if (kind === undefined || !isSavable(kind)) return undefined
  const { resume } = kind
  return {
    saved: kind.saved,
    ...(resume === undefined ? {} : { resume }),
    resultOf(saved) {
      const accumulator = kind.create([], false)
      accumulator.load(saved)
      return accumulator.result()
    },
    run(next, saved, keep) {
      const counts = countedRows(input, next)
      const accumulator = kind.create(
        input.args.map(column => valuesOf(next.columns, column)),
        false,
      )
      accumulator.load(saved)
      const results = byStretch(input, next, (from, to) => {
        for (let row = from; row < to; row++) if (counts[row] === 1) accumulator.add(row)
        keep?.(from, to, accumulator.save())
        return accumulator.result()
      })
      return { results, saved: accumulator.save() }
    },
  }
}

/** FIRST_VALUE, LAST_VALUE and NTH_VALUE: how many values were seen, and the chosen one. */
function choosing(input: OverCallInput, schema: Schema): RunningCall {
  const { call, args } = input
  const [value = -1] = args
  const wanted = call.window === 'nth_value' ? (call.count ?? 1) : 1
  const resume = resumedChoice(call, wanted)
  return {
    saved: [types.bigint, schema[value]?.type ?? types.null],
    ...(resume === undefined ? {} : { resume }),
    resultOf: ([, chosen = null]) => chosen,
    run(next, [savedCount = null, savedValue = null], keep) {
      const values = valuesOf(next.columns, value)
      let seen = Number(savedCount)
      let chosen = savedValue
      const results = byStretch(input, next, (from, to) => {
        for (let row = from; row < to; row++) {
          const own = values[row] ?? null
          if (call.ignoreNulls === true && own === null) continue
          seen++
          if (call.window === 'last_value' || seen === wanted) chosen = own
        }
        keep?.(from, to, [BigInt(seen), chosen])
        return chosen
      })
      return { results, saved: [BigInt(seen), chosen] }
    },
  }
}

/** Beyond the wanted value it does not matter how many there were. */
function resumedChoice({ window, ignoreNulls }: OverCallInput['call'], wanted: number): RunningCall['resume'] {
  if (ignoreNulls !== true) return (result, rows) => [BigInt(Math.min(rows, wanted)), result]
  // How many values that are not NULL there were before the nth, its NULL does not say.
  if (window === 'nth_value') return undefined
  return result => [result === null ? 0n : 1n, result]
}

/** A result for each row: that of the frame which ends with it, or with the last of its peers. */
function byStretch(
  { call }: OverCallInput,
  { rows, groupStarts }: Sequence,
  take: (from: number, to: number) => Result,
): Result[] {
  const results: Result[] = new Array(rows)
  if (call.frame.unit === 'rows') {
    for (let row = 0; row < rows; row++) results[row] = take(row, row + 1)
    return results
  }
  for (let group = 0; group + 1 < groupStarts.length; group++) {
    const from = groupStarts[group] ?? 0
    const to = groupStarts[group + 1] ?? rows
    results.fill(take(from, to), from, to)
  }
  return results
}
