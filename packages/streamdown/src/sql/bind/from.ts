import { columnsOfSource, expandRows, expandRowsThat, type RowSource, sourceParts } from '../../plan/expand-rows.ts'
import { column, columns, truth } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { remap } from '../../plan/expressions/walk.ts'
import { FilterNode, type PlanNode, ProjectNode, ScanNode, ValuesNode } from '../../plan/nodes/node.ts'
import { seriesLength, seriesRelation } from '../../plan/series.ts'
import { types } from '../../types/data-type.ts'
import type { Catalog } from '../catalog.ts'
import type {
  Argument,
  DerivedTable,
  Hint,
  Join,
  MatchRecognize,
  Span,
  Expression as Syntax,
  TableAlias,
  TableFunction,
  TableReference,
  Unnest,
} from '../parse/ast.ts'
import { Carry, carriedRows, outerColumns } from './carry.ts'
import { asSubquery, type CorrelatedTable, seenByTable } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { withEmptyRows } from './empty-groups.ts'
import { ExpressionBinder } from './expressions.ts'
import { checkTableNames } from './from-names.ts'
import { JoinBinder, type JoinParts, own, type Source } from './join-pair.ts'
import { bindMatch } from './match.ts'
import { bindNamedTable } from './named-table.ts'
import { lastPart } from './names.ts'
import { joinByPairs } from './outer-by-pairs.ts'
import { overTable } from './over-table.ts'
import { fail, notYet } from './problem.ts'
import { type BoundQuery, bindSubquery, renamed, visiblePlan } from './query.ts'
import { schemaOf } from './relation-names.ts'
import { constantSeries, elementsOf, isRowSource, rowSources } from './row-sources.ts'
import { Rows } from './rows.ts'
import { ANY_SCHEMA, type Scope, type ScopeColumn, tableScope } from './scope.ts'
import { trimmed } from './sorting.ts'
import { stateTtl } from './state-ttl.ts'
import { filterBy, joinOptional, joinSubquery, resolveSubqueries } from './subqueries.ts'
import { callName, contains, isQueryExpression } from './syntax.ts'

/** A row without columns that anybody can name, for SELECT without FROM. */
export const singleRow = (): PlanNode =>
  ValuesNode.create([[truth(true)]], [{ name: '$one', type: types.boolean, nullable: false }])

/** FROM: the comma is a join without condition; a later table may be lateral to those before it. */
export function bindFrom(
  context: BindContext,
  from: readonly TableReference[],
  hints: readonly Hint[],
  outer: Scope | undefined,
): Rows {
  checkTableNames(context, from)
  const carried = outer?.carry && carriedRows(outer, outer.carry)
  const binder = new FromBinder(context, outer, stateTtl(context, hints), hints, carried)
  const [first, ...more] = from
  if (first === undefined) {
    if (carried !== undefined) return new Rows(context, carried.plan, carried.scope)
    const plan = singleRow()
    return new Rows(context, plan, { columns: [], schema: plan.schema, outer })
  }
  const source = more.reduce((left, right) => binder.beside(left, right), binder.table(first, undefined))
  return new Rows(context, source.plan, { ...source.scope, outer })
}

/** A series of more numbers is no value that is at hand, but something to be read. */
const LONG_SERIES = 10_000n

/** A table beside another, without a condition. */
const besides = (at: Span): JoinParts => ({ kind: 'inner', on: undefined, using: [], natural: false, at })

class FromBinder {
  readonly #context: BindContext
  readonly #outer: Scope | undefined
  readonly #joins: JoinBinder
  readonly #ttl: bigint | undefined
  readonly #hints: readonly Hint[]
  /** The values of the enclosing query that the rows carry. */
  readonly #values: Source | undefined
  /** The same until they stand left of the first table. */
  #carried: Source | undefined

  constructor(
    context: BindContext,
    outer: Scope | undefined,
    ttl: bigint | undefined,
    hints: readonly Hint[] = [],
    carried?: Source,
  ) {
    this.#ttl = ttl
    this.#hints = hints
    this.#values = carried
    this.#carried = carried
    this.#context = context
    this.#outer = outer
    this.#joins = new JoinBinder(context, outer, ttl, hints)
  }

