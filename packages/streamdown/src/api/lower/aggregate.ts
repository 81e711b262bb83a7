import { resolveAggregate } from '../../functions/aggregates.ts'
import { fullWindows } from '../../plan/count-windows.ts'
import type { AggregateCall } from '../../plan/expressions/aggregate-call.ts'
import { AggregateNode, LateNode, RankNode, type Windowing, WindowNode } from '../../plan/nodes/node.ts'
import { derive } from '../../plan/properties.ts'
import { castTo } from '../../sql/bind/cast.ts'
import { argumentOf } from '../../sql/bind/expressions.ts'
import { fail } from '../../sql/bind/problem.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { factsOf } from '../arrow/analyse.ts'
import type { AggregateDraft } from '../draft/expression-draft.ts'
import type {
  AggregateRelation,
  LatestRelation,
  OrderDraft,
  TopRelation,
  WindowedDraft,
  WindowingDraft,
} from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import { fromInput } from '../values/from-input.ts'
import { toRowValue } from '../values/to-row.ts'
import { columnsRead, rowFacts, rowReader } from './arrows.ts'
import { lowerFilter } from './columns.ts'
import type { LowerContext } from './context.ts'
import { lowerExpression } from './expressions.ts'
import { columnNamed, expressionOf, indexesOf, type Lowered, timeOf, type VisibleColumn } from './lowered.ts'

const rowTime = (node: WindowNode, offset: number): number => node.input.schema.length + offset

/** Rows put into windows: two visible columns more, and the window's time behind them. */
export function lowerWindowed(
  input: Lowered,
  draft: Pick<WindowedDraft, 'by' | 'windowing'>,
): Lowered & { readonly node: WindowNode } {
  const node = WindowNode.create(input.node, windowingOf(input, draft), timeOf(input, 'A window'), 'close')
  const bound = (name: string, offset: number): VisibleColumn => {
    const index = rowTime(node, offset)
    return { name, index, type: new ColumnType(node.schema[index]?.type ?? types.timestamp(3)) }
  }
  // Those of a window before are hidden by these.
  const others = input.columns.filter(({ name }) => name !== 'window_start' && name !== 'window_end')
  return { node, columns: [...others, bound('window_start', 0), bound('window_end', 1)], key: [] }
}

function windowingOf(input: Lowered, { by, windowing }: Pick<WindowedDraft, 'by' | 'windowing'>): Windowing {
  return windowingPlan(windowing, indexesOf(input, by))
}

export function windowingPlan(windowing: WindowingDraft, partitionBy: readonly number[]): Windowing {
  switch (windowing.is) {
    case 'tumble':
      return { kind: 'tumble', size: windowing.size, offset: windowing.offset }
    case 'hop':
      return { kind: 'hop', size: windowing.size, slide: windowing.slide, offset: windowing.offset }
    case 'cumulate':
      return { kind: 'cumulate', size: windowing.size, step: windowing.step, offset: windowing.offset }
    case 'session':
      return { kind: 'session', gap: windowing.gap, partitionBy }
    case 'rows':
      return fail(
        'DSD5006',
        'Windows of counted rows take aggregate(); all else needs those of time: tumble, hop, cumulate, session.',
      )
  }
}

export function lowerAggregate(context: LowerContext, source: Lowered, draft: AggregateRelation): Lowered {
  const { windowed } = draft
  if (windowed?.windowing.is === 'rows') {
    if (windowed.emit !== undefined || windowed.keepOpenMicros > 0n)
      fail('DSD5007', 'A window of counted rows is full once, and never late: it takes neither emit nor keepOpen.')
    return lowerCounted(context, source, draft, windowed.windowing)
  }
  const input = windowed === undefined ? source : lowerWindowed(source, windowed)
  const keyNames = [...draft.by, ...(windowed === undefined ? [] : ['window_start', 'window_end'])]
  const keyColumns = keyNames.map(name => columnNamed(input, name))
  const time =
    windowed === undefined ? finalWindowTime(input, keyColumns) : rowTime(lowerWindowed(source, windowed).node, 2)
  const keys = [...keyColumns.map(({ index }) => index), ...(time === undefined ? [] : [time])]
  const calls = draft.aggregates.map(({ aggregate }) => lowerCall(context, input, aggregate))
  const names = draft.aggregates.map(({ name }) => name)
  const plain = AggregateNode.create(
    input.node,
    keys,
    calls.map(({ call }) => call),
    names,
  )
  const window = windowed === undefined ? finalWindow(input, keys) : closing(windowed, draft.by.length)
  const node: AggregateNode = window === undefined ? plain : { ...plain, window }
  const columns: VisibleColumn[] = [
    ...keyColumns.map(({ name, type }, index) => ({ name, index, type })),
    ...calls.map(({ type }, i) => ({ name: names[i] ?? '', index: keys.length + i, type })),
  ]
  return { node, columns, key: keyNames }
}

