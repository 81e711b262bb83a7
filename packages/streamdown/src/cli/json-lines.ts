import { zoneNamed } from '../functions/time/zone.ts'
import type { ChangeRow, StatementResult } from '../session/session.ts'
import { type DataType, field, type Schema, types } from '../types/data-type.ts'
import type { Numeric, Value } from '../types/value.ts'
import { decimalText } from '../values/decimal-digits.ts'
import { numericText } from '../values/numeric.ts'
import { type TextZone, textOf } from '../values/text.ts'

type Rows = Extract<StatementResult, { is: 'rows' }>

/** One object a line: BIGINT and DECIMAL in full digits, equal names suffixed `_1`, `_2`. */
export function jsonLinesOf({ schema, rows, timeZone }: Rows): string {
  const objectOf = jsonObjects(schema, uniqueNames(schema), timeZone)
  return rows.map(row => `{${objectOf(row)}}\n`).join('')
}

/** A change a line, its kind first: `{"$op":"+U","k":1}`. */
export function changeLinesOf(
  { schema, timeZone }: { readonly schema: Schema; readonly timeZone: string },
  changes: readonly ChangeRow[],
): string {
  const [op, ...names] = uniqueNames([field('$op', types.string), ...schema])
  const objectOf = jsonObjects(schema, names, timeZone)
  return changes.map(change => `{"${op}":"${change.op}",${objectOf(change.values)}}\n`).join('')
}

const jsonOfNumeric = (value: Numeric): string =>
  value.special === undefined ? numericText(value) : JSON.stringify(value.special)

function jsonObjects(schema: Schema, names: readonly string[], timeZone: string): (row: readonly Value[]) => string {
  const zone = zoneNamed(timeZone)
  const columns = schema.map(({ type }, at) => ({ name: JSON.stringify(names[at]), type }))
  return row => columns.map(({ name, type }, at) => `${name}:${jsonOf(row[at] ?? null, type, zone)}`).join(',')
}

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

function jsonOf(value: Value, type: DataType, zone: TextZone): string {
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
    case 'numeric':
      return jsonOfNumeric(value as Numeric)
    case 'json':
      return String(value)
    case 'array':
      return `[${(value as readonly Value[]).map(each => jsonOf(each, type.element, zone)).join(',')}]`
    case 'row':
      return `{${type.fields.map(({ name, type: of }, at) => `${JSON.stringify(name)}:${jsonOf((value as readonly Value[])[at] ?? null, of, zone)}`).join(',')}}`
    case 'map':
      return `{${(value as readonly (readonly [Value, Value])[]).map(([key, each]) => `${JSON.stringify(textOf(key, type.key, 'postgres', zone))}:${jsonOf(each, type.value, zone)}`).join(',')}}`
    case 'string':
    case 'bytes':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'interval':
      return JSON.stringify(textOf(value, type, 'postgres', zone))
  }
}
