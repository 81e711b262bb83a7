import { column } from '../../plan/expressions/build.ts'
import type { ColumnExpression, Expression } from '../../plan/expressions/expression.ts'
import { type PlanNode, ProjectNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { fail } from '../../sql/bind/problem.ts'
import { didYouMean } from '../../values/nearest.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'

/** A column that programs see: its name, its place in the node's output, its type there. */
export interface VisibleColumn {
  readonly name: string
  readonly index: number
  readonly type: ColumnType<unknown>
}

/**
 * A relation as a plan. Of the node's columns programs see `columns`; the event time goes along behind them when it
 * was not chosen, so that a window after a `pick` still has it.
 */
export interface Lowered {
  readonly node: PlanNode
  readonly columns: readonly VisibleColumn[]
  /** Names of the columns that name a row; none: rows have no key. */
  readonly key: readonly string[]
}

/** All columns of a node, as they are. */
export function allVisible(node: PlanNode, key: readonly string[], types?: readonly ColumnType<unknown>[]): Lowered {
  const columns = node.schema.map(({ name, type, nullable }, index) => ({
    name,
    index,
    type: types?.[index] ?? new ColumnType(type, { nullable }),
  }))
  return { node, columns, key }
}

export function columnNamed({ columns }: Lowered, name: string): VisibleColumn {
  const found = columns.find(one => one.name === name)
  if (found !== undefined) return found
  const names = columns.map(one => one.name)
  return fail('DSD2002', `There is no column '${name}'.${didYouMean(name, names)} Columns: ${names.join(', ')}.`)
}

export const indexesOf = (lowered: Lowered, names: readonly string[]): readonly number[] =>
  names.map(name => columnNamed(lowered, name).index)

export const expressionOf = ({ node }: Lowered, { index }: VisibleColumn): ColumnExpression =>
  column(node.schema, index)

/** A column of a projection being made. */
export interface Output {
  readonly name: string
  readonly value: Expression
  readonly type: ColumnType<unknown>
}

/** An existing column, to be put through. */
export const passed = (lowered: Lowered, one: VisibleColumn, name = one.name): Output => ({
  name,
  value: expressionOf(lowered, one),
  type: one.type,
})

/** Other columns over the same rows; the event time goes along. */
export function projected(lowered: Lowered, outputs: readonly Output[], key: readonly string[]): Lowered {
  const hidden: Output[] = []
  const { timeColumns } = derive(lowered.node)
  const [time] = timeColumns
  const kept = (index: number) => outputs.some(({ value }) => value.is === 'column' && value.index === index)
  if (time !== undefined && !timeColumns.some(kept)) {
    const value = column(lowered.node.schema, time)
    hidden.push({ name: '$time', value, type: new ColumnType(value.type, { nullable: value.nullable }) })
  }
  const node = ProjectNode.create(lowered.node, [...outputs, ...hidden])
  return { node, columns: outputs.map(({ name, type }, index) => ({ name, index, type })), key }
}

/** Exactly the visible columns, in order: what views and sinks get. */
export function visibleOnly(lowered: Lowered): Lowered {
  const { node, columns, key } = lowered
  if (
    node.schema.length === columns.length &&
    columns.every(({ index, name }, i) => index === i && node.schema[i]?.name === name)
  )
    return lowered
  const outputs = columns.map(one => passed(lowered, one))
  return { node: ProjectNode.create(node, outputs), columns: columns.map((one, index) => ({ ...one, index })), key }
}

/** The rows with one more column behind all others, unseen. */
export function withHidden(
  { node, columns, key }: Lowered,
  value: Expression,
): { readonly lowered: Lowered; readonly index: number } {
  const all = node.schema.map((field, index) => ({ name: field.name, value: column(node.schema, index) }))
  return {
    lowered: { node: ProjectNode.create(node, [...all, { name: '$key', value }]), columns, key },
    index: all.length,
  }
}

/** The event time's column. */
export function timeOf({ node }: Lowered, what: string): number {
  const { eventTime } = derive(node)
  return eventTime ?? fail('DSD5009', `${what} needs event time, and these rows have none.`)
}

/** The fields of a row in the first column, as columns. */
export function fieldsOf({ node }: Lowered, columns: readonly ColumnDraft[]): readonly Output[] {
  const input = column(node.schema, 0)
  return columns.map(({ name, type }, index) => {
    return { name, value: { is: 'field', input, index, type: type.type, nullable: type.nullable }, type }
  })
}
