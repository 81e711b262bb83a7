import type { WeightedRow } from '../../connect/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import { TableStore } from '../../session/table-store.ts'
import type { Change } from '../change.ts'
import { rowInput, rowObject } from '../values/row-codec.ts'
import { type AssembledView, keyOf } from './assemble.ts'
import { changesOf } from './changes.ts'

/** What `run` gives for an exported table or stream. A read sees what the last finished step left. */
export class LiveView {
  readonly #view: AssembledView
  readonly #key: readonly number[]
  readonly #store: TableStore
  readonly #listeners = new Set<(change: Change<unknown>) => void>()
  readonly #enders = new Set<() => void>()
  #ended = false

  constructor(view: AssembledView) {
    this.#view = view
    this.#key = keyOf(view.lowered)
    this.#store = new TableStore(this.#key)
  }

  /** @internal A finished step's changes. */
  take(rows: readonly WeightedRow[]): void {
    if (this.#view.kind === 'table') this.#store.apply(rows)
    if (this.#listeners.size === 0) return
    for (const change of changesOf(this.#view.lowered.columns, this.#key, rows))
      for (const listener of [...this.#listeners]) listener(change)
  }

  /** @internal What a checkpoint keeps of it. */
  kept(): readonly WeightedRow[] {
    return this.#store.rows()
  }

  /** @internal No changes will come any more. */
  end(): void {
    this.#ended = true
    for (const ender of this.#enders) ender()
  }

  async get(key: object): Promise<unknown> {
    const { columns, key: names } = this.#view.lowered
    if (names.length === 0) throw new StreamdownError('DSD5007', `'${this.#view.name}' has no key to get rows by.`)
    const wanted = names.flatMap(name => columns.filter(column => column.name === name))
    const row = this.#store.byKey(rowInput(wanted, key))
    return row === undefined ? undefined : rowObject(columns, row)
  }

  async rows(): Promise<unknown[]> {
    const { columns } = this.#view.lowered
    return this.#store
      .rows()
      .flatMap(({ values, weight }) => Array.from({ length: weight }, () => rowObject(columns, values)))
  }

  subscribe(listener: (change: Change<unknown>) => void): () => void {
    for (const change of this.#there()) listener(change)
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** What is there, then every change, without a gap: both are taken between two steps. */
  async *changes(): AsyncGenerator<Change<unknown>, void, undefined> {
    const queue: Change<unknown>[] = [...this.#there()]
    let wake: () => void = () => undefined
    const listener = (change: Change<unknown>) => {
      queue.push(change)
      wake()
    }
    const ender = () => wake()
    this.#listeners.add(listener)
    this.#enders.add(ender)
    try {
      for (;;) {
        const next = queue.shift()
        if (next !== undefined) yield next
        else if (this.#ended) return
        else {
          await new Promise<void>(resolve => {
            wake = resolve
          })
        }
      }
    } finally {
      this.#listeners.delete(listener)
      this.#enders.delete(ender)
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    for await (const change of this.changes()) yield this.#view.kind === 'table' ? change : change.row
  }

  #there(): readonly Change<unknown>[] {
    return changesOf(this.#view.lowered.columns, this.#key, this.#store.rows())
  }
}