  /** `left`: the tables before it, for what is lateral. */
  table(written: TableReference, left: Source | undefined): Source {
    const context = this.#context
    const { ref, table } = asSubquery(context, written)
    const carried = this.#carried
    if (carried !== undefined && left === undefined && ref.is !== 'join') {
      this.#carried = undefined
      return this.join(carried, written, besides(ref.at))
    }
    switch (ref.is) {
      case 'table': {
        if (ref.systemTime !== undefined)
          fail('DSD2006', 'FOR SYSTEM_TIME AS OF stands behind the right table of a JOIN.', ref.systemTime.at)
        const plan = bindNamedTable(context, ref.name, ref.hints)
        const table = context.names.fold(lastPart(ref.name))
        return this.#aliased(plan, ref.alias, table, false, schemaOf(context, ref.name) ?? ANY_SCHEMA)
      }
      case 'file': {
        const relation = context.options.file?.(ref.path)
        if (relation === undefined) fail('DSD2001', `There is no file "${ref.path}" that can be read here.`, ref.at)
        const plain = ref.path.replace(/^.*\//, '').replace(/\..*$/, '')
        return this.#aliased(ScanNode.create(relation), ref.alias, plain)
      }
      case 'derived':
        return this.#derived(ref, table)
      case 'tableFunction':
        return this.#function(ref)
      case 'unnest':
        return this.#expanded(this.#single(), ref, false).source
      case 'matchRecognize':
        return this.#match(ref)
      case 'join':
        return this.#joined(ref, left)
    }
  }

  #match(ref: MatchRecognize): Source {
    const source = this.table(ref.input, undefined)
    return this.#aliased(bindMatch(this.#context, ref, source.plan, source.scope), ref.alias, undefined)
  }

  /** `table`: the table of WITH whose query this is. */
  #derived(ref: DerivedTable, table: CorrelatedTable | undefined): Source {
    const seen = table === undefined ? this.#outer : seenByTable(this.#outer, table)
    const bound = bindSubquery(table?.context ?? this.#context, ref.query, seen)
    const needed = outerColumns([...bound.correlated, ...bound.outputs])
    if (this.#outer !== undefined && needed.length > 0) throw new Carry(this.#outer, needed)
    return this.#aliased(visiblePlan(bound), ref.alias, undefined)
  }

  #joined(ref: Join, before: Source | undefined): Source {
    return this.#joinedTo(ref, this.table(ref.left, before))
  }

