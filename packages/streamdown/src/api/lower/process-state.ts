import type { ProcessHost, StateCell } from '../../plan/nodes/node.ts'
import { fail } from '../../sql/bind/problem.ts'
import { types } from '../../types/data-type.ts'
import { valueKey } from '../../types/value-key.ts'
import { durationMicros } from '../duration.ts'
import { ListCell, type ListState, type MapCell, type MapState, type StateCells, ValueCell } from '../process.ts'
import { ColumnType } from '../schema/column-type.ts'
import { fromInput } from '../values/from-input.ts'
import { toRowValue } from '../values/to-row.ts'

/** The state of a process function: what the plan keeps, and the object through which the function sees it. */
export interface ProcessState {
  readonly cells: readonly StateCell[]
  readonly view: object
}

/** `host`: of the call that runs. What is written is checked by its type: DSD5008 names the part of the state. */
export function processState(state: StateCells, host: () => ProcessHost): ProcessState {
  const cells: StateCell[] = []
  const view = {}
  for (const [at, [name, cell]] of Object.entries(state).entries()) {
    const { ttl } = cell.options
    const lives = ttl === undefined ? {} : { ttl: durationMicros(ttl) }
    const path = `state.${name}`
    if (cell instanceof ValueCell) {
      const type = cell.type ?? typeOfInitial(name, cell.initial)
      const initial = fromInput(type, cell.initial, path)
      cells.push({ is: 'value', name, type: type.type, ...lives })
      Object.defineProperty(view, name, {
        enumerable: true,
        get: () => {
          const value = host().read(at)
          return toRowValue(type, value === undefined ? initial : value)
        },
        set: (given: unknown) => {
          const value = fromInput(type, given, path)
          if (valueKey(value) === valueKey(initial)) host().clear(at)
          else host().write(at, value)
        },
      })
    } else if (cell instanceof ListCell) {
      cells.push({ is: 'list', name, type: cell.type.type, ...lives })
      Object.defineProperty(view, name, { enumerable: true, value: listView(cell, at, path, host) })
    } else {
      cells.push({ is: 'map', name, key: cell.key.type, type: cell.type.type, ...lives })
      Object.defineProperty(view, name, { enumerable: true, value: mapView(cell, at, path, host) })
    }
  }
  return { cells, view }
}

function listView({ type }: ListCell<unknown>, at: number, path: string, host: () => ProcessHost): ListState<unknown> {
  const values = (): readonly unknown[] =>
    host()
      .list(at)
      .values()
      .map(value => toRowValue(type, value))
  return {
    get length() {
      return host().list(at).values().length
    },
    at: index => values().at(index),
    push: (...added) =>
      host()
        .list(at)
        .push(added.map(value => fromInput(type, value, path))),
    shift: () => {
      const value = host().list(at).shift()
      return value === undefined ? undefined : toRowValue(type, value)
    },
    clear: () => host().list(at).clear(),
    [Symbol.iterator]: () => values()[Symbol.iterator](),
  }
}

function mapView(
  { key, type }: MapCell<unknown, unknown>,
  at: number,
  path: string,
  host: () => ProcessHost,
): MapState<unknown, unknown> {
  const named = (name: unknown) => fromInput(key, name, `${path} key`)
  return {
    get size() {
      return host().map(at).entries().length
    },
    get: name => {
      const value = host().map(at).get(named(name))
      return value === undefined ? undefined : toRowValue(type, value)
    },
    has: name => host().map(at).get(named(name)) !== undefined,
    set: (name, value) =>
      host()
        .map(at)
        .set(named(name), fromInput(type, value, path)),
    delete: name => host().map(at).delete(named(name)),
    clear: () => host().map(at).clear(),
    [Symbol.iterator]: () =>
      host()
        .map(at)
        .entries()
        .map(([name, value]): [unknown, unknown] => [toRowValue(key, name), toRowValue(type, value)])
        [Symbol.iterator](),
  }
}

/** The type of `value(0)`, which says none. */
function typeOfInitial(name: string, initial: unknown): ColumnType<unknown> {
  switch (typeof initial) {
    case 'number':
      return new ColumnType(types.double)
    case 'bigint':
      return new ColumnType(types.bigint)
    case 'string':
      return new ColumnType(types.string)
    case 'boolean':
      return new ColumnType(types.boolean)
    default:
      return fail('DSD5005', `The type of state.${name} cannot be told from its first value: write value(t..., value).`)
  }
}
