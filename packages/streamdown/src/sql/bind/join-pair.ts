import { all, column, columns, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { joinOn, withColumns } from '../../plan/joins.ts'
import { type JoinKind, JoinNode, type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { Hint, Identifier, Span, Expression as Syntax } from '../parse/ast.ts'
import { asofJoin } from './asof-joins.ts'
import { Carry, outerColumns } from './carry.ts'
import { refuseChance } from './chance.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import { lookupJoin } from './lookup-joins.ts'
import { joinByPairs } from './outer-by-pairs.ts'
import { fail, notYet } from './problem.ts'
import { Rows } from './rows.ts'
import { joinedScope, type Scope, type ScopeColumn } from './scope.ts'
import { trimmed } from './sorting.ts'
import { filterBy } from './subqueries.ts'
import { conjunctsOf, contains, isQueryExpression } from './syntax.ts'
import { isTemporal, whereRows } from './temporal-filters.ts'
import { isClock, temporalJoin } from './temporal-joins.ts'

/** Rows of FROM, and what of them can be named. */
export interface Source {
  readonly plan: PlanNode
  readonly scope: Scope
}

export interface JoinParts {
  readonly kind: JoinKind
  readonly on: Syntax | undefined
  readonly using: readonly Identifier[]
  readonly natural: boolean
  /** ASOF, perhaps with MATCH_CONDITION. */
  readonly asof?: { readonly matchCondition: Syntax | undefined }
  readonly at: Span
}

/** An expression over the rows of FROM; where it uses columns of the query around they must be carried. */
export function own(outer: Scope | undefined, e: Expression): Expression {
  const needed = outerColumns([e])
  if (outer !== undefined && needed.length > 0) throw new Carry(outer, needed)
  return e
}

/** Joins of two tables that know nothing of each other: ON, USING, NATURAL; as of a time, and by the nearest row. */
export class JoinBinder {
  readonly #context: BindContext
  readonly #outer: Scope | undefined
  readonly #ttl: bigint | undefined
  readonly #hints: readonly Hint[]

  /** `ttl`: how long rows are kept, µs. */
  constructor(context: BindContext, outer: Scope | undefined, ttl: bigint | undefined, hints: readonly Hint[]) {
    this.#context = context
    this.#outer = outer
    this.#ttl = ttl
    this.#hints = hints
  }

  /** `systemTime`: the moment, over the left, at which the right is read. */
  pair(left: Source, right: Source, parts: JoinParts, systemTime?: Syntax): Source {
    const { names } = this.#context
    const schema = [...left.plan.schema, ...right.plan.schema]
    const scope = joinedScope(left.scope, right.scope, schema)
    const binder = new ExpressionBinder(this.#context, { ...scope, outer: this.#outer })
    const shared = parts.natural
      ? sharedNames(left.scope, right.scope, names.same)
      : parts.using.map(id => names.fold(id))
    const pairs = shared.map(name => ({
      name,
      left: this.#usingColumn(left.scope, name, parts.at),
      right: this.#usingColumn(right.scope, name, parts.at) + left.plan.schema.length,
    }))
    // The last column of USING is what an ASOF join goes by.
    const nearest = parts.asof?.matchCondition === undefined ? parts.asof : undefined
    const equalities = pairs.map((pair, at) =>
      binder.operate(
        nearest !== undefined && at === pairs.length - 1 ? '>=' : '=',
        column(schema, pair.left),
        column(schema, pair.right),
        parts.at,
      ),
    )
    const written = parts.on === undefined ? [] : conjunctsOf(parts.on)
    const later = written.filter(each => contains(each, isQueryExpression))
    const tested = [...written.filter(each => !later.includes(each)), parts.asof?.matchCondition]
    const on = tested.flatMap(each => (each === undefined ? [] : [own(this.#outer, binder.condition(each, 'ON'))]))
    const passing = parts.kind === 'inner' ? on.filter(each => isTemporal(this.#context, each)) : []
    const carried = sharedCarried(left.scope, right.scope)
    const sameCarried = carried.map(places =>
      test('is_not_distinct_from', column(schema, places.left), column(schema, places.right)),
    )
    const conditions = [...sameCarried, ...equalities, ...on.filter(each => !passing.includes(each))]
    for (const side of [left.plan, right.plan]) refuseChance(this.#context, side, conditions)
    const condition = conditions.length === 0 ? undefined : all(conditions)
    const joinedAs = (kind: JoinKind): PlanNode => {
      const joined = this.#joinedPlan(left, right, { ...parts, kind }, condition, systemTime)
      return this.#ttl === undefined ? joined : keeping(joined, this.#ttl)
    }
    const plan =
      later.length === 0
        ? joinedAs(parts.kind)
        : this.#tested(parts, left.plan, right.plan, this.#filtered(joinedAs('inner'), scope, later))
    const timely = passing.length === 0 ? plan : whereRows(this.#context, plan, passing)
    if (parts.kind === 'semi' || parts.kind === 'anti') return { plan: timely, scope: left.scope }
    const source = this.#carrying({ plan: timely, scope: { ...scope, schema: timely.schema } }, parts.kind, carried)
    return pairs.length === 0 ? source : this.#merged(source.plan, source.scope, pairs, parts.kind)
  }

  /** A join of this kind by its pairs. */
  #tested({ kind, asof, at }: JoinParts, left: PlanNode, right: PlanNode, pairs: PlanNode): PlanNode {
    if (kind === 'inner') return pairs
    if (asof !== undefined) notYet('A subquery in ON of an outer ASOF JOIN', 'Filter the tables before.', at)
    return joinByPairs(kind, left, right, pairs)
  }

  /** The rows with the columns of the query around that they carry, on whichever side that has a row. */
  #carrying({ plan, scope }: Source, kind: JoinKind, shared: readonly Carried[]): Source {
    if (shared.length === 0) return { plan, scope }
    if (kind !== 'full') {
      const carried = new Map(shared.map(each => [each.outer, kind === 'right' ? each.right : each.left]))
      return { plan, scope: { ...scope, carried } }
    }
    const binder = new ExpressionBinder(this.#context, scope)
    const either = shared.map(({ left, right }) =>
      binder.call('coalesce', [column(plan.schema, left), column(plan.schema, right)], nowhere),
    )
    const wider = withColumns(plan, either)
    const carried = new Map(shared.map(({ outer }, i) => [outer, plan.schema.length + i]))
    return { plan: wider, scope: { ...scope, schema: wider.schema, carried } }
  }

  /** What an inner join tests with subqueries is a filter of its rows. */
  #filtered(joined: PlanNode, scope: Scope, conditions: readonly Syntax[]): PlanNode {
    const rows = new Rows(this.#context, joined, { ...scope, outer: this.#outer })
    for (const each of conditions) filterBy(rows, each, 'ON')
    for (const taken of rows.takenConditions()) own(this.#outer, taken)
    return trimmed(rows.plan, joined.schema.length)
  }

  #joinedPlan(
    left: Source,
    right: Source,
    { kind, asof, at }: JoinParts,
    condition: Expression | undefined,
    systemTime: Syntax | undefined,
  ): PlanNode {
    if (systemTime !== undefined) return this.#asOf(left, right, kind, systemTime, condition)
    if (asof !== undefined) return asofJoin(kind, left.plan, right.plan, condition, at)
    return joinOn(kind, left.plan, right.plan, condition)
  }

  #asOf(left: Source, right: Source, kind: JoinKind, time: Syntax, condition: Expression | undefined): PlanNode {
    if (kind !== 'inner' && kind !== 'left')
      return fail('DSD2006', 'FOR SYSTEM_TIME AS OF stands behind the right table of an inner or LEFT JOIN.', time.at)
    const moment = new ExpressionBinder(this.#context, { ...left.scope, outer: undefined }).bind(time)
    const lookup = right.plan.is === 'scan' ? this.#context.options.lookup?.(right.plan.relation) : undefined
    if (lookup === undefined || right.plan.is !== 'scan' || !isClock(moment, left.plan))
      return temporalJoin(kind, left.plan, right.plan, moment, condition, time.at)
    const names = [right.plan.relation.name, ...right.scope.columns.flatMap(({ table }) => table ?? [])]
    const hints = this.#hints
    return lookupJoin(lookup, { kind, left: left.plan, right: right.plan, condition, names, hints, at: time.at })
  }

  #usingColumn(scope: Scope, name: string, at: Span): number {
    const { names } = this.#context
    const found = scope.columns.filter(c => c.plain && names.same(c.name, name))
    if (found.length === 1) return found[0]!.index
    const known = scope.columns.map(c => c.name)
    return fail(
      'DSD2002',
      found.length === 0
        ? `USING: there is no column "${name}" on one side.${didYouMean(name, known)}`
        : `USING: "${name}" stands twice on one side.`,
      at,
    )
  }

  /** The columns of USING come first and once: the side that always has its row, for a full join whichever is there. */
  #merged(
    plan: PlanNode,
    scope: Scope,
    pairs: readonly { readonly name: string; readonly left: number; readonly right: number }[],
    kind: JoinKind,
  ): Source {
    const hidden = new Set(
      pairs.flatMap(pair => (kind === 'full' ? [pair.left, pair.right] : [kind === 'right' ? pair.left : pair.right])),
    )
    const shown = new Set(pairs.map(pair => (kind === 'right' ? pair.right : pair.left)))
    const rest = scope.columns.map(c => (hidden.has(c.index) ? { ...c, plain: false } : c))
    if (kind !== 'full') {
      const first = pairs.flatMap(pair =>
        rest.filter(c => c.plain && shown.has(c.index) && c.index === (kind === 'right' ? pair.right : pair.left)),
      )
      return { plan, scope: { ...scope, columns: [...first, ...rest.filter(c => !first.includes(c))] } }
    }
    const binder = new ExpressionBinder(this.#context, scope)
    const merged = pairs.map(pair => ({
      name: pair.name,
      value: binder.call('coalesce', [column(plan.schema, pair.left), column(plan.schema, pair.right)], nowhere),
    }))
    const wider = ProjectNode.create(plan, [
      ...columns(plan.schema).map(value => ({ name: value.name, value })),
      ...merged,
    ])
    const first = merged.map(
      ({ name }, i): ScopeColumn => ({ name, table: undefined, index: plan.schema.length + i, plain: true }),
    )
    return { plan: wider, scope: { ...scope, schema: wider.schema, columns: [...first, ...rest] } }
  }
}

/** A place of no text, for calls that nobody wrote. */
const nowhere: Span = { start: 0, end: 0 }

interface Carried {
  /** The column's place in the query around. */
  readonly outer: number
  /** Its places in the joined rows. */
  readonly left: number
  readonly right: number
}

/** The columns of the query around that both sides carry: rows for different values never meet. */
const sharedCarried = (left: Scope, right: Scope): readonly Carried[] =>
  [...(left.carried ?? [])].flatMap(([outer, place]) => {
    const other = right.carried?.get(outer)
    return other === undefined ? [] : [{ outer, left: place, right: left.schema.length + other }]
  })

function sharedNames(left: Scope, right: Scope, same: (a: string, b: string) => boolean): readonly string[] {
  const shared = left.columns.filter(
    c => c.plain && right.columns.some(other => other.plain && same(other.name, c.name)),
  )
  return [...new Set(shared.map(c => c.name))]
}

function keeping(node: PlanNode, ttl: bigint): PlanNode {
  if (node.is === 'project') return { ...node, input: keeping(node.input, ttl) }
  return JoinNode.is(node) ? { ...node, time: { kind: 'keep', ttl } } : node
}
