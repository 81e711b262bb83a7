import type { WeightedRow } from '../connect/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import type { BoundInsert, ConflictAction } from '../sql/bind/statement.ts'
import type { TableEntry } from '../sql/catalog.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'
import { textOf } from '../values/text.ts'
import type { TableStore } from './table-store.ts'

type Row = readonly Value[]

/** Evaluates expressions over a row. */
export type Evaluate = (expressions: readonly Expression[], row: Row) => Row

export interface InsertResult {
  readonly changes: readonly WeightedRow[]
  /** The rows as they are in the table now, for RETURNING. */
  readonly rows: readonly Row[]
}

/** What INSERT of `rows` does to a table: nothing is changed here, so that a statement fails as a whole. */
export function insertChanges(
  table: TableEntry,
  store: TableStore,
  rows: readonly Row[],
  conflict: ConflictAction,
  evaluate: Evaluate,
): InsertResult {
  const key = table.relation.primaryKey
  const changes: WeightedRow[] = []
  const result: Row[] = []
  const pending = new Map<string, Row>()
  for (const row of rows) {
    checkRow(table, row, evaluate)
    const name = key.length === 0 ? undefined : rowKey(key.map(column => row[column] ?? null))
    const old =
      name === undefined ? undefined : (pending.get(name) ?? store.byKey(key.map(column => row[column] ?? null)))
    if (old === undefined) {
      changes.push({ values: row, weight: 1 })
      result.push(row)
      if (name !== undefined) pending.set(name, row)
      continue
    }
    const next = resolved(table, old, row, conflict, evaluate)
    if (next === undefined || name === undefined) continue
    changes.push({ values: old, weight: -1 }, { values: next, weight: 1 })
    result.push(next)
    pending.set(name, next)
  }
  return { changes, rows: result }
}

/**
 * What the changes of a program do to a table with a key that others write to as well: a new row meets the stored one of
 * its key as an INSERT would, and a row that is taken back takes the stored one of its key along, unless a new one
 * comes with it.
 */
export function arrivingChanges(
  { table, conflict, ignoresDeletes = false }: Pick<BoundInsert, 'table' | 'conflict' | 'ignoresDeletes'>,
  store: TableStore,
  arriving: readonly WeightedRow[],
  evaluate: Evaluate,
): readonly WeightedRow[] {
  const keyOf = (row: Row): Row => table.relation.primaryKey.map(column => row[column] ?? null)
  const added = arriving.flatMap(({ values, weight }) => (weight > 0 ? [values] : []))
  const renewed = new Set(added.map(row => rowKey(keyOf(row))))
  const gone = new Map<string, Row>()
  for (const { values, weight } of arriving) {
    const key = keyOf(values)
    const old = weight < 0 && !ignoresDeletes && !renewed.has(rowKey(key)) ? store.byKey(key) : undefined
    if (old !== undefined) gone.set(rowKey(key), old)
  }
  const removed = [...gone.values()].map(values => ({ values, weight: -1 }))
  return [...removed, ...insertChanges(table, store, added, conflict, evaluate).changes]
}

/** The row that stands after a conflict; undefined: the old one stays. */
function resolved(
  table: TableEntry,
  old: Row,
  row: Row,
  conflict: ConflictAction,
  evaluate: Evaluate,
): Row | undefined {
  switch (conflict.action) {
    case 'nothing':
      return undefined
    case 'error': {
      const shown = table.relation.primaryKey.map(column => {
        const type = table.relation.schema[column]?.type ?? { is: 'null' as const }
        return textOf(row[column] ?? null, type, 'postgres')
      })
      throw new StreamdownError(
        'DSD2015',
        `Table "${table.name}" has a row with the key (${shown.join(', ')}) already.`,
      )
    }
    case 'overwrite':
      return isNewer(old, row, conflict.versions) ? row : undefined
    case 'update if not null':
      return isNewer(old, row, conflict.versions) ? row.map((value, at) => value ?? old[at] ?? null) : undefined
    case 'update': {
      const both = [...old, ...row]
      if (conflict.where !== undefined && evaluate([conflict.where], both)[0] !== true) return undefined
      const next = evaluate(conflict.values, both)
      checkRow(table, next, evaluate)
      return next
    }
  }
}

/** With version columns only a row that is not older replaces the stored one; NULL is oldest. */
function isNewer(old: Row, row: Row, versions: readonly number[]): boolean {
  for (const column of versions) {
    const [before, after] = [old[column] ?? null, row[column] ?? null]
    if (before === after) continue
    if (before === null) return true
    if (after === null) return false
    if (before < after) return true
    if (before > after) return false
  }
  return true
}

/** UNIQUE rules, once all changes of a statement are known. */
export function checkUnique(table: TableEntry, store: TableStore, changes: readonly WeightedRow[]): void {
  const broken = store.broken(changes)
  if (broken === undefined) return
  const columns = broken.columns.map(column => table.relation.schema[column]?.name).join(', ')
  throw new StreamdownError('DSD2015', `Two rows of "${table.name}" would be equal in (${columns}), which is UNIQUE.`)
}

/** NOT NULL columns and CHECK conditions. */
export function checkRow(table: TableEntry, row: Row, evaluate: Evaluate): void {
  table.relation.schema.forEach(({ name, nullable }, at) => {
    if (!nullable && (row[at] ?? null) === null) {
      throw new StreamdownError('DSD4006', `Column "${name}" of "${table.name}" is NOT NULL and would get NULL.`)
    }
  })
  if (table.checks.length === 0) return
  evaluate(table.checks, row).forEach(holds => {
    if (holds === false) throw new StreamdownError('DSD2015', `A row breaks a CHECK of table "${table.name}".`)
  })
}
