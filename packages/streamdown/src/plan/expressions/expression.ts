import type { Span } from '../../errors/span.ts'
import type { UserScalar } from '../../functions/user/user-function.ts'
import type { DataType, Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'

/**
 * A bound scalar expression over the columns of one input row (of both inputs of a join: the left columns, then the
 * right ones). Typed and resolved: nothing about names or dialects is left in it.
 */
export type Expression =
  | ColumnExpression
  | LiteralExpression
  | CallExpression
  | CaseExpression
  | CastExpression
  | FieldExpression
  | LambdaExpression
  | ElementsExpression

interface Typed {
  readonly type: DataType
  readonly nullable: boolean
  /** Where it stands in the SQL text, for errors. */
  readonly at?: Span
}

export interface ColumnExpression extends Typed {
  readonly is: 'column'
  readonly index: number
  readonly name: string
}

export interface LiteralExpression extends Typed {
  readonly is: 'literal'
  readonly value: Value
}

/**
 * A function or operator by its name in the function registry (`functions/registry.ts`): '+', '=', 'and', 'upper' ...
 * `and`, `or`, `coalesce` and `case` evaluate their arguments only as far as SQL's written order needs.
 * The binder has inserted casts, so argument types are those of one of the function's signatures.
 */
export interface CallExpression extends Typed {
  readonly is: 'call'
  readonly name: string
  readonly args: readonly Expression[]
  /** A function written in TypeScript, instead of one of the registry; `name` is no other function's. */
  readonly user?: UserScalar
  /** NULL instead of an error of the function itself. */
  readonly attempt?: true
}

/** Searched CASE; the binder turns simple CASE into it. Without `otherwise`: NULL. */
export interface CaseExpression extends Typed {
  readonly is: 'case'
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[]
  readonly otherwise?: Expression
}

export interface CastExpression extends Typed {
  readonly is: 'cast'
  readonly input: Expression
  /** TRY_CAST: NULL instead of an error. */
  readonly attempt: boolean
  /** 'flink' truncates a double to an integer, 'postgres' rounds half away (numeric) or to even (double). */
  readonly rule: 'flink' | 'postgres'
}

/** A field of a ROW value. */
export interface FieldExpression extends Typed {
  readonly is: 'field'
  readonly input: Expression
  readonly index: number
}

/**
 * A TypeScript arrow over the row. `compiled`, when present, says the same as an expression and may be run instead.
 * `reads` are the input columns that the arrow's source reads; undefined: all.
 *
 * `arrow` is the user's function behind the conversion of values: it takes the values of `input`'s columns in their
 * order (those that are not in `reads` may be NULL) and gives a value of `type`; it throws what the user's throws,
 * or a StreamdownError when the result does not fit.
 */
export interface LambdaExpression extends Typed {
  readonly is: 'lambda'
  readonly arrow: (values: readonly Value[]) => Value
  readonly source: string
  readonly reads?: readonly number[]
  readonly compiled?: Expression
  /** Why it stays JavaScript, for explain. */
  readonly reason?: string
  /** The row that the arrow sees. */
  readonly input: readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[]
  /** `whole` lambdas give a ROW with all output columns (map), or an ARRAY of such rows (flatMap). */
  readonly whole?: 'row' | 'rows'
}

/** What is made of the values that a body has for the elements of an array or the entries of a map. */
export type ElementsOperation =
  | 'transform'
  | 'filter'
  | 'any_match'
  | 'all_match'
  | 'none_match'
  | 'map_filter'
  /** NULL where no entry is left. */
  | 'map_filter_or_null'
  | 'transform_keys'
  | 'transform_values'

/**
 * A function over the elements of an array, or the keys and values of a map, by an expression of them: SQL's
 * `|x| x + 1`. The body reads columns of its own: those of `parameters` (the element; the key and the value), then the
 * values of `captured`, expressions over the row.
 */
export interface ElementsExpression extends Typed {
  readonly is: 'elements'
  readonly operation: ElementsOperation
  readonly input: Expression
  readonly captured: readonly Expression[]
  readonly parameters: Schema
  readonly body: Expression
}
