import type { Relation } from '../../plan/nodes/node.ts'
import type { SourceRelation } from '../draft/relation-draft.ts'
import { exportsOf } from './assemble.ts'
import { relationsIn } from './relations-in.ts'

/** Looks into the files that a program reads without saying their columns. */
export async function inferSources(
  program: object,
  inferFile: (path: string) => Promise<Relation>,
): Promise<ReadonlyMap<SourceRelation, Relation>> {
  const found = new Map<SourceRelation, Relation>()
  for (const { is, draft } of exportsOf(program)) {
    for (const relation of relationsIn(is === 'job' ? draft.input : draft)) {
      if (
        relation.is !== 'source' ||
        relation.columns !== undefined ||
        relation.source.connector !== 'file' ||
        found.has(relation)
      )
        continue
      const inferred = await inferFile(relation.source.options['path'] ?? '')
      found.set(relation, { ...inferred, options: { ...inferred.options, ...relation.source.options } })
    }
  }
  return found
}
