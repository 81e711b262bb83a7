import type { Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { AggregateCall } from '../../../plan/expressions/aggregate-call.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type DataType, field, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { type Cell, columnOf, type FieldPlace, gatherField, placeOf } from './aggregate-cells.ts'

/** A fold written in TypeScript: its state is a value of the call's type in the group's row. */
export function foldCell(
  id: string,
  args: readonly number[],
  type: DataType,
  fold: NonNullable<AggregateCall['fold']>,
): Cell {
  return {
    id: `fold ${id} ${folds.of(fold)}`,
    fields: [field('state', type), field('started', types.boolean, false)],
    update(memory, { rows, table, slots, addresses, columns, mask, weights, failed }, places) {
      const mark = memory.mark()
      const known = statesAt(memory, addresses, rows, type, places)
      const inputs = args.map(column => columnOf(columns, column))
      const states = new Map<number, Value>()
      for (let row = 0; row < rows; row++) {
        if (mask !== 0 && memory.u8(mask + row, 1)[0] === 0) continue
        const slot = memory.i32(slots + row * 4, 1)[0] ?? -1
        const before = states.has(slot) ? { state: states.get(slot) ?? null } : known[row]
        const weight = weights === 0 ? 1 : (memory.i32(weights + row * 4, 1)[0] ?? 1)
        try {
          const values = inputs.map(column => readValue(memory, column, row))
          states.set(slot, folded(fold, before === undefined ? fold.initial : before.state, values, weight))
        } catch (error) {
          failed?.push({ row, message: error instanceof Error ? error.message : String(error) })
        }
      }
      store(memory, table, type, states, places)
      memory.release(mark)
    },
    merge(memory, { rows, table, toSlots, to, from }, places) {
      const mark = memory.mark()
      const own = statesAt(memory, to, rows, type, places)
      const others = statesAt(memory, from, rows, type, places)
      const states = new Map<number, Value>()
      for (const [row, slot] of memory.i32(toSlots, rows).slice().entries()) {
        const other = others[row]
        if (other === undefined) continue
        const before = states.has(slot) ? { state: states.get(slot) ?? null } : own[row]
        states.set(slot, before === undefined ? other.state : merged(fold, before.state, other.state))
      }
      store(memory, table, type, states, places)
      memory.release(mark)
    },
  }
}

/** The state after a row has come, or has been taken back, so many times. */
function folded(
  fold: NonNullable<AggregateCall['fold']>,
  before: Value,
  values: readonly Value[],
  weight: number,
): Value {
  const take = weight < 0 ? fold.retract : fold.step
  if (take === undefined) throw new RangeError('a row is taken back of a fold that cannot retract')
  let state = before
  for (let times = Math.abs(weight); times > 0; times--) state = take(state, values)
  return state
}

function merged({ merge }: NonNullable<AggregateCall['fold']>, a: Value, b: Value): Value {
  if (merge === undefined) throw new RangeError('the states of a fold that cannot merge are put together')
  return merge(a, b)
}

/** The states of the groups at these addresses; undefined: it has none yet. */
function statesAt(
  memory: Memory,
  addresses: Pointer,
  rows: number,
  type: DataType,
  places: readonly FieldPlace[],
): readonly ({ readonly state: Value } | undefined)[] {
  const known = gatherField(memory, addresses, rows, placeOf(places, 0), type)
  const begun = gatherField(memory, addresses, rows, placeOf(places, 1), types.boolean)
  return Array.from({ length: rows }, (_, row) =>
    readValue(memory, begun, row) === true ? { state: readValue(memory, known, row) } : undefined,
  )
}

function store(
  memory: Memory,
  table: StateTable,
  type: DataType,
  states: ReadonlyMap<number, Value>,
  places: readonly FieldPlace[],
): void {
  const changed = int32s(memory, [...states.keys()])
  const started = [...states.keys()].map(() => true)
  table.scatter(changed, states.size, placeOf(places, 0).field, columnFromValues(memory, type, [...states.values()]))
  table.scatter(changed, states.size, placeOf(places, 1).field, columnFromValues(memory, types.boolean, started))
}

/** A number for each fold: two calls of one fold over the same columns share their state. */
const folds = {
  numbers: new WeakMap<object, number>(),
  next: 0,
  of(fold: object): number {
    const known = this.numbers.get(fold)
    if (known !== undefined) return known
    this.numbers.set(fold, ++this.next)
    return this.next
  },
}
