import { findFunction } from '../functions/registry.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import { typeKey } from '../plan/expressions/walk.ts'

/** Numbers of expressions within one projection: the same for those that give the same value for a row. */
export class ExpressionNumbers {
  readonly #known = new Map<Expression, number>()
  readonly #byText = new Map<string, number>()

  /** 0: never treat it as another's equal. */
  of(expression: Expression): number {
    const known = this.#known.get(expression)
    if (known !== undefined) return known
    const number = this.#numberOf(this.#textOf(expression))
    this.#known.set(expression, number)
    return number
  }

  /** The number of something else that follows from the values of expressions; `head` says what it is. */
  ofParts(head: string, parts: readonly Expression[]): number {
    return this.#numberOf(this.#over(head, parts))
  }

  #numberOf(text: string): number {
    if (text === '') return 0
    const number = this.#byText.get(text) ?? this.#byText.size + 1
    this.#byText.set(text, number)
    return number
  }

  #textOf(expression: Expression): string {
    switch (expression.is) {
      case 'column':
        return `#${expression.index}`
      case 'literal': {
        const { value, type } = expression
        const simple = value === null || (typeof value !== 'object' && !Object.is(value, -0))
        return simple ? `${typeKey(type)}${typeof value}${value}` : ''
      }
      case 'call':
        if ((expression.user ?? findFunction(expression.name))?.deterministic === false) return ''
        return this.#over(
          `${expression.name}${expression.attempt === true ? '?' : ''}:${typeKey(expression.type)}`,
          expression.args,
        )
      case 'cast': {
        const { type, attempt, rule, input } = expression
        return this.#over(`cast:${typeKey(type)}${attempt}${rule}`, [input])
      }
      case 'field':
        return this.#over(`field:${expression.index}`, [expression.input])
      case 'case':
      case 'lambda':
      case 'elements':
        return ''
    }
  }

  #over(head: string, parts: readonly Expression[]): string {
    let text = head
    for (const part of parts) {
      const number = this.of(part)
      if (number === 0) return ''
      text += ` ${number}`
    }
    return text
  }
}
