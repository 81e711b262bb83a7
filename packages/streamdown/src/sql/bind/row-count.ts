import { isNumeric } from '../../functions/common-type.ts'
import { fold } from '../../plan/optimise/fold.ts'
import { types } from '../../types/data-type.ts'
import type { Expression } from '../parse/ast.ts'
import { castTo } from './cast.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import { fail } from './problem.ts'
import { isRowSource } from './row-sources.ts'
import { tableScope } from './scope.ts'
import { callName, contains, isQueryExpression } from './syntax.ts'

/** A row count of LIMIT or OFFSET: an expression without columns. NULL and ALL set no limit. */
export function rowCount(context: BindContext, e: Expression | undefined, what: string): number | undefined {
  if (e === undefined || isAll(e)) return undefined
  const wrong = (): never => fail('DSD2012', `${what} takes a whole number that is not negative.`, e.at)
  if (contains(e, part => isQueryExpression(part) || (part.is === 'call' && isRowSource(part, context.catalog))))
    return wrong()
  const bound = new ExpressionBinder(context, tableScope([], undefined, undefined)).bind(e)
  const isText = bound.is === 'literal' && bound.type.is === 'string'
  if (!isNumeric(bound.type) && bound.type.is !== 'null' && !isText) return wrong()
  const count = fold(castTo(bound, types.bigint, context.settings), context.options.evaluate)
  if (count.is !== 'literal') return wrong()
  if (count.value === null) return undefined
  return typeof count.value === 'bigint' && count.value >= 0n ? Number(count.value) : wrong()
}

const isAll = (e: Expression): boolean =>
  (e.is === 'call' && callName(e) === 'ALL') ||
  (e.is === 'column' && e.parts.length === 1 && e.parts[0]!.text.toUpperCase() === 'ALL')
