import { type DataType, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { CallExpression, ColumnExpression, Expression, LiteralExpression } from './expression.ts'

/** Short ways to write bound expressions. Their arguments must already have the types that the function takes. */

export function column(schema: Schema, index: number): ColumnExpression {
  const { name, type, nullable } = schema[index]!
  return { is: 'column', index, name, type, nullable }
}

export const columns = (schema: Schema): readonly ColumnExpression[] => schema.map((_, i) => column(schema, i))

export const literal = (value: Value, type: DataType): LiteralExpression => ({
  is: 'literal',
  value,
  type,
  nullable: value === null,
})

export const truth = (value: boolean): LiteralExpression => literal(value, types.boolean)

/** A call that gives BOOLEAN. */
export const test = (name: string, ...args: readonly Expression[]): CallExpression => ({
  is: 'call',
  name,
  args,
  type: types.boolean,
  nullable: name.startsWith('is_') ? false : args.some(arg => arg.nullable),
})

export const not = (value: Expression): Expression => test('not', value)

/** AND of any number: none is TRUE, one is itself; nested ANDs become one. */
export function all(conditions: readonly Expression[]): Expression {
  const flat = conditions.flatMap(conjuncts)
  if (flat.length === 0) return truth(true)
  return flat.length === 1 ? flat[0]! : test('and', ...flat)
}

export function any(conditions: readonly Expression[]): Expression {
  if (conditions.length === 0) return truth(false)
  return conditions.length === 1 ? conditions[0]! : test('or', ...conditions)
}

/** The parts of a condition that must all hold, in the written order. */
export function conjuncts(condition: Expression): readonly Expression[] {
  if (condition.is === 'call' && condition.name === 'and') return condition.args.flatMap(conjuncts)
  if (condition.is === 'literal' && condition.value === true) return []
  return [condition]
}

export const isTrue = (e: Expression): boolean => e.is === 'literal' && e.value === true
