import { column, columns } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import {
  AggregateNode,
  isTimed,
  type PlanNode,
  ProjectNode,
  type SortKey,
  UnionNode,
  ValuesNode,
} from '../../plan/nodes/node.ts'
import { optimise } from '../../plan/optimise/optimise.ts'
import { derive } from '../../plan/properties.ts'
import { isSettled } from '../../plan/settled.ts'
import { nodesOf } from '../../plan/visitor/transform.ts'
import { groupWindow, withWindowEnd } from '../../plan/windows.ts'
import { type Field, type Schema, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Query, QueryBody, Select, SortItem, Span, Values } from '../parse/ast.ts'
import { duration, readSetting } from '../setting-texts.ts'
import { Carry } from './carry.ts'
import { castTo } from './cast.ts'
import { withTables } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { commonOf, ExpressionBinder } from './expressions.ts'
import { bindNamedTable } from './named-table.ts'
import { fail, notYet } from './problem.ts'
import { rowCount } from './row-count.ts'
import { readsOuter } from './rows.ts'
import { type Scope, tableScope } from './scope.ts'
import { bindSelect } from './select.ts'
import { bindSetOperation, combined } from './set-operations.ts'
import { inTimeOrder, limited, type QueryPlace, type SortBy, sortDirection } from './sorting.ts'
import { contains, isQueryExpression } from './syntax.ts'
import { withoutEventTime } from './without-event-time.ts'

/**
 * A bound query. `outputs` are the visible columns over the plan's (which may have more behind them) and, in a
 * subquery, over columns of the query around it (negative indexes). `correlated`: conditions over both, still to hold.
 */
export interface BoundQuery {
  readonly plan: PlanNode
  readonly names: readonly string[]
  readonly outputs: readonly Expression[]
  readonly correlated: readonly Expression[]
  /** Of a `list`: the order of its elements, by columns of the plan. */
  readonly order?: readonly SortKey[]
  /** Of an aggregate over all rows that a correlation narrows: its values over no rows, when `marker` found no partner. */
  readonly ofNothing?: { readonly marker: number; readonly outputs: readonly Expression[] }
}

/** ORDER BY, LIMIT and OFFSET as they apply to a body. */
export interface Tail {
  readonly orderBy: readonly SortItem[]
  readonly limit: number | undefined
  readonly offset: number
  readonly withTies: boolean
  readonly place: QueryPlace
}

export const noTail: Tail = { orderBy: [], limit: undefined, offset: 0, withTies: false, place: 'inner' }

export const boundPlan = (plan: PlanNode): BoundQuery => ({
  plan,
  names: plan.schema.map(field => field.name),
  outputs: columns(plan.schema),
  correlated: [],
})

/** A query that sees no other around it, as a plan. */
export function bindQuery(context: BindContext, query: Query, place: QueryPlace = 'inner'): PlanNode {
  const plan = visiblePlan(bindSubquery(context, query, undefined, place))
  if (query.emit?.mode !== 'ON WINDOW CLOSE') return plan
  const scans = nodesOf([plan]).filter(node => node.is === 'scan')
  if (scans.length > 0 && !scans.some(isTimed))
    fail('DSD2011', `EMIT ON WINDOW CLOSE needs event time, and ${withoutEventTime(plan)}`, query.emit.at)
  return heldBack(plan)
}

/** Rows that are only added leave when the watermark has passed their time, unless what they come from waits for that. */
function heldBack(written: PlanNode): PlanNode {
  const isInTime = derive(written).appendOnly && derive(written).eventTime !== undefined
  const plan = isInTime ? written : optimise(written)
  const { appendOnly, bounded, eventTime } = derive(plan)
  if (eventTime === undefined || !appendOnly || bounded || isSettled(plan)) return written
  return inTimeOrder(plan, [{ column: eventTime, descending: false, nullsFirst: false }], plan.schema.length)
}

/** The visible columns as a plan of their own. */
export function visiblePlan({ plan, names, outputs }: BoundQuery): PlanNode {
  const asIs = plan.schema.length === outputs.length && outputs.every((e, i) => e.is === 'column' && e.index === i)
  if (asIs && plan.schema.every((field, i) => field.name === names[i])) return plan
  return ProjectNode.create(
    plan,
    outputs.map((value, i) => ({ name: names[i]!, value })),
  )
}

