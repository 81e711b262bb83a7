import { field, type Schema, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { StatementResult } from '../session.ts'
import { rows, text } from './results.ts'

/** DESCRIBE: a row a column. */
export function describeRows(schema: Schema): StatementResult {
  return rows(
    [text('name'), text('type'), field('nullable', types.boolean, false)],
    schema.map(({ name, type, nullable }) => [name, typeText(type), nullable]),
  )
}
