import type { AggregateCall } from '../../../plan/expressions/aggregate-call.ts'
import type { Expression } from '../../../plan/expressions/expression.ts'
import type { AggregateNode } from '../../../plan/nodes/node.ts'
import { derive } from '../../../plan/properties.ts'
import type { Field, Schema } from '../../../types/data-type.ts'

/** A call over plain columns of the operator's input. */
export interface AggregateCallInput<Call extends AggregateCall = AggregateCall> {
  readonly call: Call
  readonly args: readonly number[]
  readonly filter: number | undefined
  readonly orderBy: readonly { readonly column: number; readonly descending: boolean; readonly nullsFirst: boolean }[]
}

/** What an operator with calls reads: the columns of the node's input, then the computed ones. */
export interface CallsInput<Call extends AggregateCall = AggregateCall> {
  /** The projection that makes `schema` of the node's input; undefined: all is plain columns already. */
  readonly expressions: readonly Expression[] | undefined
  readonly schema: Schema
  /** The first columns of `schema` are the node's input as it is: what the late stream carries. */
  readonly inputColumns: number
  readonly calls: readonly AggregateCallInput<Call>[]
}

/** What an aggregate operator reads. */
export interface AggregateInput extends CallsInput {
  /**
   * The columns by which rows are exchanged between workers: the keys without the bounds of a window, so that all
   * copies of a row, one a window, meet on one worker; over sessions what these are partitioned by. Empty: one worker
   * aggregates everything.
   */
  readonly keys: readonly number[]
  /** The column of each of the node's keys; -1 for a bound of a session, which no input row has. */
  readonly groups: readonly number[]
}

/**
 * Lays out the input of an aggregate. `input` is the schema of what the operator is put on: the node's input, or the
 * input of its session window (then keys that lie beyond it are the session's bounds).
 */
export function aggregateInput(node: AggregateNode, input: Schema): AggregateInput {
  const bounds = windowBounds(node)
  const session =
    node.input.is === 'window' && node.input.windowing.kind === 'session' ? node.input.windowing.partitionBy : undefined
  return {
    ...callsInput(node.calls, input),
    keys: session ?? node.keys.filter((column, position) => column < input.length && !bounds.has(position)),
    groups: node.keys.map(column => (column < input.length ? column : -1)),
  }
}

/** The arguments of calls as columns: those that are no columns of the input are computed behind it, each once. */
export function callsInput<Call extends AggregateCall>(calls: readonly Call[], input: Schema): CallsInput<Call> {
  const expressions: Expression[] = input.map(plainColumn)
  const known = new Map<string, number>()
  const columnOf = (expression: Expression): number => {
    if (expression.is === 'column') return expression.index
    if (expression.is === 'lambda') return expressions.push(expression) - 1
    const text = JSON.stringify(expression, (name, value) =>
      name === 'at' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
    )
    const before = known.get(text)
    if (before !== undefined) return before
    const column = expressions.push(expression) - 1
    known.set(text, column)
    return column
  }
  const laidOut = calls.map(call => ({
    call,
    args: call.args.map(columnOf),
    filter: call.filter === undefined ? undefined : columnOf(call.filter),
    orderBy: (call.orderBy ?? []).map(({ by, descending, nullsFirst }) => ({
      column: columnOf(by),
      descending,
      nullsFirst,
    })),
  }))
  const schema = expressions.map((expression, index): Field => {
    const name = expression.is === 'column' ? expression.name : `$${index}`
    return { name, type: expression.type, nullable: expression.nullable }
  })
  return {
    expressions: expressions.length === input.length ? undefined : expressions,
    schema,
    inputColumns: input.length,
    calls: laidOut,
  }
}

const plainColumn = ({ name, type, nullable }: Field, index: number): Expression => ({
  is: 'column',
  index,
  name,
  type,
  nullable,
})

/** Positions in the node's keys that hold the bounds of its window, in any form: its end decides them. */
function windowBounds(node: AggregateNode): ReadonlySet<number> {
  const { window } = node
  if (window === undefined) return new Set()
  const end = node.keys[window.end]
  const bounds = derive(node.input).windows.find(columns => columns.end === end)
  const columns = new Set([bounds?.start, bounds?.time, bounds?.row])
  const positions = node.keys.flatMap((column, position) => (columns.has(column) ? [position] : []))
  return new Set([window.end, ...(window.start === undefined ? [] : [window.start]), ...positions])
}
