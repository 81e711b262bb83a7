import { hashesOf } from '../../../batch/key-groups.ts'
import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import {
  type DistinctSketch,
  distinctCount,
  distinctSketchBytes,
  distinctSketchFrom,
  emptyDistinctSketch,
  including,
  union,
} from '../../../functions/sketches/distinct-sketch.ts'
import {
  bucketOf,
  count,
  type QuantileSketch,
  quantileOf,
  quantileSketchBytes,
  quantileSketchFrom,
} from '../../../functions/sketches/quantile-sketch.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type Cell, type CellRows, columnOf, gatherField, type Place, placeOf } from './aggregate-cells.ts'
import type { Finish } from './aggregate-finish.ts'

/** A summary of values that is kept as bytes in the group's row; both functions may change the one they are given. */
interface Sketch<S> {
  /** NULL is the sketch of nothing. */
  readonly read: (bytes: Value) => S
  readonly bytes: (sketch: S) => Uint8Array
  readonly union: (a: S, b: S) => S
}

const quantiles: Sketch<QuantileSketch> = {
  read: bytes => (bytes instanceof Uint8Array ? quantileSketchFrom(bytes) : new Map()),
  bytes: quantileSketchBytes,
  union(a, b) {
    for (const [bucket, times] of b) count(a, bucket, times)
    return a
  },
}

const distinct: Sketch<DistinctSketch> = {
  read: bytes => (bytes instanceof Uint8Array ? distinctSketchFrom(bytes) : emptyDistinctSketch()),
  bytes: distinctSketchBytes,
  union,
}

/** The numbers of each group by buckets, for quantiles no further from the exact ones than `error`. */
export const quantileSketchCell = (id: string, argument: number, error: number): Cell =>
  sketchCell(`quantiles within ${error} ${id}`, quantiles, (memory, { columns }) => {
    const values = columnOf(columns, argument)
    return (sketch, row, times) => {
      const value = readValue(memory, values, row)
      if (typeof value === 'number') count(sketch, bucketOf(value, error), times)
      return sketch
    }
  })

/** The different values of each group; only over rows that are never taken back. */
export const distinctSketchCell = (id: string, argument: number): Cell =>
  sketchCell(`distinct ${id}`, distinct, (memory, { columns, rows }) => {
    const hashes = memory.u32(hashesOf(memory, [columnOf(columns, argument)], rows), rows).slice()
    return (sketch, row) => including(sketch, hashes[row] ?? 0)
  })

/** `taker` is asked once a batch for what takes a row in, `times` times. */
function sketchCell<S>(
  id: string,
  kind: Sketch<S>,
  taker: (memory: Memory, rows: CellRows) => (sketch: S, row: number, times: number) => S,
): Cell {
  const type = types.bytes
  return {
    id,
    fields: [field('sketch', type)],
    update(memory, given, places) {
      const { rows, table, slots, addresses, mask, weights } = given
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, addresses, rows, place, type)
      const take = taker(memory, given)
      const slotOf = memory.i32(slots, rows).slice()
      const counts = mask === 0 ? undefined : memory.u8(mask, rows).slice()
      const times = weights === 0 ? undefined : memory.i32(weights, rows).slice()
      const sketches = new Map<number, S>()
      for (let row = 0; row < rows; row++) {
        if (counts?.[row] === 0) continue
        const slot = slotOf[row] ?? -1
        const before = sketches.get(slot) ?? kind.read(readValue(memory, known, row))
        sketches.set(slot, take(before, row, times?.[row] ?? 1))
      }
      store(memory, table, place, kind, sketches)
      memory.release(mark)
    },
    merge(memory, { rows, table, toSlots, to, from }, places) {
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, to, rows, place, type)
      const more = gatherField(memory, from, rows, place, type)
      const slotOf = memory.i32(toSlots, rows).slice()
      const sketches = new Map<number, S>()
      for (let row = 0; row < rows; row++) {
        const slot = slotOf[row] ?? -1
        const before = sketches.get(slot) ?? kind.read(readValue(memory, known, row))
        sketches.set(slot, kind.union(before, kind.read(readValue(memory, more, row))))
      }
      store(memory, table, place, kind, sketches)
      memory.release(mark)
    },
  }
}

function store<S>(
  memory: Memory,
  table: StateTable,
  place: Place,
  { bytes }: Sketch<S>,
  sketches: ReadonlyMap<number, S>,
): void {
  const slots = int32s(memory, [...sketches.keys()])
  const values = columnFromValues(memory, types.bytes, [...sketches.values()].map(bytes))
  table.scatter(slots, sketches.size, place.field, values)
}

const finishSketch =
  <S>(type: DataType, { read }: Sketch<S>, result: (sketch: S) => Value): Finish =>
  (memory, { rows, addresses }, [places = []]) => {
    const sketches = gatherField(memory, addresses, rows, placeOf(places, 0), types.bytes)
    const results = Array.from({ length: rows }, (_, row) => result(read(readValue(memory, sketches, row))))
    return columnFromValues(memory, type, results)
  }

export const finishQuantile = (fraction: number, error: number): Finish =>
  finishSketch(types.double, quantiles, sketch => quantileOf(sketch, fraction, error) ?? null)

export const finishDistinctCount: Finish = finishSketch(types.bigint, distinct, distinctCount)
