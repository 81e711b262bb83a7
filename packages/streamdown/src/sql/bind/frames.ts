import type { Expression } from '../../plan/expressions/expression.ts'
import type { Frame, FrameBound, SortKey } from '../../plan/nodes/node.ts'
import { isTime } from '../../plan/over-text.ts'
import type { DataType } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { SessionFrame, Span, WindowFrame, FrameBound as WrittenBound } from '../parse/ast.ts'
import { constant, constantMicros, wholeNumber } from './constants.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'

/** The frame of an OVER clause. */
export function bindFrame(rows: Rows, written: WindowFrame | SessionFrame, orderBy: readonly SortKey[]): Frame {
  if (written.is === 'sessionFrame') return sessionFrame(rows, written, orderBy)
  const { at } = written
  const unit = ({ ROWS: 'rows', RANGE: 'range', GROUPS: 'groups' } as const)[written.unit]
  if (written.start.is === 'unboundedFollowing') fail('DSD2009', 'A frame cannot start at its very end.', at)
  if (written.end.is === 'unboundedPreceding') fail('DSD2009', 'A frame cannot end before its first row.', at)
  if (unit === 'groups' && orderBy.length === 0) fail('DSD2009', 'A frame of GROUPS needs ORDER BY.', at)
  const start = bindBound(rows, written.start, unit, orderBy, written.start.is === 'preceding' ? 'down' : 'up')
  const end = bindBound(rows, written.end, unit, orderBy, written.end.is === 'preceding' ? 'up' : 'down')
  const isBackwards =
    (written.start.is === 'currentRow' && written.end.is === 'preceding') ||
    (written.start.is === 'following' && written.end.is !== 'following' && end !== 'unbounded')
  if (isBackwards) fail('DSD2009', 'The frame ends before it starts.', at)
  const exclude = ({ 'CURRENT ROW': 'current row', GROUP: 'group', TIES: 'ties', 'NO OTHERS': 'none' } as const)[
    written.exclude ?? 'NO OTHERS'
  ]
  return { unit, start, end, exclude }
}

/** `SESSION WITH GAP`: the rows around a row that follow one another by less than the gap. */
function sessionFrame(rows: Rows, { gap, at }: SessionFrame, orderBy: readonly SortKey[]): Frame {
  const distance = rangeDistance(rows, rows.binder.bind(gap), orderBy, at, 'up')
  if (Number(distance) === 0) fail('DSD2004', 'The gap of a SESSION frame must be longer than nothing.', at)
  return { unit: 'session', start: -distance, end: distance, exclude: 'none' }
}

/**
 * To which of the two a distance goes that lies between values of the order column: a row is then in a frame exactly
 * when it is within the distance that was written.
 */
type Rounding = 'down' | 'up'

function bindBound(
  rows: Rows,
  bound: WrittenBound,
  unit: Frame['unit'],
  orderBy: readonly SortKey[],
  rounding: Rounding,
): FrameBound {
  switch (bound.is) {
    case 'unboundedPreceding':
    case 'unboundedFollowing':
      return 'unbounded'
    case 'currentRow':
      return 0
    case 'preceding':
    case 'following': {
      const e = rows.binder.bind(bound.distance)
      const size =
        unit === 'range' ? rangeDistance(rows, e, orderBy, bound.at, rounding) : rowDistance(rows, e, bound.at)
      return bound.is === 'preceding' && size > 0 ? -size : size
    }
  }
}

function rowDistance({ context }: Rows, e: Expression, at: Span): number {
  const distance = wholeNumber(context, e, 'The distance of a frame', at)
  return distance < 0 ? fail('DSD2004', 'The distance of a frame is not negative.', at) : distance
}

/** How far a RANGE frame reaches, in the order column's own measure. */
function rangeDistance(
  rows: Rows,
  e: Expression,
  orderBy: readonly SortKey[],
  at: Span,
  rounding: Rounding,
): number | bigint {
  const [order, ...more] = orderBy
  if (order === undefined || more.length > 0)
    return fail('DSD2009', 'RANGE with a distance needs exactly one ORDER BY expression.', at)
  const { type, name } = rows.plan.schema[order.column]!
  const distance = isTime(type)
    ? constantMicros(rows.context, e, 'The distance of a RANGE frame', at)
    : numberDistance(constant(rows.context, e), type, rounding, at)
  if (distance === undefined)
    return fail('DSD2004', `RANGE with a distance orders by a number or a time, "${name}" is ${typeText(type)}.`, at)
  return distance < 0 ? fail('DSD2004', 'The distance of a frame is not negative.', at) : distance
}

function numberDistance(e: Expression, type: DataType, rounding: Rounding, at: Span): number | bigint | undefined {
  if (e.is !== 'literal' || (typeof e.value !== 'number' && typeof e.value !== 'bigint'))
    return fail('DSD2004', 'The distance of a frame must be a constant number.', at)
  const scale = e.type.is === 'decimal' ? e.type.scale : 0
  switch (type.is) {
    case 'real':
    case 'double':
      return Number(e.value) / 10 ** scale
    case 'tinyint':
    case 'smallint':
    case 'int':
      return Number(inDigits(e.value, scale, 0, rounding))
    case 'bigint':
      return inDigits(e.value, scale, 0, rounding)
    case 'decimal':
      return inDigits(e.value, scale, type.scale, rounding)
    default:
      return undefined
  }
}

/** A number of one scale in the digits of another; a double has its own. */
function inDigits(value: number | bigint, from: number, to: number, rounding: Rounding): bigint {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    const scaled = value * 10 ** to
    return BigInt(rounding === 'down' ? Math.floor(scaled) : Math.ceil(scaled))
  }
  const scaled = BigInt(value) * 10n ** BigInt(Math.max(0, to - from))
  const divisor = 10n ** BigInt(Math.max(0, from - to))
  const down = scaled / divisor
  return rounding === 'up' && scaled % divisor > 0n ? down + 1n : down
}
