import type { Guarantee, SinkOf } from './connector.ts'
import { callerPlace } from './draft/place.ts'
import type { JobDraft } from './draft/relation-draft.ts'
import { connectorGiven } from './given.ts'
import type { Drafted } from './types/brand.ts'

/** Options of `into`. */
export interface IntoOptions<G> {
  /** The program is refused if the sink, or what feeds it, cannot keep this. */
  readonly guarantee?: G | 'at-least-once'
}

/** Rows on their way into a sink. It runs when it is exported from a program that `run` is given. */
export class Job<out R> {
  declare readonly '~kind': 'job'
  declare readonly '~rows': R
  /** @internal */
  readonly draft: JobDraft

  /** @internal */
  constructor(draft: JobDraft) {
    this.draft = draft
  }
}

/** @internal */
export function jobInto<R>(
  input: Drafted,
  sink: SinkOf<R, never, Guarantee>,
  guarantee: Guarantee | undefined,
): Job<R> {
  return new Job({
    is: 'job',
    input: input['~draft'],
    sink: connectorGiven('into', sink),
    ...(guarantee === undefined ? {} : { guarantee }),
    place: callerPlace(),
  })
}
