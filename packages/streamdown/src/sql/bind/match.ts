import { column } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { firstVariables, matchesNothing } from '../../plan/match/pattern.ts'
import { type AfterMatch, MatchNode, type PlanNode, type SortKey, SortNode } from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import type { MatchRecognize } from '../parse/ast.ts'
import { count, readSetting } from '../setting-texts.ts'
import { constantMicros } from './constants.ts'
import type { BindContext } from './context.ts'
import { MatchExpressions, type MatchSite } from './match-expressions.ts'
import { MatchVariables } from './match-pattern.ts'
import { fail, notYet } from './problem.ts'
import { Rows } from './rows.ts'
import type { Scope } from './scope.ts'
import { sortDirection } from './sorting.ts'

/** MATCH_RECOGNIZE over the rows of `plan`. Output: the partition's columns, then the measures. */
export function bindMatch(context: BindContext, syntax: MatchRecognize, plan: PlanNode, scope: Scope): PlanNode {
  const rows = new Rows(context, plan, scope)
  const partitionBy = rows.append(syntax.partitionBy.map(e => rows.binder.bind(e)))
  const { input, time, orderBy } = ordered(context, syntax, rows)
  const variables = new MatchVariables(context.names, syntax)
  const { pattern } = variables
  const expressions = new MatchExpressions(context, input, { ...scope, schema: input.schema }, variables)
  const mayBeEmpty = matchesNothing(pattern)
  const defined = new Map<number, Expression>()
  for (const { variable, condition, at } of syntax.defines) {
    const [index, ...more] = variables.get(variable)
    if (index === undefined || more.length > 0) fail('DSD2006', `"${variable.text}" is a subset, not a variable.`, at)
    if (defined.has(index)) fail('DSD2008', `"${variable.text}" is defined twice.`, at)
    const site: MatchSite = { clause: 'DEFINE', variable: index, mayBeEmpty, unmatched: false }
    defined.set(index, expressions.condition(condition, site))
  }
  const shown = syntax.rowsPerMatch ?? 'ONE ROW'
  const site: MatchSite = {
    clause: 'MEASURES',
    mayBeEmpty,
    unmatched: shown === 'ALL ROWS WITH UNMATCHED',
    ...(typeof time === 'number' ? { time } : {}),
  }
  const measures = syntax.measures.map(({ value, alias }) => ({
    name: context.names.fold(alias),
    value: expressions.bind(value, site),
  }))
  const settled = (e: Expression): Expression => expressions.settled(e)
  const { schema } = input
  const columnsOf = (places: readonly number[]) =>
    places.map(place => ({ name: schema[place]?.name ?? '', value: column(schema, place) }))
  const order = [...(typeof time === 'number' ? [time] : []), ...orderBy.map(key => key.column)]
  const before = shown === 'ONE ROW' ? partitionBy : [...new Set([...partitionBy, ...order])]
  const visible = scope.columns.filter(c => c.plain).map(c => c.index)
  const behind = shown === 'ONE ROW' ? [] : visible.filter(index => !before.includes(index))
  const outputs = [
    ...columnsOf(before),
    ...measures.map(({ name, value }) => ({ name, value: settled(value) })),
    ...columnsOf(behind),
  ]
  if (outputs.length === 0) fail('DSD2006', 'MATCH_RECOGNIZE needs a measure, or a column to partition by.', syntax.at)
  return MatchNode.create(
    expressions.plan,
    {
      partitionBy,
      time,
      orderBy,
      variables: variables.variables,
      pattern,
      defines: variables.variables.map((_, i) => {
        const define = defined.get(i)
        return define === undefined ? undefined : settled(define)
      }),
      values: expressions.values,
      rows: rowsPerMatch[shown],
      after: afterMatch(syntax, variables),
      ...(syntax.within === undefined
        ? {}
        : { within: constantMicros(rows.context, rows.binder.bind(syntax.within), 'WITHIN', syntax.within.at) }),
      partialLimit: readSetting(context.settings, 'match_partial_limit', count),
    },
    outputs,
  )
}

const rowsPerMatch = {
  'ONE ROW': 'one',
  'ALL ROWS': 'all',
  'ALL ROWS OMIT EMPTY': 'all but empty',
  'ALL ROWS WITH UNMATCHED': 'all and unmatched',
} as const satisfies Record<NonNullable<MatchRecognize['rowsPerMatch']>, MatchNode['rows']>

interface Ordered {
  readonly input: PlanNode
  readonly time: MatchNode['time']
  readonly orderBy: readonly SortKey[]
}

/** Event time first, or processing time; input that ends may be ordered by anything. */
function ordered(context: BindContext, syntax: MatchRecognize, rows: Rows): Ordered {
  const items = syntax.orderBy
  const places = rows.append(items.map(item => rows.binder.bind(item.value)))
  const keys = items.map((item, i): SortKey => ({ column: places[i] ?? 0, ...sortDirection(item, context.settings) }))
  const [first, ...rest] = keys
  const plan = rows.plan
  const properties = derive(plan)
  if (!properties.appendOnly) {
    if (!properties.bounded && context.continuous)
      fail(
        'DSD2011',
        'MATCH_RECOGNIZE needs rows that are never changed or taken back; this input has changes.',
        syntax.at,
      )
    return { input: SortNode.create(plan, keys), time: 'end', orderBy: keys }
  }
  if (first !== undefined && properties.processing.includes(first.column)) {
    if (rest.length > 0) notYet('Another key behind the processing time', 'Rows come in order of arrival.', syntax.at)
    return { input: plan, time: 'processing', orderBy: [] }
  }
  if (first !== undefined && !first.descending) {
    const settled = properties.timeColumns.includes(first.column) ? plan : optimise(plan)
    if (derive(settled).timeColumns.includes(first.column)) return { input: settled, time: first.column, orderBy: rest }
  }
  if (properties.bounded && items.length > 0) return { input: plan, time: 'end', orderBy: keys }
  return fail(
    'DSD2011',
    'MATCH_RECOGNIZE over input that does not end needs ORDER BY its event time, ascending, or its processing time.',
    items[0]?.at ?? syntax.at,
  )
}

function afterMatch({ afterMatch: after }: MatchRecognize, variables: MatchVariables): AfterMatch {
  if (after === undefined) return { is: 'past last row' }
  if (!('variable' in after)) return { is: after.is === 'skipPastLastRow' ? 'past last row' : 'to next row' }
  const targets = variables.get(after.variable)
  const first = after.is === 'skipToFirst'
  const starts = firstVariables(variables.pattern)
  if (first && [...starts].every(variable => targets.includes(variable)))
    fail(
      'DSD2006',
      `Every match begins with "${after.variable.text}", so that it would be found again and again; skip TO NEXT ROW.`,
      after.at,
    )
  return { is: first ? 'to first' : 'to last', variables: targets }
}
