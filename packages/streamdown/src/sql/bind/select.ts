import { expandRows, sourceParts } from '../../plan/expand-rows.ts'
import { column, columns } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, expressionKey, remap } from '../../plan/expressions/walk.ts'
import { type PlanNode, ProjectNode, RankNode } from '../../plan/nodes/node.ts'
import { fold } from '../../plan/optimise/fold.ts'
import type { Call, ColumnReference, Select, SelectItem, SortItem, Star, Expression as Syntax } from '../parse/ast.ts'
import { carriedEqualities } from './carry.ts'
import type { BindContext } from './context.ts'
import { withEmptyGroups } from './empty-groups.ts'
import { fieldsOf } from './expressions.ts'
import { bindFrom } from './from.ts'
import { bindGroups, type Grouped } from './grouping.ts'
import type { Item } from './grouping-sets.ts'
import { bindOver } from './over.ts'
import { fail } from './problem.ts'
import { type BoundQuery, distinct, type Tail } from './query.ts'
import { isRowSource, rowSources } from './row-sources.ts'
import type { Rows } from './rows.ts'
import { findColumn, isOfTable, type Scope, type ScopeColumn, unknownColumn } from './scope.ts'
import { limited, type SortBy, sortDirection, sortedRows, trimmed } from './sorting.ts'
import { stateTtl } from './state-ttl.ts'
import { filterBy, joinAsTest, resolveSubqueries } from './subqueries.ts'
import {
  children,
  collect,
  conjunctsOf,
  contains,
  hasAggregate,
  inventedName,
  isQueryExpression,
  isWindowCall,
  naturalName,
} from './syntax.ts'
import { whereRows } from './temporal-filters.ts'
import { toldApart } from './told-apart.ts'

/** SELECT … with the ORDER BY and LIMIT around it. */
export function bindSelect(context: BindContext, select: Select, tail: Tail, outer: Scope | undefined): BoundQuery {
  const rows = bindFrom(context, select.from, select.hints, outer)
  const correlated = [...carriedEqualities(rows.scope), ...bindWhere(rows, select.where)]
  const items = expandItems(rows, select.items)
  const groups = rowsOfNothing(groupedStage(rows, select, items, tail.orderBy, correlated), select, items, tail)
  const { stage, nothing } = groups
  if (select.having !== undefined) filterBy(stage, select.having, 'HAVING')
  const sorting = tail.orderBy.map(item => ({ item, syntax: sortSyntax(context, item, items) }))
  const windowed = [
    ...items.map(item => item.syntax),
    ...sorting.map(sort => sort.syntax),
    ...(select.qualify === undefined ? [] : [select.qualify]),
  ]
  const groupedCorrelation = [...groups.correlated, ...stage.takenConditions()]
  const overCalls = windowed.flatMap(e => collect(e, isWindowCall))
  const chooses = overCalls.length > 0 || (select.distinct?.on.length ?? 0) > 0
  const apart = chooses ? toldApart(stage, groupedCorrelation) : { by: [], correlated: groupedCorrelation }
  bindOver(stage, overCalls, select.windows, apart.by)
  if (select.qualify !== undefined) {
    knowAliases(stage, select.qualify, items)
    filterBy(stage, select.qualify, 'QUALIFY')
  }
  for (const e of windowed) resolveSubqueries(stage, e)
  expandSelected(stage, items)
  const outputs = items.map(item => stage.binder.bind(item.syntax))
  const sorts = sorting.map(
    ({ item, syntax }): SortBy => ({ value: stage.binder.bind(syntax), ...sortDirection(item, context.settings) }),
  )
  if (select.distinct !== undefined && select.distinct.on.length > 0)
    keepFirst(stage, select.distinct.on, sorts, items, apart.by)
  const names = items.map(item => item.name)
  const correlations = [...apart.correlated, ...stage.takenConditions()]
  const limits = tail.limit !== undefined || tail.offset > 0
  const narrowed = limits
    ? toldApart(
        stage,
        correlations,
        sorts.map(sort => sort.value),
      )
    : { ...apart, correlated: correlations, inside: (e: Expression) => e }
  return finish(context, stage, {
    names,
    outputs,
    sorts: sorts.map(sort => ({ ...sort, value: narrowed.inside(sort.value) })),
    correlated: narrowed.correlated,
    by: narrowed.by,
    distinct: select.distinct !== undefined && select.distinct.on.length === 0,
    tail,
    nothing,
  })
}

