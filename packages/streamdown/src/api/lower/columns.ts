import { StreamdownError } from '../../errors/error.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { FilterNode, FlatMapNode } from '../../plan/nodes/node.ts'
import { fail } from '../../sql/bind/problem.ts'
import { type DataType, type Field, types } from '../../types/data-type.ts'
import { inferredColumns } from '../arrow/infer.ts'
import type { ArrowDraft, ExpressionDraft } from '../draft/expression-draft.ts'
import type { ColumnDraft, NamedExpression } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { RowType } from '../schema/row-type.ts'
import { rowInput } from '../values/row-codec.ts'
import { compiledArrow, inferenceScope, lambda, lowerFilterArrow, note, rowFacts } from './arrows.ts'
import type { LowerContext } from './context.ts'
import { lowerCondition, lowerExpression } from './expressions.ts'
import { columnNamed, fieldsOf, type Lowered, type Output, passed, projected } from './lowered.ts'

/** A filter: an arrow's truth, or a condition. */
export function lowerFilter(context: LowerContext, input: Lowered, draft: ExpressionDraft): Expression {
  return draft.is === 'arrow' ? lowerFilterArrow(context, input, draft) : lowerCondition(context, input, draft)
}

export function lowerWhere(context: LowerContext, input: Lowered, condition: ExpressionDraft): Lowered {
  const node = FilterNode.create(input.node, lowerFilter(context, input, condition))
  const narrowed =
    condition.is === 'call' && condition.name === 'is_not_null' && condition.args[0]?.is === 'column'
      ? condition.args[0].path.join('.')
      : undefined
  if (narrowed === undefined || !input.columns.some(({ name }) => name === narrowed)) return { ...input, node }
  // What is known not to be NULL from here on is said to the plan as well.
  const filtered: Lowered = { ...input, node }
  const outputs = filtered.columns.map(one => {
    const output = passed(filtered, one)
    if (one.name !== narrowed) return output
    const type = new ColumnType(one.type.type, { ...one.type.facts, nullable: false })
    return { name: one.name, value: { ...output.value, nullable: false }, type }
  })
  return projected(filtered, outputs, input.key)
}

export function lowerDerive(context: LowerContext, input: Lowered, columns: readonly NamedExpression[]): Lowered {
  const computed = new Map(columns.map(one => [one.name, named(context, input, one)]))
  const kept = input.columns.filter(one => !computed.has(one.name)).map(one => passed(input, one))
  const key = input.key.some(name => computed.has(name)) ? [] : input.key
  return projected(input, [...kept, ...computed.values()], key)
}

export function lowerSelect(context: LowerContext, input: Lowered, columns: readonly NamedExpression[]): Lowered {
  const renamed = (name: string) =>
    columns.find(({ value }) => value.is === 'column' && value.path.join('.') === name)?.name
  const key = input.key.map(renamed)
  const outputs = columns.map(one => named(context, input, one))
  return projected(input, outputs, key.every(name => name !== undefined) ? key : [])
}

export function lowerPick(input: Lowered, names: readonly string[]): Lowered {
  const outputs = names.map(name => passed(input, columnNamed(input, name)))
  return projected(input, outputs, input.key.every(name => names.includes(name)) ? input.key : [])
}

export function lowerDrop(input: Lowered, names: readonly string[]): Lowered {
  for (const name of names) columnNamed(input, name)
  const outputs = input.columns.filter(({ name }) => !names.includes(name)).map(one => passed(input, one))
  return projected(input, outputs, input.key.some(name => names.includes(name)) ? [] : input.key)
}

function named(context: LowerContext, input: Lowered, { name, value }: NamedExpression): Output {
  return { name, ...lowerExpression(context, input, value) }
}

