import type { Expression } from './expressions/expression.ts'
import { matchTimeColumns } from './match/columns.ts'
import {
  endingSides,
  type JoinNode,
  type LateNode,
  type MatchNode,
  type PlanNode,
  type ProjectNode,
  type TemporalJoinNode,
} from './nodes/node.ts'
import { movedWindow, sameWindows, type WindowColumns } from './window-columns.ts'

/** What is proven of a node's output, whatever the data. */
export interface Properties {
  /** Rows are only added: no row is ever taken back. */
  readonly appendOnly: boolean
  /** Sets of columns that no two rows agree in (at any moment). An empty set: at most one row. */
  readonly keys: readonly (readonly number[])[]
  /** The event time: the first of `timeColumns`. */
  readonly eventTime?: number
  /** Columns that the watermark speaks of: no row comes with a lower value, except late ones. */
  readonly timeColumns: readonly number[]
  /** Columns that are the processing clock. */
  readonly processing: readonly number[]
  readonly windows: readonly WindowColumns[]
  /** Rows appear once and are right: appended only, and no aggregate over an open window among them. */
  readonly final: boolean
  /** All inputs end. */
  readonly bounded: boolean
}

const known = new WeakMap<PlanNode, Properties>()

/** Computed once a node (plans are immutable). */
export function derive(node: PlanNode): Properties {
  const before = known.get(node)
  if (before !== undefined) return before
  const properties = compute(node)
  known.set(node, properties)
  return properties
}

const nothing = { keys: [], timeColumns: [], processing: [], windows: [] } as const

function timed(timeColumns: readonly number[]): Pick<Properties, 'eventTime' | 'timeColumns'> {
  const [eventTime] = timeColumns
  return eventTime === undefined ? { timeColumns } : { eventTime, timeColumns }
}

