import { column } from '../../plan/expressions/build.ts'
import type { ColumnExpression, Expression } from '../../plan/expressions/expression.ts'
import { columnsRead, sameExpression } from '../../plan/expressions/walk.ts'
import { withColumns } from '../../plan/joins.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import type { Expression as Syntax } from '../parse/ast.ts'
import { Carry, outerColumns } from './carry.ts'
import type { BindContext } from './context.ts'
import { overDomain, sameValues } from './domain.ts'
import { ExpressionBinder } from './expressions.ts'
import type { Scope } from './scope.ts'

/**
 * The rows at one place of a SELECT while it is bound. The plan only grows to the right: appended columns (computed
 * keys, joined subqueries, rank numbers) leave the indexes of bound expressions as they are.
 */
export class Rows {
  readonly context: BindContext
  readonly scope: Scope
  plan: PlanNode
  readonly binder: ExpressionBinder
  readonly #known = new Map<Syntax, Expression>()
  /** Columns of the query around, by their negative index. */
  readonly #taken = new Map<number, ColumnExpression>()
  readonly #toCompare: Expression[] = []
  readonly #intercept: ((e: Syntax) => Expression | undefined) | undefined

  constructor(context: BindContext, plan: PlanNode, scope: Scope, intercept?: (e: Syntax) => Expression | undefined) {
    this.context = context
    this.plan = plan
    this.scope = scope
    this.#intercept = intercept
    this.binder = new ExpressionBinder(context, scope, e => this.#known.get(e) ?? this.#intercept?.(e))
  }

  /** Whether these are groups, on which aggregates are known. */
  get grouped(): boolean {
    return this.#intercept !== undefined
  }

  /** What a subquery sees around it. */
  enclosing(): Scope {
    const current = (): PlanNode => this.plan
    return {
      ...this.scope,
      get plan() {
        return current()
      },
      take: outer => this.#take(outer),
    }
  }

  /** What is left to compare with the query around since the last call, for the columns of it that were taken. */
  takenConditions(): readonly Expression[] {
    return this.#toCompare.splice(0)
  }

  /** A column of the query around these rows, for subqueries in them: each row is there with each of its values. */
  #take(outer: ColumnExpression): ColumnExpression | undefined {
    const around = this.scope.outer?.plan
    if (around === undefined) return undefined
    const known = this.#taken.get(outer.index)
    if (known !== undefined) return known
    const { plan, values, outer: compared } = overDomain(this.plan, around, [], [outer])
    this.plan = plan
    const [place = 0] = values
    const taken = column(plan.schema, place)
    this.#taken.set(outer.index, taken)
    this.#toCompare.push(...sameValues(plan.schema, values, compared))
    return taken
  }

  /** Says that the rows must carry the columns of the query around them that the expressions read. */
  carry(expressions: readonly Expression[]): void {
    const { outer } = this.scope
    const needed = outerColumns(expressions)
    if (outer !== undefined && needed.length > 0) throw new Carry(outer, needed)
  }

  /** From here on this piece of syntax is that expression. */
  know(syntax: Syntax, value: Expression): void {
    this.#known.set(syntax, value)
  }

  knows(syntax: Syntax): boolean {
    return this.#known.has(syntax)
  }

  column(index: number): Expression {
    return column(this.plan.schema, index)
  }

  /** The places of expressions as columns; those that are none yet are appended. */
  append(expressions: readonly Expression[], names: readonly string[] = []): readonly number[] {
    const added: Expression[] = []
    const addedNames: string[] = []
    const width = this.plan.schema.length
    const places = expressions.map((e, i) => {
      if (e.is === 'column' && e.index >= 0) return e.index
      if (readsOuter(e)) this.carry([e])
      const same = added.findIndex(other => sameExpression(other, e))
      if (same >= 0) return width + same
      addedNames.push(names[i] ?? `$${width + added.length}`)
      return width + added.push(e) - 1
    })
    if (added.length === 0) return places
    this.plan = withColumns(this.plan, added, addedNames)
    return places
  }
}

/** Whether an expression reads columns of the query around it. */
export const readsOuter = (e: Expression): boolean => [...columnsRead(e)].some(index => index < 0)

/** Whether it is the same for all rows here: made of literals and columns of the query around it. */
export const isFixed = (e: Expression): boolean => [...columnsRead(e)].every(index => index < 0)
