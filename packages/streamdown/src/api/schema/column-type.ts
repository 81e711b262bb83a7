import type { DataType } from '../../types/data-type.ts'
import { callerPlace } from '../draft/place.ts'
import { Expression } from '../expression.ts'
import { codeGiven, refuse } from '../given.ts'

declare const holds: unique symbol

/** What a column type says beside its SQL type. */
export interface ColumnFacts {
  readonly nullable?: boolean
  /** The only values there may be, for `t.enums`. */
  readonly values?: readonly string[]
  /** Bounds of numbers. */
  readonly atLeast?: number
  readonly atMost?: number
  readonly above?: number
  readonly below?: number
  /** Characters of texts. */
  readonly shortest?: number
  readonly longest?: number
  /** BIGINT in the plan, `number` in the program's rows: an error past 2^53. */
  readonly readsAsNumber?: boolean
  /** What programs see where there is no value: NULL is `null` if not said. Lists without rows count as none. */
  readonly absentAs?: 'undefined'
}

/** The type of a column: what SQL calls it, whether it may be NULL, and the JavaScript type `T` of its values. */
export class ColumnType<out T> {
  declare readonly [holds]: T
  /** The SQL type. */
  readonly type: DataType
  readonly nullable: boolean
  readonly facts: ColumnFacts

  /** @internal */
  constructor(type: DataType, facts: ColumnFacts = {}) {
    this.type = type
    this.nullable = facts.nullable ?? false
    this.facts = facts
  }

  /** An arrow whose result has this type: says what the arrow's source alone does not tell. */
  of<R>(arrow: (row: R) => NoInfer<T>): Expression<T, R> {
    codeGiven('of() wants an arrow over the row', arrow)
    return new Expression({ is: 'arrow', arrow, type: this, place: callerPlace() })
  }
}

/** @internal */
export const typeGiven = <C extends ColumnType<unknown>>(what: string, given: C): C =>
  given instanceof ColumnType ? given : refuse(`${what} wants a type such as t.string`, given)

/** The JavaScript type of a column type's values. */
export type TypeOf<C> = C extends ColumnType<infer T> ? T : never
