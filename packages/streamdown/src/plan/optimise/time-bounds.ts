import { isInterval } from '../../types/value.ts'
import { column, conjuncts, test } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { remap } from '../expressions/walk.ts'
import { withColumns, withoutHarmlessCast } from '../joins.ts'
import { type JoinKind, JoinNode, NO_BOUND, type PlanNode, ProjectNode } from '../nodes/node.ts'
import { derive } from '../properties.ts'
import { type Roots, transform } from '../visitor/transform.ts'
import { sameWindowing, type WindowColumns } from '../window-columns.ts'
import { rankWindow, windowColumns, withWindowEnd } from '../windows.ts'

/** Finds what lets state end with the watermark: equal windows, bounds between two times, closing top-Ns. */
export function findTimeBounds(roots: Roots): Roots {
  return transform(roots, node => {
    if (node.is === 'join') return joinTime(node)
    if (node.is !== 'rank' || node.window !== undefined) return node
    const partitionBy = withWindowEnd(node.input, node.partitionBy)
    const window = rankWindow(node.input, partitionBy)
    return window === undefined ? node : { ...node, partitionBy, window }
  })
}

function joinTime(node: JoinNode): PlanNode {
  if (node.time !== undefined && node.time.kind !== 'keep') return node
  return windowJoin(node) ?? intervalJoin(node) ?? clockJoin(node) ?? node
}

/** Rows of both sides meet only within the same closing window. */
function windowJoin(node: JoinNode): PlanNode | undefined {
  if (!derive(node.left).appendOnly || !derive(node.right).appendOnly) return undefined
  for (const left of windowColumns(node.left)) {
    for (const right of windowColumns(node.right)) {
      if (left.of.emit !== 'close' || !sameWindowing(left.of, right.of) || !sameWindow(node, left, right)) continue
      if (left.end !== undefined && right.end !== undefined)
        return { ...node, time: { kind: 'window', leftEnd: left.end, rightEnd: right.end } }
      const withEnds = exposeEnds(node, left, right)
      if (withEnds !== undefined) return withEnds
    }
  }
  return undefined
}

/** Whether the keys pair the bounds; of windows with a fixed length one bound is enough. */
function sameWindow(node: JoinNode, left: WindowColumns, right: WindowColumns): boolean {
  const paired = (l: number | undefined, r: number | undefined) =>
    l !== undefined && r !== undefined && node.keys.some(key => key.left === l && key.right === r)
  if (paired(left.row, right.row)) return true
  const starts = paired(left.start, right.start)
  const ends = paired(left.end, right.end)
  return left.of.windowing.kind === 'session' ? starts && ends : starts || ends || paired(left.time, right.time)
}

/** Where a side has its window as a ROW only, the end is read out of it. */
function exposeEnds(node: JoinNode, left: WindowColumns, right: WindowColumns): PlanNode | undefined {
  const ends = ([left, right] as const).map((side, i) => {
    const input = i === 0 ? node.left : node.right
    if (side.end !== undefined) return { input, end: side.end }
    if (side.row === undefined) return undefined
    const row = column(input.schema, side.row)
    if (row.type.is !== 'row') return undefined
    const end: Expression = {
      is: 'field',
      input: row,
      index: 1,
      type: row.type.fields[1]!.type,
      nullable: row.nullable,
    }
    return { input: withColumns(input, [end], ['window_end']), end: input.schema.length }
  })
  const [l, r] = ends
  if (l === undefined || r === undefined) return undefined
  const width = node.left.schema.length
  const shift = l.input.schema.length - width
  const condition = node.condition === undefined ? undefined : shifted(node.condition, width, shift)
  const join = JoinNode.create(node.kind, l.input, r.input, node.keys, condition, {
    kind: 'window',
    leftEnd: l.end,
    rightEnd: r.end,
  })
  const kept = node.schema.map((_, i) => (i < width ? i : i + shift))
  return ProjectNode.create(
    join,
    kept.map((place, i) => ({ name: node.schema[i]!.name, value: column(join.schema, place) })),
  )
}

function shifted(e: Expression, width: number, by: number): Expression {
  return remap(e, index => (index < width ? index : index + by))
}

/** A column plus or minus a fixed time. */
interface Moved {
  readonly column: number
  readonly micros: bigint
}

function moved(written: Expression): Moved | undefined {
  const e = withoutHarmlessCast(written)
  if (e.is === 'column') return { column: e.index, micros: 0n }
  if (e.is !== 'call' || (e.name !== '+' && e.name !== '-') || e.args.length !== 2) return undefined
  const [a, b] = e.args
  const interval = intervalMicros(b!)
  const from = moved(a!)
  if (interval !== undefined && from !== undefined)
    return { column: from.column, micros: from.micros + (e.name === '-' ? -interval : interval) }
  const first = intervalMicros(a!)
  const second = moved(b!)
  return e.name === '+' && first !== undefined && second !== undefined
    ? { ...second, micros: second.micros + first }
    : undefined
}

