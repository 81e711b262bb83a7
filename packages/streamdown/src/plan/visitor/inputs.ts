import type { PlanNode } from '../nodes/node.ts'

/** The nodes that a node reads, in order. */
export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.is) {
    case 'scan':
    case 'values':
      return []
    case 'filter':
    case 'temporalFilter':
    case 'project':
    case 'window':
    case 'aggregate':
    case 'rank':
    case 'over':
    case 'sort':
    case 'changelog':
    case 'flatMap':
    case 'repeat':
    case 'match':
    case 'process':
    case 'async':
      return [node.input]
    case 'join':
    case 'temporalJoin':
    case 'asofJoin':
      return [node.left, node.right]
    case 'union':
      return node.inputs
    case 'recursive':
      return [node.base, ...node.externals]
    case 'late':
      return [node.of]
  }
}

/** The node over changed inputs of the same columns; the same object when none changed. */
export function mapInputs(node: PlanNode, change: (input: PlanNode) => PlanNode): PlanNode {
  switch (node.is) {
    case 'scan':
    case 'values':
      return node
    case 'filter':
    case 'temporalFilter':
    case 'project':
    case 'window':
    case 'aggregate':
    case 'rank':
    case 'over':
    case 'sort':
    case 'changelog':
    case 'flatMap':
    case 'repeat':
    case 'match':
    case 'process':
    case 'async': {
      const input = change(node.input)
      return input === node.input ? node : { ...node, input }
    }
    case 'join':
    case 'temporalJoin':
    case 'asofJoin': {
      const left = change(node.left)
      const right = change(node.right)
      return left === node.left && right === node.right ? node : { ...node, left, right }
    }
    case 'recursive': {
      const base = change(node.base)
      const externals = node.externals.map(change)
      const same = base === node.base && externals.every((input, i) => input === node.externals[i])
      return same ? node : { ...node, base, externals }
    }
    case 'union': {
      const inputs = node.inputs.map(change)
      return inputs.every((input, i) => input === node.inputs[i]) ? node : { ...node, inputs }
    }
    case 'late': {
      const of = change(node.of)
      return of === node.of ? node : { ...node, of }
    }
  }
}
