import type { Column, Pointer } from '../../../batch/batch.ts'
import { takeColumn } from '../../../batch/select.ts'
import { columnFromValues, int32s } from '../../../batch/values.ts'
import type { DataType } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { type OverLayout, valuesIn } from './over-layout.ts'
import type { Reach, ValueReach } from './over-reach.ts'
import type { Segment } from './over-segments.ts'
import { DAY } from './over-sequence.ts'
import type { OverStore } from './over-store.ts'

/** Changed rows that lie in partitions, with the first values of their order. */
export interface ChangedValues {
  readonly partitions: Int32Array
  readonly values: readonly Value[]
}

/** A place of a partition, or what there is to search for in it. */
interface Place {
  readonly partition: number
  readonly place: number
}

interface Span {
  readonly partition: number
  readonly first: number
  readonly last: number
}

type Side = 'before' | 'behind'

/**
 * What a step's changes may reach where frames are told by values of the order: rows are searched for in the ordered
 * store, so that a change looks at the rows around it alone. What is found may be more than what changes, never less.
 * NULLs are near nothing: around one the whole partition is looked at.
 */
export class OverSpans {
  readonly #context: OperatorContext
  readonly #store: OverStore
  readonly #column: number
  readonly #type: DataType
  readonly #descending: boolean
  readonly #nullsLast: boolean
  readonly #reach: Reach
  readonly #values: ValueReach

  constructor(context: OperatorContext, store: OverStore, layout: OverLayout, reach: Reach, values: ValueReach) {
    const [first] = layout.orderBy
    const type = first === undefined ? undefined : layout.schema[first.column]?.type
    if (first === undefined || type === undefined) throw new RangeError('rows without an order have no values')
    this.#context = context
    this.#store = store
    this.#column = first.column
    this.#type = type
    this.#descending = first.descending
    this.#nullsLast = !first.nullsFirst && layout.schema[first.column]?.nullable !== false
    this.#reach = reach
    this.#values = values
  }

  /** The first values of the order of rows. */
  valuesOf(slots: Pointer, rows: number): readonly Value[] {
    return valuesIn(this.#context.memory, this.#store.column(slots, rows, this.#column), rows)
  }

  /** `keys` of the partitions, `counts` of their rows; those that leave have left. */
  segments({ partitions, values }: ChangedValues, keys: readonly Column[], counts: Int32Array): readonly Segment[] {
    const { start, end } = this.#values
    const from = [...partitions].map((partition, row) => ({ partition, value: values[row] ?? null }))
    const firsts = this.#around(from, -end, 'before', keys, counts)
    const lasts = this.#around(from, -start, 'behind', keys, counts)
    const spans = [...partitions].flatMap((partition, row): Span[] => {
      const count = counts[partition] ?? 0
      const first = Math.max(0, (firsts[row] ?? 0) - this.#reach.before)
      const last = Math.min(count, (lasts[row] ?? count) + this.#reach.behind)
      return first < last ? [{ partition, first, last }] : []
    })
    return this.#read(merged(spans), keys, counts)
  }

  /** With the rows that the frames of the spans' rows have. */
  #read(spans: readonly Span[], keys: readonly Column[], counts: Int32Array): readonly Segment[] {
    const { start, end } = this.#values
    const ends = (of: (span: Span) => number) =>
      this.#valuesAt(
        spans.map(span => ({ partition: span.partition, place: of(span) })),
        keys,
      ).map((value, at) => ({ partition: spans[at]!.partition, value }))
    const froms = this.#around(
      ends(({ first }) => first),
      start,
      'before',
      keys,
      counts,
    )
    const tos = this.#around(
      ends(({ last }) => last - 1),
      end,
      'behind',
      keys,
      counts,
    )
    const segments: Segment[] = []
    for (const [at, { partition, first, last }] of spans.entries()) {
      const count = counts[partition] ?? 0
      const from = Math.max(0, Math.min(froms[at] ?? 0, first - this.#reach.behind))
      const to = Math.min(count, Math.max(tos[at] ?? count, last + this.#reach.before))
      const known = segments.at(-1)
      if (known !== undefined && known.partition === partition && from <= known.to)
        segments.splice(-1, 1, { ...known, to: Math.max(to, known.to), last })
      else segments.push({ partition, from, to, first, last })
    }
    return segments
  }

  /**
   * The place of the first row at, or `behind` the last one, that lies `distance` from each value, and so many groups
   * further as are reached; the end of the partition there around a NULL.
   */
  #around(
    from: readonly { readonly partition: number; readonly value: Value }[],
    distance: number | bigint,
    side: Side,
    keys: readonly Column[],
    counts: Int32Array,
  ): Int32Array {
    const partitions = from.map(({ partition }) => partition)
    const edge = (row: number): number => (side === 'before' ? 0 : (counts[partitions[row] ?? 0] ?? 0))
    const bounds = from.map(({ value }) => this.#moved(value, this.#descending ? -distance : distance, side))
    const found = this.#search(partitions, bounds, side, keys, counts)
    const places = found.map((place, row) => (bounds[row] === null ? edge(row) : place))
    for (let group = 0; group < this.#values.groups; group++) {
      // The row before the first one, or the one behind the last, is of the next group.
      const next = Int32Array.from(places, place => (side === 'before' ? place - 1 : place))
      const values = this.#valuesAt(
        [...next].map((place, row) => ({ partition: partitions[row]!, place })),
        keys,
      )
      const further = this.#search(partitions, values, side, keys, counts)
      for (const row of places.keys()) places[row] = values[row] === null ? edge(row) : (further[row] ?? 0)
    }
    return places
  }

  /** The first values of the order of rows; NULL where there is no row. */
  #valuesAt(at: readonly Place[], keys: readonly Column[]): readonly Value[] {
    const { memory } = this.#context
    const own = this.#keysOf(
      at.map(({ partition }) => partition),
      keys,
    )
    const places = int32s(
      memory,
      at.map(({ place }) => place),
    )
    return valuesIn(memory, this.#store.orderAt(own, places, at.length), at.length)
  }

  #search(
    partitions: readonly number[],
    bounds: readonly Value[],
    side: Side,
    keys: readonly Column[],
    counts: Int32Array,
  ): Int32Array {
    const { memory } = this.#context
    const bound = columnFromValues(memory, this.#type, bounds)
    const own = this.#keysOf(partitions, keys)
    const found = this.#store.placesFrom(own, bound, bounds.length, side === 'behind')
    const ends = partitions.map(partition => counts[partition] ?? 0)
    const beyond = [...found.keys()].filter(row => (found[row] ?? 0) < 0)
    const behindAll =
      side === 'before' && this.#nullsLast
        ? this.#beforeNulls(
            beyond.map(row => ({ partition: partitions[row] ?? 0, place: ends[row] ?? 0 })),
            keys,
          )
        : beyond.map(row => ends[row] ?? 0)
    for (const [at, row] of beyond.entries()) found[row] = behindAll[at] ?? 0
    return found
  }