/** Every so many rows of a key, once: nothing comes early or late. */
function lowerCounted(
  context: LowerContext,
  input: Lowered,
  { by, aggregates }: AggregateRelation,
  { size, every }: Extract<WindowingDraft, { is: 'rows' }>,
): Lowered {
  if (![size, every].every(each => Number.isInteger(each) && each >= 1))
    fail('DSD5007', `rows(${size}, { every: ${every} }) wants whole numbers from 1.`)
  const keys = by.map(name => columnNamed(input, name))
  const calls = aggregates.map(({ aggregate }) => lowerCall(context, input, aggregate))
  const partitionBy = keys.map(({ index }) => index)
  const node = fullWindows(
    input.node,
    { partitionBy, size, every },
    [...partitionBy, input.node.schema.length],
    calls.map(({ call }) => call),
    aggregates.map(({ name }) => name),
  )
  const columns: VisibleColumn[] = [
    ...keys.map(({ name, type }, index) => ({ name, index, type })),
    { name: 'window_number', index: keys.length, type: new ColumnType(types.bigint, { readsAsNumber: true }) },
    ...calls.map(({ type }, i) => ({ name: aggregates[i]?.name ?? '', index: keys.length + 1 + i, type })),
  ]
  return { node, columns, key: [...by, 'window_number'] }
}

/** Start and end of the window stand behind the other keys. */
function closing({ keepOpenMicros, emit }: WindowedDraft, at: number): NonNullable<AggregateNode['window']> {
  return {
    start: at,
    end: at + 1,
    allowedLateness: keepOpenMicros,
    changes: emit !== undefined,
    ...(typeof emit === 'bigint' ? { emitEvery: emit } : {}),
  }
}

/** Groups of final rows that name the rows' window end with it. */
function finalWindow(input: Lowered, keys: readonly number[]): AggregateNode['window'] {
  const { final, windows } = derive(input.node)
  if (!final) return undefined
  for (const { start, end } of windows) {
    const endAt = end === undefined ? -1 : keys.indexOf(end)
    const startAt = start === undefined ? -1 : keys.indexOf(start)
    if (endAt >= 0)
      return { end: endAt, ...(startAt < 0 ? {} : { start: startAt }), allowedLateness: 0n, changes: false }
  }
  return undefined
}

/** The time of such groups goes along, so that windows over their results still have it. */
function finalWindowTime(input: Lowered, keyColumns: readonly VisibleColumn[]): number | undefined {
  const { final, windows, eventTime } = derive(input.node)
  const named = windows.some(({ end }) => keyColumns.some(({ index }) => index === end))
  return final && named && eventTime !== undefined && !keyColumns.some(({ index }) => index === eventTime)
    ? eventTime
    : undefined
}

export function lowerCall(
  context: LowerContext,
  input: Lowered,
  draft: AggregateDraft,
): { readonly call: AggregateCall; readonly type: ColumnType<unknown> } {
  const filter = draft.filter === undefined ? undefined : lowerFilter(context, input, draft.filter)
  if (draft.fold !== undefined) return lowerFold(input, draft.fold)
  const bound = draft.args.map(arg => lowerExpression(context, input, arg))
  const resolved = resolveAggregate(
    draft.name,
    bound.map(({ value }) => argumentOf(value)),
    draft.distinct,
    context.bind.aggregateRules,
    filter === undefined,
  )
  if (resolved === undefined) {
    return fail(
      'DSD2004',
      `${draft.name} does not take ${bound.map(({ value }) => value.type.is.toUpperCase()).join(', ')}.`,
    )
  }
  const fromBigint = bound.some(({ value, type }) => value.type.is === 'bigint' && type.facts.readsAsNumber !== true)
  const readsAsNumber = resolved.type.is === 'bigint' && (draft.readsAsNumber || !fromBigint)
  return {
    call: {
      name: resolved.name,
      args: bound.map(({ value }, i) => castTo(value, resolved.casts[i] ?? value.type, context.bind.settings)),
      distinct: draft.distinct,
      ...(filter === undefined ? {} : { filter }),
      type: resolved.type,
      nullable: resolved.nullable,
    },
    type: new ColumnType(resolved.type, { nullable: resolved.nullable, readsAsNumber }),
  }
}

