import assert from 'node:assert/strict'
import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Schema } from '../../packages/streamdown/src/types/data-type.ts'
import type { Value } from '../../packages/streamdown/src/types/value.ts'
import { decimalText } from '../../packages/streamdown/src/values/decimal-digits.ts'

export const seed = Number(process.env.DSD_SEED ?? 20_261_124)
export const runs = Number(process.env.DSD_RUNS ?? 60)

/** Values of a row as text that is equal when they are; numbers without needless zeros. */
export type Cells = readonly string[]

export async function openOracle(): Promise<DuckDBConnection> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  await connection.run('SET threads = 1')
  return connection
}

export async function rowsOfOracle(connection: DuckDBConnection, sql: string): Promise<readonly Cells[]> {
  const reader = await connection.runAndReadAll(sql)
  return cellsOfOracle(reader.getRows())
}

export const cellsOfOracle = (rows: readonly (readonly DuckDBValue[])[]): readonly Cells[] =>
  rows.map(row => row.map(oracleCell))

export const ourRows = (schema: Schema, rows: readonly (readonly Value[])[]): readonly Cells[] =>
  rows.map(row =>
    row.map((value, at) => {
      const type = schema[at]?.type
      if (value === null || type === undefined) return 'NULL'
      if (type.is === 'decimal') return plainNumber(decimalText(BigInt(value as bigint), type.scale))
      return type.is === 'double' ? plainNumber(String(value)) : String(value)
    }),
  )

function oracleCell(value: DuckDBValue): string {
  if (value === null) return 'NULL'
  if (value instanceof DuckDBDecimalValue) return plainNumber(decimalText(value.value, value.scale))
  if (value instanceof DuckDBTimestampValue) return String(value.micros)
  if (value instanceof DuckDBDateValue) return String(value.days)
  return typeof value === 'number' ? plainNumber(String(value)) : String(value)
}

export function plainNumber(text: string): string {
  if (text.includes('e')) return text
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return short === '-0' ? '0' : short
}

/** Both have the same rows as often; the columns in `near` are equal to 1e-9 of themselves. */
export function assertSameRows(actual: readonly Cells[], expected: readonly Cells[], near: readonly boolean[]): void {
  if (isSame(sorted(actual, near), sorted(expected, near), near)) return
  assert.deepEqual(sorted(actual, near), sorted(expected, near))
}

/** The same as a text that says what differs; undefined: nothing. */
export function differenceOf(
  actual: readonly Cells[],
  expected: readonly Cells[],
  near: readonly boolean[],
  order: 'in order' | 'in any order' = 'in any order',
): string | undefined {
  const arranged = (rows: readonly Cells[]): readonly Cells[] => (order === 'in order' ? rows : sorted(rows, near))
  const [left, right] = [arranged(actual), arranged(expected)]
  if (isSame(left, right, near)) return undefined
  const listing = (rows: readonly Cells[], others: readonly Cells[]): readonly string[] => {
    const rest = others.map(row => row.join(' | '))
    return rows.flatMap(row => {
      const text = row.join(' | ')
      const at = rest.indexOf(text)
      if (at < 0) return [text]
      rest.splice(at, 1)
      return []
    })
  }
  const [only, missing] = [listing(left, right), listing(right, left)]
  if (only.length + missing.length === 0) return `the order: ${left.map(row => row.join(' | ')).join('; ')}`
  return [...only.map(row => `+ ${row}`), ...missing.map(row => `- ${row}`)].join('\n')
}

const isSame = (left: readonly Cells[], right: readonly Cells[], near: readonly boolean[]): boolean => {
  const fits = (row: Cells, other: Cells | undefined): boolean =>
    row.every((cell, at) => cell === other?.[at] || (near[at] === true && isNear(Number(cell), Number(other?.[at]))))
  return left.length === right.length && left.every((row, at) => fits(row, right[at]))
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(1e-9, Math.abs(a), Math.abs(b))

/** By the exact columns first, then by the values of the others. */
const sorted = (rows: readonly Cells[], near: readonly boolean[]): readonly Cells[] =>
  rows
    .map(row => ({ row, key: row.filter((_cell, at) => near[at] !== true).join('\u0000') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : compareNear(a.row, b.row, near)))
    .map(({ row }) => row)

function compareNear(a: Cells, b: Cells, near: readonly boolean[]): number {
  for (const [at, isNearColumn] of near.entries()) {
    if (!isNearColumn || a[at] === b[at]) continue
    const [x, y] = [a[at], b[at]].map(cell => (cell === 'NULL' ? Number.NEGATIVE_INFINITY : Number(cell)))
    if (x !== y) return (x ?? 0) < (y ?? 0) ? -1 : 1
  }
  return 0
}
