import { sameType } from '../../functions/common-type.ts'
import { columns } from '../../plan/expressions/build.ts'
import { type PlanNode, ProjectNode, RecursiveNode, type Relation, ScanNode, UnionNode } from '../../plan/nodes/node.ts'
import { roundedStep, withRound } from '../../plan/recursion.ts'
import type { DataType, Schema } from '../../types/data-type.ts'
import type { CommonTable, QueryBody } from '../parse/ast.ts'
import { count, readSetting } from '../setting-texts.ts'
import { Carry, outerColumns } from './carry.ts'
import { castTo } from './cast.ts'
import { withTables } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { tableOfOuter, withOuterValues } from './outer-tables.ts'
import { fail, notYet } from './problem.ts'
import { alike, bindBody, noTail, visiblePlan } from './query.ts'
import type { Scope } from './scope.ts'

/** Types that grow with each step (of decimals) are taken as they are after so many. */
const TYPE_ROUNDS = 3

/** Whether a query of WITH names itself. */
export const isRecursive = (context: BindContext, table: CommonTable): boolean =>
  mentions(context, table.query, context.names.fold(table.name))

interface Recursive {
  /** The query's columns, and behind them the values of the outer ones. */
  readonly plan: PlanNode
  /** The places of the columns of the query around that it uses. */
  readonly carry: readonly number[]
}

/**
 * `WITH RECURSIVE name AS (base UNION [ALL] step)`: the step reads the rows of the round before under the name. `outer`: the
 * scope of the query around the one that has the WITH; where columns of it are used, all is done for each combination of
 * their values, which rows carry from round to round.
 */
export function bindRecursive(
  context: BindContext,
  table: CommonTable,
  name: string,
  outer: Scope | undefined,
): Recursive {
  let carry: readonly number[] = []
  for (;;) {
    try {
      return { plan: recursiveOver(context, table, name, around(outer, carry)), carry }
    } catch (problem) {
      const more = problem instanceof Carry && problem.outer.columns === outer?.columns ? problem.columns : []
      const added = more.filter(index => !carry.includes(index))
      if (added.length === 0) throw problem
      carry = [...carry, ...added]
    }
  }
}

function around(outer: Scope | undefined, carry: readonly number[]): Scope | undefined {
  if (outer === undefined) return undefined
  const { carry: _, ...plain } = outer
  return carry.length === 0 ? plain : { ...plain, carry }
}

function recursiveOver(context: BindContext, table: CommonTable, name: string, outer: Scope | undefined): PlanNode {
  const { query } = table
  if (query.orderBy.length > 0 || query.limit !== undefined || query.offset !== undefined)
    notYet('ORDER BY or LIMIT of a recursive query', 'Put it into the query that reads it.', query.at)
  const inner = query.with === undefined ? context : withTables(context, query.with, outer)
  const { body } = query
  if (body.is !== 'setOperation' || body.op !== 'UNION')
    return fail('DSD2006', `"${name}" reads itself: it must be base UNION [ALL] step.`, query.at)
  const operands = unionOperands(body, body.all)
  const isStep = (operand: QueryBody): boolean => mentions(context, operand, name)
  const bases = operands.filter(operand => !isStep(operand))
  if (bases.length === 0)
    return fail('DSD2006', `"${name}" has no rows to begin with: one side of UNION must not read it.`, body.at)
  const carry = outer?.carry ?? []
  const bind = (bound: BindContext, operand: QueryBody): PlanNode => {
    const found = bindBody(bound, operand, noTail, outer)
    if (outer?.plan !== undefined && carry.length > 0) return withOuterValues(found, outer.plan, carry)
    const needed = outerColumns([...found.correlated, ...found.outputs])
    if (outer !== undefined && needed.length > 0) throw new Carry(outer, needed)
    return visiblePlan(found)
  }
  const base = together(
    inner,
    bases.map(operand => bind(inner, operand)),
    table,
  )
  const own = base.schema.length - carry.length
  const names = base.schema.map((field, i) => {
    const given = i < own ? table.columns[i] : undefined
    return given === undefined ? field.name : context.names.fold(given)
  })
  let types = base.schema.map(field => field.type)
  for (let round = 1; ; round++) {
    const working = workingTable(name, names, types)
    const rows = { is: 'planned' as const, name, plan: ScanNode.create(working) }
    const common = outer === undefined || carry.length === 0 ? rows : tableOfOuter(inner, rows, outer, carry, table.at)
    const within = { ...inner, commonTables: [...inner.commonTables, common] }
    const steps = operands.filter(isStep).map(operand => bind(within, operand))
    for (const step of steps)
      if (step.schema.length !== base.schema.length)
        fail('DSD2004', `The base has ${own} columns, the step ${step.schema.length - carry.length}.`, body.at)
    const [first = base] = alike(inner, [typed(context, base, working.schema), ...steps], 'UNION', body.at)
    const settled = first.schema.every((field, i) => sameType(field.type, types[i] ?? field.type))
    if (!settled && round < TYPE_ROUNDS) {
      types = first.schema.map(field => field.type)
      continue
    }
    const step = together(
      inner,
      steps.map(each => typed(context, each, working.schema)),
      table,
    )
    const rounded = withRound(working)
    const refuse = (what: string): never =>
      notYet(
        `${what} over "${name}" in the step of a recursive query`,
        'Filters, projections, joins, DISTINCT, GROUP BY, OVER and UNNEST may stand there; do the rest in the query that reads it.',
        body.at,
      )
    return RecursiveNode.create({
      name,
      base: typed(context, base, working.schema),
      working: rounded,
      distinct: !body.all,
      limit: readSetting(context.settings, 'recursion_limit', count),
      ...roundedStep(step, working, rounded, refuse),
    })
  }
}