  #joinedTo(ref: Join, left: Source): Source {
    const asof = ref.asof ? { asof: { matchCondition: ref.matchCondition } } : {}
    const parts = { on: ref.on, using: ref.using, natural: ref.natural, at: ref.at, ...asof }
    const source = this.#kinds(ref, left, parts)
    return ref.alias === undefined ? source : this.#joinAliased(source, ref.alias)
  }

  /** `(a JOIN b …) AS c`: the columns that `*` gives, and behind them what the rows carry of the query around. */
  #joinAliased({ plan, scope }: Source, alias: TableAlias): Source {
    const shown = scope.columns.filter(c => c.plain && c.unlisted !== true)
    const carried = [...(scope.carried ?? [])]
    const picked = ProjectNode.create(plan, [
      ...shown.map(({ name, index }) => ({ name, value: column(plan.schema, index) })),
      ...carried.map(([, place]) => ({ name: `$${place}`, value: column(plan.schema, place) })),
    ])
    const source = this.#aliased(picked, alias, undefined)
    if (carried.length === 0) return source
    const columns = source.scope.columns.slice(0, shown.length)
    const places = new Map(carried.map(([outer], i) => [outer, shown.length + i]))
    return { plan: source.plan, scope: { ...source.scope, columns, carried: places } }
  }

  #kinds(ref: Join, left: Source, parts: Omit<JoinParts, 'kind'>): Source {
    switch (ref.kind) {
      case 'CROSS':
      case 'INNER':
        return this.join(left, ref.right, { ...parts, kind: 'inner' })
      case 'LEFT':
      case 'RIGHT':
      case 'FULL': {
        const kind = ({ LEFT: 'left', RIGHT: 'right', FULL: 'full' } as const)[ref.kind]
        return this.join(left, ref.right, { ...parts, kind })
      }
      case 'LEFT SEMI':
      case 'LEFT ANTI':
        return this.join(left, ref.right, { ...parts, kind: ref.kind === 'LEFT SEMI' ? 'semi' : 'anti' })
      case 'RIGHT SEMI':
      case 'RIGHT ANTI': {
        const right = left.scope.carried === undefined ? this.table(ref.right, left) : this.#carrying(ref.right)
        return this.#joins.pair(right, left, { ...parts, kind: ref.kind === 'RIGHT SEMI' ? 'semi' : 'anti' })
      }
    }
  }

  /**
   * `left, ref`. Within joins behind the comma tables before it can be used by what is lateral, but not in one that keeps
   * all rows of its right side.
   */
  beside(left: Source, ref: TableReference): Source {
    if (ref.is !== 'join' || ref.alias !== undefined || ref.kind === 'FULL' || ref.kind.startsWith('RIGHT'))
      return this.join(left, ref, besides(ref.at))
    if (left.scope.carried === undefined && !isLateral(ref, this.#context.catalog))
      return this.join(left, ref, besides(ref.at))
    return this.#joinedTo(ref, this.beside(left, ref.left))
  }

  /** A table whose rows carry the values of the enclosing query, too. */
  #carrying(written: TableReference): Source {
    const binder = new FromBinder(this.#context, this.#outer, this.#ttl, this.#hints, this.#values)
    return binder.table(written, undefined)
  }

  /** The right side of a join: what it has of the enclosing query it carries itself, where the left side does. */
  #right(left: Source, written: TableReference): Source {
    if (left.scope.carried === undefined || written.is !== 'join') return this.table(written, left)
    try {
      return this.table(written, left)
    } catch (problem) {
      if (!(problem instanceof Carry) || problem.outer !== this.#outer) throw problem
      return this.#carrying(written)
    }
  }

  join(left: Source, written: TableReference, parts: JoinParts): Source {
    const keepsRight = parts.kind === 'right' || parts.kind === 'full'
    if (left.scope.carried !== undefined && keepsRight) return this.#joins.pair(left, this.#carrying(written), parts)
    const { ref, table } = asSubquery(this.#context, written)
    if (ref.is === 'derived' && ref.lateral)
      return this.#lateral(left, ref, parts, { ...left.scope, outer: this.#outer })
    if (ref.is === 'derived' && left.scope.carried !== undefined && (parts.using.length > 0 || parts.natural))
      return this.#joins.pair(left, this.#carrying(written), parts)
    if (ref.is === 'derived' && left.scope.carried !== undefined) {
      const outer = table === undefined ? this.#outer : seenByTable(this.#outer, table)
      return this.#lateral(left, ref, parts, { ...left.scope, columns: [], outer }, table?.context)
    }
    if (ref.is === 'unnest' || (ref.is === 'tableFunction' && isRowSource(ref.call, this.#context.catalog))) {
      const apart = ref.is === 'tableFunction' ? this.#longSeries(ref) : undefined
      return apart === undefined ? this.#expandedJoin(left, ref, parts) : this.#joins.pair(left, apart, parts)
    }
    if (ref.is === 'table' && ref.systemTime !== undefined) {
      const right = this.table({ ...ref, systemTime: undefined }, left)
      return this.#joins.pair(left, right, parts, ref.systemTime)
    }
    return this.#joins.pair(left, this.#right(left, written), parts)
  }

  /** A subquery over each row of the tables before it, of which it sees what `scope` shows. */
  #lateral(left: Source, ref: DerivedTable, parts: JoinParts, seen: Scope, context = this.#context): Source {
    if (parts.kind === 'right' || parts.kind === 'full')
      notYet(`${parts.kind} join LATERAL`, 'Use LEFT or INNER.', ref.at)
    if (parts.using.length > 0 || parts.natural)
      notYet('USING and NATURAL with LATERAL', 'Name the columns in ON.', parts.at)
    const tested = parts.on !== undefined && contains(parts.on, isQueryExpression)
    if (tested || parts.kind === 'semi' || parts.kind === 'anti') {
      const made = this.#lateral(left, ref, { ...parts, kind: 'inner', on: undefined }, seen, context)
      return this.#tested(left, made, parts)
    }
    const rows = new Rows(this.#context, left.plan, seen)
    const written = bindSubquery(context, ref.query, { ...seen, plan: left.plan })
    if (!ref.lateral && outerColumns([...written.correlated, ...written.outputs]).length === 0)
      return this.#joins.pair(left, this.#aliased(visiblePlan(written), ref.alias, undefined), parts)
    const width = left.plan.schema.length
    const on = parts.on
    const trivial = on === undefined || (on.is === 'boolean' && on.value)
    const conditional = !trivial && parts.kind === 'left'
    const bound = conditional ? withEmptyRows(written, left.plan) : written
    const before = conditional ? this.#lateralCondition(left, bound, ref, on) : undefined
    const optional = parts.kind === 'left' || bound.ofNothing !== undefined
    const outputs = optional ? joinOptional(rows, bound, before) : joinSubquery(rows, bound, 'inner')
    const places = rows.append(outputs)
    const plan = ProjectNode.create(rows.plan, [
      ...columns(left.plan.schema).map(value => ({ name: value.name, value })),
      ...places.map((place, i) => ({ name: bound.names[i]!, value: column(rows.plan.schema, place) })),
    ])
    const right = this.#aliasScope(
      plan.schema.slice(width).map(f => f.name),
      ref.alias,
      undefined,
    )
    const scope: Scope = {
      columns: [...left.scope.columns, ...right.map(c => ({ ...c, index: c.index + width }))],
      schema: plan.schema,
      outer: this.#outer,
      carried: left.scope.carried,
    }
    if (trivial || before !== undefined) return { plan, scope }
    const condition = own(this.#outer, new ExpressionBinder(this.#context, scope).condition(on, 'ON'))
    return { plan: FilterNode.create(plan, condition), scope }
  }

  /** ON of a LEFT JOIN LATERAL: over the left columns and the query's outputs behind them. */
  #lateralCondition(left: Source, bound: BoundQuery, ref: DerivedTable, on: Syntax): Expression {
    const { schema } = left.plan
    const outputs = bound.outputs.map(({ type }, i) => ({ name: bound.names[i] ?? '', type, nullable: true }))
    const names = outputs.map(({ name }) => name)
    const right = this.#aliasScope(names, ref.alias, undefined).map(c => ({ ...c, index: c.index + schema.length }))
    const scope: Scope = {
      columns: [...left.scope.columns, ...right],
      schema: [...schema, ...outputs],
      outer: undefined,
    }
    return new ExpressionBinder(this.#context, scope).condition(on, 'ON')
  }

  #function(ref: TableFunction): Source {
    const { call } = ref
    const made = overTable(this.#context, call)
    if (made !== undefined) {
      const source = this.#aliased(made.plan, ref.alias, made.name)
      return made.unlisted === undefined ? source : unlisted(source, made.unlisted)
    }
    switch (callName(call)) {
      case 'GENERATE_SERIES':
      case 'RANGE':
        return this.#longSeries(ref) ?? this.#expanded(this.#single(), ref, false).source
      default:
        if (isRowSource(call, this.#context.catalog)) return this.#expanded(this.#single(), ref, false).source
        return this.#scalarFunction(ref)
    }
  }

  /** A long series between constants is read like any source, so that it takes no memory and a LIMIT ends it. */
  #longSeries({ call, alias, withOrdinality }: TableFunction): Source | undefined {
    const isSeries = callName(call) === 'GENERATE_SERIES' || callName(call) === 'RANGE'
    if (!isSeries || withOrdinality || !call.args.every(({ value }) => readsNoColumn(value))) return undefined
    const [found] = rowSources(new ExpressionBinder(this.#context, this.#single().scope), call)
    const numbers = found === undefined ? undefined : constantSeries(found)
    if (numbers === undefined || seriesLength(numbers) <= LONG_SERIES) return undefined
    const { names } = this.#context
    const single = alias !== undefined && alias.columns.length === 0
    const name = single ? names.fold(alias.name) : callName(call).toLowerCase()
    return this.#aliased(ScanNode.create(seriesRelation(name, numbers)), alias, name)
  }

  #single(): Source {
    const plan = singleRow()
    return { plan, scope: { columns: [], schema: plan.schema, outer: this.#outer } }
  }

  /** A scalar function in FROM is a table of one row. */
  #scalarFunction({ call, alias }: TableFunction): Source {
    const rows = new Rows(this.#context, singleRow(), { columns: [], schema: singleRow().schema, outer: this.#outer })
    resolveSubqueries(rows, call)
    for (const taken of rows.takenConditions()) own(this.#outer, taken)
    const name = callName(call).toLowerCase()
    const value = own(this.#outer, rows.binder.bind(call))
    const plan = ProjectNode.create(rows.plan, [{ name, value }])
    return this.#aliased(plan, alias, name, true)
  }

  /** CROSS JOIN UNNEST(…), LEFT JOIN UNNEST(…) ON …: each row of the left with its elements. */
  #expandedJoin(left: Source, ref: Unnest | TableFunction, parts: JoinParts): Source {
    const { kind, on } = parts
    // All its rows are kept, so it cannot be made of those of the left.
    if (kind === 'right' || kind === 'full') return this.#joins.pair(left, this.table(ref, undefined), parts)
    if (parts.using.length > 0 || parts.natural)
      notYet('USING and NATURAL with rows made of values', 'Name the columns in ON.', parts.at)
    const trivial = on === undefined || (on.is === 'boolean' && on.value)
    if (trivial && (kind === 'inner' || kind === 'left')) return this.#expanded(left, ref, kind === 'left').source
    const { source, from, sources } = this.#expanded(left, ref, false)
    if (trivial || contains(on, isQueryExpression) || (kind !== 'inner' && kind !== 'left'))
      return this.#tested(left, source, parts)
    const condition = own(this.#outer, new ExpressionBinder(this.#context, source.scope).condition(on, 'ON'))
    if (kind === 'inner') return { ...source, plan: FilterNode.create(source.plan, condition) }
    const width = left.plan.schema.length
    const shift = from.schema.length - width
    const moved = remap(condition, index => (index < width ? index : index + shift))
    const expanded = expandRowsThat(from, sources, { ordinality: ref.withOrdinality }, moved)
    return this.#besideLeft(left, expanded, ref, sources)
  }

  /** A join with what is made of each row of the left, whose pairs are tested as any rows are. */
  #tested(left: Source, made: Source, { kind, on }: JoinParts): Source {
    const rows = new Rows(this.#context, made.plan, { ...made.scope, outer: this.#outer })
    if (on !== undefined) filterBy(rows, on, 'ON')
    for (const taken of rows.takenConditions()) own(this.#outer, taken)
    const pairs = trimmed(rows.plan, made.plan.schema.length)
    if (kind === 'inner') return { ...made, plan: pairs }
    const plan = joinByPairs(kind, left.plan, pairs, pairs)
    return kind === 'left' ? { plan, scope: { ...made.scope, schema: plan.schema } } : { plan, scope: left.scope }
  }

  #expanded(left: Source, ref: Unnest | TableFunction, outer: boolean) {
    const rows = new Rows(this.#context, left.plan, { ...left.scope, outer: this.#outer })
    for (const value of ref.is === 'unnest' ? ref.values : [ref.call]) resolveSubqueries(rows, value)
    for (const taken of rows.takenConditions()) own(this.#outer, taken)
    const { binder, plan: from } = rows
    const sources =
      ref.is === 'unnest' ? ref.values.map(value => elementsOf(binder, value, 'unnest')) : rowSources(binder, ref.call)
    for (const part of sources.flatMap(sourceParts)) own(this.#outer, part)
    const plan = expandRows(from, sources, { outer, ordinality: ref.withOrdinality })
    return { source: this.#besideLeft(left, plan, ref, sources), from, sources }
  }

  /** The columns of the left, and behind them those that `sources` gave the last ones of a plan. */
  #besideLeft(left: Source, plan: PlanNode, ref: Unnest | TableFunction, sources: readonly RowSource[]): Source {
    const width = left.plan.schema.length
    const count = sources.reduce((sum, source) => sum + columnsOfSource(source), ref.withOrdinality ? 1 : 0)
    const first = plan.schema.length - count
    const made = plan.schema.slice(first)
    const isDeclared = sources.some(source => source.is === 'elements' && source.declared === true)
    const single = made.length === 1 && !isDeclared && ref.alias !== undefined && ref.alias.columns.length === 0
    const { names } = this.#context
    const columnNames = single ? [names.fold(ref.alias!.name)] : made.map(field => field.name)
    const isValue = isDeclared && made.length === 1
    const right = this.#aliasScope(columnNames, ref.alias, undefined).map(c => ({ ...c, isValue }))
    const renamedPlan = ProjectNode.create(plan, [
      ...left.plan.schema.map(({ name }, i) => ({ name, value: column(plan.schema, i) })),
      ...made.map((_, i) => ({ name: right[i]!.name, value: column(plan.schema, first + i) })),
    ])
    const scope: Scope = {
      columns: [...left.scope.columns, ...right.map(c => ({ ...c, index: c.index + width }))],
      schema: renamedPlan.schema,
      outer: this.#outer,
      carried: left.scope.carried,
    }
    return { plan: renamedPlan, scope }
  }

  /** `single`: an alias without column list names the one column too. */
  #aliased(
    plan: PlanNode,
    alias: TableAlias | undefined,
    name: string | undefined,
    single = false,
    schema?: string,
  ): Source {
    const { names } = this.#context
    const given = alias === undefined ? [] : alias.columns.map(c => names.fold(c))
    const columnNames = single && alias !== undefined && given.length === 0 ? [names.fold(alias.name)] : given
    const named = alias === undefined ? plan : renamed(plan, columnNames, alias.at)
    return {
      plan: named,
      scope:
        alias === undefined
          ? tableScope(named.schema, name, this.#outer, schema)
          : tableScope(named.schema, names.fold(alias.name), this.#outer),
    }
  }

  #aliasScope(
    columnNames: readonly string[],
    alias: TableAlias | undefined,
    table: string | undefined,
  ): readonly ScopeColumn[] {
    const { names } = this.#context
    return columnNames.map((name, index) => ({
      name: alias?.columns[index] === undefined ? name : names.fold(alias.columns[index]),
      table: alias === undefined ? table : names.fold(alias.name),
      index,
      plain: true,
    }))
  }
}

const readsNoColumn = (value: Argument['value']): boolean =>
  value.is !== 'tableArgument' &&
  value.is !== 'descriptor' &&
  !contains(value, part => part.is === 'column' || isQueryExpression(part))

/** Whether a table in it is made of rows of those before it. */
function isLateral(ref: TableReference, catalog: Catalog): boolean {
  if (ref.is === 'join') return isLateral(ref.left, catalog) || isLateral(ref.right, catalog)
  return (
    ref.is === 'unnest' ||
    (ref.is === 'derived' && ref.lateral) ||
    (ref.is === 'tableFunction' && isRowSource(ref.call, catalog))
  )
}

/** The column is found by its name, but `*` does not give it. */
function unlisted({ plan, scope }: Source, index: number): Source {
  const columns = scope.columns.map(c => (c.index === index ? { ...c, unlisted: true } : c))
  return { plan, scope: { ...scope, columns } }
}
