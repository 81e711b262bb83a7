import { callerPlace } from './draft/place.ts'
import type { AskRelation, EnrichRelation } from './draft/relation-draft.ts'
import { type JoinRequest, onPairs } from './join.ts'
import { Lookup } from './lookup.ts'
import type { Drafted } from './types/brand.ts'

/** @internal Left rows are kept unless `how` is inner. */
export function enrichDraft(
  left: Drafted,
  right: Drafted | Lookup<unknown, string>,
  { on, as, how }: JoinRequest,
): EnrichRelation | AskRelation {
  const shared = {
    on: onPairs(on),
    ...(as === undefined ? {} : { as }),
    how: how === 'inner' ? 'inner' : 'left',
    place: callerPlace(),
  } as const
  return right instanceof Lookup
    ? { is: 'ask', input: left['~draft'], lookup: right, ...shared }
    : { is: 'enrich', left: left['~draft'], right: right['~draft'], ...shared }
}
