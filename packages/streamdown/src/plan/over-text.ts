import type { DataType } from '../types/data-type.ts'
import type { FrameBound, OverCall, OverNode } from './nodes/node.ts'

/** `ROWS BETWEEN 9 PRECEDING AND CURRENT ROW`; `distance` writes a distance of the order column. */
export function frameText({ unit, start, end, exclude }: OverCall['frame'], distance: Distance): string {
  const bound = (at: FrameBound, unbounded: string): string => {
    if (at === 'unbounded') return `UNBOUNDED ${unbounded}`
    if (Number(at) === 0) return 'CURRENT ROW'
    const size = at < 0 ? -at : at
    return `${unit === 'range' ? distance(size) : size} ${at < 0 ? 'PRECEDING' : 'FOLLOWING'}`
  }
  if (unit === 'session') return `SESSION WITH GAP ${end === 'unbounded' ? end : distance(end)}`
  const without = exclude === 'none' ? '' : ` EXCLUDE ${exclude.toUpperCase()}`
  return `${unit.toUpperCase()} BETWEEN ${bound(start, 'PRECEDING')} AND ${bound(end, 'FOLLOWING')}${without}`
}

export type Distance = (distance: number | bigint) => string

/** What a window function is called with, as SQL writes it. */
export function windowCallText({ window, args, count, ignoreNulls }: OverCall, text: (arg: number) => string): string {
  const [value, otherwise] = args
  const all = [
    ...(value === undefined ? [] : [text(0)]),
    ...(count === undefined ? [] : [String(count)]),
    ...(otherwise === undefined ? [] : [text(1)]),
  ]
  return `${window?.toUpperCase()}(${all.join(', ')})${ignoreNulls === true ? ' IGNORE NULLS' : ''}`
}

/** Functions of the place alone see no frame. */
export const hasFrame = ({ window }: OverCall): boolean => window === undefined || window.endsWith('_value')

export const orderType = ({ orderBy: [first], input }: OverNode): DataType | undefined =>
  first === undefined ? undefined : input.schema[first.column]?.type

/** Whether distances in an order of this type are µs. */
export const isTime = (type: DataType | undefined): boolean =>
  type?.is === 'timestamp' || type?.is === 'date' || type?.is === 'time'

/** A distance in the unscaled digits of a DECIMAL, with its point. */
export function decimalText(distance: number | bigint, type: DataType | undefined): string {
  if (type?.is !== 'decimal' || type.scale === 0) return String(distance)
  const digits = String(distance).padStart(type.scale + 1, '0')
  return `${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`
}
