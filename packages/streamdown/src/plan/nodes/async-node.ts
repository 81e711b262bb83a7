import type { Schema } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Expression } from '../expressions/expression.ts'
import type { PlanNode } from './node.ts'

/** How the outside is asked. */
export interface Inquiry {
  /** Rows of answers for each of the questions (values of the `asks` columns), in their order. */
  ask(
    questions: readonly (readonly Value[])[],
    signal: AbortSignal,
  ): Promise<readonly (readonly (readonly Value[])[])[]>
  /** Questions that one call takes at most. */
  readonly batch: number
  /** Calls under way at most. */
  readonly concurrency: number
  /** µs after which a call counts as failed. */
  readonly timeout: bigint
  /** How often a failed call is made again, and µs before it. With `onMiss` an answer without rows counts as failed. */
  readonly retry: { readonly attempts: number; readonly delay: bigint; readonly onMiss: boolean }
  /** Answers that may be used again: how many are kept, for how many µs; undefined: until they are pushed out. */
  readonly cache?: { readonly maxRows: number; readonly expire?: bigint }
}

/**
 * Asks the outside about each input row. Output: the input's columns and those of the rows of the answer; with `keeps`
 * false the answer's alone. A row whose answer has no rows (for which `condition`, over both, holds) is left out, or has
 * NULLs (`outer`). What follows is a stream of its own, consistent with a prefix of the answers.
 */
export interface AsyncNode {
  readonly is: 'async'
  readonly input: PlanNode
  /** Input columns that make the question. */
  readonly asks: readonly number[]
  readonly inquiry: Inquiry
  readonly answers: Schema
  /** Whether a question has one row of answer at most. */
  readonly single: boolean
  readonly keeps: boolean
  readonly outer: boolean
  readonly condition?: Expression
  /** Whether answers leave in the order of their rows. */
  readonly ordered: boolean
  readonly name: string
  readonly schema: Schema
}

export const AsyncNode = {
  is: (node: PlanNode): node is AsyncNode => node.is === 'async',

  create: (input: PlanNode, parts: Omit<AsyncNode, 'is' | 'input' | 'schema'>): AsyncNode => ({
    is: 'async',
    input,
    ...parts,
    schema: askedSchema(input.schema, parts),
  }),
}

export function askedSchema(
  input: Schema,
  { keeps, outer, answers }: Pick<AsyncNode, 'keeps' | 'outer' | 'answers'>,
): Schema {
  const answered = outer ? answers.map(field => ({ ...field, nullable: true })) : answers
  return keeps ? [...input, ...answered] : answered
}
