import Table from 'cli-table3'
import type { StatementResult } from '../session/session.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { decimalText } from '../values/decimal-digits.ts'
import { textOf } from '../values/text.ts'

type Rows = Extract<StatementResult, { is: 'rows' }>

/** No lines between rows. */
const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' }

const numbers: ReadonlySet<DataType['is']> = new Set([
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'real',
  'double',
  'decimal',
])

/** A result as a table that fits the terminal's width: long cells are cut. */
export function tableOf({ schema, rows }: Rows, width: number): string {
  const cells = rows.map(row => row.map((value, at) => textOf(value, typeAt(schema, at), 'postgres')))
  const names = uniqueNames(schema)
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map(row => (row[at] ?? '').length)) + 2)
  let over = widths.reduce((sum, each) => sum + each + 1, 1) - width
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const now = widths[widest] ?? 0
    if (now <= 8) break
    widths[widest] = now - 1
    over -= 1
  }
  const table = new Table({
    chars,
    colWidths: widths,
    colAligns: schema.map(({ type }) => (numbers.has(type.is) ? 'right' : 'left')),
    style: { head: [], border: [] },
  })
  table.push([...names], ...cells)
  const [top, head, ...rest] = table.toString().split('\n')
  const under = (top ?? '').replace('┌', '├').replaceAll('┬', '┼').replace('┐', '┤')
  return `${[top, head, under, ...rest].join('\n')}\n${rows.length} ${rows.length === 1 ? 'row' : 'rows'}\n`
}

/** One object a line: BIGINT and DECIMAL in full digits, equal names suffixed `_1`, `_2`. */
export function jsonLinesOf({ schema, rows }: Rows): string {
  const names = uniqueNames(schema).map(name => JSON.stringify(name))
  return rows
    .map(row => `{${row.map((value, at) => `${names[at]}:${jsonOf(value, typeAt(schema, at))}`).join(',')}}\n`)
    .join('')
}

const typeAt = (schema: Schema, at: number): DataType => schema[at]?.type ?? { is: 'null' }

export function uniqueNames(schema: Schema): readonly string[] {
  const seen = new Map<string, number>()
  const taken = new Set(schema.map(({ name }) => name))
  return schema.map(({ name }) => {
    const before = seen.get(name)
    if (before === undefined) {
      seen.set(name, 0)
      return name
    }
    let number = before + 1
    while (taken.has(`${name}_${number}`)) number += 1
    seen.set(name, number)
    taken.add(`${name}_${number}`)
    return `${name}_${number}`
  })
}

function jsonOf(value: Value, type: DataType): string {
  if (value === null) return 'null'
  switch (type.is) {
    case 'null':
      return 'null'
    case 'boolean':
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return String(value)
    case 'real':
    case 'double':
      return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
    case 'decimal':
      return decimalText(value as bigint, type.scale)
    case 'json':
      return String(value)
    case 'array':
      return `[${(value as readonly Value[]).map(each => jsonOf(each, type.element)).join(',')}]`
    case 'row':
      return `{${type.fields.map(({ name, type: of }, at) => `${JSON.stringify(name)}:${jsonOf((value as readonly Value[])[at] ?? null, of)}`).join(',')}}`
    case 'map':
      return `{${(value as readonly (readonly [Value, Value])[]).map(([key, each]) => `${JSON.stringify(textOf(key, type.key, 'postgres'))}:${jsonOf(each, type.value)}`).join(',')}}`
    case 'string':
    case 'bytes':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'interval':
      return JSON.stringify(textOf(value, type, 'postgres'))
  }
}
