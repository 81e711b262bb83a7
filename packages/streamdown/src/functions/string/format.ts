import type { Value } from '../../types/value.ts'
import { RowError } from '../definition.ts'

/** PostgreSQL's format(): %s, %I, %L, %%, positions `%2$s`, widths `%-10s`. */
export function formatText(
  format: string,
  values: readonly Value[],
  text: (value: Value, i: number) => string,
): string {
  let next = 0
  return format.replace(/%(?:(\d+)\$)?(-)?(\d+)?([sIL%]|$|.)/gs, (_, position, left, width, kind) => {
    if (kind === '%') return '%'
    if (kind !== 's' && kind !== 'I' && kind !== 'L') throw new RowError(5, `unknown conversion %${kind} in FORMAT`)
    const index = position === undefined ? next : Number(position) - 1
    next = index + 1
    const value = values[index]
    if (value === undefined) throw new RowError(5, `FORMAT needs more arguments than ${values.length}`)
    const shown = part(kind, value, text(value, index))
    const size = Number(width ?? 0)
    return left === undefined ? shown.padStart(size) : shown.padEnd(size)
  })
}

function part(kind: 's' | 'I' | 'L', value: Value, text: string): string {
  if (kind === 's') return value === null ? '' : text
  if (kind === 'L') return value === null ? 'NULL' : `'${text.replaceAll("'", "''")}'`
  if (value === null) throw new RowError(5, 'NULL is no name')
  return /^[a-z_][a-z0-9_$]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}
