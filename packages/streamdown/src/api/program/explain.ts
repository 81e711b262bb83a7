import { explainMermaid, explainTree, programRoots } from '../../plan/explain/explain.ts'
import { optimiseProgram } from '../../plan/optimise/optimise.ts'
import type { Drafted } from '../types/brand.ts'
import { assemble } from './assemble.ts'
import { inferSources } from './infer.ts'

/** How `explain` writes. */
export interface ExplainOptions {
  /** `mermaid`: a flowchart. Default: a tree. */
  readonly format?: 'tree' | 'mermaid'
  /** The plan as the program said it, before it is made to do less work. Default false. */
  readonly logical?: boolean
}

/** The plan of a relation, and of each of its arrows whether it runs compiled or as JavaScript, and why. */
export async function explainRelation(relation: Drafted, options: ExplainOptions = {}): Promise<string> {
  const program = { result: relation }
  const { createNodeEnvironment } = await import('../../connect/node/environment.ts')
  const environment = await createNodeEnvironment()
  const assembled = assemble(program, await inferSources(program, path => environment.inferFile(path)))
  const roots = programRoots(options.logical === true ? assembled.program : optimiseProgram(assembled.program))
  if (options.format === 'mermaid') return explainMermaid(roots)
  const arrows = assembled.context.notes.map(
    ({ source, text, place }) => `  ${source}\n    ${text}${place === undefined ? '' : ` (${place})`}`,
  )
  return [explainTree(roots), ...(arrows.length === 0 ? [] : ['Arrows', ...arrows])].join('\n')
}