function groupedStage(
  rows: Rows,
  select: Select,
  items: readonly Item[],
  orderBy: readonly SortItem[],
  correlated: readonly Expression[],
): Grouped {
  const uses = [
    ...items.map(item => item.syntax),
    ...(select.having === undefined ? [] : [select.having]),
    ...(select.qualify === undefined ? [] : [select.qualify]),
    ...orderBy.map(item => item.value),
  ]
  if (select.groupBy === undefined && select.having === undefined && !uses.some(hasAggregate))
    return { stage: rows, correlated, nothing: undefined }
  for (const use of uses) for (const group of collectAggregateQueries(use)) resolveSubqueries(rows, group)
  const ttl = stateTtl(rows.context, select.hints)
  const conditions = [...correlated, ...rows.takenConditions()]
  return bindGroups(rows, select.groupBy, items, uses, conditions, ttl)
}

/**
 * An aggregate over no rows has a row. Where nothing but its values is asked for, the join with the query around knows
 * them (`nothing`), and HAVING may drop them for all rows; else the groups are made to have that row.
 */
function rowsOfNothing(groups: Grouped, select: Select, items: readonly Item[], tail: Tail): Grouped {
  if (groups.nothing === undefined) return groups
  const { catalog } = groups.stage.context
  const isMade = (e: Syntax): boolean =>
    isQueryExpression(e) || (e.is === 'call' && (isWindowCall(e) || isRowSource(e, catalog)))
  const made = (e: Syntax): boolean => contains(e, isMade)
  const limits = tail.limit !== undefined || tail.offset > 0
  const values = items.every(item => !made(item.syntax)) && select.qualify === undefined && !limits
  const { having } = select
  if (having === undefined) return values ? groups : withEmptyGroups(groups)
  if (!values || made(having)) return withEmptyGroups(groups)
  const { stage, nothing } = groups
  const empty = fold(nothing.of(stage.binder.condition(having, 'HAVING')), stage.context.options.evaluate)
  const drops = empty.is === 'literal' && empty.value !== true
  return drops ? { ...groups, nothing: undefined } : withEmptyGroups(groups)
}

/** Subqueries within the arguments of aggregates are joined before grouping. */
const collectAggregateQueries = (e: Syntax): readonly Syntax[] =>
  collect(
    e,
    (part): part is Extract<Syntax, { is: 'call' }> =>
      part.is === 'call' && part.over === undefined && hasAggregate(part),
  ).flatMap(call => [
    ...call.args.flatMap(({ value }) =>
      value.is === 'tableArgument' || value.is === 'descriptor' || hasAggregate(value) ? [] : [value],
    ),
    ...(call.filter === undefined ? [] : [call.filter]),
  ])

/** Filters the rows; what compares them with the query around it is returned instead. */
function bindWhere(rows: Rows, where: Syntax | undefined): readonly Expression[] {
  const correlated: Expression[] = []
  if (where === undefined) return correlated
  if (hasAggregate(where)) fail('DSD2009', 'Aggregates cannot stand in WHERE; use HAVING.', where.at)
  let conditions: Expression[] = []
  const apply = () => {
    if (conditions.length > 0) rows.plan = whereRows(rows.context, rows.plan, conditions)
    conditions = []
  }
  for (const conjunct of conjunctsOf(where)) {
    const before = rows.plan
    if (conditions.length > 0 && contains(conjunct, isQueryExpression)) apply()
    if (joinAsTest(rows, conjunct)) continue
    resolveSubqueries(rows, conjunct)
    const condition = rows.binder.condition(conjunct, 'WHERE')
    const outside = [...columnsRead(condition)].some(index => index < 0)
    if (outside) correlated.push(condition)
    else conditions.push(condition)
    if (rows.plan !== before) apply()
  }
  apply()
  return correlated
}