function lowerFold(
  input: Lowered,
  fold: NonNullable<AggregateDraft['fold']>,
): { readonly call: AggregateCall; readonly type: ColumnType<unknown> } {
  const { type, step, retract, merge } = fold
  if (retract === undefined && !derive(input.node).appendOnly)
    return fail(
      'DSD2011',
      'fold without retract cannot take rows back, and this table changes: give { retract: (state, row) => … }, fold its changelog(), or use sum, count, min, max.',
    )
  const arrows = [step, ...(retract === undefined ? [] : [retract])].map(arrow => rowFacts(input.columns, arrow, 1))
  const read = columnsRead(input, readByAll(arrows))
  const row = rowReader(read, (_, i) => i)
  const stateOf = (state: Value): never => asState(toRowValue(type, state))
  const kept = (state: unknown): Value => fromInput(type, state, 'state')
  return {
    call: {
      name: 'fold',
      args: read.map(one => expressionOf(input, one)),
      distinct: false,
      type: type.type,
      nullable: type.nullable,
      fold: {
        initial: fromInput(type, fold.initial, 'initial'),
        step: (state, args) => kept(step(stateOf(state), row(args))),
        ...(retract === undefined
          ? {}
          : { retract: (state: Value, args: readonly Value[]) => kept(retract(stateOf(state), row(args))) }),
        ...(merge === undefined
          ? {}
          : { merge: (state: Value, other: Value) => kept(merge(stateOf(state), stateOf(other))) }),
        source: [...arrows, ...(merge === undefined ? [] : [factsOf(merge)])].map(({ source }) => source).join('\n'),
      },
    },
    type,
  }
}

/** Undefined where one of them may read all columns. */
function readByAll(
  arrows: readonly { readonly reads: readonly string[] | undefined }[],
): readonly string[] | undefined {
  const names = new Set<string>()
  for (const { reads } of arrows) {
    if (reads === undefined) return undefined
    for (const name of reads) names.add(name)
  }
  return [...names]
}

/** The state is what `step` gave before, or `initial`: of the fold's own type. */
function asState(state: unknown): never
function asState(state: unknown): unknown {
  return state
}

const orderOf = (input: Lowered, order: readonly OrderDraft[]) =>
  order.map(({ column, descending, nullsFirst }) => ({
    column: columnNamed(input, column).index,
    descending,
    nullsFirst,
  }))

export function lowerTop(source: Lowered, draft: TopRelation): Lowered {
  const { windowed, count, rank } = draft
  const input = windowed === undefined ? source : lowerWindowed(source, windowed)
  if (!Number.isInteger(count) || count < 1) fail('DSD5007', `top(${count}) wants a whole number from 1.`)
  const keyNames = [...draft.by, ...(windowed === undefined ? [] : ['window_start', 'window_end'])]
  const partitionBy = indexesOf(input, keyNames)
  const window = windowed === undefined ? finalRank(input, partitionBy) : { end: draft.by.length + 1 }
  const node = RankNode.create(
    input.node,
    {
      function: 'row_number',
      partitionBy,
      orderBy: orderOf(input, draft.order),
      from: 1,
      to: count,
      output: rank !== undefined,
      ...(window === undefined ? {} : { window }),
    },
    rank,
  )
  const columns = input.columns.filter(({ name }) => name !== rank)
  if (rank === undefined) return { node, columns, key: source.key }
  const place: VisibleColumn = {
    name: rank,
    index: node.schema.length - 1,
    type: new ColumnType(types.bigint, { readsAsNumber: true }),
  }
  return { node, columns: [...columns, place], key: source.key.length > 0 ? source.key : [...keyNames, rank] }
}

function finalRank(input: Lowered, partitionBy: readonly number[]): RankNode['window'] {
  const window = finalWindow(input, partitionBy)
  return window === undefined ? undefined : { end: window.end }
}

/** The newest row of each key, by event time where there is one, else as they arrive. */
export function lowerLatest(input: Lowered, draft: LatestRelation): Lowered {
  const { eventTime } = derive(input.node)
  const node = RankNode.create(input.node, {
    function: 'row_number',
    partitionBy: indexesOf(input, draft.by),
    orderBy: eventTime === undefined ? [] : [{ column: eventTime, descending: true, nullsFirst: false }],
    from: 1,
    to: 1,
    output: false,
    latest: true,
  })
  return { node, columns: input.columns, key: draft.by }
}

/** The rows that came too late for a windowed aggregate or top; their windows' bounds, where they had any, stay unseen. */
export function lowerLate(source: Lowered, of: AggregateNode | RankNode): Lowered {
  const { input } = of
  const rows = WindowNode.is(input) && input.windowing.kind === 'session' ? input.input.schema : input.schema
  const node = LateNode.create(of, rows)
  const added = node.schema.slice(rows.length).map(({ name, type }, i) => ({
    name,
    index: rows.length + i,
    type: new ColumnType(type),
  }))
  return { node, columns: [...source.columns, ...added], key: [] }
}
