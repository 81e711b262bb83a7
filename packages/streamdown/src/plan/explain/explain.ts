import type { PlanNode } from '../nodes/node.ts'
import type { Program } from '../program.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { nodesOf, readersOf } from '../visitor/transform.ts'
import { describe, modeText } from './describe.ts'

export interface Root {
  readonly title: string
  readonly node: PlanNode
}

export const programRoots = ({ sinks, views }: Program): readonly Root[] => [
  ...sinks.map(sink => ({ title: `Sink ${sink.name} (${sink.relation.connector})`, node: sink.input })),
  ...views.map(view => ({ title: `View ${view.name}`, node: view.input })),
]

/**
 * The plan as an indented tree, what reads above what is read. A node that several read is written once, with a number
 * that the others refer to.
 */
export function explainTree(roots: readonly Root[]): string {
  const readers = readersOf(roots.map(root => root.node))
  const numbers = new Map<PlanNode, number>()
  const lines: string[] = []
  const write = (node: PlanNode, depth: number): void => {
    const indent = '  '.repeat(depth)
    const known = numbers.get(node)
    if (known !== undefined) {
      lines.push(`${indent}[${known}] as above`)
      return
    }
    const shared = (readers.get(node) ?? 0) > 1
    if (shared) numbers.set(node, numbers.size + 1)
    lines.push(`${indent}${shared ? `[${numbers.get(node)}] ` : ''}${describe(node)}  {${modeText(node)}}`)
    for (const input of inputsOf(node)) write(input, depth + 1)
  }
  for (const { title, node } of roots) {
    lines.push(title)
    write(node, 1)
  }
  return lines.join('\n')
}

/** The plan as a mermaid flowchart, from the sources down. */
export function explainMermaid(roots: readonly Root[]): string {
  const nodes = nodesOf(roots.map(root => root.node))
  const id = new Map(nodes.map((node, i) => [node, `n${i}`]))
  const lines = ['flowchart TD']
  for (const node of nodes) lines.push(`  ${id.get(node)}["${quoted(describe(node))}"]`)
  for (const node of nodes) for (const input of inputsOf(node)) lines.push(`  ${id.get(input)} --> ${id.get(node)}`)
  for (const [i, { title, node }] of roots.entries())
    lines.push(`  r${i}(["${quoted(title)}"])`, `  ${id.get(node)} --> r${i}`)
  return lines.join('\n')
}

const quoted = (text: string): string => text.replaceAll('"', '#quot;')