function workingTable(name: string, names: readonly string[], types: readonly DataType[]): Relation {
  return {
    name,
    schema: names.map((column, i) => ({ name: column, type: types[i] ?? { is: 'null' }, nullable: true })),
    connector: 'recursion',
    options: {},
    primaryKey: [],
    changes: 'retract',
  }
}

/** The rows with the columns' names and types of the working table. */
const typed = ({ settings }: BindContext, plan: PlanNode, schema: Schema): PlanNode =>
  ProjectNode.create(
    plan,
    columns(plan.schema).map((value, i) => ({
      name: schema[i]?.name ?? value.name,
      value: castTo(value, schema[i]?.type ?? value.type, settings),
    })),
  )

function together(context: BindContext, plans: readonly PlanNode[], table: CommonTable): PlanNode {
  const [first, ...more] = plans
  if (first === undefined || more.length === 0) return first ?? fail('DSD2006', 'A query is missing.', table.at)
  for (const plan of more)
    if (plan.schema.length !== first.schema.length)
      fail('DSD2004', 'The sides of UNION have different numbers of columns.', table.at)
  return UnionNode.create(alike(context, plans, 'UNION', table.at))
}

/** The operands of a chain of the same UNION. */
function unionOperands(body: QueryBody, all: boolean): readonly QueryBody[] {
  if (body.is !== 'setOperation' || body.op !== 'UNION' || body.all !== all || body.corresponding !== undefined)
    return [body]
  return [...unionOperands(body.left, all), ...unionOperands(body.right, all)]
}

/** Whether a table of this name is read anywhere in the syntax. */
export function mentions(context: BindContext, syntax: object, name: string): boolean {
  const { names } = context
  const isName = (part: object): boolean => {
    if (!('is' in part) || !('parts' in part) || part.is !== 'name' || !Array.isArray(part.parts)) return false
    const [only, ...more]: readonly unknown[] = part.parts
    if (typeof only !== 'object' || only === null || more.length > 0 || !('text' in only) || !('quoted' in only))
      return false
    const text = typeof only.text === 'string' ? only.text : ''
    return names.same(
      names.fold({ is: 'identifier', text, quoted: only.quoted === true, at: { start: 0, end: 0 } }),
      name,
    )
  }
  const isCall = 'is' in syntax && syntax.is === 'call'
  const parts: readonly unknown[] = Object.entries(syntax).flatMap(([key, part]) =>
    isCall && key === 'name' ? [] : [part],
  )
  return (
    isName(syntax) || parts.some(part => typeof part === 'object' && part !== null && mentions(context, part, name))
  )
}
