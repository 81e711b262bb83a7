import type { Schema } from '../../types/data-type.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'

/** Further than any two times are apart, and near enough to be added to one: some 146,000 years in µs. */
export const NO_BOUND = 2n ** 62n

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/**
 * Output: left columns then right columns (semi and anti: left only). `keys` are equal pairs of (left, right) column
 * indexes, taken out of the condition by the binder where it can; `condition` is over both and must also hold.
 */
export interface JoinNode {
  readonly is: 'join'
  readonly kind: JoinKind
  readonly left: PlanNode
  readonly right: PlanNode
  readonly keys: readonly { readonly left: number; readonly right: number; readonly nullsMatch: boolean }[]
  readonly condition?: Expression
  /**
   * Bounds that let state end: left time - right time in [lower, upper] µs (interval join), of which one may be without
   * bound (`NO_BOUND`, with its sign); or equal windows.
   */
  readonly time?:
    | {
        readonly kind: 'interval'
        readonly left: number
        readonly right: number
        readonly lower: bigint
        readonly upper: bigint
      }
    | { readonly kind: 'window'; readonly leftEnd: number; readonly rightEnd: number }
    | { readonly kind: 'keep'; readonly ttl: bigint }
  readonly schema: Schema
}

/** Whose rows of an interval join end: those of which there is a last time at which a partner may come. */
export const endingSides = ({
  lower,
  upper,
}: {
  readonly lower: bigint
  readonly upper: bigint
}): { readonly left: boolean; readonly right: boolean } => ({ left: lower > -NO_BOUND, right: upper < NO_BOUND })

export const JoinNode = {
  is: (node: PlanNode): node is JoinNode => node.is === 'join',

  create: (
    kind: JoinKind,
    left: PlanNode,
    right: PlanNode,
    keys: JoinNode['keys'],
    condition?: Expression,
    time?: JoinNode['time'],
  ): JoinNode => ({
    is: 'join',
    kind,
    left,
    right,
    keys,
    ...(condition === undefined ? {} : { condition }),
    ...(time === undefined ? {} : { time }),
    schema: joinedSchema(kind, left.schema, right.schema),
  }),
}

/** The side that may stay without a partner gives nulls to the other. */
export function joinedSchema(kind: JoinKind, left: Schema, right: Schema): Schema {
  if (kind === 'semi' || kind === 'anti') return left
  const nullable = (schema: Schema): Schema => schema.map(field => ({ ...field, nullable: true }))
  return [
    ...(kind === 'right' || kind === 'full' ? nullable(left) : left),
    ...(kind === 'left' || kind === 'full' ? nullable(right) : right),
  ]
}
