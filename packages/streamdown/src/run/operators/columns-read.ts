import type { Expression } from '../../plan/expressions/expression.ts'

/** The input columns that an expression reads. `columns`: how many there are, all of which an open lambda reads. */
export function columnsRead(expression: Expression, columns: number): ReadonlySet<number> {
  const read = new Set<number>()
  const visit = (each: Expression): void => {
    switch (each.is) {
      case 'column':
        read.add(each.index)
        return
      case 'literal':
        return
      case 'call':
        each.args.forEach(visit)
        return
      case 'case':
        for (const { when, then } of each.branches) {
          visit(when)
          visit(then)
        }
        if (each.otherwise !== undefined) visit(each.otherwise)
        return
      case 'cast':
      case 'field':
        visit(each.input)
        return
      case 'elements':
        visit(each.input)
        each.captured.forEach(visit)
        return
      case 'lambda':
        for (const column of each.reads ?? Array.from({ length: columns }, (_, index) => index)) read.add(column)
        if (each.compiled !== undefined) visit(each.compiled)
        return
    }
  }
  visit(expression)
  return read
}
