import type { CreateFunction, Expression } from '../parse/ast.ts'
import { parseStatement } from '../parse/parse.ts'
import { fail, notYet } from './problem.ts'

/** The body of a function in SQL: an expression, or the one of `LANGUAGE SQL AS $$SELECT expression$$`. */
export function sqlBody({ body, language, source, at }: CreateFunction): Expression | undefined {
  if (source === undefined) return body
  if (language !== 'SQL') return undefined
  const { statement } = parseStatement(source)
  if (statement.is !== 'query') return fail('DSD2006', 'The body of an SQL function is a SELECT.', at)
  const { body: select } = statement
  const [item, ...more] = select.is === 'select' ? select.items : []
  const isPlain = select.is === 'select' && select.from.length === 0 && select.where === undefined
  if (!isPlain || item?.value.is === 'star' || item === undefined || more.length > 0)
    return notYet('A function whose body reads tables', 'Make it a view, or write the query where it is used.', at)
  return item.value
}
