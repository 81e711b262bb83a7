import { countedGroups } from '../../plan/count-windows.ts'
import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { column, literal, test } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, expressionKey, replaceColumns } from '../../plan/expressions/walk.ts'
import { keepingTime } from '../../plan/kept-time.ts'
import { AggregateNode, type PlanNode, ProjectNode, UnionNode } from '../../plan/nodes/node.ts'
import { groupWindow, windowColumns, withWindowEnd } from '../../plan/windows.ts'
import { types } from '../../types/data-type.ts'
import type { Argument, Call, GroupBy, Span, Expression as Syntax } from '../parse/ast.ts'
import { aggregateKey, bindAggregate, countRows, finished, ofNoRows } from './aggregates.ts'
import { overDomain, sameValues } from './domain.ts'
import { withEmptySet } from './empty-groups.ts'
import { expandGroups, type Item, resolveItem, type Sets } from './grouping-sets.ts'
import { BindProblem, fail, notYet } from './problem.ts'
import { windowOptions } from './query.ts'
import { isFixed, Rows } from './rows.ts'
import { outerIndex, type Scope, type ScopeColumn } from './scope.ts'
import { callName, collect, contains, hasAggregate, isAggregateCall } from './syntax.ts'
import { bindWindowing, windowKind, windowOver } from './windows.ts'

export interface Grouped {
  readonly stage: Rows
  readonly correlated: readonly Expression[]
  /** The values of select expressions over no rows: set when a correlation turned a global aggregate into groups. */
  readonly nothing: { readonly marker: number; readonly of: (e: Expression) => Expression } | undefined
}

interface Correlation {
  /** A key that is never NULL in a group that has a partner among the outer rows, if there is one. */
  readonly marker: number | undefined
  /** What is left to compare with the outer rows, over the groups. */
  conditions(schema: PlanNode['schema']): readonly Expression[]
}

interface Equality {
  readonly inner: Expression
  readonly outer: Expression
  readonly op: '=' | 'is_not_distinct_from'
}

/** The sides of an equality between the subquery's columns and outer ones. */
function equalityOf(e: Expression): Equality | undefined {
  const op = e.is === 'call' && (e.name === '=' || e.name === 'is_not_distinct_from') ? e.name : undefined
  const sides = e.is === 'call' && op !== undefined ? e.args : []
  const outer = sides.find(side => [...columnsRead(side)].every(index => index < 0))
  const inner = sides.find(side => side !== outer && [...columnsRead(side)].every(index => index >= 0))
  return inner === undefined || outer === undefined || op === undefined ? undefined : { inner, outer, op }
}

interface GroupKey {
  /** Column of the rows before grouping. */
  readonly input: number
  /** Keys of expressions over those rows that equal it. */
  readonly equals: readonly string[]
}

/**
 * GROUP BY and aggregates: the rows after grouping, on which HAVING, SELECT and ORDER BY are bound. Expressions there
 * are made of keys and aggregates; `uses` is all syntax that may hold aggregates.
 */
export function bindGroups(
  rows: Rows,
  groupBy: GroupBy | undefined,
  items: readonly Item[],
  uses: readonly Syntax[],
  correlated: readonly Expression[],
  ttl: bigint | undefined,
): Grouped {
  const sets = groupBy === undefined ? [[]] : expandGroups(groupBy, items)
  const resolved = sets.map(set => set.map(e => resolveItem(rows, e, items)))
  const distinctKeys = new Map<Syntax, Syntax>()
  for (const set of resolved) for (const e of set) distinctKeys.set(e, e)
  const all = [...distinctKeys.keys()]
  const windowCall = all.find((e): e is Call => e.is === 'call' && windowKind(e) !== undefined && e.over === undefined)
  const builder = new GroupBuilder(rows, ttl)
  for (const e of all) if (e !== windowCall) builder.key(e)
  for (const set of resolved) if (!set.some(e => e === windowCall)) builder.keyOfConstants(set)
  const several = groupBy !== undefined && sets.length > 1
  const correlation = builder.correlate(correlated, several, several && resolved.some(set => set.length === 0))
  if (windowCall !== undefined) builder.window(windowCall, uses)
  const wanted = groupBy?.distinct === true ? builder.differentSets(resolved) : resolved
  const global = all.length === 0 && !several && correlated.length > 0
  const used = builder.aggregates(uses, all.length > 0 && resolved.every(set => set.length > 0))
  // COUNT(*) is never NULL: it tells a group without partner from one whose results are NULL.
  const calls = global && correlation.marker === undefined ? [...used, countRows] : used
  const node = builder.build(wanted, calls, several)
  const stage = builder.stage(node)
  return {
    stage,
    correlated: correlation.conditions(node.schema),
    nothing: global
      ? {
          marker: correlation.marker ?? builder.keyCount + used.length,
          of: e => overNothing(e, builder.keyCount, calls),
        }
      : undefined,
  }
}

