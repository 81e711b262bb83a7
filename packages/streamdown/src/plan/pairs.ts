import type { AsofJoinNode, JoinNode, TemporalJoinNode } from './nodes/node.ts'

/** Nodes that put rows of two inputs side by side. */
export type PairingNode = JoinNode | TemporalJoinNode | AsofJoinNode

/** Columns of each side that the node itself reads, besides those of its condition. */
export function pairingColumns(node: PairingNode): {
  readonly left: readonly number[]
  readonly right: readonly number[]
} {
  const left = node.keys.map(key => key.left)
  const right = node.keys.map(key => key.right)
  switch (node.is) {
    case 'join':
      if (node.time?.kind === 'interval') return { left: [...left, node.time.left], right: [...right, node.time.right] }
      if (node.time?.kind === 'window')
        return { left: [...left, node.time.leftEnd], right: [...right, node.time.rightEnd] }
      return { left, right }
    case 'temporalJoin':
      if (node.moment.is === 'arrival') return { left, right }
      return { left: [...left, node.moment.left], right: [...right, node.moment.right] }
    case 'asofJoin':
      return { left: [...left, node.nearest.left], right: [...right, node.nearest.right, ...node.ties] }
  }
}

type Places = ReadonlyMap<number, number>

/** The node with those columns at other places; its inputs, condition and schema are the caller's to change. */
export function movedPairing<N extends PairingNode>(node: N, left: Places, right: Places): N {
  const keys = node.keys.map(key => ({ ...key, left: left.get(key.left)!, right: right.get(key.right)! }))
  return { ...node, keys, ...movedColumns(node, left, right) }
}

function movedColumns(node: PairingNode, left: Places, right: Places): Partial<PairingNode> {
  switch (node.is) {
    case 'join':
      return node.time === undefined ? {} : { time: movedTime(node.time, left, right) }
    case 'temporalJoin': {
      const { moment } = node
      if (moment.is === 'arrival') return {}
      return { moment: { ...moment, left: left.get(moment.left)!, right: right.get(moment.right)! } }
    }
    case 'asofJoin': {
      const nearest = { ...node.nearest, left: left.get(node.nearest.left)!, right: right.get(node.nearest.right)! }
      return { nearest, ties: node.ties.map(column => right.get(column)!) }
    }
  }
}

function movedTime(time: NonNullable<JoinNode['time']>, left: Places, right: Places): NonNullable<JoinNode['time']> {
  switch (time.kind) {
    case 'interval':
      return { ...time, left: left.get(time.left)!, right: right.get(time.right)! }
    case 'window':
      return { ...time, leftEnd: left.get(time.leftEnd)!, rightEnd: right.get(time.rightEnd)! }
    case 'keep':
      return time
  }
}
