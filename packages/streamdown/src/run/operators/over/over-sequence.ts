import type { FrameBound, OverCall, SortKey } from '../../../plan/nodes/node.ts'
import { compareValues } from '../../../types/compare-values.ts'
import type { DataType } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'

/** Rows of one partition in their order, as far as calls are computed over them. */
export interface Sequence {
  readonly rows: number
  /** The values of columns of the operator's input, by index. */
  readonly columns: ReadonlyMap<number, readonly Value[]>
  /** The number of each row's group of peers, from 0. */
  readonly groups: Int32Array
  /** The first row of each group, then the number of rows. */
  readonly groupStarts: readonly number[]
}

/** `peers`: the columns in which rows of a group are equal; undefined: every row is alone. */
export function sequenceOf(
  rows: number,
  columns: ReadonlyMap<number, readonly Value[]>,
  peers: readonly number[] | undefined,
): Sequence {
  const groups = new Int32Array(rows)
  const groupStarts: number[] = []
  const values = peers?.map(column => valuesOf(columns, column))
  for (let row = 0; row < rows; row++) {
    const continues = row > 0 && values?.every(column => isSame(column[row] ?? null, column[row - 1] ?? null)) === true
    if (!continues) groupStarts.push(row)
    groups[row] = groupStarts.length - 1
  }
  groupStarts.push(rows)
  return { rows, columns, groups, groupStarts }
}

export function valuesOf(columns: ReadonlyMap<number, readonly Value[]>, column: number): readonly Value[] {
  const values = columns.get(column)
  if (values === undefined) throw new RangeError(`column ${column} was not read`)
  return values
}

const isSame = (a: Value, b: Value): boolean =>
  a === b || (a !== null && b !== null && typeof a !== 'bigint' && compareValues(a, b) === 0)

/** The column that RANGE distances are measured in. */
export interface Measure {
  readonly column: number
  readonly type: DataType
  readonly descending: boolean
}

export function measureOf(orderBy: readonly SortKey[], types: readonly { readonly type: DataType }[]) {
  const [first] = orderBy
  const type = first === undefined ? undefined : types[first.column]?.type
  return first === undefined || type === undefined
    ? undefined
    : { column: first.column, type, descending: first.descending }
}

/** µs. */
export const DAY = 86_400_000_000n

/**
 * Where the frames of a sequence begin and end. Both move forward with the row, so that an aggregate takes each row in
 * once and gives it back once.
 */
export class Frames {
  readonly #frame: OverCall['frame']
  readonly #sequence: Sequence
  readonly #distances: readonly (number | bigint | null)[]
  readonly #descending: boolean
  /** Where rows with a value begin and end: NULLs stand together at one end. */
  readonly #firstValue: number
  readonly #lastValue: number
  /** Of a session frame: the first row of each row's session, and the row behind its last. */
  readonly #sessions: Sessions | undefined

  constructor(frame: OverCall['frame'], sequence: Sequence, measure: Measure | undefined) {
    this.#frame = frame
    this.#sequence = sequence
    this.#descending = measure?.descending === true
    const isMeasured = frame.unit === 'range' || frame.unit === 'session'
    const measured = isMeasured && (isDistance(frame.start) || isDistance(frame.end))
    this.#distances = measured && measure !== undefined ? distances(sequence, measure) : []
    let first = 0
    while (first < this.#distances.length && this.#distances[first] === null) first++
    let last = this.#distances.length
    while (last > first && this.#distances[last - 1] === null) last--
    this.#firstValue = first
    this.#lastValue = last
    this.#sessions = frame.unit === 'session' ? sessionsOf(this.#distances, frame.end) : undefined
  }

  /** The first row of the row's frame. */
  from(row: number): number {
    if (this.#sessions !== undefined) return this.#sessions.from[row] ?? row
    const { start, unit } = this.#frame
    if (start === 'unbounded') return 0
    if (unit === 'rows') return this.#within(row + Number(start))
    return unit === 'range' && isDistance(start) ? this.#search(row, start, false) : this.#group(row, Number(start))
  }

  /** The row behind the last of the row's frame; not before `from`. */
  to(row: number): number {
    if (this.#sessions !== undefined) return this.#sessions.to[row] ?? row + 1
    return Math.max(this.from(row), this.#end(row))
  }

  #end(row: number): number {
    const { end, unit } = this.#frame
    if (end === 'unbounded') return this.#sequence.rows
    if (unit === 'rows') return this.#within(row + Number(end) + 1)
    return unit === 'range' && isDistance(end) ? this.#search(row, end, true) : this.#group(row, Number(end) + 1)
  }

  /** Whether EXCLUDE leaves `other` out of the frame of `row`. */
  excludes(row: number, other: number): boolean {
    const { groups } = this.#sequence
    switch (this.#frame.exclude) {
      case 'none':
        return false
      case 'current row':
        return row === other
      case 'group':
        return groups[row] === groups[other]
      case 'ties':
        return row !== other && groups[row] === groups[other]
    }
  }

  #within(row: number): number {
    return Math.max(0, Math.min(this.#sequence.rows, row))
  }

  #group(row: number, distance: number): number {
    const { groups, groupStarts } = this.#sequence
    const group = Math.max(0, Math.min(groupStarts.length - 1, (groups[row] ?? 0) + distance))
    return groupStarts[group] ?? 0
  }

  /** The first row at (or `behind`) a distance from the row's value. Around a NULL stand its peers alone. */
  #search(row: number, distance: number | bigint, behind: boolean): number {
    const own = this.#distances[row] ?? null
    if (own === null) return this.#group(row, behind ? 1 : 0)
    const signed = this.#descending ? -distance : distance
    const bound = typeof own === 'bigint' ? own + BigInt(signed) : own + Number(signed)
    let low = this.#firstValue
    let high = this.#lastValue
    while (low < high) {
      const middle = (low + high) >> 1
      const compared = compareValues(this.#distances[middle] ?? null, bound)
      const order = this.#descending ? -compared : compared
      if (order < 0 || (behind && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }
}

interface Sessions {
  readonly from: Int32Array
  readonly to: Int32Array
}

/** Rows in order, of which each is less than the gap away from the next one; rows without a value are one session. */
function sessionsOf(distances: readonly (number | bigint | null)[], gap: FrameBound): Sessions {
  const rows = distances.length
  const from = new Int32Array(rows)
  const to = new Int32Array(rows).fill(rows)
  let start = 0
  for (let row = 1; row < rows; row++) {
    if (!continues(distances[row - 1] ?? null, distances[row] ?? null, gap)) {
      to.fill(row, start, row)
      start = row
    }
    from[row] = start
  }
  return { from, to }
}

function continues(before: number | bigint | null, own: number | bigint | null, gap: FrameBound): boolean {
  if (before === null || own === null || gap === 'unbounded') return before === own
  const away = typeof before === 'bigint' && typeof own === 'bigint' ? own - before : Number(own) - Number(before)
  return (away < 0 ? -away : away) < gap
}

const isDistance = (bound: FrameBound): bound is number | bigint => bound !== 'unbounded' && Number(bound) !== 0

function distances({ columns }: Sequence, { column, type }: Measure): readonly (number | bigint | null)[] {
  return valuesOf(columns, column).map(value => {
    if (typeof value === 'number') return type.is === 'date' ? BigInt(value) * DAY : value
    return typeof value === 'bigint' ? value : null
  })
}
