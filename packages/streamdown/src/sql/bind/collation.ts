import type { Expression } from '../../plan/expressions/expression.ts'
import { typeText } from '../../types/type-text.ts'
import type { Name } from '../parse/ast.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'

/** PostgreSQL's collations in which texts compare by their bytes: those of UTF-8 are in the order of the code points. */
const byCodePoint = new Set(['C', 'POSIX', 'UCS_BASIC', 'DEFAULT'])

/** `value COLLATE name`: texts compare by code points here anyway. */
export function collated(value: Expression, name: Name): Expression {
  const { text } = lastPart(name)
  if (!byCodePoint.has(text.toUpperCase()))
    notYet(
      `COLLATE "${text}"`,
      'Strings compare by their code points, as with COLLATE "C"; use LOWER(x) to compare without case.',
      name.at,
    )
  if (value.type.is !== 'string' && value.type.is !== 'null')
    fail('DSD2004', `COLLATE takes text, this is ${typeText(value.type)}.`, name.at)
  return value
}