function compute(node: PlanNode): Properties {
  switch (node.is) {
    case 'scan': {
      const { relation, columns } = node
      const outputOf = (column: number) => columns.findIndex(c => c.column === column && c.path.length === 0)
      const key = relation.primaryKey.map(outputOf)
      const enforced = relation.changes !== 'append' || relation.connector === 'memory'
      const appendOnly = relation.changes === 'append' && relation.appendOnly !== false
      return {
        ...nothing,
        ...timed(node.eventTime === undefined ? (node.handedOn?.columns ?? []) : [node.eventTime.column]),
        windows: node.handedOn?.windows ?? [],
        appendOnly,
        keys: key.length > 0 && enforced && !key.includes(-1) ? [key] : [],
        final: appendOnly,
        bounded: relation.bounded === true,
      }
    }
    case 'values':
      return { ...nothing, appendOnly: true, final: true, bounded: true, keys: node.rows.length <= 1 ? [[]] : [] }
    case 'filter':
      return derive(node.input)
    case 'temporalFilter': {
      const input = derive(node.input)
      // Rows come and go by another clock than the watermark's.
      const appendOnly = input.appendOnly && node.until === undefined
      const { eventTime: _, ...rest } = input
      return { ...rest, timeColumns: [], appendOnly, final: false }
    }
    case 'project':
      return ofProject(node)
    case 'window': {
      const input = derive(node.input)
      const width = node.input.schema.length
      const [start, end, time] = [width, width + 1, width + 2] as const
      const closing = node.emit === 'close' && node.time !== 'processing'
      return {
        ...input,
        ...timed(closing ? [time, ...input.timeColumns, end] : input.timeColumns),
        keys: node.windowing.kind === 'tumble' ? input.keys : input.keys.map(key => [...key, start, end]),
        windows: [...input.windows, { of: node, start, end, time }],
      }
    }
    case 'aggregate': {
      const input = derive(node.input)
      const outputOf = (column: number | undefined): number | undefined => {
        const found = column === undefined ? -1 : node.keys.indexOf(column)
        return found < 0 ? undefined : found
      }
      const { window } = node
      const closes = window !== undefined && !window.changes && window.allowedLateness === 0n
      // What has been there once stays.
      const distinct = node.calls.length === 0 && node.keys.length > 0 && window === undefined && node.ttl === undefined
      const grows = distinct && input.appendOnly
      return {
        appendOnly: closes || grows,
        keys: [node.keys.map((_, i) => i).filter(i => !isImplied(node.keys[i]!, node.keys, input.windows))],
        ...timed(window === undefined ? [] : windowTimes(movedColumns(input.timeColumns, outputOf), window.end)),
        processing: [],
        windows: input.windows.flatMap(columns => movedWindow(columns, outputOf)),
        final: closes || (grows && input.final),
        bounded: input.bounded,
      }
    }
    case 'join':
      return ofJoin(node)
    case 'temporalJoin':
      return ofTemporalJoin(node)
    case 'async': {
      const input = derive(node.input)
      if (!node.keeps) return { ...nothing, appendOnly: input.appendOnly, final: input.final, bounded: input.bounded }
      return { ...input, keys: node.single ? input.keys : [] }
    }
    case 'asofJoin': {
      const left = derive(node.left)
      const bounded = left.bounded && derive(node.right).bounded
      return { ...nothing, appendOnly: false, final: false, bounded, keys: left.keys, windows: left.windows }
    }
    case 'union': {
      const inputs = node.inputs.map(derive)
      const [first] = inputs
      const everywhere = (columns: readonly number[], of: (p: Properties) => readonly number[]) =>
        columns.filter(column => inputs.every(input => of(input).includes(column)))
      return {
        appendOnly: inputs.every(input => input.appendOnly),
        keys: inputs.length === 1 ? first!.keys : [],
        ...timed(everywhere(first?.timeColumns ?? [], input => input.timeColumns)),
        processing: everywhere(first?.processing ?? [], input => input.processing),
        windows: (first?.windows ?? []).filter(columns =>
          inputs.every(input => input.windows.some(other => sameWindows(columns, other))),
        ),
        final: inputs.every(input => input.final),
        bounded: inputs.every(input => input.bounded),
      }
    }
    case 'recursive': {
      const inputs = [node.base, ...node.externals].map(derive)
      const keys = node.distinct ? [node.schema.map((_, column) => column)] : []
      return { ...nothing, keys, appendOnly: false, final: false, bounded: inputs.every(input => input.bounded) }
    }
    case 'rank': {
      const input = derive(node.input)
      const number =
        node.output && node.function === 'row_number' ? [[...node.partitionBy, node.schema.length - 1]] : []
      const single = node.function === 'row_number' && node.from === node.to ? [node.partitionBy] : []
      return {
        ...input,
        appendOnly: node.window !== undefined,
        final: node.window !== undefined,
        keys: [...input.keys, ...single, ...number],
      }
    }
    case 'over': {
      const input = derive(node.input)
      // Which rows leave late hangs on the rows behind them, of which there may be none for long.
      if (node.emit === 'settled') return { ...input, ...timed([]) }
      if (node.emit !== 'update') return input
      // Input that ends is computed once; else a row may be corrected long after its time.
      return { ...input, ...timed([]), appendOnly: input.bounded, final: input.bounded }
    }
    case 'sort': {
      const input = derive(node.input)
      // Rows are written once, at the end of the input.
      return { ...input, appendOnly: true, final: true, keys: node.limit === 1 ? [[], ...input.keys] : input.keys }
    }
    case 'changelog': {
      const input = derive(node.input)
      return { ...input, appendOnly: true, keys: [], final: true }
    }
    case 'match':
      return ofMatch(node)
    case 'process': {
      const { time, schema, input } = node
      const own = time === undefined ? [] : [schema.length - 1]
      return { ...nothing, ...timed(own), appendOnly: true, final: true, bounded: derive(input).bounded }
    }
    case 'late':
      return { ...nothing, ...lateTimes(node), appendOnly: true, final: true, bounded: derive(node.of).bounded }
    case 'repeat':
      return { ...derive(node.input), keys: [] }
    case 'flatMap': {
      const input = derive(node.input)
      const { keeps = 0 } = node
      const kept = (column: number | undefined) => (column !== undefined && column < keeps ? column : undefined)
      return {
        ...nothing,
        ...timed(movedColumns(input.timeColumns, kept)),
        processing: movedColumns(input.processing, kept),
        windows: input.windows.flatMap(columns => movedWindow(columns, kept)),
        appendOnly: input.appendOnly,
        final: input.final,
        bounded: input.bounded,
      }
    }
  }
}