/** QUALIFY may name outputs of the select list where no column has the name. */
function knowAliases(stage: Rows, condition: Syntax, items: readonly Item[]): void {
  const { names } = stage.context
  for (const e of collect(
    condition,
    (part): part is ColumnReference => part.is === 'column' && part.parts.length === 1,
  )) {
    if (findColumn(stage.scope, e.parts, names) !== undefined) continue
    const item = items.find(other => names.same(other.name, names.fold(e.parts[0]!)))
    if (item !== undefined) stage.know(e, stage.binder.bind(item.syntax))
  }
}

/**
 * UNNEST and its like in the select list: a row for each element, those of several side by side. Those within the
 * arguments of another come first.
 */
function expandSelected(stage: Rows, items: readonly Item[]): void {
  const isSource = (e: Syntax): e is Call => e.is === 'call' && isRowSource(e, stage.context.catalog)
  const expand = (calls: readonly Call[]): void => {
    const inner = calls.flatMap(call => children(call).flatMap(part => collect(part, isSource)))
    if (inner.length > 0) expand(inner)
    expandCalls(
      stage,
      calls.filter(call => !stage.knows(call)),
    )
  }
  expand(items.flatMap(({ syntax }) => collect(syntax, isSource)))
}

function expandCalls(stage: Rows, calls: readonly Call[]): void {
  if (calls.length === 0) return
  const sources = calls.map(call => rowSources(stage.binder, call)[0]!)
  stage.carry(sources.flatMap(sourceParts))
  const width = stage.plan.schema.length
  stage.plan = expandRows(stage.plan, sources, { outer: false, ordinality: false }, true)
  for (const [i, call] of calls.entries()) stage.know(call, stage.column(width + i))
}

/** The select list with stars written out. */
function expandItems(rows: Rows, items: readonly SelectItem[]): readonly Item[] {
  const { names, settings } = rows.context
  const expanded: Item[] = []
  for (const { value, alias } of items) {
    if (value.is === 'star') {
      expanded.push(...starItems(rows, value))
      continue
    }
    const natural = naturalIdentifier(value)
    const name =
      alias !== undefined
        ? names.fold(alias)
        : natural !== undefined
          ? names.fold(natural)
          : (naturalName(value, settings) ?? inventedName(value, expanded.length, settings))
    expanded.push({ syntax: value, name })
  }
  return expanded
}

function naturalIdentifier(e: Syntax) {
  if (e.is === 'column') return e.parts.at(-1)
  if (e.is === 'field') return e.field
  return undefined
}

function starItems(rows: Rows, star: Star): readonly Item[] {
  const { names } = rows.context
  const known = (value: Expression, name: string): Item => {
    const syntax: Syntax = {
      is: 'column',
      parts: [{ is: 'identifier', text: name, quoted: true, at: star.at }],
      at: star.at,
    }
    rows.know(syntax, value)
    return { syntax, name }
  }
  const replaced = star.replace.map(item => ({
    name: names.fold(item.alias ?? fail('DSD2006', 'REPLACE (expression AS column).', item.at)),
    syntax: item.value,
  }))
  const visible = (item: Item): Item => {
    const instead = replaced.find(other => names.same(other.name, item.name))
    return instead === undefined ? item : { name: item.name, syntax: instead.syntax }
  }
  const shownOf = (members: readonly ScopeColumn[]): readonly Item[] => {
    const left = leftOut(rows, star, members)
    return members.filter(c => !left.has(c.index)).map(c => visible(known(rows.column(c.index), c.name)))
  }
  const { of } = star
  if (of === undefined) {
    const shown = rows.scope.columns.filter(c => c.plain && c.unlisted !== true)
    if (shown.length === 0) fail('DSD2006', '* needs a table in FROM.', star.at)
    return shownOf(shown)
  }
  if (of.is === 'column' && of.parts.length <= 2) {
    const path = of.parts.map(part => names.fold(part))
    const members = rows.scope.columns.filter(c => c.unlisted !== true && isOfTable(c, path, names))
    if (members.length > 0) return shownOf(members)
  }
  const value = rows.binder.bind(of)
  if (value.type.is !== 'row') {
    if (of.is === 'column') return unknownColumn(rows.scope, of.parts, names, of.at)
    return fail('DSD2004', '.* needs a ROW.', star.at)
  }
  const { fields } = value.type
  const columns = fields.map(({ name }, index): ScopeColumn => ({ name, table: undefined, index, plain: true }))
  const left = leftOut(rows, star, columns)
  return fieldsOf(value).flatMap((e, i) => (left.has(i) ? [] : [visible(known(e, fields[i]!.name))]))
}

