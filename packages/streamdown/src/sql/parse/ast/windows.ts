/** ORDER BY items and OVER windows. */

import type { Expression } from './expressions.ts'
import type { Identifier, Span } from './names.ts'

/** Direction and NULL order are undefined when not written: the dialect decides. */
export type SortItem = {
  readonly is: 'sortItem'
  readonly value: Expression
  readonly direction: 'ASC' | 'DESC' | undefined
  readonly nulls: 'FIRST' | 'LAST' | undefined
  readonly at: Span
}
export type Over = WindowReference | WindowSpecification
/** `OVER w`. */
export type WindowReference = { readonly is: 'windowReference'; readonly name: Identifier; readonly at: Span }
export type WindowSpecification = {
  readonly is: 'windowSpecification'
  /** `OVER (w ORDER BY …)`. */
  readonly base: Identifier | undefined
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame: WindowFrame | SessionFrame | undefined
  readonly at: Span
}
/** A frame without BETWEEN ends at CURRENT ROW. */
export type WindowFrame = {
  readonly is: 'frame'
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS'
  readonly start: FrameBound
  readonly end: FrameBound
  readonly exclude: 'CURRENT ROW' | 'GROUP' | 'TIES' | 'NO OTHERS' | undefined
  readonly at: Span
}
/** `SESSION WITH GAP interval`. */
export type SessionFrame = { readonly is: 'sessionFrame'; readonly gap: Expression; readonly at: Span }
export type FrameBound =
  | { readonly is: 'unboundedPreceding' | 'currentRow' | 'unboundedFollowing'; readonly at: Span }
  | { readonly is: 'preceding' | 'following'; readonly distance: Expression; readonly at: Span }
export type NamedWindow = {
  readonly is: 'namedWindow'
  readonly name: Identifier
  readonly window: WindowSpecification
  readonly at: Span
}
