import { commonType } from '../../functions/common-type.ts'
import { any, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { AggregateNode, ChangelogNode, FilterNode, RankNode, UnionNode } from '../../plan/nodes/node.ts'
import { castTo } from '../../sql/bind/cast.ts'
import { fail } from '../../sql/bind/problem.ts'
import { types } from '../../types/data-type.ts'
import { callerPlace } from '../draft/place.ts'
import type { RelationDraft } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { lowerAggregate, lowerLate, lowerLatest, lowerTop } from './aggregate.ts'
import {
  lowerDerive,
  lowerDrop,
  lowerFilter,
  lowerFlatMap,
  lowerMap,
  lowerPick,
  lowerSelect,
  lowerWhere,
} from './columns.ts'
import { type LowerContext, placed } from './context.ts'
import { lowerAsk, lowerEnrich, lowerMapAsync } from './enrich.ts'
import { lowerJoin } from './join.ts'
import { columnNamed, expressionOf, type Lowered, passed, projected, visibleOnly } from './lowered.ts'
import { lowerMatch, lowerMatched, lowerTimedOut } from './match.ts'
import { lowerFirst, lowerOver } from './over.ts'
import { lowerProcess, lowerProcessOutput } from './process.ts'
import { lowerQuery } from './query.ts'
import { lowerSource } from './source.ts'

/** The plan of a relation; the same draft gives the same plan node. */
export function lowerRelation(context: LowerContext, draft: RelationDraft): Lowered {
  const before = context.lowered.get(draft)
  if (before !== undefined) return before
  const lowered = placed(draft.place, () => lower(context, draft))
  context.lowered.set(draft, lowered)
  return lowered
}

function lower(context: LowerContext, draft: RelationDraft): Lowered {
  const of = (input: RelationDraft) => lowerRelation(context, input)
  switch (draft.is) {
    case 'source':
      return lowerSource(context, draft)
    case 'where':
      return lowerWhere(context, of(draft.input), draft.condition)
    case 'derive':
      return lowerDerive(context, of(draft.input), draft.columns)
    case 'select':
      return lowerSelect(context, of(draft.input), draft.columns)
    case 'pick':
      return lowerPick(of(draft.input), draft.columns)
    case 'drop':
      return lowerDrop(of(draft.input), draft.columns)
    case 'map':
      return lowerMap(context, of(draft.input), draft.arrow)
    case 'flatMap':
      return lowerFlatMap(context, of(draft.input), draft.arrow)
    case 'aggregate':
      return lowerAggregate(context, of(draft.input), draft)
    case 'top':
      return lowerTop(of(draft.input), draft)
    case 'latest':
      return lowerLatest(of(draft.input), draft)
    case 'over':
      return lowerOver(context, of(draft.input), draft)
    case 'first':
      return lowerFirst(of(draft.input), draft)
    case 'join':
      return lowerJoin(context, of(draft.left), of(draft.right), draft)
    case 'enrich':
      return lowerEnrich(context, of(draft.left), of(draft.right), draft)
    case 'ask':
      return lowerAsk(context, of(draft.input), draft)
    case 'mapAsync':
      return lowerMapAsync(context, of(draft.input), draft)
    case 'union':
      return lowerUnion(context, draft.inputs.map(of))
    case 'branch': {
      const input = of(draft.input)
      return { ...input, node: FilterNode.create(input.node, branch(context, input, draft)) }
    }
    case 'changelog':
      return lowerChangelog(of(draft.input))
    case 'late': {
      const { windowed } = draft
      const over = context.overWindows.get(windowed)
      const node = over === undefined ? counted(context, draft.windowed) : of(over).node
      if (!AggregateNode.is(node) && !RankNode.is(node))
        return fail('DSD9002', 'Late rows of neither an aggregate nor a top.')
      return lowerLate(of(windowed.input), node)
    }
    case 'match':
      return lowerMatch(context, of(draft.input), draft)
    case 'matched':
      return lowerMatched(context, of(draft.of), draft)
    case 'timedOut':
      return lowerTimedOut(of(draft.of), draft)
    case 'process':
      return lowerProcess(context, of(draft.input), draft)
    case 'processOutput':
      return lowerProcessOutput(of(draft.of), draft)
    case 'query':
      return lowerQuery(context, draft)
  }
}

/** Windows that nothing is computed over still know what comes too late. */
function counted(context: LowerContext, windowed: Extract<RelationDraft, { is: 'late' }>['windowed']): Lowered['node'] {
  const aggregate = {
    is: 'aggregate',
    name: 'count',
    args: [],
    distinct: false,
    readsAsNumber: true,
    place: callerPlace(),
  } as const
  const source = lowerRelation(context, windowed.input)
  return lowerAggregate(context, source, {
    is: 'aggregate',
    input: windowed.input,
    by: windowed.by,
    windowed,
    aggregates: [{ name: 'count', aggregate }],
    place: windowed.place,
  }).node
}

/** A row goes to the first branch whose condition is true; the last takes the rest. */
function branch(
  context: LowerContext,
  input: Lowered,
  { conditions, index }: Extract<RelationDraft, { is: 'branch' }>,
): Expression {
  const before = conditions.slice(0, index).map(condition => lowerFilter(context, input, condition))
  const untaken = before.length === 0 ? [] : [test('is_not_true', any(before))]
  const own = conditions[index]
  const all = own === undefined ? untaken : [...untaken, lowerFilter(context, input, own)]
  const [first, ...others] = all
  if (first === undefined) return fail('DSD5007', 'split wants at least one condition.')
  return others.length === 0 ? first : test('and', first, ...others)
}

/** All rows of several relations; columns are found by name and take a type that fits all. */
function lowerUnion(context: LowerContext, inputs: readonly Lowered[]): Lowered {
  const [first] = inputs
  if (first === undefined) return fail('DSD9002', 'A union of nothing.')
  const columns = first.columns.map(({ name, type }) => {
    const all = inputs.map(input => columnNamed(input, name).type)
    const common = all
      .map(one => one.type)
      .reduce(
        (a, b) =>
          commonType(a, b, context.bind.functionRules) ?? fail('DSD2004', `Column '${name}' has different types.`),
      )
    return { name, type: new ColumnType(common, { ...type.facts, nullable: all.some(one => one.nullable) }) }
  })
  const aligned = inputs.map(input => {
    const outputs = columns.map(({ name, type }) => {
      const value = castTo(expressionOf(input, columnNamed(input, name)), type.type, context.bind.settings)
      return { name, value, type: new ColumnType(type.type, { ...type.facts, nullable: value.nullable }) }
    })
    return projected(input, outputs, [])
  })
  // The event time goes along when all have one behind their columns, else only if it is a column.
  const width = Math.min(...aligned.map(({ node }) => node.schema.length))
  const cut = aligned.map(one => (one.node.schema.length === width ? one.node : visibleOnly(one).node))
  return {
    node: UnionNode.create(cut),
    columns: columns.map(({ name, type }, index) => ({ name, index, type })),
    key: [],
  }
}

function lowerChangelog(input: Lowered): Lowered {
  const visible = visibleOnly(input)
  const node = ChangelogNode.create(visible.node)
  const op = {
    name: 'op',
    index: node.schema.length - 1,
    type: new ColumnType(types.string, { values: ['+I', '-U', '+U', '-D'] }),
  }
  const whole: Lowered = { node, columns: [...visible.columns, op], key: [] }
  return projected(
    whole,
    whole.columns.map(one => passed(whole, one)),
    [],
  )
}
