import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Expression, LambdaExpression } from './expression.ts'

/** The direct parts of an expression, over the same row: not the body of one over elements. */
export function parts(e: Expression): readonly Expression[] {
  switch (e.is) {
    case 'column':
    case 'literal':
    case 'lambda':
      return []
    case 'call':
      return e.args
    case 'case':
      return [
        ...e.branches.flatMap(({ when, then }) => [when, then]),
        ...(e.otherwise === undefined ? [] : [e.otherwise]),
      ]
    case 'cast':
    case 'field':
      return [e.input]
    case 'elements':
      return [e.input, ...e.captured]
  }
}

/** The same expression over changed parts; the same object when none changed. */
export function mapParts(e: Expression, change: (part: Expression) => Expression): Expression {
  switch (e.is) {
    case 'column':
    case 'literal':
    case 'lambda':
      return e
    case 'call': {
      const args = e.args.map(change)
      return args.every((arg, i) => arg === e.args[i]) ? e : { ...e, args }
    }
    case 'case': {
      const branches = e.branches.map(({ when, then }) => ({ when: change(when), then: change(then) }))
      const otherwise = e.otherwise === undefined ? undefined : change(e.otherwise)
      const same =
        otherwise === e.otherwise &&
        branches.every(({ when, then }, i) => when === e.branches[i]!.when && then === e.branches[i]!.then)
      if (same) return e
      return { ...e, branches, ...(otherwise === undefined ? {} : { otherwise }) }
    }
    case 'cast':
    case 'field': {
      const input = change(e.input)
      return input === e.input ? e : { ...e, input }
    }
    case 'elements': {
      const input = change(e.input)
      const captured = e.captured.map(change)
      const same = input === e.input && captured.every((value, i) => value === e.captured[i])
      return same ? e : { ...e, input, captured }
    }
  }
}

/** Visits an expression and all parts, outermost first. */
export function visit(e: Expression, see: (e: Expression) => void): void {
  see(e)
  for (const part of parts(e)) visit(part, see)
}

export function some(e: Expression, test: (e: Expression) => boolean): boolean {
  return test(e) || parts(e).some(part => some(part, test))
}

/**
 * The input columns that are read, in no order; undefined when a lambda may read any. Negative indexes (columns of an
 * enclosing query while it is being bound) count too.
 */
export function columnsRead(e: Expression, into: Set<number> = new Set()): Set<number> {
  visit(e, part => {
    if (part.is === 'column') into.add(part.index)
    if (part.is !== 'lambda') return
    for (const index of part.reads ?? part.input.keys()) into.add(index)
  })
  return into
}

/** The expression over other columns: `replace` gives what stands for the column with that index. */
export function replaceColumns(e: Expression, replace: (index: number) => Expression): Expression {
  if (e.is === 'column') {
    const replacement = replace(e.index)
    return e.at === undefined || replacement.at !== undefined ? replacement : { ...replacement, at: e.at }
  }
  return mapParts(e, part => replaceColumns(part, replace))
}

/** Moves column references by a fixed amount or by a table. A lambda that may read all columns keeps its input. */
export function remap(e: Expression, to: (index: number) => number): Expression {
  if (e.is === 'column') {
    const index = to(e.index)
    return index === e.index ? e : { ...e, index }
  }
  if (e.is === 'lambda') return movedLambda(e, to)
  return mapParts(e, part => remap(part, to))
}

/** The lambda over other columns: it is given the values in the places that it was written for. */
function movedLambda(e: LambdaExpression, to: (index: number) => number): LambdaExpression {
  const { reads, input, arrow } = e
  if (reads === undefined) return e
  const places = reads.map(to)
  if (places.every((place, i) => place === reads[i])) return e
  const row: Value[] = input.map(() => null)
  return {
    ...e,
    reads: places,
    input: Array.from({ length: Math.max(...places) + 1 }, (_, place) => input[reads[places.indexOf(place)] ?? 0]!),
    arrow: values => {
      for (const [i, place] of places.entries()) row[reads[i]!] = values[place] ?? null
      return arrow(row)
    },
    ...(e.compiled === undefined ? {} : { compiled: remap(e.compiled, to) }),
  }
}

/** Whether a lambda in it may read any column of the row. */
export const readsWholeRow = (e: Expression): boolean =>
  some(e, part => part.is === 'lambda' && part.reads === undefined)

export const hasLambda = (e: Expression): boolean => some(e, part => part.is === 'lambda')

/** Equal structure: the same function of the same columns. Places in the text do not count. */
export function sameExpression(a: Expression, b: Expression): boolean {
  return a === b || expressionKey(a) === expressionKey(b)
}

const keys = new WeakMap<Expression, string>()

/** A text that is equal for expressions of equal structure. Lambdas equal themselves only. */
export function expressionKey(e: Expression): string {
  const known = keys.get(e)
  if (known !== undefined) return known
  const key = keyOf(e)
  keys.set(e, key)
  return key
}

const lambdaNumbers = new WeakMap<object, number>()
let lambdas = 0

function lambdaNumber(arrow: object): number {
  const known = lambdaNumbers.get(arrow) ?? ++lambdas
  lambdaNumbers.set(arrow, known)
  return known
}

function keyOf(e: Expression): string {
  switch (e.is) {
    case 'column':
      return `#${e.index}`
    case 'literal':
      return `${typeKey(e.type)}:${plainKey(e.value)}`
    case 'call':
      return `${e.name}${e.attempt === true ? '?' : ''}:${typeKey(e.type)}(${e.args.map(expressionKey).join(',')})`
    case 'case': {
      const branches = e.branches.map(({ when, then }) => `${expressionKey(when)}?${expressionKey(then)}`)
      return `case(${branches.join(';')};${e.otherwise === undefined ? '' : expressionKey(e.otherwise)})`
    }
    case 'cast':
      return `cast:${typeKey(e.type)}:${e.attempt}:${e.rule}(${expressionKey(e.input)})`
    case 'field':
      return `${expressionKey(e.input)}.${e.index}`
    case 'lambda':
      return `lambda${lambdaNumber(e.arrow)}`
    case 'elements':
      return `${e.operation}:${plainKey(e.type)}(${[e.input, e.body, ...e.captured].map(expressionKey).join(',')})`
  }
}

const typeKeys = new WeakMap<DataType, string>()

/** JSON of a type; most expressions share the object of theirs. */
export function typeKey(type: DataType): string {
  let key = typeKeys.get(type)
  if (key === undefined) {
    key = plainKey(type)
    typeKeys.set(type, key)
  }
  return key
}

/** JSON of a value or type, with bigint and bytes in it. */
export const plainKey = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part instanceof Uint8Array ? `x${[...part].join(',')}` : part,
  )
