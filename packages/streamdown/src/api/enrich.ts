import { callerPlace } from './draft/place.ts'
import type { AskRelation, EnrichRelation } from './draft/relation-draft.ts'
import { draftGiven, objectGiven } from './given.ts'
import { type JoinRequest, onPairs } from './join.ts'
import { Lookup } from './lookup.ts'
import type { Drafted } from './types/brand.ts'

/** @internal Left rows are kept unless `how` is inner. */
export function enrichDraft(
  left: Drafted,
  right: Drafted | Lookup<unknown, string>,
  request: JoinRequest,
): EnrichRelation | AskRelation {
  const { on, as, how } = objectGiven('enrich() wants its options, { on }', request)
  const shared = {
    on: onPairs(on),
    ...(as === undefined ? {} : { as }),
    how: how === 'inner' ? 'inner' : 'left',
    place: callerPlace(),
  } as const
  return right instanceof Lookup
    ? { is: 'ask', input: left['~draft'], lookup: right, ...shared }
    : { is: 'enrich', left: left['~draft'], right: draftGiven('enrich', right), ...shared }
}
