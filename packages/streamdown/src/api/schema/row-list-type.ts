import { types } from '../../types/data-type.ts'
import { type ColumnFacts, ColumnType } from './column-type.ts'
import type { RowType } from './row-type.ts'

/** The type of several rows: what a step of a pattern matched. */
export class RowListType<R> extends ColumnType<readonly R[]> {
  readonly row: RowType<R>

  /** @internal */
  constructor(row: RowType<R>, facts: ColumnFacts = {}) {
    super(types.array(row.type), facts)
    this.row = row
  }
}
