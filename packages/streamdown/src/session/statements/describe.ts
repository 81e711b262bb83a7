import type { DescribedColumn } from '../../sql/bind/describe.ts'
import type { Settings } from '../../sql/settings.ts'
import { field, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { StatementResult } from '../session.ts'
import { rows, text } from './results.ts'

/** DESCRIBE: a row a column; in dialect flink with Flink's six columns. */
export function describeRows(columns: readonly DescribedColumn[], { dialect }: Settings): StatementResult {
  if (dialect !== 'flink')
    return rows(
      [text('name'), text('type'), field('nullable', types.boolean, false)],
      columns.map(({ name, type, nullable }) => [name, typeText(type), nullable]),
    )
  return rows(
    [
      text('name'),
      text('type'),
      field('null', types.boolean, false),
      ...['key', 'extras', 'watermark'].map(name => field(name, types.string)),
    ],
    columns.map(({ name, type, nullable, key, extras, watermark }) => [
      name,
      typeText(type),
      nullable,
      key,
      extras,
      watermark,
    ]),
  )
}
