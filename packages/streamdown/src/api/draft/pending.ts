import { callerPlace } from './place.ts'
import type { RelationDraft } from './relation-draft.ts'

/**
 * A part of the API that does not run yet. It can be put into a program, so that types and tools see it; the program
 * is refused when it starts, with the nearest thing that runs.
 */
export function pendingDraft(
  what: string,
  instead: string,
  input: RelationDraft,
  ...args: readonly unknown[]
): RelationDraft {
  return { is: 'pending', what, instead, input, args, place: callerPlace() }
}
