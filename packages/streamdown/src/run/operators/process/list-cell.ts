import { int32s, readValue } from '../../../batch/values.ts'
import type { ListAccess } from '../../../plan/nodes/node.ts'
import type { StateTable } from '../../../state/state-table.ts'
import type { DataType, Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { keyColumns } from './key-fields.ts'
import type { UndoLog } from './undo-log.ts'

/** What is known of the list of a key between two flushes. */
interface OpenList {
  readonly key: readonly Value[]
  /** Elements in the table; undefined: not looked at. */
  stored: { readonly slots: readonly number[]; readonly values: readonly Value[] } | undefined
  /** How many of `stored` are gone, from the front. */
  gone: number
  added: Value[]
}

/** The lists of all keys: a row an element, in the order in which they were added. */
export class ListCell {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #keys: Schema
  readonly #type: DataType
  readonly #undo: UndoLog
  readonly #open = new Map<number, OpenList>()

  constructor(context: OperatorContext, name: string, keys: Schema, type: DataType, undo: UndoLog) {
    this.#context = context
    this.#keys = keys
    this.#type = type
    this.#undo = undo
    this.table = context.table({
      name: `list ${name}`,
      fields: [...keys, { name: '$element', type, nullable: true }],
      keys: keys.length,
      unique: false,
    })
  }

  /** `id` names the key until the next flush. */
  of(id: number, key: readonly Value[]): ListAccess {
    const list = this.#open.get(id) ?? { key, stored: undefined, gone: 0, added: [] }
    this.#open.set(id, list)
    return {
      values: () => [...this.#stored(list).values.slice(list.gone), ...list.added],
      push: values => {
        const { added } = list
        const before = added.length
        added.push(...values)
        this.#undo.note(() => {
          added.length = before
        })
      },
      shift: () => this.#shift(list),
      clear: () => {
        const { gone, added } = list
        list.gone = this.#stored(list).slots.length
        list.added = []
        this.#undo.note(() => {
          list.gone = gone
          list.added = added
        })
      },
    }
  }

  /** Writes what was changed. */
  flush(): void {
    const { memory } = this.#context
    const gone: number[] = []
    const keys: (readonly Value[])[] = []
    const added: Value[] = []
    for (const list of this.#open.values()) {
      gone.push(...(list.stored?.slots.slice(0, list.gone) ?? []))
      for (const value of list.added) {
        keys.push(list.key)
        added.push(value)
      }
    }
    this.#open.clear()
    const mark = memory.mark()
    if (gone.length > 0) this.table.remove(int32s(memory, gone), gone.length)
    if (added.length > 0)
      this.table.insert(keyColumns(memory, [...this.#keys, elementOf(this.#type)], rowsOf(keys, added)), added.length)
    memory.release(mark)
  }

  #shift(list: OpenList): Value | undefined {
    const stored = this.#stored(list)
    const { gone, added } = list
    if (gone < stored.slots.length) {
      list.gone = gone + 1
      this.#undo.note(() => {
        list.gone = gone
      })
      return stored.values[gone]
    }
    const [first, ...rest] = added
    if (added.length === 0) return undefined
    list.added = rest
    this.#undo.note(() => {
      list.added = added
    })
    return first
  }

  #stored(list: OpenList): NonNullable<OpenList['stored']> {
    if (list.stored !== undefined) return list.stored
    const { memory } = this.#context
    const mark = memory.mark()
    const { pairs, slots } = this.table.matches(keyColumns(memory, this.#keys, [list.key]), 1, true)
    const column = this.table.gather(slots, pairs, this.#keys.length)
    list.stored = {
      slots: [...memory.i32(slots, pairs)],
      values: Array.from({ length: pairs }, (_, row) => readValue(memory, column, row)),
    }
    memory.release(mark)
    return list.stored
  }
}

const elementOf = (type: DataType): Schema[number] => ({ name: '$element', type, nullable: true })

const rowsOf = (keys: readonly (readonly Value[])[], values: readonly Value[]): readonly (readonly Value[])[] =>
  keys.map((key, at) => [...key, values[at] ?? null])