  /** Where the NULLs begin that stand last in partitions; `place`: how many rows there are. */
  #beforeNulls(ends: readonly Place[], keys: readonly Column[]): readonly number[] {
    const low = ends.map(() => 0)
    const high = ends.map(({ place }) => place)
    for (;;) {
      const open = [...ends.keys()].filter(at => (low[at] ?? 0) < (high[at] ?? 0))
      if (open.length === 0) return low
      const middles = open.map(at => ((low[at] ?? 0) + (high[at] ?? 0)) >> 1)
      const mark = this.#context.memory.mark()
      const values = this.#valuesAt(
        open.map((at, i) => ({ partition: ends[at]?.partition ?? 0, place: middles[i] ?? 0 })),
        keys,
      )
      this.#context.memory.release(mark)
      for (const [i, at] of open.entries()) {
        if (values[i] === null) high[at] = middles[i] ?? 0
        else low[at] = (middles[i] ?? 0) + 1
      }
    }
  }

  #keysOf(partitions: readonly number[], keys: readonly Column[]): readonly Column[] {
    const { memory } = this.#context
    const selection = int32s(memory, partitions)
    return keys.map(column => takeColumn(memory, column, selection, partitions.length, false))
  }

  /** A value so far away, rounded away from the rows between; at most what the type holds. */
  #moved(value: Value, distance: number | bigint, side: Side): Value {
    if (value === null || Number(distance) === 0) return value
    const up = (side === 'behind') !== this.#descending
    const away = typeof distance === 'bigint' ? distance : BigInt(up ? Math.ceil(distance) : Math.floor(distance))
    if (typeof value === 'bigint') return BigInt.asIntN(64, clamped(value + away, 64n))
    const { is } = this.#type
    if (is !== 'date')
      return Number(clamped(BigInt(Number(value)) + away, is === 'tinyint' ? 8n : is === 'smallint' ? 16n : 32n))
    const micros = BigInt(Number(value)) * DAY + away
    const days = micros / DAY
    const rounded = up ? days + (micros > days * DAY ? 1n : 0n) : days - (micros < days * DAY ? 1n : 0n)
    return Number(clamped(rounded, 32n))
  }
}

function clamped(value: bigint, bits: bigint): bigint {
  const most = 2n ** (bits - 1n) - 1n
  return value > most ? most : value < -most - 1n ? -most - 1n : value
}

/** Spans of a partition that meet become one; in order. */
function merged(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = []
  for (const span of spans.toSorted((a, b) => a.partition - b.partition || a.first - b.first)) {
    const known = all.at(-1)
    if (known !== undefined && known.partition === span.partition && span.first <= known.last)
      all.splice(-1, 1, { ...known, last: Math.max(known.last, span.last) })
    else all.push(span)
  }
  return all
}