function intervalMicros(e: Expression): bigint | undefined {
  if (e.is !== 'literal' || e.type.is !== 'interval') return undefined
  const { value } = e
  if (!isInterval(value) || value.months !== 0) return undefined
  return BigInt(value.days) * 86_400_000_000n + value.micros
}

/** Start columns of windows of fixed length, as their end minus the length. */
function windowStarts(node: PlanNode, shift: number): ReadonlyMap<number, Moved> {
  return new Map(
    windowColumns(node).flatMap(({ of, start, end }) => {
      const fixed = of.windowing.kind === 'tumble' || of.windowing.kind === 'hop' ? of.windowing.size : undefined
      if (fixed === undefined || of.emit !== 'close' || start === undefined || end === undefined) return []
      return [[start + shift, { column: end + shift, micros: -fixed }] as const]
    }),
  )
}

function asWindowEnd({ column, micros }: Moved, starts: ReadonlyMap<number, Moved>): Moved {
  const start = starts.get(column)
  return start === undefined ? { column, micros } : { column: start.column, micros: micros + start.micros }
}

interface Bounds {
  lower?: bigint
  upper?: bigint
}

/** What the condition says of (left column - right column), for each such pair of columns. */
function differences(node: JoinNode): ReadonlyMap<string, Bounds> {
  const width = node.left.schema.length
  const found = new Map<string, Bounds>()
  const starts = new Map([...windowStarts(node.left, 0), ...windowStarts(node.right, width)])
  const compare = (op: string, left: Expression, right: Expression): void => {
    const [a, b] = [moved(left), moved(right)].map(m => m && asWindowEnd(m, starts))
    if (a === undefined || b === undefined || a.column < width === b.column < width) return
    if (a.column >= width) {
      compare(mirrored[op] ?? op, right, left)
      return
    }
    const key = `${a.column} ${b.column - width}`
    const bounds: Bounds = found.get(key) ?? {}
    const difference = b.micros - a.micros
    if (op === '>=' || op === '>' || op === '=')
      bounds.lower = bounds.lower === undefined || difference > bounds.lower ? difference : bounds.lower
    if (op === '<=' || op === '<' || op === '=')
      bounds.upper = bounds.upper === undefined || difference < bounds.upper ? difference : bounds.upper
    found.set(key, bounds)
  }
  const keys = node.keys.map(key =>
    test('=', column(node.left.schema, key.left), {
      ...column(node.right.schema, key.right),
      index: key.right + width,
    }),
  )
  for (const e of [...(node.condition === undefined ? [] : conjuncts(node.condition)), ...keys]) {
    if (e.is !== 'call') continue
    const [a, b, c] = e.args
    if (e.name === 'between' && a !== undefined && b !== undefined && c !== undefined) {
      compare('>=', a, b)
      compare('<=', a, c)
    } else if (a !== undefined && b !== undefined && e.args.length === 2 && e.name in mirrored) compare(e.name, a, b)
  }
  return found
}

const mirrored: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' }

/**
 * Bounds between two event times: a row can be forgotten when the watermark is past its partners. With one bound the rows
 * of one side can; those that the join shows without a partner must be among them.
 */
function intervalJoin(node: JoinNode): JoinNode | undefined {
  const left = derive(node.left)
  const right = derive(node.right)
  if (!left.appendOnly || !right.appendOnly || left.timeColumns.length === 0 || right.timeColumns.length === 0)
    return undefined
  const found = differences(node)
  let oneSided: JoinNode | undefined
  for (const l of left.timeColumns) {
    for (const r of right.timeColumns) {
      const { lower, upper } = found.get(`${l} ${r}`) ?? {}
      if (lower !== undefined && upper !== undefined)
        return { ...node, time: { kind: 'interval', left: l, right: r, lower, upper } }
      if (lower !== undefined && endsAlone.left.has(node.kind))
        oneSided ??= { ...node, time: { kind: 'interval', left: l, right: r, lower, upper: NO_BOUND } }
      if (upper !== undefined && endsAlone.right.has(node.kind))
        oneSided ??= { ...node, time: { kind: 'interval', left: l, right: r, lower: -NO_BOUND, upper } }
    }
  }
  // What a TTL ends needs no bound that leaves rows of one side for ever.
  return node.time === undefined ? oneSided : undefined
}

/** Joins that show nothing at the end of a row of the other side. */
const endsAlone: Readonly<Record<'left' | 'right', ReadonlySet<JoinKind>>> = {
  left: new Set(['inner', 'left', 'semi', 'anti']),
  right: new Set(['inner', 'right', 'semi']),
}

/** Bounds between two processing times: state is kept for the longer of them. */
function clockJoin(node: JoinNode): JoinNode | undefined {
  const left = derive(node.left).processing
  const right = derive(node.right).processing
  const found = differences(node)
  for (const l of left) {
    for (const r of right) {
      const { lower, upper } = found.get(`${l} ${r}`) ?? {}
      if (lower === undefined || upper === undefined) continue
      const ttl = [lower, -lower, upper, -upper].reduce((longest, n) => (n > longest ? n : longest), 0n)
      return ttl > 0n ? { ...node, time: { kind: 'keep', ttl } } : undefined
    }
  }
  return undefined
}
