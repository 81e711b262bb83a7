import { findFunction } from '../functions/registry.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import { typeKey } from '../plan/expressions/walk.ts'

const keys = new WeakMap<Expression, string>()

/** The same text for expressions that give the same value for a row; empty: never treat it as another's equal. */
export function expressionKey(expression: Expression): string {
  const known = keys.get(expression)
  if (known !== undefined) return known
  const key = makeKey(expression)
  keys.set(expression, key)
  return key
}

function makeKey(expression: Expression): string {
  switch (expression.is) {
    case 'column':
      return `#${expression.index}`
    case 'literal': {
      const { value, type } = expression
      const simple = value === null || (typeof value !== 'object' && !Object.is(value, -0))
      return simple ? `${typeKey(type)}${JSON.stringify(String(value))}` : ''
    }
    case 'call': {
      if (findFunction(expression.name)?.deterministic === false) return ''
      return joined(`${expression.name}:${typeKey(expression.type)}`, expression.args)
    }
    case 'cast':
      return joined(`cast:${typeKey(expression.type)}${expression.attempt}${expression.rule}`, [expression.input])
    case 'field':
      return joined(`field:${expression.index}`, [expression.input])
    case 'case':
    case 'lambda':
    case 'elements':
      return ''
  }
}

function joined(head: string, parts: readonly Expression[]): string {
  const inner = parts.map(expressionKey)
  return inner.includes('') ? '' : `${head}(${inner.join(',')})`
}
