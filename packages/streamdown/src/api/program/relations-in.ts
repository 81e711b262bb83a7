import type { RelationDraft } from '../draft/relation-draft.ts'

/** A relation and everything that it is made of, each once. */
export function relationsIn(draft: RelationDraft, into: Set<RelationDraft> = new Set()): Set<RelationDraft> {
  if (into.has(draft)) return into
  into.add(draft)
  for (const input of inputsOf(draft)) relationsIn(input, into)
  return into
}

function inputsOf(draft: RelationDraft): readonly RelationDraft[] {
  switch (draft.is) {
    case 'source':
      return []
    case 'join':
    case 'enrich':
      return [draft.left, draft.right]
    case 'union':
      return draft.inputs
    case 'late':
      return [draft.windowed.input]
    case 'matched':
    case 'timedOut':
    case 'processOutput':
      return [draft.of]
    case 'query':
      return draft.holes.flatMap(hole => (hole.is === 'relation' ? [hole.relation] : []))
    default:
      return [draft.input]
  }
}
