import { failures } from '../../errors/table.ts'
import type { Value } from '../../types/value.ts'
import { textOf } from '../cast.ts'
import type { FunctionContext } from '../define.ts'
import { RowError } from '../definition.ts'

const MAX_TEXT = 16 * 1024 * 1024

export const points = (text: string): string[] => Array.from(text)

export function limited(length: number): number {
  if (length > MAX_TEXT) throw new RowError(failures.argument, `a text of ${length} characters is too long`)
  return length
}

/** Text of any argument, as CAST to STRING gives it. */
export const textual = (value: Value, i: number, { types: all, timeZone }: FunctionContext): string => {
  const type = all[i]
  return type === undefined || value === null ? '' : textOf(value, type, 'postgres', timeZone)
}

/** As PostgreSQL's output function prints a value: booleans as one letter. */
export const printed = (value: Value, i: number, context: FunctionContext): string =>
  typeof value === 'boolean' ? (value ? 't' : 'f') : textual(value, i, context)