/** Outputs of a process function keep the event time as their last column. */
const lateTimes = ({ of, schema }: LateNode): Partial<Properties> =>
  of.is === 'process' && of.time !== undefined ? timed([schema.length - 1]) : {}

/** Matches are written once; the time of their last row goes on with the watermark. */
function ofMatch(node: MatchNode): Properties {
  const width = node.input.schema.length
  return {
    ...nothing,
    ...timed(matchTimeColumns(node)),
    processing: node.outputs.flatMap((e, i) =>
      (e.is !== 'column' || e.index < width) && isProcessingTime(e, derive(node.input)) ? [i] : [],
    ),
    appendOnly: true,
    final: true,
    bounded: derive(node.input).bounded,
  }
}

/** The time of a window says nothing that its end does not say. */
const isImplied = (column: number, keys: readonly number[], windows: readonly WindowColumns[]): boolean =>
  windows.some(({ end, time }) => time === column && end !== undefined && keys.includes(end))

function ofProject(node: ProjectNode): Properties {
  const input = derive(node.input)
  const places = new Map<number, number>()
  for (const [i, e] of node.expressions.entries()) {
    const source = passedColumn(e)
    if (source !== undefined && !places.has(source)) places.set(source, i)
  }
  const outputOf = (column: number | undefined) => (column === undefined ? undefined : places.get(column))
  const computedClock = node.expressions.flatMap((e, i) => (isProcessingTime(e, input) ? [i] : []))
  const windows = input.windows.flatMap(columns => movedWindow(columns, outputOf))
  return {
    appendOnly: input.appendOnly,
    keys: input.keys.flatMap(key => {
      const moved = key.map(outputOf)
      return moved.every(column => column !== undefined) ? [moved] : []
    }),
    ...timed(node.watermark === undefined ? movedColumns(input.timeColumns, outputOf) : [node.watermark.column]),
    processing: computedClock,
    windows: [...windows, ...windowRows(node, input)],
    final: input.final,
    bounded: input.bounded,
  }
}

/**
 * A projection output that is the input's column as it is (a cast to the same kind of timestamp keeps it), in all rows
 * that do not fail.
 */
function passedColumn(e: Expression): number | undefined {
  if (e.is === 'column') return e.index
  if (e.is === 'case' && e.otherwise !== undefined && e.branches.every(({ then }) => isError(then)))
    return passedColumn(e.otherwise)
  if (e.is === 'cast' && e.type.is === 'timestamp' && e.input.is === 'column') {
    const from = e.input.type
    if (from.is === 'timestamp' && from.zoned === e.type.zoned && from.precision <= e.type.precision)
      return e.input.index
  }
  return undefined
}

const isError = (e: Expression): boolean => e.is === 'call' && e.name === 'error'

function isProcessingTime(e: Expression, input: Properties): boolean {
  if (e.is === 'column') return input.processing.includes(e.index)
  return e.is === 'call' && e.name === 'current_timestamp'
}

/** ROW(window_start, window_end), and its fields read back. */
function windowRows(node: ProjectNode, input: Properties): readonly WindowColumns[] {
  const found: WindowColumns[] = []
  for (const columns of input.windows) {
    let start: number | undefined
    let end: number | undefined
    for (const [i, e] of node.expressions.entries()) {
      if (isWindowRow(e, columns)) found.push({ of: columns.of, row: i })
      if (e.is !== 'field' || e.input.is !== 'column' || e.input.index !== columns.row) continue
      if (e.index === 0) start ??= i
      if (e.index === 1) end ??= i
    }
    if (start !== undefined || end !== undefined)
      found.push({ of: columns.of, ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) })
  }
  return found
}

function isWindowRow(e: Expression, { start, end }: WindowColumns): boolean {
  if (e.is !== 'call' || e.name !== 'row' || e.args.length !== 2) return false
  const [first, second] = e.args
  return first?.is === 'column' && first.index === start && second?.is === 'column' && second.index === end
}

/** A window's end comes with the watermark, so it is event time as well. */
const windowTimes = (times: readonly number[], end: number): readonly number[] =>
  times.includes(end) ? times : [...times, end]

const movedColumns = (columns: readonly number[], to: (column: number) => number | undefined): readonly number[] =>
  columns.flatMap(column => to(column) ?? [])