/** `outer`: the scope of the query around it, whose columns it may use. */
export function bindSubquery(
  context: BindContext,
  query: Query,
  outer: Scope | undefined,
  place: QueryPlace = 'inner',
): BoundQuery {
  if (outer === undefined || outer.carry !== undefined) return bindAsIs(context, query, outer, place)
  let around = outer
  for (;;) {
    try {
      return bindAsIs(context, query, around, place)
    } catch (problem) {
      if (!(problem instanceof Carry) || problem.outer !== around) throw problem
      const before: readonly number[] = around.carry ?? []
      const more = problem.columns.filter(index => !before.includes(index))
      if (more.length === 0)
        notYet('A column of the query around it here', 'Join the tables instead of a correlated subquery.', query.at)
      around = { ...outer, carry: [...before, ...more] }
    }
  }
}

function bindAsIs(context: BindContext, query: Query, outer: Scope | undefined, place: QueryPlace): BoundQuery {
  const emitting = query.emit === undefined ? context : { ...context, ...emitModes[query.emit.mode] }
  const inner = query.with === undefined ? emitting : withTables(emitting, query.with, outer)
  const tail: Tail = {
    orderBy: query.orderBy,
    limit: rowCount(context, query.limit, 'LIMIT'),
    offset: rowCount(context, query.offset, 'OFFSET') ?? 0,
    withTies: query.withTies,
    place,
  }
  return bindBody(inner, query.body, tail, outer)
}

const emitModes = {
  CHANGES: { emit: 'changes', settles: false },
  'ON WINDOW CLOSE': { emit: 'close', settles: true },
  IMMEDIATELY: { emit: 'update', settles: false },
  FINAL: { emit: 'close', settles: false },
} as const

/** The plan with other names for its first columns. */
export function renamed(plan: PlanNode, names: readonly string[], at: Span): PlanNode {
  if (names.length === 0) return plan
  if (names.length > plan.schema.length)
    fail('DSD2010', `${names.length} column names are given, there are ${plan.schema.length} columns.`, at)
  if (names.every((name, i) => plan.schema[i]!.name === name)) return plan
  return ProjectNode.create(
    plan,
    columns(plan.schema).map((value, i) => ({ name: names[i] ?? value.name, value })),
  )
}

export function bindBody(context: BindContext, body: QueryBody, tail: Tail, outer: Scope | undefined): BoundQuery {
  switch (body.is) {
    case 'select':
      return bindSelect(context, body, tail, outer)
    case 'setOperation':
      return tailed(context, bindSetOperation(context, body, outer), tail)
    case 'values':
      return tailed(context, bindRows(context, body, outer), tail)
    case 'tableQuery':
      return tailed(context, boundPlan(bindNamedTable(context, body.table)), tail)
    case 'query':
      return tailed(context, bindSubquery(context, body, outer, bare(tail) ? tail.place : 'inner'), tail)
  }
}

const bare = (tail: Tail): boolean => tail.orderBy.length === 0 && tail.limit === undefined && tail.offset === 0

/** ORDER BY and LIMIT over finished columns. */
function tailed(context: BindContext, bound: BoundQuery, tail: Tail): BoundQuery {
  if (bare(tail)) return bound
  if (bound.correlated.length > 0)
    notYet(
      'LIMIT around a correlated subquery in parentheses',
      'Write it without the parentheses.',
      tail.orderBy[0]?.at,
    )
  const plan = visiblePlan(bound)
  const scope = tableScope(plan.schema, undefined, undefined)
  const binder = new ExpressionBinder(context, scope)
  const sorts = tail.orderBy.map((item): SortBy => {
    if (context.settings.union_order === 'columns' && item.value.is !== 'column' && item.value.is !== 'number')
      fail('DSD2006', 'ORDER BY here takes columns and positions of the result only.', item.at)
    const position = item.value.is === 'number' ? Number(item.value.text) - 1 : undefined
    const value = position === undefined ? binder.bind(item.value) : positioned(plan.schema, position, item.at)
    return { value, ...sortDirection(item, context.settings) }
  })
  return boundPlan(limited(context, plan, sorts, tail))
}

function positioned(schema: Schema, position: number, at: Span): Expression {
  if (schema[position] === undefined)
    fail('DSD2010', `ORDER BY ${position + 1}: there are ${schema.length} columns.`, at)
  return column(schema, position)
}

