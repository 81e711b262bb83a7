import { isAggregate } from '../../functions/aggregates.ts'
import type { Call, Expression, Over, SortItem } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'
import { hypotheticalSet } from './hypothetical-sets.ts'

const sorted = (items: readonly SortItem[]): readonly Expression[] => items.map(item => item.value)

function overParts(over: Over | undefined): readonly Expression[] {
  return over?.is === 'windowSpecification' ? [...over.partitionBy, ...sorted(over.orderBy)] : []
}

function argumentValues(call: Call): readonly Expression[] {
  return call.args.flatMap(({ value }) => (value.is === 'tableArgument' || value.is === 'descriptor' ? [] : [value]))
}

/** The direct parts of an expression; queries inside are not entered. */
export function children(e: Expression): readonly Expression[] {
  switch (e.is) {
    case 'column':
    case 'star':
    case 'number':
    case 'string':
    case 'bytes':
    case 'boolean':
    case 'null':
    case 'default':
    case 'typedLiteral':
    case 'timeUnit':
    case 'parameter':
    case 'scalarQuery':
    case 'exists':
    case 'arrayQuery':
    case 'lambda':
      return []
    case 'field':
      return [e.of]
    case 'subscript':
      return [e.of, e.index]
    case 'slice':
      return [e.of, ...present(e.from), ...present(e.to)]
    case 'interval':
    case 'isTest':
    case 'cast':
    case 'collate':
    case 'extract':
    case 'inQuery':
      return [e.value]
    case 'unary':
      return [e.operand]
    case 'binary':
    case 'isDistinct':
      return [e.left, e.right]
    case 'logical':
      return e.operands
    case 'between':
      return [e.value, e.low, e.high]
    case 'inList':
      return [e.value, ...e.list]
    case 'like':
      return [e.value, e.pattern, ...present(e.escape)]
    case 'quantified':
      return e.right.is === 'query' ? [e.left] : [e.left, e.right]
    case 'atTimeZone':
      return [e.value, ...present(e.zone)]
    case 'case':
      return [...present(e.operand), ...e.branches.flatMap(b => [...b.when, b.then]), ...present(e.otherwise)]
    case 'array':
    case 'row':
      return e.elements
    case 'map':
      return e.entries.flatMap(entry => [entry.key, entry.value])
    case 'trim':
      return [...present(e.characters), e.value]
    case 'call': {
      const counted = hypotheticalSet(e)
      if (counted !== undefined) return [counted]
      return [
        ...argumentValues(e),
        ...sorted(e.orderBy),
        ...sorted(e.withinGroup),
        ...present(e.filter),
        ...overParts(e.over),
      ]
    }
  }
}

const present = (e: Expression | undefined): readonly Expression[] => (e === undefined ? [] : [e])

/** All expressions in it, outermost first, that `wanted` accepts; what is inside of those is not looked at. */
export function collect<E extends Expression>(e: Expression, wanted: (e: Expression) => e is E): readonly E[] {
  return wanted(e) ? [e] : children(e).flatMap(child => collect(child, wanted))
}

export const contains = (e: Expression, test: (e: Expression) => boolean): boolean =>
  test(e) || children(e).some(child => contains(child, test))

export const callName = (call: Call): string => call.name.parts.at(-1)!.text.toUpperCase()

/** Calls of aggregates that are the user's own, as `noteUserAggregates` found them. */
const userAggregates = new WeakSet<Call>()

/** Finds the calls of the user's own aggregates in a statement; `isUser` is given their names in upper case. */
export function noteUserAggregates(node: unknown, isUser: (name: string) => boolean): void {
  if (typeof node !== 'object' || node === null) return
  if (isCall(node) && isUser(callName(node))) userAggregates.add(node)
  for (const part of Object.values(node)) noteUserAggregates(part, isUser)
}

const isCall = (node: object): node is Call => 'is' in node && node.is === 'call'

export const isAggregateCall = (e: Expression): e is Call =>
  e.is === 'call' &&
  e.over === undefined &&
  hypotheticalSet(e) === undefined &&
  (isAggregate(callName(e)) || e.filter !== undefined || userAggregates.has(e))

export const isWindowCall = (e: Expression): e is Call => e.is === 'call' && e.over !== undefined

export const hasAggregate = (e: Expression): boolean => contains(e, isAggregateCall)

export type QueryExpression = Extract<
  Expression,
  { is: 'scalarQuery' | 'exists' | 'inQuery' | 'arrayQuery' | 'quantified' }
>

export function isQueryExpression(e: Expression): e is QueryExpression {
  return (
    e.is === 'scalarQuery' ||
    e.is === 'exists' ||
    e.is === 'inQuery' ||
    e.is === 'arrayQuery' ||
    (e.is === 'quantified' && e.right.is === 'query')
  )
}

/** The operands of a top-level AND. */
export function conjunctsOf(e: Expression): readonly Expression[] {
  return e.is === 'logical' && e.op === 'AND' ? e.operands.flatMap(conjunctsOf) : [e]
}

/** The name of a select item without alias; undefined when the dialect makes one up. */
export function naturalName(e: Expression, settings: Settings): string | undefined {
  switch (e.is) {
    case 'column':
      return e.parts.at(-1)!.text
    case 'field':
      return e.field.text
    case 'cast':
      return settings.dialect === 'postgres' ? naturalName(e.value, settings) : undefined
    case 'subscript':
      return settings.dialect === 'postgres' ? naturalName(e.of, settings) : undefined
    default:
      return undefined
  }
}

/** PostgreSQL's names for the others: the function's, or `?column?`; Flink's: `EXPR$0`. */
export function inventedName(e: Expression, position: number, settings: Settings): string {
  if (settings.dialect === 'flink') return `EXPR$${position}`
  if (e.is === 'call') return callName(e).toLowerCase()
  return (
    { case: 'case', exists: 'exists', array: 'array', row: 'row', extract: 'extract', trim: 'btrim' }[e.is as string] ??
    '?column?'
  )
}