/** `map`: compiled column by column where all of the arrow may be, else one call a row. */
export function lowerMap(context: LowerContext, input: Lowered, draft: ArrowDraft): Lowered {
  const facts = rowFacts(input.columns, draft.arrow)
  const columns = columnsGiven(input, draft)
  if (draft.type === undefined) {
    const outputs = compiledColumns(context, input, draft)
    if (outputs !== undefined) return projected(input, outputs, [])
  }
  note(context, draft, facts, 'gives whole rows')
  const row = lambda(
    context,
    input,
    draft,
    facts,
    { type: rowTypeOf(columns), nullable: false, whole: 'row' },
    result => rowInput(columns, objectOf(result)),
  )
  const whole = projected(input, [{ name: '$row', value: row, type: new ColumnType(row.type) }], [])
  return projected(whole, fieldsOf(whole, columns), [])
}

/** Every property of the object an expression: then nothing of the arrow is left. */
function compiledColumns(context: LowerContext, input: Lowered, draft: ArrowDraft): readonly Output[] | undefined {
  const facts = rowFacts(input.columns, draft.arrow)
  if (facts.body?.is !== 'object') return undefined
  const outputs = new Map<string, Output>()
  const quiet: LowerContext = { ...context, notes: [] }
  for (const property of facts.body.properties) {
    if (property.is === 'spread') {
      for (const one of input.columns) outputs.set(one.name, passed(input, one))
      continue
    }
    const value = compiledArrow(quiet, input, draft, { ...facts, body: property.value })
    if (value === undefined) return undefined
    const { nullable } = value
    const source = value.is === 'column' ? input.columns.find(one => one.index === value.index) : undefined
    outputs.set(property.name, {
      name: property.name,
      value,
      type: source?.type ?? new ColumnType(value.type, { nullable }),
    })
  }
  note(context, draft, facts, undefined)
  return [...outputs.values()]
}

export function lowerFlatMap(context: LowerContext, input: Lowered, draft: ArrowDraft): Lowered {
  const facts = rowFacts(input.columns, draft.arrow)
  const columns = columnsGiven(input, draft)
  note(context, draft, facts, 'gives several rows')
  const type = types.array(rowTypeOf(columns))
  const rows = lambda(context, input, draft, facts, { type, nullable: false, whole: 'rows' }, result =>
    iterated(result).map(row => rowInput(columns, objectOf(row))),
  )
  const node = FlatMapNode.create(
    input.node,
    rows,
    columns.map(({ name, type: { type, nullable } }): Field => ({ name, type, nullable })),
  )
  return { node, columns: columns.map(({ name, type }, index) => ({ name, index, type })), key: [] }
}

/** The columns that an arrow's row has: said by the program, or read from the arrow's source. */
function columnsGiven(input: Lowered, draft: ArrowDraft): readonly ColumnDraft[] {
  if (draft.type instanceof RowType) return Object.entries(draft.type.fields).map(([name, type]) => ({ name, type }))
  const facts = rowFacts(input.columns, draft.arrow)
  const columns = inferredColumns(facts.body, inferenceScope(input, facts))
  if (typeof columns !== 'string') return columns
  const what = columns === '' ? 'The columns' : `The type of column '${columns}'`
  return fail(
    'DSD5005',
    `${what} of the rows that ${facts.source} gives cannot be told from its source: write map(t.row({ ... }), ${facts.source}).`,
  )
}

export const rowTypeOf = (columns: readonly ColumnDraft[]): DataType =>
  types.row(columns.map(({ name, type: { type, nullable } }) => ({ name, type, nullable })))

export function objectOf(result: unknown): object {
  if (typeof result === 'object' && result !== null && !('then' in result)) return result
  throw new StreamdownError('DSD5008', 'The arrow gave no row.')
}

function iterated(result: unknown): readonly unknown[] {
  return isIterable(result) ? [...result] : noRows()
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  Symbol.iterator in value &&
  typeof value[Symbol.iterator] === 'function'

function noRows(): never {
  throw new StreamdownError('DSD5008', 'The arrow of flatMap gave nothing that can be iterated.')
}
