import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { StateCell } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { field, type Schema, types } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { rowKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { bytesOf } from '../state-of.ts'
import { keyColumns } from './key-fields.ts'
import { ListCell } from './list-cell.ts'
import { MapCell } from './map-cell.ts'
import type { UndoLog } from './undo-log.ts'

/** A cell of a key: what it holds, and when it was changed last (µs of the processing clock; undefined: never). */
interface Held {
  value: Value | undefined
  changed: bigint | undefined
}

/** The state of a key between two flushes. */
export interface KeyState {
  /** Names the key until the next flush. */
  readonly id: number
  readonly key: readonly Value[]
  readonly cells: readonly Held[]
  dirty: boolean
}

/**
 * The state of all keys: a row a key for values and for when each cell was changed, tables of their own for lists and
 * maps. What is touched is held as values until `flush`; a key of which nothing is left has no row.
 */
export class KeyStates {
  readonly #context: OperatorContext
  readonly #keys: Schema
  readonly #cells: readonly StateCell[]
  readonly #undo: UndoLog
  readonly #table: StateTable
  readonly #lists = new Map<number, ListCell>()
  readonly #maps = new Map<number, MapCell>()
  readonly #open = new Map<string, KeyState>()
  /** The field that says when a cell was changed; that of a value stands before it. */
  readonly #changedAt: readonly number[]

  constructor(context: OperatorContext, keys: Schema, cells: readonly StateCell[], undo: UndoLog) {
    this.#context = context
    this.#keys = keys
    this.#cells = cells
    this.#undo = undo
    this.#table = context.table({
      name: 'keys',
      fields: [
        ...keys,
        ...cells.flatMap(({ name, is, type }) => [
          ...(is === 'value' ? [field(name, type)] : []),
          field(`${name} changed`, types.bigint),
        ]),
      ],
      keys: keys.length,
      unique: true,
    })
    let width = keys.length
    this.#changedAt = cells.map(({ is }) => {
      width += is === 'value' ? 2 : 1
      return width - 1
    })
    for (const [at, cell] of cells.entries()) {
      if (cell.is === 'list') this.#lists.set(at, new ListCell(context, cell.name, keys, cell.type, undo))
      if (cell.is === 'map') this.#maps.set(at, new MapCell(context, cell.name, keys, cell, undo))
    }
  }

  get tables(): readonly StateTable[] {
    return [this.#table, ...this.#lists.values(), ...this.#maps.values()].map(each =>
      'table' in each ? each.table : each,
    )
  }

  /** Makes the states of these keys known at once; then `of` finds them. */
  load(keys: readonly (readonly Value[])[]): void {
    const fresh = new Map<string, readonly Value[]>()
    for (const key of keys) {
      const name = rowKey(key)
      if (!this.#open.has(name)) fresh.set(name, key)
    }
    if (fresh.size === 0) return
    const { memory } = this.#context
    const mark = memory.mark()
    const rows = fresh.size
    const slots = this.#table.find(keyColumns(memory, this.#keys, [...fresh.values()]), rows)
    const columns = this.#cells.map(({ is }, cell) => {
      const at = this.#changedAt[cell] ?? -1
      const changed = this.#table.gather(slots, rows, at)
      return { changed, value: is === 'value' ? this.#table.gather(slots, rows, at - 1) : undefined }
    })
    for (const [row, [name, key]] of [...fresh].entries()) {
      const cells = columns.map((column): Held => {
        const changed = readValue(memory, column.changed, row)
        if (typeof changed !== 'bigint') return { value: undefined, changed: undefined }
        return { value: column.value === undefined ? null : readValue(memory, column.value, row), changed }
      })
      this.#open.set(name, { id: this.#open.size, key, cells, dirty: false })
    }
    memory.release(mark)
  }

  of(key: readonly Value[]): KeyState {
    const name = rowKey(key)
    const known = this.#open.get(name)
    if (known !== undefined) return known
    this.load([key])
    return this.of(key)
  }

  read(state: KeyState, cell: number, now: bigint): Value | undefined {
    this.#forgetOld(state, cell, now)
    return state.cells[cell]?.value
  }

  write(state: KeyState, cell: number, value: Value, now: bigint): void {
    this.#put(state, cell, { value, changed: now })
  }

  clear(state: KeyState, cell: number): void {
    this.#clear(state, cell)
  }

  list(state: KeyState, cell: number, now: bigint): ReturnType<ListCell['of']> {
    this.#forgetOld(state, cell, now)
    const list = this.#listAt(state, cell)
    const touch = (): void => this.#put(state, cell, { value: null, changed: now })
    return {
      values: () => list.values(),
      push: values => {
        touch()
        list.push(values)
      },
      shift: () => {
        touch()
        return list.shift()
      },
      clear: () => this.#clear(state, cell),
    }
  }

  map(state: KeyState, cell: number, now: bigint): ReturnType<MapCell['of']> {
    this.#forgetOld(state, cell, now)
    const map = this.#mapAt(state, cell)
    const touch = (): void => this.#put(state, cell, { value: null, changed: now })
    return {
      entries: () => map.entries(),
      get: name => map.get(name),
      set: (name, value) => {
        touch()
        map.set(name, value)
      },
      delete: name => {
        touch()
        return map.delete(name)
      },
      clear: () => this.#clear(state, cell),
    }
  }

  /** Forgets a cell that was not changed for its `ttl`. */
  expire(state: KeyState, cell: number, now: bigint): void {
    this.#forgetOld(state, cell, now)
  }

  /** Writes what was changed and lets go of all keys. `expiring` is told when what was changed is to be forgotten. */
  flush(expiring: (key: readonly Value[], cell: number, at: bigint) => void): void {
    for (const list of this.#lists.values()) list.flush()
    for (const map of this.#maps.values()) map.flush()
    const dirty = [...this.#open.values()].filter(state => state.dirty)
    this.#open.clear()
    if (dirty.length === 0) return
    const { memory } = this.#context
    const mark = memory.mark()
    const isKept = ({ cells }: KeyState): boolean => cells.some(({ changed }) => changed !== undefined)
    const kept = dirty.filter(isKept)
    const gone = dirty.filter(state => !isKept(state))
    this.#remove(gone.map(({ key }) => key))
    if (kept.length > 0) this.#write(kept)
    for (const { key, cells } of kept)
      for (const [cell, { changed }] of cells.entries()) {
        const ttl = this.#cells[cell]?.ttl
        if (ttl !== undefined && changed !== undefined) expiring(key, cell, changed + ttl)
      }
    memory.release(mark)
  }

  bytes(): number {
    return bytesOf(this.tables)
  }

  #remove(keys: readonly (readonly Value[])[]): void {
    if (keys.length === 0) return
    const { memory } = this.#context
    const slots = [...memory.i32(this.#table.find(keyColumns(memory, this.#keys, keys), keys.length), keys.length)]
    this.#table.remove(int32s(memory, slots), slots.length)
  }

  #write(states: readonly KeyState[]): void {
    const { memory } = this.#context
    const rows = states.length
    const keys = states.map(({ key }) => key)
    const { slots } = this.#table.findOrInsert(keyColumns(memory, this.#keys, keys), rows)
    for (const [cell, { is, type }] of this.#cells.entries()) {
      const at = this.#changedAt[cell] ?? -1
      const held = states.map(({ cells }) => cells[cell])
      const put = (field: number, own: typeof type, values: readonly (Value | undefined)[]): void => {
        const column = columnFromValues(
          memory,
          own,
          values.map(value => value ?? null),
        )
        this.#table.scatter(slots, rows, field, column)
      }
      if (is === 'value')
        put(
          at - 1,
          type,
          held.map(one => one?.value),
        )
      put(
        at,
        types.bigint,
        held.map(one => one?.changed),
      )
    }
  }

  #forgetOld(state: KeyState, cell: number, now: bigint): void {
    const changed = state.cells[cell]?.changed
    const ttl = this.#cells[cell]?.ttl
    if (changed !== undefined && ttl !== undefined && now - changed >= ttl) this.#clear(state, cell)
  }

  #clear(state: KeyState, cell: number): void {
    const is = this.#cells[cell]?.is
    if (is === 'list') this.#listAt(state, cell).clear()
    if (is === 'map') this.#mapAt(state, cell).clear()
    this.#put(state, cell, { value: undefined, changed: undefined })
  }

  #put(state: KeyState, cell: number, { value, changed }: Readonly<Held>): void {
    const held = state.cells[cell]
    if (held === undefined) return
    const before = { ...held, dirty: state.dirty }
    held.value = value
    held.changed = changed
    state.dirty = true
    this.#undo.note(() => {
      held.value = before.value
      held.changed = before.changed
      state.dirty = before.dirty
    })
  }

  #listAt(state: KeyState, cell: number) {
    const list = this.#lists.get(cell)
    if (list === undefined) throw new RangeError(`cell ${cell} is no list`)
    return list.of(state.id, state.key)
  }

  #mapAt(state: KeyState, cell: number) {
    const map = this.#maps.get(cell)
    if (map === undefined) throw new RangeError(`cell ${cell} is no map`)
    return map.of(state.id, state.key)
  }
}
