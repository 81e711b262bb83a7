import { callerPlace } from './draft/place.ts'
import type { MapAsyncRelation, RelationDraft } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { codeGiven, objectGiven } from './given.ts'
import { typeGiven } from './schema/column-type.ts'

/** How `mapAsync` asks. */
export interface MapAsyncOptions {
  /** Requests under way at most. Default 16. */
  readonly concurrency?: number
  /** `input`: answers leave in the order of their rows; `any`: as they come. Default `input`. */
  readonly order?: 'input' | 'any'
  /** A request that takes longer is aborted and counts as failed. Default 10 s. */
  readonly timeout?: Duration
  /** How often a failed request is tried again before its row goes to the dead letters. Default 3. */
  readonly retry?: number
}

/** @internal */
export function mapAsyncDraft(
  input: RelationDraft,
  type: MapAsyncRelation['type'],
  call: MapAsyncRelation['call'],
  options: MapAsyncOptions = {},
): MapAsyncRelation {
  const wants = 'The options of mapAsync() are an object'
  const { concurrency = 16, order = 'input', timeout = '10s', retry = 3 } = objectGiven(wants, options)
  return {
    is: 'mapAsync',
    input,
    type: typeGiven('mapAsync()', type),
    call: codeGiven('mapAsync() wants a function that answers', call),
    concurrency,
    ordered: order === 'input',
    timeoutMicros: durationMicros(timeout),
    retry,
    place: callerPlace(),
  }
}
