import type { StandardSchemaV1 } from '@standard-schema/spec'
import { StreamdownError } from '../../errors/error.ts'
import { fromInput } from '../values/from-input.ts'
import { toRowValue } from '../values/to-row.ts'
import type { ColumnType } from './column-type.ts'

/** Checks a row given by the program against its columns: as Standard Schema wants it, with an issue for each column. */
export function checkRow<R>(
  fields: Readonly<Record<string, ColumnType<unknown>>>,
  value: unknown,
): StandardSchemaV1.Result<R> {
  if (typeof value !== 'object' || value === null) return { issues: [{ message: 'A row is an object.' }] }
  const given = new Map<string, unknown>(Object.entries(value))
  const issues: StandardSchemaV1.Issue[] = []
  const row: Record<string, unknown> = {}
  for (const [name, column] of Object.entries(fields)) {
    try {
      row[name] = toRowValue(column, fromInput(column, given.get(name), name))
    } catch (problem) {
      if (!(problem instanceof StreamdownError)) throw problem
      issues.push({ message: problem.message, path: [name] })
    }
  }
  return isRow<R>(row, issues) ? { value: row } : { issues }
}

/** A row without issues has the columns of its type, converted: that is what `t.row` says of it. */
const isRow = <R>(row: unknown, issues: readonly StandardSchemaV1.Issue[]): row is R =>
  row !== undefined && issues.length === 0
