import type { Value } from '../../types/value.ts'
import { misfit, valueOfType } from '../../values/from-javascript.ts'
import type { ColumnType } from '../schema/column-type.ts'

/**
 * A value that the program gives, as a plan value of a column's type. Throws DSD5008 for one that does not fit, as
 * `valueOfType`, and for a text that is none of the enumerated ones.
 */
export function fromInput(column: ColumnType<unknown>, value: unknown, name: string): Value {
  const { values } = column.facts
  if (values !== undefined && typeof value === 'string' && !values.includes(value)) {
    throw misfit(name, value, `one of ${values.map(one => `'${one}'`).join(', ')}`)
  }
  return valueOfType(column.type, column.nullable, value, name)
}
