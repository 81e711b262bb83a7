import { failures } from '../../errors/table.ts'
import type { Value } from '../../types/value.ts'
import { RowError } from '../definition.ts'
import { asCount } from '../values.ts'
import { quotedName, quotedText } from './quoting.ts'

/**
 * PostgreSQL's format(): %s, %I, %L, %%, positions `%2$s`, widths `%-10s`, and widths that are arguments: `%*s`,
 * `%*2$s`, to the left where they are negative.
 */
export function formatText(
  format: string,
  values: readonly Value[],
  text: (value: Value, i: number) => string,
): string {
  let next = 0
  const argument = (position: string | undefined): { readonly value: Value; readonly index: number } => {
    const index = position === undefined ? next : Number(position) - 1
    next = index + 1
    const value = values[index]
    if (value === undefined) throw new RowError(failures.argument, `FORMAT needs more arguments than ${values.length}`)
    return { value, index }
  }
  return format.replace(
    /%(?:(\d+)\$)?(-)?(?:(\d+)|(\*)(?:(\d+)\$)?)?([sIL%]|$|.)/gs,
    (_, position, left, width, star, widthPosition, kind) => {
      if (kind === '%') return '%'
      if (kind !== 's' && kind !== 'I' && kind !== 'L')
        throw new RowError(failures.argument, `unknown conversion %${kind} in FORMAT`)
      const asked = star === undefined ? Number(width ?? 0) : widthOf(argument(widthPosition).value)
      const { value, index } = argument(position)
      const shown = part(kind, value, text(value, index))
      return left === undefined && asked >= 0 ? shown.padStart(asked) : shown.padEnd(Math.abs(asked))
    },
  )
}

const widthOf = (value: Value): number => (value === null ? 0 : asCount(value))

function part(kind: 's' | 'I' | 'L', value: Value, text: string): string {
  if (kind === 's') return value === null ? '' : text
  if (kind === 'L') return value === null ? 'NULL' : quotedText(text)
  if (value === null) throw new RowError(failures.argument, 'NULL is no name')
  return quotedName(text)
}
