import type { UserFunction } from '../../functions/user/user-function.ts'
import type { ColumnType } from '../schema/column-type.ts'
import type { Place } from './place.ts'

/**
 * What an expression of the API says, before its columns are looked up: the counterpart of SQL's syntax tree. It is
 * bound against a row's columns when a program is put together, by the same rules as SQL text.
 */
export type ExpressionDraft =
  /** A column, or a column of a nested row: `['customer', 'name']`. */
  | { readonly is: 'column'; readonly path: readonly string[] }
  | { readonly is: 'literal'; readonly value: LiteralValue }
  /** A function or operator by its name in the function registry. */
  | { readonly is: 'call'; readonly name: string; readonly args: readonly ExpressionDraft[] }
  | {
      readonly is: 'case'
      readonly when: ExpressionDraft
      readonly then: ExpressionDraft
      readonly otherwise?: ExpressionDraft
    }
  | {
      readonly is: 'cast'
      readonly input: ExpressionDraft
      readonly type: ColumnType<unknown>
      readonly attempt: boolean
    }
  /** SQL text with the values that stood between its pieces. */
  | {
      readonly is: 'sql'
      readonly pieces: readonly string[]
      readonly holes: readonly ExpressionDraft[]
      readonly place: Place
    }
  /** A function of the program's own, before its arguments in SQL text. */
  | { readonly is: 'function'; readonly of: UserFunction }
  | ArrowDraft

/** A JavaScript function over a row. Without `type` the result's type is read from its source. */
export interface ArrowDraft {
  readonly is: 'arrow'
  readonly arrow: (...args: never[]) => unknown
  readonly type?: ColumnType<unknown>
  readonly place: Place
}

export type LiteralValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | { readonly unscaled: bigint; readonly scale: number }

export interface AggregateDraft {
  readonly is: 'aggregate'
  readonly name: string
  readonly args: readonly ExpressionDraft[]
  readonly distinct: boolean
  readonly filter?: ExpressionDraft
  /** BIGINT in the plan, `number` in rows of the API. */
  readonly readsAsNumber: boolean
  readonly fold?: {
    readonly type: ColumnType<unknown>
    readonly initial: unknown
    readonly step: (state: never, row: never) => unknown
    readonly retract: ((state: never, row: never) => unknown) | undefined
    readonly merge: ((state: never, other: never) => unknown) | undefined
  }
  readonly place: Place
}

/** A function of an ordered group's rows that is no aggregate: lag, lead, row numbers. */
export interface OverDraft {
  readonly is: 'over'
  readonly name: string
  readonly args: readonly ExpressionDraft[]
}
