import { sameType } from '../../functions/common-type.ts'
import { conjuncts } from '../expressions/build.ts'
import type { LiteralExpression } from '../expressions/expression.ts'
import { hasLambda, replaceColumns } from '../expressions/walk.ts'
import { type Roots, transform } from '../visitor/transform.ts'
import { type Evaluate, fold } from './fold.ts'

/**
 * Behind a filter `column = constant` the column is that constant: a CASE over it has one branch left, and what the
 * others read need not be decoded. Not for floating point numbers, where -0 equals 0.
 */
export function useEqualities(roots: Roots, evaluate?: Evaluate): Roots {
  return transform(roots, node => {
    if (node.is !== 'project' || node.input.is !== 'filter') return node
    const { schema } = node.input
    const known = new Map<number, LiteralExpression>()
    for (const e of conjuncts(node.input.condition)) {
      if (e.is !== 'call' || e.name !== '=') continue
      const column = e.args.find(arg => arg.is === 'column')
      const constant = e.args.find(arg => arg.is === 'literal')
      if (
        column?.is === 'column' &&
        constant?.is === 'literal' &&
        isExact(constant) &&
        sameType(column.type, constant.type)
      )
        known.set(column.index, constant)
    }
    if (known.size === 0 || node.expressions.some(hasLambda)) return node
    const expressions = node.expressions.map(e => {
      // A column that is passed on as it is costs nothing.
      if (e.is === 'column') return e
      const put = replaceColumns(e, index => known.get(index) ?? { is: 'column', index, ...schema[index]! })
      return fold(put, evaluate)
    })
    return { ...node, expressions }
  })
}

const isExact = ({ type, value }: LiteralExpression): boolean =>
  value !== null && type.is !== 'double' && type.is !== 'real'
