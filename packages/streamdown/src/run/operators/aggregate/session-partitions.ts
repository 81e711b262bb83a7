import { type Batch, columnAt } from '../../../batch/batch.ts'
import { int32s } from '../../../batch/values.ts'
import type { FoundRows, StateTable } from '../../../state/state-table.ts'
import type { Field } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { Sessions } from './sessions.ts'

/** What sessions are partitioned by; a partition is its slot, and there while it has sessions. Derived. */
export class SessionPartitions {
  readonly table: StateTable
  readonly #context: OperatorContext
  readonly #columns: readonly number[]
  readonly #touched = new Set<number>()

  constructor(context: OperatorContext, fields: readonly Field[], columns: readonly number[]) {
    this.#context = context
    this.#columns = columns
    this.table = context.table({ name: 'partitions', fields, keys: fields.length, unique: true })
  }

  of(batch: Batch): FoundRows {
    return this.table.findOrInsert(
      this.#columns.map(column => columnAt(batch, column)),
      batch.rows,
    )
  }

  /** These may have lost their last session. */
  touch(partitions: Iterable<number>): void {
    for (const partition of partitions) this.#touched.add(partition)
  }

  /** At the end of a step: removes those touched that have no session (left). */
  forget(sessions: Sessions): void {
    const empty = [...this.#touched].filter(partition => !sessions.has(partition))
    this.#touched.clear()
    if (empty.length > 0) this.table.remove(int32s(this.#context.memory, empty), empty.length)
  }
}
