import { aggregateFunction, isAggregate } from '../../functions/aggregates.ts'
import { column as columnOf, literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { plainKey, remap, replaceColumns } from '../../plan/expressions/walk.ts'
import {
  type MatchValue,
  matchValueField,
  type PlanNode,
  type RowPlace,
  type RowVariables,
} from '../../plan/nodes/node.ts'
import type { Argument, Call, Expression as Syntax } from '../parse/ast.ts'
import { bindAggregate } from './aggregates.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import type { MatchVariables } from './match-pattern.ts'
import { fail, notYet } from './problem.ts'
import { Rows } from './rows.ts'
import type { Scope } from './scope.ts'
import { callName } from './syntax.ts'

/** Values stand behind the input's columns, whose number is not final while expressions are bound. */
const VALUES = 1_000_000

/** Aggregates that are computed over the rows of a match. */
const aggregates: ReadonlySet<string> = new Set(['count', 'sum', 'sum0', 'avg', 'min', 'max'])

export interface MatchSite {
  readonly clause: 'DEFINE' | 'MEASURES'
  /** The variable that is being defined: the row is mapped to it. */
  readonly variable?: number
  /** The time column, when rows are ordered by event time. */
  readonly time?: number
  /** Whether a match may have no row, so that not even the current row is there. */
  readonly mayBeEmpty: boolean
  /** Whether rows of no match are shown: then not even a count is there. */
  readonly unmatched: boolean
}

/** Binds the expressions of DEFINE and MEASURES: what they read of other rows of the match becomes a value. */
export class MatchExpressions {
  readonly values: MatchValue[] = []
  readonly #rows: Rows
  /** Column names of the input alone. */
  readonly #plain: ExpressionBinder
  readonly #variables: MatchVariables
  /** The variables whose columns the row expression that is being bound has named. */
  #named: RowVariables[] = []

  constructor(context: BindContext, plan: PlanNode, scope: Scope, variables: MatchVariables) {
    this.#variables = variables
    this.#plain = new ExpressionBinder(context, scope)
    this.#rows = new Rows(context, plan, scope, e => this.#columnOfRow(e))
  }

  /** The input, with the arguments of aggregates as columns. */
  get plan(): PlanNode {
    return this.#rows.plan
  }

  bind(e: Syntax, site: MatchSite): Expression {
    return this.#binder(site).bind(e)
  }

  condition(e: Syntax, site: MatchSite): Expression {
    return this.#binder(site).condition(e, site.clause)
  }

  /** With all values behind the columns that the input has in the end. */
  settled(e: Expression): Expression {
    const width = this.plan.schema.length
    return remap(e, index => (index >= VALUES ? width + index - VALUES : index))
  }

  #binder(site: MatchSite): ExpressionBinder {
    return new ExpressionBinder(this.#rows.context, this.#rows.scope, e => this.#intercept(e, site))
  }

  #intercept(e: Syntax, site: MatchSite): Expression | undefined {
    if (e.is === 'column') return this.#column(e, site)
    if (e.is !== 'call') return undefined
    switch (callName(e)) {
      case 'FIRST':
      case 'LAST':
      case 'PREV':
      case 'NEXT':
        return this.#navigation(e, site)
      case 'CLASSIFIER':
        return this.#value({ is: 'classifier', place: lastOf(this.#argumentVariables(e), isFinal(e, site)) })
      case 'MATCH_NUMBER':
        return this.#value({ is: 'number' })
      case 'MATCH_ROWTIME':
        if (site.time === undefined || site.clause === 'DEFINE')
          return fail('DSD2006', 'MATCH_ROWTIME() stands in MEASURES, of rows ordered by their event time.', e.at)
        return this.#placed(columnOf(this.plan.schema, site.time), lastOf('all', true))
      case 'MATCH_PROCTIME':
        return this.#rows.binder.call('current_timestamp', [], e.at)
      default:
        return isAggregate(callName(e)) && e.over === undefined ? this.#aggregate(e, site) : undefined
    }
  }

  /** `A.price`: of the last row of A; the row itself while A is defined. `price`: of the row itself. */
  #column(e: Syntax & { readonly is: 'column' }, site: MatchSite): Expression | undefined {
    const [first, ...rest] = e.parts
    const variables = first === undefined || rest.length === 0 ? undefined : this.#variables.find(first)
    if (variables === undefined) {
      if (site.clause === 'DEFINE' || !site.mayBeEmpty) return undefined
      return this.#placed(this.#plain.bind(e), lastOf('all', false))
    }
    const own = this.#plain.bind({ ...e, parts: rest })
    if (site.variable !== undefined && variables.includes(site.variable)) return own
    return this.#placed(own, lastOf(variables, false))
  }

  /** Inside of FIRST, LAST, PREV, NEXT and aggregates `A.price` is a column of the row that they look at. */
  #columnOfRow(e: Syntax): Expression | undefined {
    if (e.is !== 'column') return undefined
    const [first, ...rest] = e.parts
    const variables = first === undefined || rest.length === 0 ? undefined : this.#variables.find(first)
    this.#named.push(variables ?? 'all')
    return variables === undefined ? undefined : this.#plain.bind({ ...e, parts: rest })
  }

  /** Binds an expression over one row, and says of which variables that row is. */
  #overRow<T>(e: Syntax, bind: () => T): { readonly bound: T; readonly variables: RowVariables } {
    const before = this.#named
    this.#named = []
    const bound = bind()
    const named = this.#named
    this.#named = before
    const [first = 'all'] = named
    if (named.some(variables => plainKey(variables) !== plainKey(first)))
      fail('DSD2006', 'All columns here must be of the same variable.', e.at)
    return { bound, variables: first }
  }

  #navigation(call: Call, site: MatchSite): Expression {
    const { value, place } = this.#placeOf(call, site)
    return this.#placed(value, place)
  }

  #placeOf(call: Call, site: MatchSite): { readonly value: Expression; readonly place: RowPlace } {
    const name = callName(call)
    const [of, by, more] = call.args
    if (of === undefined || more !== undefined)
      return fail('DSD2012', `${name} takes an expression of a row, and how many rows away.`, call.at)
    const operand = expressionOf(of, call)
    const steps = by === undefined ? undefined : this.#steps(by, call)
    if (name === 'FIRST' || name === 'LAST') {
      const { bound, variables } = this.#overRow(operand, () => this.#rows.binder.bind(operand))
      const from = name === 'FIRST' ? 'first' : 'last'
      return { value: bound, place: { variables, from, offset: steps ?? 0, shift: 0, final: isFinal(call, site) } }
    }
    const shift = (steps ?? 1) * (name === 'PREV' ? -1 : 1)
    const inner = operand.is === 'call' ? callName(operand) : ''
    if (operand.is === 'call' && (inner === 'FIRST' || inner === 'LAST')) {
      const { value, place } = this.#placeOf(operand, site)
      return { value, place: { ...place, shift } }
    }
    if (inner === 'PREV' || inner === 'NEXT')
      return fail('DSD2006', `${name} of ${inner} cannot be: add the distances.`, call.at)
    const { bound, variables } = this.#overRow(operand, () => this.#rows.binder.bind(operand))
    return { value: bound, place: { ...lastOf(variables, isFinal(call, site)), shift } }
  }

  #steps(argument: Argument, call: Call): number {
    const bound = this.#rows.binder.bind(expressionOf(argument, call))
    if (bound.is === 'literal' && typeof bound.value === 'number' && bound.type.is === 'int' && bound.value >= 0)
      return bound.value
    return fail('DSD2012', `How far ${callName(call)} looks is a whole number, 0 or more.`, argument.at)
  }

  /** An expression over one row as it is for the row at that place; NULL when there is none. */
  #placed(e: Expression, place: RowPlace): Expression {
    if (e.is === 'column') return this.#value({ is: 'column', column: e.index, place, type: e.type })
    const moved = replaceColumns(e, index =>
      this.#value({ is: 'column', column: index, place, type: columnOf(this.plan.schema, index).type }),
    )
    return {
      is: 'case',
      branches: [{ when: this.#value({ is: 'present', place }), then: moved }],
      otherwise: literal(null, e.type),
      type: e.type,
      nullable: true,
    }
  }

  #aggregate(call: Call, site: MatchSite): Expression {
    const definition = aggregateFunction(callName(call))
    if (definition === undefined || !aggregates.has(definition.name))
      return notYet(`${callName(call)} over the rows of a match`, 'COUNT, SUM, AVG, MIN and MAX are.', call.at)
    if (call.orderBy.length > 0 || call.withinGroup.length > 0)
      return notYet('ORDER BY within an aggregate here', 'The rows of a match are in order.', call.at)
    const { plain, variables: starred } = this.#withoutStar(call)
    const { bound, variables } = this.#overRow(call, () => bindAggregate(this.#rows, plain, false))
    const places = this.#rows.append([...bound.args, ...(bound.filter === undefined ? [] : [bound.filter])])
    const [filter, ...args] =
      bound.filter === undefined ? [undefined, ...places] : [places.at(-1), ...places.slice(0, -1)]
    const { schema } = this.plan
    return this.#value({
      is: 'aggregate',
      call: {
        ...bound,
        nullable: bound.nullable || site.unmatched,
        args: args.flatMap(place => (place === undefined ? [] : [columnOf(schema, place)])),
        ...(filter === undefined ? {} : { filter: columnOf(schema, filter) }),
      },
      variables: starred ?? variables,
      final: isFinal(call, site),
    })
  }

  /** COUNT(A.*) counts the rows of A. */
  #withoutStar(call: Call): { readonly plain: Call; readonly variables?: RowVariables } {
    const [argument] = call.args
    const star = argument?.value
    if (argument === undefined || star?.is !== 'star' || star.of?.is !== 'column') return { plain: call }
    const [name, ...rest] = star.of.parts
    const variables = name === undefined || rest.length > 0 ? undefined : this.#variables.find(name)
    if (variables === undefined) return { plain: call }
    return { plain: { ...call, args: [{ ...argument, value: { ...star, of: undefined } }] }, variables }
  }

  #argumentVariables(call: Call): RowVariables {
    const [argument] = call.args
    if (argument === undefined) return 'all'
    const value = expressionOf(argument, call)
    const [name] = value.is === 'column' && value.parts.length === 1 ? value.parts : []
    return name === undefined
      ? fail('DSD2012', `${callName(call)} takes the name of a variable.`, argument.at)
      : this.#variables.get(name)
  }

  #value(value: MatchValue): Expression {
    const key = plainKey(value)
    const known = this.values.findIndex(other => plainKey(other) === key)
    const index = VALUES + (known >= 0 ? known : this.values.push(value) - 1)
    const { name, type, nullable } = matchValueField(value)
    return { is: 'column', index, name, type, nullable }
  }
}

const lastOf = (variables: RowVariables, final: boolean): RowPlace => ({
  variables,
  from: 'last',
  offset: 0,
  shift: 0,
  final,
})

function isFinal(call: Call, site: MatchSite): boolean {
  if (call.semantics !== 'FINAL') return false
  return site.clause === 'DEFINE' ? fail('DSD2006', 'While a match is found nothing in it is FINAL.', call.at) : true
}

function expressionOf(argument: Argument, call: Call): Syntax {
  const { value } = argument
  if (value.is === 'tableArgument' || value.is === 'descriptor')
    return fail('DSD2012', `${callName(call)} takes no table.`, value.at)
  return value
}
