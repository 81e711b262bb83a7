import type { ChangeRow } from '../../packages/streamdown/src/session/session.ts'
import type { Schema } from '../../packages/streamdown/src/types/data-type.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import { expectMultiset, multisetDifference } from '../compare.ts'
import { cellValue, type Json } from './flink-values.ts'

export interface FedRow {
  readonly $op: '+I' | '-U' | '+U' | '-D'
  readonly $row: readonly Json[]
}

/** What a program must write, before and after the savepoint. */
export interface Sink {
  readonly kind: 'sink'
  readonly name: string
  readonly schema: readonly string[]
  readonly options: Readonly<Record<string, string>>
  readonly beforeRestore: readonly (string | FedRow)[] | null
  readonly afterRestore: readonly (string | FedRow)[] | null
  readonly comparesChangelog: boolean
  readonly materialized: readonly (string | FedRow)[] | null
}

/** The table that the changes leave is the expected one. */
export function compareTable(
  schema: Schema,
  changes: readonly ChangeRow[],
  sink: Sink,
  parts: readonly ('beforeRestore' | 'afterRestore')[],
): void {
  const expected = parts.flatMap(part => sink[part] ?? []).map(row => expectedText(row, schema))
  const key = primaryKey(sink.schema, schema)
  const whole = parts.includes('afterRestore')
  const texts =
    whole && sink.materialized !== null
      ? sink.materialized.map(row => expectedText(row, schema).row)
      : fold(expected, key)
  const actual = changes.map(({ weight, values }) => ({
    op: weight > 0 ? '+I' : '-D',
    times: Math.abs(weight),
    row: rowText(values.map((value, at) => textOf(value, schema[at]?.type ?? { is: 'null' }, 'flink'))),
    key: rowText(key.map(at => textOf(values[at] ?? null, schema[at]?.type ?? { is: 'null' }, 'flink'))),
  }))
  expectMultiset(fold(actual, key), texts)
}

/** Change by change. An expectation without -U is of a sink that takes upserts: it is not sent the old rows. */
export function changelogDifference(schema: Schema, changes: readonly ChangeRow[], sink: Sink): string | undefined {
  const expected = [...(sink.beforeRestore ?? []), ...(sink.afterRestore ?? [])].map(row => expectedText(row, schema))
  const upserts = primaryKey(sink.schema, schema).length > 0 && !expected.some(({ op }) => op === '-U')
  const actual = changes
    .filter(({ op }) => !(upserts && op === '-U'))
    .flatMap(({ op, weight, values }) => {
      const cells = values.map((value, at) => textOf(value, schema[at]?.type ?? { is: 'null' }, 'flink'))
      return Array.from({ length: Math.abs(weight) }, () => `${op}${rowText(cells)}`)
    })
  return multisetDifference(
    actual,
    expected.map(({ op, row }) => `${op}${row}`),
  )
}

interface Change {
  readonly op: string
  readonly row: string
  readonly key: string
  readonly times?: number
}

const rowText = (cells: readonly string[]): string => `[${cells.join(', ')}]`

function expectedText(row: string | FedRow, schema: Schema): Change {
  if (typeof row !== 'string') {
    const cells = schema.map((column, at) => textOf(cellValue(row.$row[at], column.type), column.type, 'flink'))
    return { op: row.$op, row: rowText(cells), key: '' }
  }
  return { op: row.slice(0, 2), row: row.slice(2), key: '' }
}

/** With a key and no -U the last row of each key, else the sum of weights. */
function fold(changes: readonly Change[], key: readonly number[]): readonly string[] {
  if (key.length > 0 && !changes.some(({ op }) => op === '-U')) {
    const rows = new Map<string, string>()
    for (const change of changes) {
      const name = change.key === '' ? rowText(key.map(at => splitRow(change.row)[at] ?? '')) : change.key
      if (change.op !== '-D') rows.set(name, change.row)
      else if (change.key === '' || rows.get(name) === change.row) rows.delete(name)
    }
    return [...rows.values()]
  }
  const weights = new Map<string, number>()
  for (const { op, row, times = 1 } of changes) {
    weights.set(row, (weights.get(row) ?? 0) + (op === '-U' || op === '-D' ? -times : times))
  }
  const rows: string[] = []
  for (const [row, weight] of weights) {
    if (weight < 0) rows.push(`${weight} x ${row}`)
    for (let left = weight; left > 0; left--) rows.push(row)
  }
  return rows
}

/** Top-level cells of `[a, [b, c], d]`. */
function splitRow(row: string): readonly string[] {
  const cells: string[] = []
  let depth = 0
  let cell = ''
  for (const char of row.slice(1, -1)) {
    if (char === '[' || char === '{') depth += 1
    if (char === ']' || char === '}') depth -= 1
    if (char === ',' && depth === 0) {
      cells.push(cell.trim())
      cell = ''
    } else cell += char
  }
  cells.push(cell.trim())
  return cells
}

function primaryKey(parts: readonly string[], schema: Schema): readonly number[] {
  for (const part of parts) {
    const match = /PRIMARY KEY\s*\(([^)]*)\)/i.exec(part)
    if (match !== null) {
      const names = (match[1] ?? '').split(',').map(name => name.trim().replaceAll('`', ''))
      return names.map(name => schema.findIndex(column => column.name === name))
    }
  }
  return []
}
