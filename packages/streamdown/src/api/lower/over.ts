import { literal, test } from '../../plan/expressions/build.ts'
import { FilterNode, type Frame, type OverCall, OverNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { fail } from '../../sql/bind/problem.ts'
import { types } from '../../types/data-type.ts'
import type { OverDraft } from '../draft/expression-draft.ts'
import type { FirstRelation, FrameDraft, OverRelation } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { lowerCall } from './aggregate.ts'
import type { LowerContext } from './context.ts'
import { lowerExpression } from './expressions.ts'
import { expressionOf, indexesOf, type Lowered, timeOf, type VisibleColumn } from './lowered.ts'

/** Rows with columns computed over those before them. */
export function lowerOver(context: LowerContext, input: Lowered, draft: OverRelation): Lowered {
  const frame = frameOf(input, draft.frame)
  const bound = draft.columns.map(({ name, value }) => {
    if (value.is === 'over') return { name, ...lowerLag(context, input, value, frame) }
    const { call, type } = lowerCall(context, input, value)
    return { name, call: { ...call, frame }, type }
  })
  const node = overNode(
    input,
    draft.by,
    bound.map(({ call }) => call),
    bound.map(({ name }) => name),
  )
  const width = input.node.schema.length
  const columns = bound.map(({ name, type }, i): VisibleColumn => ({ name, index: width + i, type }))
  const others = input.columns.filter(({ name }) => !columns.some(column => column.name === name))
  return { node, columns: [...others, ...columns], key: [] }
}

/** By event time where there is one, else as rows arrive. */
function overNode(
  input: Lowered,
  by: readonly string[],
  calls: readonly OverCall[],
  names?: readonly string[],
): OverNode {
  const { eventTime, appendOnly } = derive(input.node)
  if (!appendOnly) return fail('DSD2011', 'over and first take rows that are only added: these may be taken back.')
  return OverNode.create(
    input.node,
    {
      partitionBy: indexesOf(input, by),
      orderBy: eventTime === undefined ? [] : [{ column: eventTime, descending: false, nullsFirst: true }],
      calls,
      emit: eventTime === undefined ? 'arrival' : 'watermark',
      ties: 'arrival',
    },
    names,
  )
}

function frameOf(input: Lowered, frame: FrameDraft): Frame {
  const toHere = { end: 0, exclude: 'none' } as const
  if (frame === 'all') return { unit: 'rows', start: 'unbounded', ...toHere }
  if ('rows' in frame) {
    if (!Number.isInteger(frame.rows) || frame.rows < 1)
      fail('DSD5007', `over({ rows: ${frame.rows} }) wants a whole number from 1.`)
    return { unit: 'rows', start: 1 - frame.rows, ...toHere }
  }
  timeOf(input, 'over({ last })')
  return { unit: 'range', start: -frame.micros, ...toHere }
}

function lowerLag(context: LowerContext, input: Lowered, { args: [column, back] }: OverDraft, frame: Frame) {
  if (column === undefined || back?.is !== 'literal') return fail('DSD9002', 'lag of nothing.')
  const count = Number(back.value)
  if (!Number.isInteger(count) || count < 0) fail('DSD5007', `lag wants a whole number of rows, not ${count}.`)
  const { value, type } = lowerExpression(context, input, column)
  const call: OverCall = {
    name: 'lag',
    window: 'lag',
    args: [value],
    count,
    distinct: false,
    type: value.type,
    nullable: true,
    frame,
  }
  return { call, type: new ColumnType(type.type, { ...type.facts, nullable: true }) }
}

/** The first row of each key; with a time, every row before which there is none of its key for so long. */
export function lowerFirst(input: Lowered, { by, withinMicros }: FirstRelation): Lowered {
  const frame: Frame =
    withinMicros === undefined
      ? { unit: 'rows', start: 'unbounded', end: 0, exclude: 'none' }
      : frameOf(input, { micros: withinMicros - 1n })
  const number: OverCall = {
    name: 'count',
    args: [],
    distinct: false,
    type: types.bigint,
    nullable: false,
    frame,
  }
  const node = overNode(input, by, [number], ['$number'])
  const place = expressionOf(
    { ...input, node },
    { name: '$number', index: node.schema.length - 1, type: new ColumnType(types.bigint) },
  )
  return { ...input, node: FilterNode.create(node, test('=', place, literal(1n, types.bigint))) }
}