/** The places of the columns after EXCEPT. One that stands in another table than those of the star leaves out nothing. */
function leftOut(rows: Rows, star: Star, members: readonly ScopeColumn[]): ReadonlySet<number> {
  const { names } = rows.context
  const left = new Set<number>()
  for (const { parts, at } of star.except) {
    const name = names.fold(parts.at(-1)!)
    const table = parts.length === 1 ? undefined : names.fold(parts.at(-2)!)
    const isMeant = (c: ScopeColumn): boolean =>
      names.same(c.name, name) && (table === undefined || (c.table !== undefined && names.same(c.table, table)))
    const [found, second] = members.filter(isMeant)
    if (second !== undefined) fail('DSD2002', `EXCEPT: "${name}" stands for several columns.`, at)
    if (found === undefined && (table === undefined || !rows.scope.columns.some(isMeant)))
      return unknownColumn({ ...rows.scope, columns: members }, parts, names, at)
    if (found === undefined) continue
    if (left.has(found.index)) fail('DSD2008', `EXCEPT names "${name}" twice.`, at)
    left.add(found.index)
  }
  return left
}

/** A position, an output's name, or an expression. */
function sortSyntax(context: BindContext, item: SortItem, items: readonly Item[]): Syntax {
  const { value } = item
  if (value.is === 'number') {
    const chosen = items[Number(value.text) - 1]
    if (chosen === undefined)
      fail('DSD2010', `ORDER BY ${value.text}: the select list has ${items.length} columns.`, item.at)
    return chosen.syntax
  }
  if (value.is !== 'column' || value.parts.length !== 1) return value
  const name = context.names.fold(value.parts[0]!)
  return items.find(other => context.names.same(other.name, name))?.syntax ?? value
}

/** DISTINCT ON: the first row of each group in the query's order. */
function keepFirst(
  stage: Rows,
  on: readonly Syntax[],
  sorts: readonly SortBy[],
  items: readonly Item[],
  by: readonly number[],
): void {
  const keys = on.map(e => {
    const position = e.is === 'number' ? items[Number(e.text) - 1]?.syntax : undefined
    return stage.binder.bind(position ?? e)
  })
  const partitionBy = [...by, ...stage.append(keys)]
  const orderBy = stage.append(sorts.map(sort => sort.value)).map((place, i) => ({
    column: place,
    descending: sorts[i]!.descending,
    nullsFirst: sorts[i]!.nullsFirst,
  }))
  stage.plan = RankNode.create(stage.plan, {
    function: 'row_number',
    partitionBy,
    orderBy,
    from: 1,
    to: 1,
    output: false,
  })
}

interface Finish {
  readonly names: readonly string[]
  readonly outputs: readonly Expression[]
  readonly sorts: readonly SortBy[]
  readonly correlated: readonly Expression[]
  /** Columns of the rows that differ for outer rows that see different ones: LIMIT counts within them. */
  readonly by: readonly number[]
  readonly distinct: boolean
  readonly tail: Tail
  readonly nothing: Grouped['nothing']
}

