import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { all, column, literal, not, test, truth } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { remap, replaceColumns } from '../../plan/expressions/walk.ts'
import { joinOn, withColumns } from '../../plan/joins.ts'
import { AggregateNode, type JoinKind, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { fold } from '../../plan/optimise/fold.ts'
import { derive } from '../../plan/properties.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { BinaryOperator, Query, Span, Expression as Syntax } from '../parse/ast.ts'
import { countRows } from './aggregates.ts'
import { comparedColumns } from './carry.ts'
import { overDomain, sameValues } from './domain.ts'
import { fail, notYet } from './problem.ts'
import { type BoundQuery, bindSubquery, distinct, visiblePlan } from './query.ts'
import { type Rows, readsOuter } from './rows.ts'
import { outerIndex } from './scope.ts'
import { collect, conjunctsOf, isAggregateCall, isQueryExpression, type QueryExpression } from './syntax.ts'
import { whereRows } from './temporal-filters.ts'

/** Expressions of a subquery over the rows that it was joined to: its own columns come behind the `width` first. */
function placed(e: Expression, width: number): Expression {
  return remap(e, index => (index < 0 ? -1 - index : width + index))
}

/** Joins a subquery to the rows that it may be correlated with; its outputs, over the joined rows. */
export function joinSubquery(
  rows: Rows,
  query: BoundQuery,
  kind: JoinKind,
  conditions: readonly Expression[] = [],
): readonly Expression[] {
  const width = rows.plan.schema.length
  const on = [...query.correlated.map(e => placed(e, width)), ...conditions]
  const outputs = query.outputs.map(e => placed(e, width))
  const marked = kind === 'left' && query.outputs.some(readsOuter)
  const inner = marked ? withColumns(query.plan, [truth(true)], ['$met']) : query.plan
  rows.plan = joinOn(kind, rows.plan, inner, on.length === 0 ? undefined : all(on))
  if (kind !== 'left') return outputs
  const met = test('is_not_null', column(rows.plan.schema, rows.plan.schema.length - 1))
  return outputs.map((e, i): Expression => {
    if (!marked || !readsOuter(query.outputs[i] ?? e)) return e.is === 'column' ? column(rows.plan.schema, e.index) : e
    // What outer columns make is there without a partner, too.
    return { is: 'case', branches: [{ when: met, then: e }], type: e.type, nullable: true }
  })
}

/**
 * A WHERE conjunct that is a subquery test becomes a semi or anti join. Returns false when it is none, or stands
 * deeper in the expression.
 */
export function joinAsTest(rows: Rows, conjunct: Syntax): boolean {
  let negated = false
  let e = conjunct
  while (e.is === 'unary' && e.op === 'NOT') {
    negated = !negated
    e = e.operand
  }
  switch (e.is) {
    case 'exists': {
      const query = bindSubquery(rows.context, e.query, rows.enclosing())
      if (query.ofNothing !== undefined) return false
      joinSubquery(rows, query, negated ? 'anti' : 'semi')
      return true
    }
    case 'inQuery': {
      const op = negated !== e.negated ? '<>' : '='
      if (op === '<>' && minds(rows, e.value, e.query)) return false
      return quantifiedJoin(rows, e.value, op, op === '=' ? 'ANY' : 'ALL', e.query, e.at)
    }
    case 'quantified':
      if (e.right.is !== 'query' || negated || e.negated || isPattern(e.op)) return false
      return quantifiedJoin(rows, e.left, e.op, e.quantifier, e.right, e.at)
    default:
      return false
  }
}

/**
 * Whether NOT IN must mind NULLs on a side. An anti join that does cannot look up by equality: as a value (`isMember`) it
 * is an outer join by equality, and one row that says whether there are NULLs.
 */
function minds(rows: Rows, left: Syntax, syntax: Query): boolean {
  if (collect(left, isQueryExpression).length > 0) return false
  const value = rows.binder.bind(left)
  const query = bindSubquery(rows.context, syntax, rows.enclosing())
  if (value.type.is === 'row' || query.correlated.length > 0 || query.outputs.length !== 1) return false
  return value.nullable || query.outputs.some(output => output.nullable)
}

type PatternKind = 'LIKE' | 'ILIKE' | 'SIMILAR' | 'RLIKE'
const isPattern = (op: BinaryOperator | PatternKind): op is PatternKind =>
  op === 'LIKE' || op === 'ILIKE' || op === 'SIMILAR' || op === 'RLIKE'

/**
 * `x op ANY (query)`: a row for which it is true; `x op ALL`: no row for which it is not true. Returns false when the
 * query has a row where a join finds none.
 */
function quantifiedJoin(
  rows: Rows,
  left: Syntax,
  op: BinaryOperator,
  quantifier: 'ANY' | 'ALL',
  query: Query,
  at: Span,
): boolean {
  resolveSubqueries(rows, left)
  const value = rows.binder.bind(left)
  rows.carry([value])
  const bound = bindSubquery(rows.context, query, rows.enclosing())
  if (bound.ofNothing !== undefined) return false
  const compared = comparedWith(rows, value, op, bound, at)
  if (quantifier === 'ANY') {
    joinSubquery(rows, bound, 'semi', [compared])
    return true
  }
  joinSubquery(rows, bound, 'anti', [notTrue(rows, value, op, bound, compared, at)])
  return true
}

/** The comparison with the subquery's output, over the rows joined with it. */
function comparedWith(rows: Rows, value: Expression, op: BinaryOperator, query: BoundQuery, at: Span): Expression {
  const width = rows.plan.schema.length
  const outputs = query.outputs.map(e => placed(e, width))
  const [only] = outputs
  if (value.type.is === 'row') {
    const fields = outputs.map(({ type, nullable }, i) => ({ name: `f${i + 1}`, type, nullable }))
    return rows.binder.operate(
      op,
      value,
      { is: 'call', name: 'row', args: outputs, type: types.row(fields), nullable: false },
      at,
    )
  }
  if (only === undefined || outputs.length !== 1)
    fail('DSD2004', `The subquery must have one column here, it has ${outputs.length}.`, at)
  return rows.binder.operate(op, value, only, at)
}

function notTrue(
  rows: Rows,
  value: Expression,
  op: BinaryOperator,
  query: BoundQuery,
  compared: Expression,
  at: Span,
): Expression {
  if (op === '<>' && !compared.nullable) return comparedWith(rows, value, '=', query, at)
  return compared.nullable ? test('is_not_true', compared) : not(compared)
}

/** Keeps the rows for which a condition holds that may have subqueries in it. */
export function filterBy(rows: Rows, condition: Syntax, what: string): void {
  for (const conjunct of conjunctsOf(condition)) {
    if (joinAsTest(rows, conjunct)) continue
    resolveSubqueries(rows, conjunct)
    const bound = rows.binder.condition(conjunct, what)
    rows.carry([bound])
    rows.plan = whereRows(rows.context, rows.plan, [bound])
  }
}

/** Joins every subquery inside of an expression and lets the binder know the columns that stand for them. */
export function resolveSubqueries(rows: Rows, e: Syntax): void {
  // What stands in the arguments of aggregates was joined before the grouping.
  const looked = (part: Syntax): part is Syntax => isQueryExpression(part) || (rows.grouped && isAggregateCall(part))
  for (const found of collect(e, looked)) {
    if (!isQueryExpression(found) || rows.knows(found)) continue
    rows.know(found, asExpression(rows, found))
  }
}

function asExpression(rows: Rows, e: QueryExpression): Expression {
  switch (e.is) {
    case 'scalarQuery':
      return scalar(rows, e.query, e.at)
    case 'exists':
      return exists(rows, e.query)
    case 'inQuery': {
      const member = isMember(rows, e.value, e.query, e.at)
      return e.negated ? not(member) : member
    }
    case 'quantified': {
      if (e.right.is !== 'query') return fail('DSD9002', 'A quantified comparison without query.', e.at)
      if (e.op === '=' && e.quantifier === 'ANY') return isMember(rows, e.left, e.right, e.at)
      if (e.op === '<>' && e.quantifier === 'ALL') return not(isMember(rows, e.left, e.right, e.at))
      if (isPattern(e.op))
        return notYet(`${e.op} ${e.quantifier} (SELECT …) inside an expression`, 'Compare inside of EXISTS.', e.at)
      return quantified(rows, e.left, { op: e.op, quantifier: e.quantifier, query: e.right, at: e.at })
    }
    case 'arrayQuery':
      return arrayOf(rows, e.query)
  }
}

/** Inner columns that are compared for equality with the outer query, if that is all that it is correlated by. */
function equalityColumns({ correlated, outputs }: BoundQuery): readonly number[] | undefined {
  return outputs.some(readsOuter) ? undefined : comparedColumns(correlated)
}

/** A subquery grouped by its correlation, with aggregates over its outputs. */
function grouped(
  rows: Rows,
  query: BoundQuery,
  callsOf: (outputs: readonly Expression[]) => readonly AggregateCall[],
): BoundQuery {
  const inner = equalityColumns(query)
  if (inner === undefined) return groupedByDomain(rows, query, callsOf)
  const keys = [...new Set(inner)]
  const calls = callsOf(query.outputs)
  const plan = AggregateNode.create(query.plan, keys, calls)
  const to = (index: number) => (index < 0 ? index : keys.indexOf(index))
  return {
    plan,
    names: calls.map(call => call.name),
    outputs: calls.map((_, i) => column(plan.schema, keys.length + i)),
    correlated: query.correlated.map(e => remap(e, to)),
  }
}

/** The same by the values of the outer columns, for a correlation of any form. */
function groupedByDomain(
  rows: Rows,
  query: BoundQuery,
  callsOf: (outputs: readonly Expression[]) => readonly AggregateCall[],
): BoundQuery {
  const domain = overDomain(query.plan, rows.plan, query.correlated, query.outputs)
  const calls = callsOf(query.outputs.map(domain.inside))
  const plan = AggregateNode.create(domain.plan, domain.values, calls)
  return {
    plan,
    names: calls.map(call => call.name),
    outputs: calls.map((_, i) => column(plan.schema, domain.values.length + i)),
    correlated: sameValues(
      plan.schema,
      domain.values.map((_, at) => at),
      domain.outer,
    ),
  }
}

function scalar(rows: Rows, syntax: Query, at: Span): Expression {
  return singleRow(rows, syntax, 1, at)[0]!
}

/** The columns of a subquery that gives at most one row for each of the rows here; NULLs where it gives none. */
export function singleRow(rows: Rows, syntax: Query, width: number, at: Span): readonly Expression[] {
  const query = bindSubquery(rows.context, syntax, rows.enclosing())
  if (query.outputs.length !== width) {
    const must = width === 1 ? 'A subquery as a value must have one column' : `The subquery must have ${width} columns`
    return fail('DSD2004', `${must}, it has ${query.outputs.length}.`, at)
  }
  const keyed = query.correlated.length === 0 ? [] : equalityOrNothing(query)
  const { keys } = derive(query.plan)
  const single = keyed !== undefined && keys.some(key => key.every(k => keyed.includes(k)))
  if (single) {
    const always = query.correlated.length === 0 && keys.some(key => key.length === 0) && !mayBeEmpty(query)
    return always ? joinSubquery(rows, query, 'inner') : joinOptional(rows, query)
  }
  const one = grouped(rows, query, values => [
    ...values.map(
      (value): AggregateCall => ({
        name: 'first_value',
        args: [value],
        distinct: false,
        type: value.type,
        nullable: true,
      }),
    ),
    countRows,
  ])
  const found = joinSubquery(rows, one, query.correlated.length === 0 ? 'inner' : 'left')
  return found.slice(0, -1).map(value => onlyRow(value, found.at(-1)!))
}

/** An expression that fails its row. */
const failing = (message: string, type: DataType): Expression => ({
  is: 'cast',
  input: { is: 'call', name: 'error', args: [literal(message, types.string)], type: types.null, nullable: true },
  type,
  attempt: false,
  rule: 'postgres',
  nullable: true,
})

/** The value, unless it is one of several rows: that fails. */
const onlyRow = (value: Expression, count: Expression): Expression => ({
  is: 'case',
  branches: [
    {
      when: test('>', count, literal(1n, types.bigint)),
      then: failing('a subquery as a value gives more than one row', value.type),
    },
  ],
  otherwise: value,
  type: value.type,
  nullable: value.nullable,
})

/**
 * Joins a subquery that may have no row for one of these; what it gives there. `on`: a condition over the rows' columns
 * and, behind them, the query's outputs.
 */
export function joinOptional(rows: Rows, query: BoundQuery, on?: Expression): readonly Expression[] {
  const width = rows.plan.schema.length
  const outputs = query.outputs.map(e => placed(e, width))
  const conditions = on === undefined ? [] : [replaceColumns(on, index => outputs[index - width] ?? rows.column(index))]
  const values = joinSubquery(rows, query, 'left', conditions)
  const { ofNothing } = query
  if (ofNothing === undefined) return values
  return values.map((value, i) => orNothing(rows, ofNothing.marker, ofNothing.outputs[i] ?? value, value, width))
}

/** COUNT of a correlated subquery without rows is 0, though the join finds no row for it. */
function orNothing(rows: Rows, marker: number, ofNothing: Expression, value: Expression, width: number): Expression {
  const empty = fold(ofNothing)
  if (empty.is === 'literal' && empty.value === null) return value
  const absent = test('is_null', column(rows.plan.schema, width + marker))
  return {
    is: 'case',
    branches: [{ when: absent, then: placed(empty, width) }],
    otherwise: value,
    type: value.type,
    nullable: empty.nullable || value.nullable,
  }
}

function equalityOrNothing(query: BoundQuery): readonly number[] | undefined {
  const columns: number[] = []
  for (const e of query.correlated) {
    const equal = e.is === 'call' && (e.name === '=' || e.name === 'is_not_distinct_from')
    const inner = equal ? e.args.find(side => side.is === 'column' && side.index >= 0) : undefined
    if (inner?.is !== 'column') return undefined
    columns.push(inner.index)
  }
  return columns
}

/** A global aggregate always has its row, unless something above it drops it. */
function mayBeEmpty({ plan }: BoundQuery): boolean {
  let node = plan
  while (node.is === 'project') node = node.input
  return !(node.is === 'aggregate' && node.keys.length === 0) && !(node.is === 'values' && node.rows.length === 1)
}

function exists(rows: Rows, syntax: Query): Expression {
  const query = bindSubquery(rows.context, syntax, rows.enclosing())
  if (query.ofNothing !== undefined) return truth(true)
  const counted = grouped(rows, { ...query, outputs: [] }, () => [countRows])
  const correlated = query.correlated.length > 0
  const [count] = joinSubquery(rows, counted, correlated ? 'left' : 'inner')
  return correlated ? test('is_not_null', count!) : test('>', count!, literal(0n, types.bigint))
}

/** `x IN (query)` as a value: TRUE, FALSE, or NULL when x or a value of the query is NULL and none is equal. */
function isMember(rows: Rows, left: Syntax, syntax: Query, at: Span): Expression {
  resolveSubqueries(rows, left)
  const value = rows.binder.bind(left)
  rows.carry([value])
  const query = bindSubquery(rows.context, syntax, rows.enclosing())
  if (query.correlated.length > 0 || query.outputs.some(readsOuter))
    return quantified(rows, left, { op: '=', quantifier: 'ANY', query: syntax, at })
  const plan = visiblePlan(query)
  const values = ProjectNode.create(distinct(rows.context, plan), [
    ...plan.schema.map((field, i) => ({ name: field.name, value: column(plan.schema, i) })),
    { name: '$found', value: literal(true, types.boolean) },
  ])
  const member: BoundQuery = {
    plan: values,
    names: [],
    outputs: values.schema.map((_, i) => column(values.schema, i)),
    correlated: [],
  }
  const equal = comparedWith(rows, value, '=', { ...member, outputs: member.outputs.slice(0, -1) }, at)
  const found = test('is_not_null', joinSubquery(rows, member, 'left', [equal]).at(-1)!)
  const nullable = plan.schema.some(field => field.nullable)
  if (!nullable && !value.nullable) return found
  const hasNull = joinSubquery(rows, withNull(plan), 'inner')[0]!
  return {
    is: 'case',
    branches: [
      { when: found, then: literal(true, types.boolean) },
      { when: test('is_null', hasNull), then: literal(false, types.boolean) },
      { when: test('or', test('is_null', value), hasNull), then: literal(null, types.boolean) },
    ],
    otherwise: literal(false, types.boolean),
    type: types.boolean,
    nullable: true,
  }
}

interface Quantified {
  readonly op: BinaryOperator
  readonly quantifier: 'ANY' | 'ALL'
  readonly query: Query
  readonly at: Span
}

/**
 * `x op ANY (query)` and `ALL` as a value: whether one comparison decides it (is TRUE, for ALL: FALSE), else whether one
 * is NULL, for each combination of x and of what the query is correlated with.
 */
function quantified(rows: Rows, left: Syntax, { op, quantifier, query, at }: Quantified): Expression {
  resolveSubqueries(rows, left)
  const value = rows.binder.bind(left)
  rows.carry([value])
  const bound = bindSubquery(rows.context, query, rows.enclosing())
  if (bound.ofNothing !== undefined) {
    const [only, ...more] = joinOptional(rows, bound)
    if (only === undefined || more.length > 0)
      return fail('DSD2004', `The subquery must have one column here, it has ${more.length + 1}.`, at)
    return rows.binder.operate(op, value, only, at)
  }
  const width = rows.plan.schema.length
  const compared = remap(comparedWith(rows, value, op, bound, at), index =>
    index < width ? outerIndex(index) : index - width,
  )
  const decides = quantifier === 'ANY' ? compared : not(compared)
  const one = grouped(rows, { ...bound, outputs: [decides, test('is_null', compared)] }, outputs => outputs.map(anyOf))
  const found = joinSubquery(rows, one, one.correlated.length === 0 ? 'inner' : 'left')
  const answer = quantifier === 'ANY'
  return {
    is: 'case',
    branches: [
      { when: found[0] ?? truth(false), then: truth(answer) },
      { when: found[1] ?? truth(false), then: literal(null, types.boolean) },
    ],
    otherwise: truth(!answer),
    type: types.boolean,
    nullable: compared.nullable,
  }
}

/** Whether a condition holds for one of the rows; NULL when there are none. */
const anyOf = (condition: Expression): AggregateCall => ({
  name: 'bool_or',
  args: [condition],
  distinct: false,
  type: types.boolean,
  nullable: true,
})

/** One row: whether a value is NULL; NULL when there are no values. It rarely changes, unlike counts of them. */
function withNull(plan: PlanNode): BoundQuery {
  const isNull = test('is_null', column(plan.schema, 0))
  const marked = ProjectNode.create(plan, [{ name: '$null', value: isNull }])
  const found = AggregateNode.create(marked, [], [anyOf(column(marked.schema, 0))])
  return { plan: found, names: [], outputs: [column(found.schema, 0)], correlated: [] }
}

/** ARRAY(SELECT …): empty where there are no rows. */
function arrayOf(rows: Rows, syntax: Query): Expression {
  const query = bindSubquery(rows.context, syntax, rows.enclosing(), 'list')
  const [output] = query.outputs
  if (output === undefined || query.outputs.length !== 1)
    return fail('DSD2004', 'ARRAY(SELECT …) takes one column.', syntax.at)
  const type = types.array(output.type)
  const orderBy = (query.order ?? []).map(({ column: at, descending, nullsFirst }) => ({
    by: column(query.plan.schema, at),
    descending,
    nullsFirst,
  }))
  const order = orderBy.length === 0 ? {} : { orderBy }
  const one = grouped(rows, query, ([element]) => [
    { name: 'array_agg', args: [element ?? output], distinct: false, ...order, type, nullable: true },
  ])
  const [value] = joinSubquery(rows, one, query.correlated.length === 0 ? 'inner' : 'left')
  const empty: Expression = { is: 'call', name: 'array', args: [], type, nullable: false }
  return { is: 'call', name: 'coalesce', args: [value!, empty], type, nullable: false }
}
