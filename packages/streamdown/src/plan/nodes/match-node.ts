import { type DataType, type Field, field, type Schema, types } from '../../types/data-type.ts'
import type { AggregateCall } from '../expressions/aggregate-call.ts'
import type { Expression } from '../expressions/expression.ts'
import type { RowPattern } from '../match/pattern.ts'
import type { PlanNode } from './node.ts'
import type { SortKey } from './sort-node.ts'

/** Variables of the pattern by number; 'all': whichever a row is mapped to. */
export type RowVariables = readonly number[] | 'all'

/**
 * A row seen from a row of the match: among the rows of the match up to there (`final`: of the whole match) the one
 * that is `offset` behind the first, or before the last, of those that are mapped to `variables`; from it `shift` rows
 * on (negative: back) among the rows of the partition.
 */
export interface RowPlace {
  readonly variables: RowVariables
  readonly from: 'first' | 'last'
  readonly offset: number
  readonly shift: number
  readonly final: boolean
}

/** What a row of a match knows of the match. NULL where there is no such row. */
export type MatchValue =
  | { readonly is: 'column'; readonly column: number; readonly place: RowPlace; readonly type: DataType }
  /** Whether there is such a row. */
  | { readonly is: 'present'; readonly place: RowPlace }
  /** The name of the variable that the row is mapped to. */
  | { readonly is: 'classifier'; readonly place: RowPlace }
  /** Over the rows of the match that are mapped to `variables`. Its arguments are columns of the input. */
  | {
      readonly is: 'aggregate'
      readonly call: AggregateCall
      readonly variables: RowVariables
      readonly final: boolean
    }
  /** The rows of the match that are mapped to `variables`, in order: an ARRAY of ROWs of these columns. */
  | {
      readonly is: 'rows'
      readonly variables: RowVariables
      readonly columns: readonly number[]
      readonly type: DataType
    }
  /** Matches of the partition are numbered from 1. */
  | { readonly is: 'number' }

export type AfterMatch =
  | { readonly is: 'past last row' }
  | { readonly is: 'to next row' }
  | { readonly is: 'to first' | 'to last'; readonly variables: readonly number[] }

/**
 * MATCH_RECOGNIZE: matches of a pattern among the ordered rows of each partition.
 *
 * `time`: the event time column (rows are put in order when the watermark passes), 'processing' (order of arrival), or
 * 'end' (input that ends: ordered when it has). `orderBy`: the keys behind the time; then arrival decides.
 *
 * `defines` (by variable; undefined: every row) and `outputs` are expressions over the columns of the row, then one
 * column for each of `values`. `within` µs: a match is shorter than that from its first row to its last.
 */
export interface MatchNode {
  readonly is: 'match'
  readonly input: PlanNode
  readonly partitionBy: readonly number[]
  readonly time: number | 'processing' | 'end'
  readonly orderBy: readonly SortKey[]
  readonly variables: readonly string[]
  readonly pattern: RowPattern
  readonly defines: readonly (Expression | undefined)[]
  readonly values: readonly MatchValue[]
  readonly outputs: readonly Expression[]
  /** One row for each match, or all rows that are mapped; then empty matches may be left out, unmatched rows be shown. */
  readonly rows: 'one' | 'all' | 'all but empty' | 'all and unmatched'
  readonly after: AfterMatch
  readonly within?: bigint
  /** How many ways to go on a match may have at most before the row that began it is given up. */
  readonly partialLimit: number
  /** Matches that do not end within their time are a side output. */
  readonly tellsTimedOut?: boolean
  readonly schema: Schema
}

export const MatchNode = {
  is: (node: PlanNode): node is MatchNode => node.is === 'match',

  create: (
    input: PlanNode,
    options: Omit<MatchNode, 'is' | 'input' | 'outputs' | 'schema'>,
    outputs: readonly { readonly name: string; readonly value: Expression }[],
  ): MatchNode => ({
    is: 'match',
    input,
    ...options,
    outputs: outputs.map(output => output.value),
    schema: outputs.map(({ name, value }) => ({ name, type: value.type, nullable: value.nullable })),
  }),
}

/** The column that a value is among those that `defines` and `outputs` read. */
export function matchValueField(value: MatchValue): Field {
  switch (value.is) {
    case 'column':
      return field('$value', value.type)
    case 'present':
      return field('$present', types.boolean, false)
    case 'classifier':
      return field('$classifier', types.string)
    case 'aggregate':
      return field(`$${value.call.name}`, value.call.type, value.call.nullable)
    case 'rows':
      return field('$rows', value.type, false)
    case 'number':
      return field('$number', types.bigint)
  }
}

/** The columns that `defines` and `outputs` read: those of the row, then the values. */
export const matchRowSchema = ({ input, values }: Pick<MatchNode, 'input' | 'values'>): Schema => [
  ...input.schema,
  ...values.map(matchValueField),
]
