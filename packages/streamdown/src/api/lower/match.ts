import { column, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { RowPattern } from '../../plan/match/pattern.ts'
import { type LateNode, MatchNode, type MatchValue, matchRowSchema } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { fail } from '../../sql/bind/problem.ts'
import { count, readSetting } from '../../sql/setting-texts.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { inferredColumns } from '../arrow/infer.ts'
import type { MatchedRelation, MatchRelation, PatternStep, TimedOutRelation } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { RowListType } from '../schema/row-list-type.ts'
import { RowType } from '../schema/row-type.ts'
import { rowInput } from '../values/row-codec.ts'
import { toRowValue } from '../values/to-row.ts'
import { agreed, asRow, columnsRead, lowerFilterArrow, note, rowFacts, rowReader, truth } from './arrows.ts'
import { objectOf, rowTypeOf } from './columns.ts'
import type { LowerContext } from './context.ts'
import { fieldsOf, indexesOf, type Lowered, projected, type VisibleColumn } from './lowered.ts'

/** Keys stand beside the steps under other names: a step may be named as a key. */
const keyName = (name: string): string => `$key ${name}`

/** A match of a pattern a row: the columns of the key, then what each step matched. */
export function lowerMatch(context: LowerContext, input: Lowered, draft: MatchRelation): Lowered {
  const { appendOnly, eventTime } = derive(input.node)
  if (!appendOnly) return fail('DSD2011', 'match() needs rows that are never changed or taken back.')
  const width = input.node.schema.length
  const row = new RowType<unknown>(Object.fromEntries(input.columns.map(({ name, type }) => [name, type])))
  const { pattern, variables, variableOf } = patternOf(draft.steps)
  const values = draft.steps.map(
    (_, i): MatchValue => ({
      is: 'rows',
      variables: [variableOf[i]?.step ?? 0],
      columns: input.columns.map(one => one.index),
      type: types.array(row.type),
    }),
  )
  const defines: Expression[] = []
  for (const [i, step] of draft.steps.entries()) {
    const before = draft.steps.slice(0, i).map((one, at) => ({ step: one, index: width + at }))
    const condition = predicate(context, input, row, step, before)
    const { step: own = 0, skip } = variableOf[i] ?? {}
    defines[own] = condition
    if (skip !== undefined) defines[skip] = test('is_not_true', condition)
  }
  const last = { variables: 'all', from: 'last', offset: 0, shift: 0, final: true } as const
  const time: readonly MatchValue[] =
    eventTime === undefined
      ? []
      : [{ is: 'column', column: eventTime, place: last, type: column(input.node.schema, eventTime).type }]
  const schema = matchRowSchema({ input: input.node, values: [...values, ...time] })
  const partitionBy = indexesOf(input, draft.by)
  const outputs = [
    ...partitionBy.map((index, i) => ({ name: keyName(draft.by[i] ?? ''), value: column(schema, index) })),
    ...draft.steps.map((step, i) => ({ name: step.name, value: stepValue(step, column(schema, width + i), row) })),
    ...time.map((_, i) => ({ name: '$time', value: column(schema, width + values.length + i) })),
  ]
  const node = MatchNode.create(
    input.node,
    {
      partitionBy,
      time: eventTime ?? 'processing',
      orderBy: [],
      variables,
      pattern,
      defines,
      values: [...values, ...time],
      rows: 'one',
      after: { is: 'past last row' },
      ...(draft.within === undefined ? {} : { within: draft.within }),
      partialLimit: readSetting(context.bind.settings, 'match_partial_limit', count),
      tellsTimedOut: true,
    },
    outputs,
  )
  const columns = [
    ...draft.by.map((name, i): VisibleColumn => {
      const type = input.columns.find(one => one.name === name)?.type ?? new ColumnType(types.null)
      return { name: keyName(name), index: i, type }
    }),
    ...draft.steps.map((step, i) => ({
      name: step.name,
      index: partitionBy.length + i,
      type: stepType(step, row, 'matched'),
    })),
  ]
  return { node, columns, key: [] }
}

/** What was matched of patterns that were not finished within their time. */
export function lowerTimedOut(matched: Lowered, { of }: TimedOutRelation): Lowered {
  if (!MatchNode.is(matched.node)) return fail('DSD9002', 'Unfinished matches of something else than a pattern.')
  const { schema } = matched.node
  const node: LateNode = {
    is: 'late',
    of: matched.node,
    side: 'timedOut',
    schema: schema.map(field => ({ ...field, nullable: true })),
  }
  const columns = matched.columns.slice(of.by.length).map((one): VisibleColumn => {
    const step = of.steps.find(({ name }) => name === one.name)
    const row = one.type instanceof RowListType ? one.type.row : one.type
    return { ...one, type: step === undefined || !(row instanceof RowType) ? one.type : stepType(step, row, 'missing') }
  })
  return { node, columns, key: [] }
}

/** One row for each match, by the program's arrow. */
export function lowerMatched(context: LowerContext, matched: Lowered, { of, arrow }: MatchedRelation): Lowered {
  const steps = matched.columns.slice(of.by.length)
  const keys = of.by.map((name, i): VisibleColumn => ({ ...(matched.columns[i] ?? keyless(name)), name }))
  const facts = rowFacts(steps, arrow.arrow)
  rowFacts(keys, arrow.arrow, 1)
  const find = (columns: readonly VisibleColumn[]) => (name: string) => columns.find(one => one.name === name)?.type
  const columns = inferredColumns(facts.body, {
    parameter: facts.parameters[0],
    columns: steps,
    column: find(steps),
    second: { parameter: facts.parameters[1], column: find(keys) },
  })
  if (typeof columns === 'string') {
    const what = columns === '' ? 'The columns' : `The type of column '${columns}'`
    return fail(
      'DSD5005',
      `${what} of the rows that ${facts.source} gives cannot be told from its source: write Number(...), String(...), or a column of a step.`,
    )
  }
  note(context, arrow, facts, 'gives whole rows')
  const stepsOf = rowReader(steps, one => one.index)
  const keyOf = rowReader(keys, one => one.index)
  const give = (values: readonly Value[]) => rowInput(columns, objectOf(arrow.arrow(stepsOf(values), keyOf(values))))
  const schema = matched.node.schema
  const row: Expression = {
    is: 'lambda',
    arrow: context.checksArrows ? values => agreed(facts, give(values), give(values)) : give,
    source: facts.source,
    reads: [...keys, ...steps].map(one => one.index),
    reason: 'gives whole rows',
    input: schema,
    type: rowTypeOf(columns),
    nullable: false,
    whole: 'row',
  }
  const whole = projected(matched, [{ name: '$row', value: row, type: new ColumnType(row.type) }], [])
  return projected(whole, fieldsOf(whole, columns), [])
}

const keyless = (name: string): VisibleColumn => fail('DSD9002', `A pattern without its key ${name}.`)

/** The steps as a pattern. Rows that `followedBy` passes over are mapped to a variable of their own. */
function patternOf(steps: readonly PatternStep[]): {
  readonly pattern: RowPattern
  readonly variables: readonly string[]
  readonly variableOf: readonly { readonly step: number; readonly skip?: number }[]
} {
  const variables: string[] = []
  const variableOf: { readonly step: number; readonly skip?: number }[] = []
  const items = steps.map(({ name, how, quantity }): RowPattern => {
    const step = variables.push(name) - 1
    const own: RowPattern = { is: 'variable', variable: step }
    let item: RowPattern = own
    if (how === 'followedBy') {
      const skip = variables.push(`between ${name}`) - 1
      variableOf.push({ step, skip })
      const passed: RowPattern = { is: 'variable', variable: skip }
      const any: RowPattern = { is: 'repeat', item: passed, min: 0, max: undefined, greedy: true }
      item = { is: 'sequence', items: [any, own] }
    } else variableOf.push({ step })
    if (quantity === undefined) return item
    const [min, max] =
      quantity === 'maybe'
        ? [0, 1]
        : 'times' in quantity
          ? [quantity.times, quantity.times]
          : [quantity.atLeast, quantity.atMost]
    return { is: 'repeat', item, min, max, greedy: true }
  })
  return { pattern: { is: 'sequence', items }, variables, variableOf }
}

const isMany = ({ quantity }: PatternStep): boolean => quantity !== undefined && quantity !== 'maybe'

/** `missing`: where the match is not finished, every step may be `undefined`. */
function stepType(step: PatternStep, row: RowType<unknown>, when: 'matched' | 'missing'): ColumnType<unknown> {
  const absent = { nullable: true, absentAs: 'undefined' } as const
  if (isMany(step)) return new RowListType(row, when === 'missing' ? absent : {})
  return new RowType(row.fields, when === 'missing' || step.quantity === 'maybe' ? absent : {})
}

/** All rows of the step, or its one row. */
function stepValue(step: PatternStep, rows: Expression, row: RowType<unknown>): Expression {
  if (isMany(step)) return rows
  return { is: 'call', name: 'element_at', args: [rows, literal(1, types.int)], type: row.type, nullable: true }
}

/** A step's condition; one that looks at the match so far is given the rows of the steps before. */
function predicate(
  context: LowerContext,
  input: Lowered,
  row: RowType<unknown>,
  step: PatternStep,
  before: readonly { readonly step: PatternStep; readonly index: number }[],
): Expression {
  const facts = rowFacts(input.columns, step.predicate)
  if (step.predicate.length < 2)
    return lowerFilterArrow(context, input, { is: 'arrow', arrow: step.predicate, place: step.place })
  const read = columnsRead(input, facts.reads)
  const rowOf = rowReader(read, one => one.index)
  const soFar = (values: readonly Value[]) =>
    asRow(Object.fromEntries(before.map(one => [one.step.name, rowsSeen(one.step, row, values[one.index] ?? null)])))
  const holds = (values: readonly Value[]): boolean => truth(step.predicate(rowOf(values), soFar(values)))
  note(context, step, facts, 'looks at the match so far')
  return {
    is: 'lambda',
    arrow: context.checksArrows ? values => agreed(facts, holds(values), holds(values)) : holds,
    source: facts.source,
    reads: [...read, ...before].map(one => one.index),
    reason: 'looks at the match so far',
    input: [
      ...input.node.schema,
      ...before.map(one => ({ name: one.step.name, type: types.array(row.type), nullable: false })),
    ],
    type: types.boolean,
    nullable: false,
  }
}

/** What a step has matched so far, as the program sees it. */
function rowsSeen(step: PatternStep, row: RowType<unknown>, value: Value): unknown {
  const rows = Array.isArray(value) ? value.map((one: Value) => toRowValue(row, one)) : []
  return isMany(step) && rows.length > 0 ? rows : rows[0]
}