/** The inputs cast to the common type of each column. */
export function alike(context: BindContext, inputs: readonly PlanNode[], what: string, at: Span): readonly PlanNode[] {
  const [first] = inputs
  const common = first!.schema.map((field, i) => {
    const type = commonOf(
      inputs.map(input => column(input.schema, i)),
      context,
    )
    if (type === undefined)
      fail(
        'DSD2004',
        `${what}: column ${i + 1} ("${field.name}") is ${inputs.map(input => typeText(input.schema[i]!.type)).join(' and ')}.`,
        at,
      )
    return type.is === 'null' ? types.string : type
  })
  return inputs.map(input => {
    const cast = columns(input.schema).map((e, i) => castTo(e, common[i]!, context.settings, false, at))
    if (cast.every(e => e.is === 'column')) return input
    return ProjectNode.create(
      input,
      cast.map((value, i) => ({ name: first!.schema[i]!.name, value })),
    )
  })
}

/** SELECT DISTINCT: groups by all columns. */
export function distinct(context: BindContext, input: PlanNode): PlanNode {
  const all = input.schema.map((_, i) => i)
  const keys = withWindowEnd(input, all)
  const window = groupWindow(input, keys, windowOptions(context))
  return { ...AggregateNode.create(input, keys, []), ...(window === undefined ? {} : { window }) }
}

export function windowOptions({ settings, emit }: BindContext) {
  const early = settings.early_fire === 'true'
  const every = early ? readSetting(settings, 'early_fire_delay', duration) : 0n
  return {
    allowedLateness: readSetting(settings, 'allowed_lateness', duration),
    changes: early || emit === 'changes',
    ...(every > 0n ? { emitEvery: every } : {}),
  }
}

/** VALUES; rows that use columns of the query around it are there for each of its rows. */
function bindRows(context: BindContext, values: Values, outer: Scope | undefined): BoundQuery {
  if (outer === undefined) return boundPlan(bindValues(context, values))
  const binder = new ExpressionBinder(context, { ...tableScope([], undefined, undefined), outer })
  const fromOutside = (cell: Values['rows'][number][number]): boolean =>
    !contains(cell, isQueryExpression) && readsOuter(binder.bind(cell))
  if (outer.carry === undefined && !values.rows.some(row => row.some(fromOutside)))
    return boundPlan(bindValues(context, values))
  const rows = values.rows.map(row => bindSelect(context, selectOf(row, values.at), noTail, outer))
  return combined(rows, outer, values.at, sides => UnionNode.create(alike(context, sides, 'VALUES', values.at)))
}

/** Rows of VALUES, each column in its common type. */
export function bindValues(
  context: BindContext,
  values: Values,
  targets: readonly (Field | undefined)[] = [],
): PlanNode {
  const width = values.rows[0]?.length ?? 0
  for (const row of values.rows)
    if (row.length !== width)
      fail('DSD2010', `VALUES has rows of ${width} and of ${row.length} cells.`, row[0]?.at ?? values.at)
  const name = (i: number) => (context.settings.dialect === 'flink' ? `EXPR$${i}` : `column${i + 1}`)
  if (values.rows.some(row => row.some(cell => contains(cell, isQueryExpression)))) {
    const rows = values.rows.map(row => visiblePlan(bindSelect(context, selectOf(row, values.at), noTail, undefined)))
    return UnionNode.create(alike(context, rows, 'VALUES', values.at))
  }
  const binder = new ExpressionBinder(context, tableScope([], undefined, undefined))
  const rows = values.rows.map(row => row.map(cell => binder.bind(cell)))
  const schema: Field[] = []
  for (let i = 0; i < width; i++) {
    const cells = rows.map(row => row[i]!)
    const common = targets[i]?.type ?? commonOf(cells, context)
    if (common === undefined)
      fail(
        'DSD2004',
        `VALUES: column ${i + 1} has ${[...new Set(cells.map(cell => typeText(cell.type)))].join(' and ')}.`,
        values.at,
      )
    const type = common.is === 'null' ? types.string : common
    schema.push({ name: name(i), type, nullable: cells.some(cell => cell.nullable || cell.type.is === 'null') })
  }
  const cast = rows.map(row => row.map((cell, i) => castTo(cell, schema[i]!.type, context.settings, false, cell.at)))
  return ValuesNode.create(cast, schema)
}

function selectOf(row: Values['rows'][number], at: Span): Select {
  return {
    is: 'select',
    hints: [],
    distinct: undefined,
    items: row.map(value => ({ is: 'selectItem', value, alias: undefined, at: value.at })),
    from: [],
    where: undefined,
    groupBy: undefined,
    having: undefined,
    windows: [],
    qualify: undefined,
    at,
  }
}