/** The expression with what aggregates give over no rows. */
function overNothing(e: Expression, keys: number, calls: readonly AggregateCall[]): Expression {
  return replaceColumns(e, index => {
    const call = calls[index - keys]
    return call === undefined ? literal(null, types.null) : ofNoRows(call)
  })
}

class GroupBuilder {
  readonly #rows: Rows
  readonly #ttl: bigint | undefined
  readonly #keys: GroupKey[] = []
  readonly #keyOf = new Map<Syntax, readonly number[]>()
  /** Keys of every grouping set. */
  readonly #always = new Set<number>()
  /** Expressions over the rows before grouping, by key, as something over the keys. */
  readonly #derived = new Map<string, (schema: PlanNode['schema']) => Expression>()
  #windowParts: { readonly start: number; readonly end: number; readonly time: number | undefined } | undefined
  #groupingColumn: number | undefined
  /** The values of outer columns, where the rows were joined with them: the keys that hold them, by outer place. */
  #outerValues: { readonly plan: PlanNode; readonly keys: ReadonlyMap<number, number> } | undefined

  constructor(rows: Rows, ttl: bigint | undefined) {
    this.#rows = rows
    this.#ttl = ttl
  }

  get keyCount(): number {
    return this.#keys.length
  }

  #add(input: number, equals: readonly string[]): number {
    const before = this.#keys.findIndex(key => key.input === input)
    if (before >= 0) {
      const known = this.#keys[before]!
      this.#keys[before] = { input, equals: [...known.equals, ...equals] }
      return before
    }
    return this.#keys.push({ input, equals: [expressionKey(this.#rows.column(input)), ...equals] }) - 1
  }

  key(e: Syntax): void {
    const rows = this.#rows
    const bound = rows.binder.bind(e)
    if (isFixed(bound)) {
      this.#keyOf.set(e, [])
      return
    }
    const window = this.#windowRow(bound)
    if (window !== undefined) {
      this.#keyOf.set(e, window)
      return
    }
    this.#append(e, bound)
  }

  /** GROUP BY DISTINCT: of sets with the same keys the first one. */
  differentSets(sets: Sets): Sets {
    const repeats = this.#repeats(sets)
    return sets.filter((_, i) => repeats[i] === 0)
  }

  /** For each set, how many before it have the same keys. */
  #repeats(sets: Sets): readonly number[] {
    const seen = new Map<string, number>()
    return sets.map(set => {
      const keys = [...new Set(set.flatMap(e => this.#keyOf.get(e) ?? []))].sort((a, b) => a - b).join()
      const before = seen.get(keys) ?? 0
      seen.set(keys, before + 1)
      return before
    })
  }

  /** Constants tell no groups apart, but groups by constants alone are none over no rows: one of them stays a key. */
  keyOfConstants(set: readonly Syntax[]): void {
    const [first] = set
    if (first === undefined || set.some(e => this.#keyOf.get(e)?.length !== 0)) return
    this.#append(first, this.#rows.binder.bind(first))
  }

  /** What several grouping sets group by is one key. */
  #append(e: Syntax, bound: Expression): void {
    const known = this.#keys.findIndex(({ equals }) => equals.includes(expressionKey(bound)))
    if (known >= 0) {
      this.#keyOf.set(e, [known])
      return
    }
    const [input] = this.#rows.append([bound], [e.is === 'column' ? e.parts.at(-1)!.text : 'key'])
    this.#keyOf.set(e, [this.#add(input!, [expressionKey(bound)])])
  }

  /** Grouping by a window value groups by its bounds. */
  #windowRow(bound: Expression): readonly number[] | undefined {
    if (bound.is !== 'column' || bound.type.is !== 'row') return undefined
    const rows = this.#rows
    if (!windowColumns(rows.plan).some(columns => columns.row === bound.index)) return undefined
    const { fields } = bound.type
    const parts = fields.map(
      ({ type, nullable }, index): Expression => ({ is: 'field', input: bound, index, type, nullable }),
    )
    const places = rows.append(parts, ['window_start', 'window_end'])
    const keys = places.map((place, i) => this.#add(place, [expressionKey(parts[i]!)]))
    const { type } = bound
    this.#derived.set(expressionKey(bound), schema => ({
      is: 'call',
      name: 'row',
      args: keys.map(key => column(schema, key)),
      type,
      nullable: false,
    }))
    return keys
  }

  /**
   * The keys that a correlation adds: what it compares for equality, or the values of all outer columns it uses. They are
   * in every grouping set: with `several` they are keys of their own, which no set leaves out. `empty`: one of the sets is
   * the empty one, which has a row for all values, also where there are no rows.
   */
  correlate(conditions: readonly Expression[], several: boolean, empty: boolean): Correlation {
    const equalities = conditions.map(equalityOf)
    if (empty && conditions.length > 0) return this.#overDomain(conditions)
    if (!equalities.every(each => each !== undefined)) return this.#overDomain(conditions)
    const keys = equalities.map(({ inner, outer, op }) => {
      const [input] = this.#rows.append([inner])
      if (!several) return { key: this.#add(input!, [expressionKey(inner)]), outer, op }
      const key = this.#keys.push({ input: input!, equals: [] }) - 1
      this.#always.add(key)
      return { key, outer, op }
    })
    return {
      marker: keys.find(({ op }) => op === '=')?.key,
      conditions: schema => keys.map(({ key, outer, op }) => test(op, column(schema, key), outer)),
    }
  }

  #overDomain(conditions: readonly Expression[]): Correlation {
    const rows = this.#rows
    const around = rows.scope.outer?.plan
    if (around === undefined)
      return notYet(
        'A grouped subquery here that is correlated by other than equality',
        'Join the tables, then GROUP BY.',
        conditions[0]?.at,
      )
    const domain = overDomain(rows.plan, around, conditions)
    rows.plan = domain.plan
    const keys = domain.values.map(place => this.#add(place, []))
    for (const key of keys) this.#always.add(key)
    this.#outerValues = {
      plan: domain.domain,
      keys: new Map(domain.outer.map(({ index }, i) => [index, keys[i] ?? 0])),
    }
    return {
      marker: undefined,
      conditions: schema => sameValues(schema, keys, domain.outer),
    }
  }

  /** GROUP BY TUMBLE(time, size), or Arroyo's TUMBLE(size) over the event time. */
  window(call: Call, uses: readonly Syntax[]): void {
    const rows = this.#rows
    const kind = windowKind(call)!
    const first = call.args[0]?.value
    const implicit =
      first !== undefined && first.is !== 'tableArgument' && first.is !== 'descriptor' && isIntervalSyntax(first)
    const lengths: readonly Argument[] = implicit ? call.args : call.args.slice(1)
    const place = implicit ? eventTimeOf(rows, call.at) : rows.append([rows.binder.bind(firstArgument(call))])[0]!
    const bound = bindWindowing(kind, lengths, rows.binder, call.at)
    const windowing = bound.kind === 'session' ? { ...bound, partitionBy: this.#keys.map(key => key.input) } : bound
    rows.plan = windowOver(rows.context, rows.plan, windowing, place, call.at)
    const width = rows.plan.schema.length
    const start = this.#add(width - 3, [])
    const end = this.#add(width - 2, [])
    const needsTime = uses.some(use => contains(use, e => e.is === 'call' && callName(e).endsWith('_ROWTIME')))
    this.#windowParts = { start, end, time: needsTime ? this.#add(width - 1, []) : undefined }
    this.#keyOf.set(call, [start, end])
  }

  aggregates(uses: readonly Syntax[], everyGroupHasRows: boolean): readonly AggregateCall[] {
    const calls: AggregateCall[] = []
    const places = new Map<string, number>()
    for (const use of uses) {
      for (const call of collect(use, isAggregateCall)) {
        if (this.#callOf.has(call)) continue
        const bound = bindAggregate(this.#rows, call, everyGroupHasRows)
        const key = aggregateKey(bound)
        const place = places.get(key) ?? calls.push(bound) - 1
        places.set(key, place)
        this.#callOf.set(call, place)
      }
    }
    return calls
  }
  readonly #callOf = new Map<Syntax, number>()

  build(sets: Sets, calls: readonly AggregateCall[], several: boolean): PlanNode {
    const { plan } = this.#rows
    if (!several) {
      const keys = this.#keys.map(key => key.input)
      const closing = withWindowEnd(plan, keys)
      for (const added of closing.slice(keys.length)) this.#add(added, [])
      return this.#aggregate(closing, calls)
    }
    const repeats = this.#repeats(sets)
    const inputs = sets.map((set, i) => this.#setPlan(set, calls, repeats[i] ?? 0))
    const union = UnionNode.create(inputs)
    this.#groupingColumn = this.#keys.length + calls.length
    return union
  }

  #aggregate(keys: readonly number[], calls: readonly AggregateCall[]): PlanNode {
    const { plan, context } = this.#rows
    const full = countedGroups(plan, keys, calls)
    if (full !== undefined) return full
    const window = groupWindow(plan, keys, windowOptions(context))
    const node = AggregateNode.create(plan, keys, calls)
    if (window !== undefined) return { ...node, window }
    return this.#ttl === undefined || keys.length === 0 ? node : { ...node, ttl: this.#ttl }
  }

  /**
   * One grouping set, with NULL for the keys that it leaves out, and 1 in the grouping column of each of them; last its
   * GROUP_ID().
   */
  #setPlan(set: readonly Syntax[], calls: readonly AggregateCall[], groupId: number): PlanNode {
    const used = new Set([...this.#always, ...set.flatMap(e => this.#keyOf.get(e) ?? [])])
    if (this.#windowParts !== undefined)
      for (const key of [this.#windowParts.start, this.#windowParts.end]) used.add(key)
    const inputs = [...new Set([...used].map(key => this.#keys[key]!.input))]
    const grouped = this.#setGroups(inputs, calls, used.size === this.#always.size)
    const { schema } = this.#rows.plan
    const keys = this.#keys.map(({ input }, key) => {
      const { name, type } = schema[input]!
      const value = used.has(key) ? column(grouped.schema, inputs.indexOf(input)) : literal(null, type)
      return { name, value }
    })
    const values = calls.map((call, i) => ({ name: call.name, value: column(grouped.schema, inputs.length + i) }))
    const left = this.#keys.map((_, key) => ({
      name: `$grouping${key}`,
      value: literal(used.has(key) ? 0 : 1, types.int),
    }))
    return ProjectNode.create(grouped, [
      ...keys,
      ...values,
      ...left,
      { name: '$group_id', value: literal(groupId, types.bigint) },
    ])
  }

  #setGroups(inputs: readonly number[], calls: readonly AggregateCall[], empty: boolean): PlanNode {
    const values = this.#outerValues
    if (!empty || values === undefined) return this.#aggregate(inputs, calls)
    const groups = this.#aggregate(inputs, [...calls, countRows])
    return withEmptySet(groups, values.plan, place => ofNoRows(calls[place - inputs.length] ?? countRows))
  }

  stage(node: PlanNode): Rows {
    const rows = this.#rows
    const scope = this.#groupedScope(node)
    const keyColumn = new Map<string, number>()
    for (const [i, key] of this.#keys.entries()) for (const e of key.equals) keyColumn.set(e, i)
    const intercept = (e: Syntax): Expression | undefined => {
      const call = this.#callOf.get(e)
      if (call !== undefined) return finished(rows.context, e, column(node.schema, this.#keys.length + call))
      const part = e.is === 'call' ? this.#special(node, e) : undefined
      if (part !== undefined) return part
      if (isLiteral(e) || hasAggregate(e)) return undefined
      return this.#overKeys(node, e, keyColumn)
    }
    return new Rows(rows.context, node, { ...scope, outer: rows.scope.outer }, intercept)
  }

  /** An expression without aggregates that is a key, or made of no columns. */
  #overKeys(node: PlanNode, e: Syntax, keyColumn: ReadonlyMap<string, number>): Expression | undefined {
    const rows = this.#rows
    let bound: Expression
    try {
      bound = rows.binder.bind(e)
    } catch (problem) {
      // What cannot be bound as a whole is bound part by part, where the same problem shows at its own place.
      if (problem instanceof BindProblem && e.is !== 'column') return undefined
      throw problem
    }
    const key = expressionKey(bound)
    const made = this.#derived.get(key)
    if (made !== undefined) return made(node.schema)
    const place = keyColumn.get(key)
    if (place !== undefined) return column(node.schema, place)
    if (isFixed(bound)) return bound
    if (e.is !== 'column') return undefined
    const fromAround = [...(rows.scope.carried ?? [])].find(([, at]) => bound.is === 'column' && bound.index === at)
    if (fromAround !== undefined) return column(node.schema, this.#outerKey(...fromAround))
    return fail(
      'DSD2009',
      `Column "${e.parts.map(part => part.text).join('.')}" must be in GROUP BY, or within an aggregate.`,
      e.at,
    )
  }

  #special(node: PlanNode, call: Call): Expression | undefined {
    const name = callName(call)
    if (name === 'GROUPING' || name === 'GROUPING_ID') return this.#grouping(node, call)
    if (name === 'GROUP_ID' && call.args.length === 0) return this.#groupId(node)
    const parts = this.#windowParts
    if (parts === undefined || call.over !== undefined) return undefined
    const of = (key: number) => column(node.schema, key)
    if (windowKind(call) !== undefined) {
      const args = [of(parts.start), of(parts.end)]
      const fields = ['start', 'end'].map((field, i) => ({ name: field, type: args[i]!.type, nullable: false }))
      return { is: 'call', name: 'row', args, type: types.row(fields), nullable: false }
    }
    const match = /^(TUMBLE|HOP|SESSION)_(START|END|ROWTIME|PROCTIME)$/.exec(name)
    switch (match?.[2]) {
      case 'START':
        return of(parts.start)
      case 'END':
        return of(parts.end)
      case 'ROWTIME':
        return parts.time === undefined ? undefined : of(parts.time)
      case 'PROCTIME':
        return this.#rows.binder.call('proctime', [], call.at)
      default:
        return undefined
    }
  }

  /** GROUPING(a, b): a bit for each argument that the row's grouping set leaves out. */
  #grouping(node: PlanNode, call: Call): Expression {
    const first = this.#groupingColumn
    const bits = call.args.map(({ value }) => {
      if (value.is === 'tableArgument' || value.is === 'descriptor')
        return fail('DSD2012', 'GROUPING takes keys.', value.at)
      const key = expressionKey(this.#rows.binder.bind(value))
      const place = this.#keys.findIndex(k => k.equals.includes(key))
      if (place < 0) return fail('DSD2012', 'GROUPING takes expressions of GROUP BY.', value.at)
      return first === undefined ? literal(0, types.int) : column(node.schema, first + place)
    })
    const two = literal(2, types.int)
    const { binder } = this.#rows
    const value = bits.reduce<Expression>(
      (sum, bit) => binder.operate('+', binder.operate('*', sum, two, call.at), bit, call.at),
      literal(0, types.int),
    )
    return bits.length === 1 ? bits[0]! : value
  }

  /** GROUP_ID(): tells grouping sets with the same keys apart; 0 of the first one. */
  #groupId(node: PlanNode): Expression {
    const first = this.#groupingColumn
    return first === undefined ? literal(0, types.bigint) : column(node.schema, first + this.#keys.length)
  }

  /** The key that holds a column of the query around, which the rows carry at a place. */
  #outerKey(outer: number, place: number): number {
    return this.#outerValues?.keys.get(outerIndex(outer)) ?? this.#keys.findLastIndex(({ input }) => input === place)
  }

  /** Names of keys that are plain columns, for subqueries that use them. */
  #groupedScope(node: PlanNode): Scope {
    const { scope } = this.#rows
    const columns = this.#keys.flatMap(({ input }, index): readonly ScopeColumn[] =>
      scope.columns.filter(c => c.index === input).map(c => ({ ...c, index })),
    )
    const carried =
      scope.carried && new Map([...scope.carried].map(([outer, place]) => [outer, this.#outerKey(outer, place)]))
    return { columns, schema: node.schema, outer: undefined, carried }
  }
}

function firstArgument(call: Call): Syntax {
  const value = call.args[0]?.value
  if (value === undefined || value.is === 'tableArgument' || value.is === 'descriptor')
    return fail('DSD2012', `${callName(call)} takes its time column first.`, call.at)
  return value
}

const isIntervalSyntax = (e: Syntax): boolean =>
  e.is === 'interval' || (e.is === 'typedLiteral' && e.type.is === 'namedType' && e.type.name.startsWith('INTERVAL'))

/** The time of a window that names none: that of the rows, selected or not. */
function eventTimeOf(rows: Rows, at: Span): number {
  const timed = keepingTime(rows.plan)
  if (timed !== undefined) {
    rows.plan = timed.plan
    return timed.time
  }
  const column = rows.scope.columns.find(c => rows.scope.schema[c.index]?.type.is === 'timestamp')
  return (
    column?.index ??
    fail('DSD2011', 'The window needs a time column: declare WATERMARK FOR column in CREATE TABLE.', at)
  )
}

const isLiteral = (e: Syntax): boolean =>
  e.is === 'number' ||
  e.is === 'string' ||
  e.is === 'boolean' ||
  e.is === 'null' ||
  e.is === 'interval' ||
  e.is === 'timeUnit'
