import type { RelationDraft } from './relation-draft.ts'

/** Whether a relation's rows are only added (a stream) or it is a table. */
export function kindOf(draft: RelationDraft): 'stream' | 'table' {
  switch (draft.is) {
    case 'source':
      return draft.kind
    case 'where':
    case 'derive':
    case 'select':
    case 'pick':
    case 'drop':
    case 'map':
    case 'flatMap':
      return kindOf(draft.input)
    case 'union':
      return draft.inputs.some(input => kindOf(input) === 'table') ? 'table' : 'stream'
    case 'branch':
    case 'changelog':
    case 'late':
    case 'over':
    case 'first':
    case 'match':
    case 'matched':
    case 'timedOut':
    case 'process':
    case 'processOutput':
    case 'enrich':
    case 'ask':
    case 'mapAsync':
      return 'stream'
    case 'aggregate':
    case 'top':
    case 'latest':
    case 'query':
      return 'table'
    case 'join':
      return kindOf(draft.left) === 'table' || joinChanges(draft) ? 'table' : 'stream'
  }
}

/** Whether a join of a stream is a table: it meets one, or a missing match may be filled in later. */
export function joinChanges({ right, time, how }: Extract<RelationDraft, { is: 'join' }>): boolean {
  return kindOf(right) === 'table' || (time?.is === 'keep' && how !== 'inner' && how !== 'semi')
}
