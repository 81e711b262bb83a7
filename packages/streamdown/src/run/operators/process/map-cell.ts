import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { MapAccess } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import { compareValues } from '../../../types/compare-values.ts'
import type { DataType, Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import { valueKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { keyColumns } from './key-fields.ts'
import type { UndoLog } from './undo-log.ts'

/** An entry as it is known; `value` undefined: there is none. */
interface Entry {
  readonly name: Value
  readonly value: Value | undefined
  readonly changed: boolean
}

interface OpenMap {
  readonly key: readonly Value[]
  readonly known: Map<string, Entry>
  /** Whether `known` has every entry of the table. */
  whole: boolean
}

/** The maps of all keys: a row an entry, those of a key in the order of the entries' own keys. */
export class MapCell {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #keys: Schema
  readonly #entryType: DataType
  readonly #type: DataType
  readonly #undo: UndoLog
  readonly #open = new Map<number, OpenMap>()

  constructor(
    context: OperatorContext,
    name: string,
    keys: Schema,
    types: { readonly key: DataType; readonly type: DataType },
    undo: UndoLog,
  ) {
    this.#context = context
    this.#keys = keys
    this.#entryType = types.key
    this.#type = types.type
    this.#undo = undo
    this.table = context.table({
      name: `map ${name}`,
      fields: [
        ...keys,
        { name: '$key', type: types.key, nullable: true },
        { name: '$value', type: types.type, nullable: true },
      ],
      keys: keys.length,
      unique: true,
      order: [{ field: keys.length, descending: false, nullsFirst: false }],
    })
  }

  /** `id` names the key until the next flush. */
  of(id: number, key: readonly Value[]): MapAccess {
    const map = this.#open.get(id) ?? { key, known: new Map<string, Entry>(), whole: false }
    this.#open.set(id, map)
    return {
      entries: () => this.#entries(map),
      get: name => this.#look(map, name).value,
      set: (name, value) => this.#change(map, name, value),
      delete: name => {
        const there = this.#look(map, name).value !== undefined
        if (there) this.#change(map, name, undefined)
        return there
      },
      clear: () => {
        for (const [name] of this.#entries(map)) this.#change(map, name, undefined)
      },
    }
  }

  /** Writes what was changed. */
  flush(): void {
    const { memory } = this.#context
    const put: { readonly row: readonly Value[]; readonly value: Value }[] = []
    const gone: (readonly Value[])[] = []
    for (const { key, known } of this.#open.values())
      for (const { name, value, changed } of known.values()) {
        if (!changed) continue
        if (value === undefined) gone.push([...key, name])
        else put.push({ row: [...key, name], value })
      }
    this.#open.clear()
    const mark = memory.mark()
    if (gone.length > 0) {
      const slots = [...memory.i32(this.table.find(this.#columns(gone), gone.length), gone.length)]
      this.table.remove(int32s(memory, slots), slots.length)
    }
    if (put.length > 0) {
      const rows = put.map(({ row }) => row)
      const { slots } = this.table.findOrInsert(this.#columns(rows), rows.length)
      const values = columnFromValues(
        memory,
        this.#type,
        put.map(({ value }) => value),
      )
      this.table.scatter(slots, rows.length, this.#keys.length + 1, values)
    }
    memory.release(mark)
  }

  #entries(map: OpenMap): readonly (readonly [Value, Value])[] {
    this.#loadAll(map)
    const found: { readonly name: Value; readonly value: Value }[] = []
    for (const { name, value } of map.known.values()) if (value !== undefined) found.push({ name, value })
    return found.sort((a, b) => compareValues(a.name, b.name)).map(({ name, value }) => [name, value])
  }

  #change(map: OpenMap, name: Value, value: Value | undefined): void {
    const id = valueKey(name)
    const before = this.#look(map, name)
    map.known.set(id, { name, value, changed: true })
    this.#undo.note(() => {
      map.known.set(id, before)
    })
  }

  #look(map: OpenMap, name: Value): Entry {
    const id = valueKey(name)
    const known = map.known.get(id)
    if (known !== undefined) return known
    if (map.whole) return { name, value: undefined, changed: false }
    const { memory } = this.#context
    const mark = memory.mark()
    const slots = this.table.find(this.#columns([[...map.key, name]]), 1)
    const there = memory.i32(slots, 1)[0] !== -1
    const column = this.table.gather(slots, 1, this.#keys.length + 1)
    const entry: Entry = { name, value: there ? readValue(memory, column, 0) : undefined, changed: false }
    memory.release(mark)
    map.known.set(id, entry)
    return entry
  }

  #loadAll(map: OpenMap): void {
    if (map.whole) return
    map.whole = true
    const { memory } = this.#context
    const mark = memory.mark()
    const { pairs, slots } = this.table.matches(keyColumns(memory, this.#keys, [map.key]), 1, true)
    const [names, values] = [0, 1].map(at => this.table.gather(slots, pairs, this.#keys.length + at))
    for (let row = 0; names !== undefined && values !== undefined && row < pairs; row++) {
      const name = readValue(memory, names, row)
      const id = valueKey(name)
      if (!map.known.has(id)) map.known.set(id, { name, value: readValue(memory, values, row), changed: false })
    }
    memory.release(mark)
  }

  #columns(rows: readonly (readonly Value[])[]) {
    return keyColumns(
      this.#context.memory,
      [...this.#keys, { name: '$key', type: this.#entryType, nullable: true }],
      rows,
    )
  }
}
