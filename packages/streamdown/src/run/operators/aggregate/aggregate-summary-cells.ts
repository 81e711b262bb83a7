import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import { RowError } from '../../../functions/definition.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, field } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type Cell, type CellRows, type FieldPlace, gatherField, placeOf } from './aggregate-cells.ts'
import type { Finish } from './aggregate-finish.ts'

/** A summary of values that is kept as one value of the group's row. */
export interface Summary<S> {
  readonly type: DataType
  /** NULL is the summary of nothing. */
  readonly read: (kept: Value) => S
  readonly write: (summary: S) => Value
  /** May change the first. */
  readonly union: (a: S, b: S) => S
}

/** Takes a row in, `times` times, and may change the summary that it is given; undefined: the row says nothing. */
export type Take<S> = (summary: S, row: number, times: number) => S | undefined

/** `taker` is asked once a batch. */
export function summaryCell<S>(id: string, kind: Summary<S>, taker: (memory: Memory, rows: CellRows) => Take<S>): Cell {
  return {
    id,
    fields: [field('summary', kind.type)],
    update(memory, given, places) {
      const { rows, table, slots, addresses, mask, weights } = given
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, addresses, rows, place, kind.type)
      const take = taker(memory, given)
      const slotOf = memory.i32(slots, rows).slice()
      const counts = mask === 0 ? undefined : memory.u8(mask, rows).slice()
      const times = weights === 0 ? undefined : memory.i32(weights, rows).slice()
      const summaries = new Map<number, S>()
      for (let row = 0; row < rows; row++) {
        if (counts?.[row] === 0) continue
        const slot = slotOf[row] ?? -1
        const before = summaries.get(slot) ?? kind.read(readValue(memory, known, row))
        const after = take(before, row, times?.[row] ?? 1)
        if (after !== undefined) summaries.set(slot, after)
      }
      store(memory, table, place, kind, summaries)
      memory.release(mark)
    },
    merge(memory, { rows, table, toSlots, to, from }, places) {
      const place = placeOf(places, 0)
      const mark = memory.mark()
      const known = gatherField(memory, to, rows, place, kind.type)
      const more = gatherField(memory, from, rows, place, kind.type)
      const slotOf = memory.i32(toSlots, rows).slice()
      const summaries = new Map<number, S>()
      for (let row = 0; row < rows; row++) {
        const slot = slotOf[row] ?? -1
        const before = summaries.get(slot) ?? kind.read(readValue(memory, known, row))
        summaries.set(slot, kind.union(before, kind.read(readValue(memory, more, row))))
      }
      store(memory, table, place, kind, summaries)
      memory.release(mark)
    },
  }
}

function store<S>(
  memory: Memory,
  table: StateTable,
  place: FieldPlace,
  { type, write }: Summary<S>,
  summaries: ReadonlyMap<number, S>,
): void {
  const slots = int32s(memory, [...summaries.keys()])
  table.scatter(slots, summaries.size, place.field, columnFromValues(memory, type, [...summaries.values()].map(write)))
}

/** A result that does not fit its type, a RowError, is withheld. */
export const finishSummary =
  <S>(type: DataType, kind: Summary<S>, result: (summary: S) => Value): Finish =>
  (memory, { rows, addresses, overflow }, [places = []]) => {
    const summaries = gatherField(memory, addresses, rows, placeOf(places, 0), kind.type)
    const results = Array.from({ length: rows }, (_, row): Value => {
      try {
        return result(kind.read(readValue(memory, summaries, row)))
      } catch (error) {
        if (!(error instanceof RowError)) throw error
        memory.view().setUint8(overflow + row, 1)
        return null
      }
    })
    return columnFromValues(memory, type, results)
  }
