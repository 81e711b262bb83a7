import { StreamdownError } from '../../errors/error.ts'
import type { Value } from '../../types/value.ts'
import { shownValue } from '../../values/to-javascript.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { RowListType } from '../schema/row-list-type.ts'
import { RowType } from '../schema/row-type.ts'

/** A plan value as programs see it: Decimal, Timestamp, nested objects. Throws DSD5008 for a count beyond 2^53. */
export function toRowValue(column: ColumnType<unknown>, value: Value): unknown {
  if (column.facts.readsAsNumber === true && typeof value === 'bigint') return safeNumber(value)
  if (column.facts.absentAs === 'undefined' && (value === null || (column instanceof RowListType && isEmpty(value))))
    return undefined
  if (column instanceof RowListType && isList(value)) return value.map(row => toRowValue(column.row, row))
  if (column instanceof RowType && isList(value)) {
    const fields = Object.entries(column.fields)
    return Object.fromEntries(fields.map(([name, field], i) => [name, toRowValue(field, value[i] ?? null)]))
  }
  return shownValue(column.type, value)
}

/** How a column's values become those that programs see; undefined where they are the same. */
export function converterOf(column: ColumnType<unknown>): ((value: Value) => unknown) | undefined {
  if (column.facts.readsAsNumber === true) return value => (typeof value === 'bigint' ? safeNumber(value) : value)
  switch (column.type.is) {
    case 'null':
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'real':
    case 'double':
    case 'string':
    case 'bytes':
    case 'interval':
      return undefined
    default:
      return value => toRowValue(column, value)
  }
}

function safeNumber(value: bigint): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new StreamdownError('DSD5008', `${value} is beyond 2^53 and cannot be read as a number.`)
}

const isEmpty = (value: Value): boolean => isList(value) && value.length === 0

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)
