import type { Expression } from '../../plan/expressions/expression.ts'
import type { DataType } from '../../types/data-type.ts'
import type { ColumnDefinition } from '../parse/ast.ts'
import { assignTo } from './cast.ts'
import { checkCollation } from './collation.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import { notYet } from './problem.ts'
import { tableScope } from './scope.ts'
import { bindType } from './types.ts'

/** The type that a column declares. */
export function declaredType(context: BindContext, definition: ColumnDefinition): DataType {
  const { settings, names, catalog } = context
  const type = bindType(definition.type!, settings, names, user => catalog.findType(user))
  if (definition.collation !== undefined) checkCollation(type, definition.collation)
  return type
}

/** DEFAULT of a column, over no columns, as a value of its type. */
export function declaredDefault(
  context: BindContext,
  { default: value, identity, at }: Pick<ColumnDefinition, 'default' | 'identity' | 'at'>,
  type: DataType,
  name: string,
): Expression | undefined {
  if (identity) notYet('IDENTITY columns', 'Give the values yourself.', at)
  if (value === undefined) return undefined
  const binder = new ExpressionBinder(context, tableScope([], undefined, undefined))
  return assignTo(binder.bind(value), type, name, context.settings, value.at)
}
