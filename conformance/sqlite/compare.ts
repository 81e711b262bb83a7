import { createHash } from 'node:crypto'
import type { Schema } from '../../packages/streamdown/src/types/data-type.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import type { Query, ValueType } from './parse.ts'

/** What differs between a result and what the query expects; undefined when nothing does. */
export function difference(query: Query, schema: Schema, rows: readonly (readonly Value[])[]): string | undefined {
  if (schema.length !== query.types.length) return `${schema.length} columns, ${query.types.length} expected`
  const cells = rows.map(row =>
    row.map((value, at) => cellOf(value, schema[at]?.type ?? { is: 'null' }, query.types[at] ?? 'T')),
  )
  const values = sorted(query, cells)
  const { expected } = query
  if ('md5' in expected) {
    if (values.length !== expected.count) return `${values.length} values, ${expected.count} expected`
    const hash = createHash('md5')
    for (const value of values) hash.update(`${value}\n`)
    return hash.digest('hex') === expected.md5 ? undefined : `another MD5; values: ${values.slice(0, 6).join(' | ')}`
  }
  if (values.length !== expected.length) return `${values.length} values, ${expected.length} expected`
  const at = values.findIndex((value, index) => value !== expected[index])
  return at < 0 ? undefined : `value ${at + 1} is ${values[at]}, ${expected[at]} expected`
}

function sorted(query: Query, cells: readonly (readonly string[])[]): readonly string[] {
  switch (query.sort) {
    case 'nosort':
      return cells.flat()
    case 'rowsort':
      return [...cells].sort(compareRows).flat()
    case 'valuesort':
      return cells.flat().sort(compareText)
  }
}

/** By bytes, as strcmp. */
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function compareRows(a: readonly string[], b: readonly string[]): number {
  for (const [at, cell] of a.entries()) {
    const order = compareText(cell, b[at] ?? '')
    if (order !== 0) return order
  }
  return 0
}

function cellOf(value: Value, type: Schema[number]['type'], as: ValueType): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean' && as === 'I') return value ? '1' : '0'
  const text = textOf(value, type, 'postgres')
  switch (as) {
    case 'I':
      return String(Number.isNaN(Number(text)) ? 0 : Math.trunc(Number(text)))
    case 'R':
      return Number(text).toFixed(3)
    case 'T':
      // Everything that cannot be printed is @, as the corpus has it.
      return text === '' ? '(empty)' : text.replace(/[^ -~]/g, '@')
  }
}
