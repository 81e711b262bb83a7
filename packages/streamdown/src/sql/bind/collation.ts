import type { Expression } from '../../plan/expressions/expression.ts'
import type { DataType } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Name } from '../parse/ast.ts'
import { lastPart } from './names.ts'
import { fail, notYet } from './problem.ts'

/** PostgreSQL's collations in which texts compare by their bytes: those of UTF-8 are in the order of the code points. */
const byCodePoint = ['C', 'POSIX', 'ucs_basic', 'default']

/** Names that PostgreSQL gives to the orders of languages: `de_DE`, `en-x-icu`. */
const ofLanguage = /^[a-z]{2,3}([_-]\w+)+(\.[\w-]+)?$/

/** `value COLLATE name`: texts compare by code points here anyway. */
export function collated(value: Expression, name: Name): Expression {
  checkCollation(value.type, name)
  return value
}

/** Of a value or a column. A quoted name counts with its case, as PostgreSQL's are stored. */
export function checkCollation(type: DataType, name: Name): void {
  const { text, quoted } = lastPart(name)
  if (!byCodePoint.some(each => (quoted ? each === text : each.toLowerCase() === text.toLowerCase()))) {
    const how = 'Strings compare by their code points, as with COLLATE "C"; use LOWER(x) to compare without case.'
    if (ofLanguage.test(text)) notYet(`COLLATE "${text}"`, how, name.at)
    fail('DSD2006', `There is no collation "${text}". ${how}`, name.at)
  }
  if (type.is !== 'string' && type.is !== 'null')
    fail('DSD2004', `COLLATE takes text, this is ${typeText(type)}.`, name.at)
}
