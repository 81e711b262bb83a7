import type { Frame, FrameBound } from '../../../plan/nodes/node.ts'
import type { OverCallInput } from './over-framed.ts'
import type { OverLayout } from './over-layout.ts'

/**
 * The same results over the rows in the opposite order, so that frames which end with the partition begin with it;
 * undefined: a call depends on the order itself.
 */
export function mirrored(layout: OverLayout): OverLayout | undefined {
  const calls: OverCallInput[] = []
  for (const call of layout.calls) {
    const other = mirroredCall(call, layout)
    if (other === undefined) return undefined
    calls.push(other)
  }
  const { measure } = layout
  return {
    ...layout,
    calls,
    orderBy: layout.orderBy.map(key => ({ ...key, descending: !key.descending, nullsFirst: !key.nullsFirst })),
    measure: measure && { ...measure, descending: !measure.descending },
    arrival: layout.arrival === 'first' ? 'last' : 'first',
  }
}

/** Aggregates of which the order of their rows says nothing. */
const unordered = new Set(['count', 'regr_count', 'sum', 'sum0', 'avg', 'bool_and', 'bool_or'])

function mirroredCall(input: OverCallInput, { schema }: OverLayout): OverCallInput | undefined {
  const { call, args, orderBy } = input
  const frame = mirroredFrame(call.frame)
  if (frame === undefined) return undefined
  switch (call.window) {
    case undefined: {
      // Of numbers that are equal and not the same, as 1.0 and 1.00, the extreme is the one that comes first.
      const type = schema[args[0] ?? -1]?.type.is
      const isExtreme = (call.name === 'min' || call.name === 'max') && type !== 'numeric' && type !== 'interval'
      return orderBy.length === 0 && (isExtreme || unordered.has(call.name))
        ? { ...input, call: { ...call, frame } }
        : undefined
    }
    case 'first_value':
      return { ...input, call: { ...call, window: 'last_value', frame } }
    case 'last_value':
      return { ...input, call: { ...call, window: 'first_value', frame } }
    case 'lag':
      return { ...input, call: { ...call, window: 'lead' } }
    case 'lead':
      return { ...input, call: { ...call, window: 'lag' } }
    default:
      return undefined
  }
}

function mirroredFrame(frame: Frame): Frame | undefined {
  if (frame.unit === 'session') return undefined
  return { ...frame, start: opposite(frame.end), end: opposite(frame.start) }
}

const opposite = (bound: FrameBound): FrameBound => {
  if (bound === 'unbounded') return bound
  if (typeof bound === 'bigint') return -bound
  return bound === 0 ? 0 : -bound
}
