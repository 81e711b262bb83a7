import { createHash } from 'node:crypto'
import type { Schema } from '../../packages/streamdown/src/types/data-type.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { textOf } from '../../packages/streamdown/src/values/text.ts'
import type { Query, ValueType } from './parse.ts'

/** What differs between a result in the corpus' form and what the query expects; undefined when nothing does. */
export function difference({ expected }: Query, values: readonly string[]): string | undefined {
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

/** A result in the corpus' form and order. */
export function cellsOf(query: Query, schema: Schema, rows: readonly (readonly Value[])[]): readonly string[] {
  return textCells(
    query,
    rows.map(row =>
      row.map((value, at) => (value === null ? null : textOf(value, schema[at]?.type ?? { is: 'null' }, 'postgres'))),
    ),
  )
}

/** The same of values as PostgreSQL writes them. */
export function textCells(query: Query, rows: readonly (readonly (string | null)[])[]): readonly string[] {
  return sorted(
    query,
    rows.map(row => row.map((text, at) => cellOf(text, query.types[at] ?? 'T'))),
  )
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

function cellOf(text: string | null, as: ValueType): string {
  if (text === null) return 'NULL'
  switch (as) {
    case 'I':
      if (text === 't' || text === 'f') return text === 't' ? '1' : '0'
      return String(Number.isNaN(Number(text)) ? 0 : Math.trunc(Number(text)))
    case 'R':
      return Number(text).toFixed(3)
    case 'T':
      // Everything that cannot be printed is @, as the corpus has it.
      return text === '' ? '(empty)' : text.replace(/[^ -~]/g, '@')
  }
}
