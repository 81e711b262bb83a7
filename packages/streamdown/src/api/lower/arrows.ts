import { StreamdownError } from '../../errors/error.ts'
import type { Expression, LambdaExpression } from '../../plan/expressions/expression.ts'
import { fail } from '../../sql/bind/problem.ts'
import { type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { valueKey } from '../../types/value-key.ts'
import { didYouMean } from '../../values/nearest.ts'
import { type ArrowFacts, factsOf } from '../arrow/analyse.ts'
import { compileArrow } from '../arrow/compile.ts'
import { type InferenceScope, inferredType } from '../arrow/infer.ts'
import type { ArrowDraft } from '../draft/expression-draft.ts'
import { fromInput } from '../values/from-input.ts'
import { converterOf } from '../values/to-row.ts'
import type { LowerContext } from './context.ts'
import type { Bound } from './expressions.ts'
import { expressionOf, type Lowered, type VisibleColumn } from './lowered.ts'

/**
 * What an arrow's source tells of it. Throws DSD2002 where it reads a property of its row that is neither a column nor
 * what every object has: its value would be `undefined` in every row.
 */
export function rowFacts(
  columns: readonly VisibleColumn[],
  arrow: (...args: never[]) => unknown,
  parameter = 0,
): ArrowFacts {
  const facts = factsOf(arrow, parameter)
  const names = columns.map(({ name }) => name)
  const wrong = facts.reads?.find(name => !names.includes(name) && !(name in Object.prototype))
  if (wrong === undefined) return facts
  return fail(
    'DSD2002',
    `There is no column '${wrong}', which ${facts.source} reads.${didYouMean(wrong, names)} Columns: ${names.join(', ')}.`,
  )
}

/** An arrow of a computed column. Throws DSD5005 where neither its source nor the program says its result's type. */
export function lowerArrow(context: LowerContext, input: Lowered, draft: ArrowDraft): Bound {
  const facts = rowFacts(input.columns, draft.arrow)
  const type = draft.type ?? inferredType(facts.body, inferenceScope(input, facts))
  if (type === undefined) {
    return fail(
      'DSD5005',
      `What ${facts.source} gives cannot be told from its source: write t.string.of(${facts.source}), with the type that it gives.`,
    )
  }
  const compiled = compiledArrow(context, input, draft, facts)
  if (compiled !== undefined && compiled.type.is === type.type.is) return { value: compiled, type }
  return {
    value: lambda(context, input, draft, facts, { type: type.type, nullable: type.nullable }, result =>
      fromInput(type, result, 'result'),
    ),
    type,
  }
}

/** An arrow that decides whether a row is kept. */
export function lowerFilterArrow(context: LowerContext, input: Lowered, draft: ArrowDraft): Expression {
  const facts = rowFacts(input.columns, draft.arrow)
  const compiled = compiledArrow(context, input, draft, facts)
  if (compiled !== undefined && compiled.type.is === 'boolean') return compiled
  return lambda(context, input, draft, facts, { type: types.boolean, nullable: false }, truth)
}

/** What an arrow that decides gives. */
export function truth(result: unknown): boolean {
  if (typeof result === 'object' && result !== null && 'then' in result)
    throw new StreamdownError('DSD5007', 'An arrow that decides may not be async.')
  return Boolean(result)
}

/** The arrow as an expression, or undefined where it stays JavaScript; either is noted for `explain`. */
export function compiledArrow(
  context: LowerContext,
  input: Lowered,
  draft: ArrowDraft,
  facts: ArrowFacts,
): Expression | undefined {
  const compiled = compileArrow(facts.body, {
    parameter: facts.parameters[0],
    column: name => {
      const found = input.columns.find(one => one.name === name)
      return found === undefined
        ? undefined
        : { value: expressionOf(input, found), readsAsNumber: found.type.facts.readsAsNumber === true }
    },
  })
  note(context, draft, facts, compiled.is === 'compiled' ? undefined : compiled.reason)
  return compiled.is === 'compiled' ? compiled.value : undefined
}

/** @internal For `explain`: "JavaScript: uses limit from outside; reads total". */
export function note(
  context: LowerContext,
  { place }: Pick<ArrowDraft, 'place'>,
  facts: ArrowFacts,
  reason: string | undefined,
): void {
  const reads = facts.reads === undefined ? 'all columns' : facts.reads.join(', ') || 'no column'
  const why = facts.outside.length > 0 ? `uses ${facts.outside.join(', ')} from outside` : reason
  context.notes.push({
    place,
    source: facts.source,
    text: reason === undefined ? `compiled; reads ${reads}` : `JavaScript: ${why}; reads ${reads}`,
  })
}

export function inferenceScope({ columns }: Lowered, facts: ArrowFacts): InferenceScope {
  return { parameter: facts.parameters[0], columns, column: name => columns.find(one => one.name === name)?.type }
}

/** The columns that an arrow is given: those that its source asks for, or all. */
export function columnsRead({ columns }: Lowered, reads: readonly string[] | undefined): readonly VisibleColumn[] {
  if (reads === undefined || reads.some(name => !columns.some(one => one.name === name))) return columns
  return columns.filter(one => reads.includes(one.name))
}

/** A row as the user's function sees it, of the values of some columns at the places that `at` says. */
export function rowReader(
  columns: readonly VisibleColumn[],
  at: (column: VisibleColumn, i: number) => number,
): (values: readonly Value[]) => never {
  const places = columns.map((column, i) => ({
    name: column.name,
    convert: converterOf(column.type),
    at: at(column, i),
  }))
  return values => {
    const row: Record<string, unknown> = {}
    for (const { name, convert, at: place } of places) {
      const value = values[place] ?? null
      row[name] = convert === undefined ? value : convert(value)
    }
    return asRow(row)
  }
}

/** The types of the API promise that a row has the columns that the arrow was written for. */
export function asRow(row: object): never
export function asRow(row: object): object {
  return row
}

/** A user's function as the plan's: over values, to a value. */
export function lambda(
  context: LowerContext,
  input: Lowered,
  draft: ArrowDraft,
  facts: ArrowFacts,
  result: { readonly type: LambdaExpression['type']; readonly nullable: boolean; readonly whole?: 'row' | 'rows' },
  toValue: (result: unknown) => Value,
): LambdaExpression {
  const read = columnsRead(input, facts.reads)
  const row = rowReader(read, column => column.index)
  const { arrow } = draft
  const schema: Schema = input.node.schema
  return {
    is: 'lambda',
    arrow: context.checksArrows
      ? values => checkedCall(facts, arrow, row(values), toValue)
      : values => toValue(arrow(row(values))),
    source: facts.source,
    reads: read.map(column => column.index),
    reason: facts.outside.length > 0 ? `uses ${facts.outside.join(', ')} from outside` : 'stays JavaScript',
    input: schema,
    ...result,
  }
}

/** For tests: the same row must give the same answer, and no arrow may keep its row. */
function checkedCall(
  facts: ArrowFacts,
  arrow: ArrowDraft['arrow'],
  row: object,
  toValue: (result: unknown) => Value,
): Value {
  const [first, second] = [0, 1].map(() => {
    const { proxy, revoke } = Proxy.revocable(row, {})
    const value = toValue(arrow(asRow(proxy)))
    revoke()
    return value
  })
  return agreed(facts, first, second)
}

/** Two answers of an arrow for the same row. */
export function agreed<T extends Value>(facts: ArrowFacts, first: T | undefined, second: T | undefined): T {
  if (first === undefined || second === undefined || valueKey(first) !== valueKey(second)) {
    throw new StreamdownError('DSD5010', `${facts.source} gave two answers for one row.`)
  }
  return first
}