/** Projection, DISTINCT, ORDER BY and LIMIT; behind the visible columns those that correlation still needs. */
function finish(context: BindContext, stage: Rows, parts: Finish): BoundQuery {
  const { names, outputs, sorts, correlated, tail } = parts
  const outside = outputs.filter(e => [...columnsRead(e)].some(index => index < 0))
  if (parts.distinct) stage.carry(outside)
  // Where an output reads outer columns, all of them are made when the subquery is joined.
  const later = outside.length > 0 ? outputs : []
  const needed = new Set([...correlated, ...later].flatMap(e => [...columnsRead(e)].filter(index => index >= 0)))
  if (parts.nothing !== undefined) needed.add(parts.nothing.marker)
  for (const index of parts.by) needed.add(index)
  const visible = outside.length > 0 ? [] : outputs
  const projected: { name: string; value: Expression }[] = visible.map((value, i) => ({ name: names[i]!, value }))
  const places = new Map<string, number>()
  for (const [i, { value }] of projected.entries())
    if (!places.has(expressionKey(value))) places.set(expressionKey(value), i)
  const hiddenPlace = new Map<number, number>()
  for (const index of needed) {
    const value = stage.column(index)
    const place = places.get(expressionKey(value)) ?? projected.push({ name: `$${index}`, value }) - 1
    places.set(expressionKey(value), place)
    hiddenPlace.set(index, place)
  }
  const width = projected.length
  const sortPlaces = sorts.map(({ value }) => {
    const known = places.get(expressionKey(value))
    if (known !== undefined) return known
    if (parts.distinct)
      return fail('DSD2009', 'With DISTINCT, ORDER BY takes expressions of the select list.', tail.orderBy[0]?.at)
    places.set(expressionKey(value), projected.length)
    return projected.push({ name: `$sort${projected.length}`, value }) - 1
  })
  let plan: PlanNode = ProjectNode.create(stage.plan, projected)
  if (parts.distinct) plan = distinctRows(context, plan, width)
  const sorted = sorts.map((sort, i): SortBy => ({ ...sort, value: column(plan.schema, sortPlaces[i]!) }))
  const limitedPlan =
    correlated.length > 0 || outside.length > 0
      ? correlatedLimit(plan, sorted, parts, hiddenPlace)
      : limited(context, plan, sorted, tail)
  const isList = tail.place === 'list' && sorts.length > 0
  plan = isList ? limitedPlan : trimmed(limitedPlan, width)
  const order = sorts.map(({ descending, nullsFirst }, i) => ({ column: sortPlaces[i]!, descending, nullsFirst }))
  const toHidden = (index: number) => (index < 0 ? index : (hiddenPlace.get(index) ?? index))
  const marker = parts.nothing === undefined ? undefined : hiddenPlace.get(parts.nothing.marker)
  return {
    ...(isList ? { order } : {}),
    ...(marker === undefined ? {} : { ofNothing: { marker, outputs: outputs.map(parts.nothing!.of) } }),
    plan,
    names,
    outputs: outside.length > 0 ? outputs.map(e => remap(e, toHidden)) : columns(plan.schema).slice(0, outputs.length),
    correlated: correlated.map(e => remap(e, toHidden)),
  }
}

function distinctRows(context: BindContext, plan: PlanNode, width: number): PlanNode {
  const grouped = distinct(context, trimmed(plan, width))
  return trimmed(grouped, width)
}

/** LIMIT within a correlated subquery counts for each row of the query around it. */
function correlatedLimit(
  plan: PlanNode,
  sorts: readonly SortBy[],
  { by, tail }: Finish,
  place: ReadonlyMap<number, number>,
): PlanNode {
  if (tail.limit === undefined && tail.offset === 0) return plan
  const partitionBy = by.map(index => place.get(index) ?? index)
  const { plan: input, keys } = sortedRows(plan, sorts)
  return RankNode.create(input, {
    function: 'row_number',
    partitionBy,
    orderBy: keys,
    from: tail.offset + 1,
    to: tail.limit === undefined ? Number.MAX_SAFE_INTEGER : tail.offset + tail.limit,
    output: false,
  })
}
