import type { SortKey } from '../plan/nodes/node.ts'
import type { ChangeRow, LiveQuery } from '../session/session.ts'
import { compareValues } from '../types/compare-values.ts'
import type { Value } from '../types/value.ts'
import { exactRowKey, rowKey } from '../types/value-key.ts'

type Row = readonly Value[]

/** Rows that are kept of a result that only grows: a terminal shows no more. */
const KEPT_ROWS = 1000

/** The rows of a live query as they are now; of one that only adds rows the last ones, or the first by its order. */
export class LiveRows {
  readonly #query: Pick<LiveQuery, 'key' | 'appendOnly' | 'orderBy'>
  readonly #byName = new Map<string, { row: Row; weight: number }>()
  #appended: Row[] = []
  #added = 0

  constructor(query: Pick<LiveQuery, 'key' | 'appendOnly' | 'orderBy'>) {
    this.#query = query
  }

  /** How many rows there are, those that are not kept too. */
  get count(): number {
    if (this.#query.appendOnly) return this.#added
    return [...this.#byName.values()].reduce((sum, { weight }) => sum + Math.max(0, weight), 0)
  }

  apply(changes: readonly ChangeRow[]): void {
    if (this.#query.appendOnly) this.#append(changes)
    else for (const change of changes) this.#change(change)
  }

  /** At most so many rows: the first by the query's order, else the last that came, or the first of a table. */
  shown(most: number): readonly Row[] {
    if (this.#query.appendOnly) {
      return this.#query.orderBy.length > 0 ? this.#appended.slice(0, most) : this.#appended.slice(-most)
    }
    const rows: Row[] = []
    for (const { row, weight } of this.#byName.values()) for (let copy = 0; copy < weight; copy++) rows.push(row)
    return this.#sorted(rows).slice(0, most)
  }

  #append(changes: readonly ChangeRow[]): void {
    for (const { values, weight } of changes) {
      this.#added += weight
      for (let copy = 0; copy < weight; copy++) this.#appended.push(values)
    }
    const rows = this.#sorted(this.#appended)
    this.#appended = this.#query.orderBy.length > 0 ? rows.slice(0, KEPT_ROWS) : rows.slice(-KEPT_ROWS)
  }

  /** A row that changed stays in its place: the old one goes without a trace. */
  #change({ op, values, weight }: ChangeRow): void {
    const { key } = this.#query
    if (op === '-U') return
    const name = key === undefined ? exactRowKey(values) : rowKey(key.map(column => values[column] ?? null))
    const known = this.#byName.get(name)
    if (op === '+U' || known === undefined) {
      this.#byName.set(name, { row: values, weight })
      return
    }
    known.weight += weight
    known.row = values
    if (known.weight === 0) this.#byName.delete(name)
  }

  #sorted(rows: Row[]): Row[] {
    const { orderBy } = this.#query
    return orderBy.length === 0 ? rows : rows.sort((a, b) => compareRows(a, b, orderBy))
  }
}

function compareRows(a: Row, b: Row, orderBy: readonly SortKey[]): number {
  for (const { column, descending, nullsFirst } of orderBy) {
    const [x, y] = [a[column] ?? null, b[column] ?? null]
    if (x === null && y === null) continue
    if (x === null) return nullsFirst ? -1 : 1
    if (y === null) return nullsFirst ? 1 : -1
    const order = compareValues(x, y)
    if (order !== 0) return descending ? -order : order
  }
  return 0
}
