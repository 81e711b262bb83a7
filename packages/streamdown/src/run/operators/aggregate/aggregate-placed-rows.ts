import type { Column, Pointer } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { int32s } from '../../../batch/values.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { columnOf } from './aggregate-cells.ts'
import type { AggregateCallInput } from './aggregate-input.ts'
import type { KeptCall, ListedRows } from './aggregate-lists.ts'
import { isQuantile, quantilesOf } from './aggregate-quantiles.ts'
import { RowsInOrder } from './rows-in-order.ts'

/** Whether a call's result is one row of the group, or two beside each other, found by a place in an order. */
export const isPlaced = (input: AggregateCallInput): boolean =>
  isQuantile(input) ||
  (!input.call.distinct && ['first_value', 'last_value', 'any_value', 'arg_min', 'arg_max'].includes(input.call.name))

/**
 * A call whose result stands at a place in the order of its rows, over rows that may be taken back. A result, and a row
 * taken back, cost a logarithm.
 */
export class PlacedRows implements KeptCall {
  readonly #memory: Memory
  readonly #input: AggregateCallInput
  readonly #rows: RowsInOrder
  /** The columns of the input that are kept, behind the keys. */
  readonly #columns: readonly number[]

  constructor(
    context: OperatorContext,
    input: AggregateCallInput,
    schema: Schema,
    name: string,
    keys: readonly Field[],
    groupBy: number,
  ) {
    const { args, orderBy } = input
    this.#memory = context.memory
    this.#input = input
    this.#columns = [...new Set([...args, ...orderBy.map(({ column }) => column)])]
    this.#rows = new RowsInOrder(context, {
      name,
      keys,
      groupBy,
      values: this.#columns.map(column => field(`c${column}`, schema[column]?.type ?? types.null)),
      others: [],
      order: sortingOf(input).map(each => ({ ...each, field: this.#columns.indexOf(each.column) })),
    })
  }

  get tables(): readonly StateTable[] {
    return this.#rows.tables
  }

  bytes(): number {
    return this.#rows.bytes()
  }

  rebuild(): void {
    this.#rows.rebuild()
  }

  insert({ rows, keys, columns, mask, weights, ordinals, firstOrdinal }: ListedRows): void {
    const memory = this.#memory
    const counted = mask === 0 ? undefined : memory.u8(mask, rows)
    const times = weights === 0 ? undefined : memory.i32(weights, rows)
    const added: number[] = []
    const taken: number[] = []
    for (let row = 0; row < rows; row++) {
      if (counted?.[row] === 0) continue
      const weight = times?.[row] ?? 1
      for (let n = Math.abs(weight); n > 0; n--) (weight > 0 ? added : taken).push(row)
    }
    const kept = [...keys, ...this.#columns.map(column => columnOf(columns, column))]
    const data = ordinals === 0 ? memory.chunk(rows * 8) : ordinals
    if (ordinals === 0) memory.kernels.sequence(firstOrdinal, rows, data)
    const arrival: Column = { type: types.bigint, data, validity: 0 }
    this.#rows.add({ kept, arrival, rows: added })
    this.#rows.take({ kept, arrival, rows: taken }, () => {})
  }

  finish(keys: readonly Column[], rows: number): Column {
    const { call, args } = this.#input
    const argument = (column: number | undefined): number => this.#columns.indexOf(column ?? -1)
    if (isQuantile(this.#input)) {
      return quantilesOf(this.#memory, call, rows, {
        counts: this.#rows.countOf(keys, rows),
        at: (places, which) =>
          this.#rows.gather(this.#slotAt(keys, places), rows, argument(which === 'value' ? args.at(-1) : args[0])),
        fixed: args.length === 1,
      })
    }
    const last = call.name === 'last_value'
    const counts = this.#memory.i32(this.#rows.countOf(keys, rows), rows)
    const places = Array.from(counts, count => (last ? count - 1 : 0))
    return this.#rows.gather(this.#slotAt(keys, places), rows, argument(args[0]))
  }

  forget(keys: readonly Column[], rows: number): void {
    this.#rows.forget(keys, rows)
  }

  move(from: readonly Column[], to: readonly Column[], rows: number): void {
    this.#rows.move(from, to, rows)
  }

  #slotAt(keys: readonly Column[], places: readonly number[]): Pointer {
    return this.#rows.slotAt(keys, int32s(this.#memory, places), places.length)
  }
}

/** By what the rows of a group stand before they stand as they arrived. */
function sortingOf({ call, args, orderBy }: AggregateCallInput): AggregateCallInput['orderBy'] {
  const by = (column: number | undefined, descending: boolean) =>
    column === undefined ? [] : [{ column, descending, nullsFirst: false }]
  switch (call.name) {
    case 'arg_min':
      return [...by(args[1], false), ...orderBy]
    case 'arg_max':
      return [...by(args[1], true), ...orderBy]
    case 'first_value':
    case 'last_value':
    case 'any_value':
      return orderBy
    default:
      return by(args.at(-1), orderBy[0]?.descending === true)
  }
}