function ofJoin(node: JoinNode): Properties {
  const left = derive(node.left)
  const right = derive(node.right)
  const bounded = left.bounded && right.bounded
  const bothAppend = left.appendOnly && right.appendOnly
  if (node.kind === 'semi' || node.kind === 'anti') {
    const windowed = node.time?.kind === 'window' || node.time?.kind === 'interval'
    const appendOnly = bothAppend && (node.kind === 'semi' || windowed)
    return {
      ...left,
      ...timed(windowed && (node.time?.kind !== 'interval' || endingSides(node.time).left) ? left.timeColumns : []),
      appendOnly,
      final: appendOnly && left.final && right.final,
      bounded,
    }
  }
  const width = node.left.schema.length
  const moved = (columns: readonly number[]) => columns.map(column => column + width)
  const outer = node.kind !== 'inner'
  const ends = node.time?.kind === 'window' || node.time?.kind === 'interval'
  const appendOnly = bothAppend && (!outer || ends)
  // Rows that never end may be met at any time: theirs is no event time any more.
  const inTime = node.time?.kind === 'interval' ? endingSides(node.time) : { left: ends, right: ends }
  const times = [...(inTime.left ? left.timeColumns : []), ...(inTime.right ? moved(right.timeColumns) : [])]
  return {
    appendOnly,
    keys: joinKeys(node, left, right, moved),
    ...timed(times),
    processing: [...left.processing, ...moved(right.processing)],
    windows: outer
      ? outerWindows(node, left, right, width)
      : [
          ...left.windows,
          ...right.windows.flatMap(columns => movedWindow(columns, c => (c === undefined ? c : c + width))),
        ],
    final: appendOnly && left.final && right.final,
    bounded,
  }
}

/**
 * The result of a left row never changes, so only the left side's changes are seen behind it. Rows that wait for a
 * watermark are right when they come.
 */
function ofTemporalJoin(node: TemporalJoinNode): Properties {
  const left = derive(node.left)
  const right = derive(node.right)
  const width = node.left.schema.length
  const waits = node.moment.is === 'eventTime'
  const once =
    waits ||
    covers(
      right.keys,
      node.keys.map(key => key.right),
    )
  return {
    appendOnly: waits || left.appendOnly,
    keys: once ? left.keys : left.keys.flatMap(l => right.keys.map(r => [...l, ...r.map(column => column + width)])),
    ...timed(left.timeColumns),
    processing: left.processing,
    windows: left.windows,
    final: waits || left.final,
    bounded: left.bounded && right.bounded,
  }
}

/** Whether equality of these columns names one row. */
const covers = (keys: Properties['keys'], columns: readonly number[]): boolean =>
  keys.some(key => key.every(column => columns.includes(column)))

/** The side that always has its row keeps its window columns. */
function outerWindows(node: JoinNode, left: Properties, right: Properties, width: number): readonly WindowColumns[] {
  if (node.kind === 'left') return left.windows
  if (node.kind === 'right')
    return right.windows.flatMap(columns => movedWindow(columns, c => (c === undefined ? c : c + width)))
  return []
}

/**
 * When a key of one side is among the equal columns, each row of the other side meets at most one partner, so the
 * other side's keys are keys of the result; else a pair of keys is.
 */
function joinKeys(
  node: JoinNode,
  left: Properties,
  right: Properties,
  moved: (columns: readonly number[]) => readonly number[],
): readonly (readonly number[])[] {
  const rightOnce = covers(
    right.keys,
    node.keys.map(key => key.right),
  )
  const leftOnce = covers(
    left.keys,
    node.keys.map(key => key.left),
  )
  const keepsLeft = node.kind === 'inner' || node.kind === 'left'
  const keepsRight = node.kind === 'inner' || node.kind === 'right'
  const found: (readonly number[])[] = []
  if (rightOnce && keepsLeft) found.push(...left.keys)
  if (leftOnce && keepsRight) found.push(...right.keys.map(moved))
  return some(found.length > 0 ? found : left.keys.flatMap(l => right.keys.map(r => [...l, ...moved(r)])))
}

/** Joins of joins have keys without number, and a few are all that anyone asks for. */
const MOST_KEYS = 32

function some(keys: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const seen = new Map(keys.slice(0, MOST_KEYS * MOST_KEYS).map(key => [key.join(), key]))
  return [...seen.values()].slice(0, MOST_KEYS)
}
