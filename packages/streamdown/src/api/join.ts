import { callerPlace } from './draft/place.ts'
import type { JoinRelation } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { draftGiven, objectGiven, textGiven } from './given.ts'
import type { Drafted, KeyIn, ModeIn, RelationOf, RowIn } from './types/brand.ts'
import type { Dropped, Flatten, Nullable, Numeric } from './types/row.ts'
import type { TimeSpan, Window } from './windows.ts'

/** `semi`: left rows that have a match, `anti`: those that have none. */
export type How = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

/** Kinds of values that may be compared for equality. */
type Family<V> = V extends Numeric
  ? 'number'
  : V extends string
    ? 'text'
    : V extends Date
      ? 'time'
      : V extends boolean
        ? 'boolean'
        : 'other'

/** Columns of `R` that may equal a value of type `V`. */
export type Matching<R, V> = {
  [K in keyof R & string as Family<NonNullable<R[K]>> extends Family<NonNullable<V>> ? K : never]: R[K]
}

/** Columns that both sides have under one name. */
export type Shared<L, R> = {
  [K in keyof L & keyof R & string as Family<NonNullable<L[K]>> extends Family<NonNullable<R[K]>> ? K : never]: L[K]
}

/** Which columns must be equal: `{ left: 'right' }`, or the name that both sides have. */
export type On<L, R> =
  | { readonly [C in keyof L & string]?: keyof Matching<R, L[C]> & string }
  | (keyof Shared<L, R> & string)

/** An error where `on` names a column that the left side does not have. */
type KnownLeft<L, O> = O extends string
  ? unknown
  : { readonly [C in Exclude<keyof O & string, keyof L>]: `'${C}' is not a column of the left side` }

/** Columns that `on` says are the same under the same name; the result has them once. */
type Same<O> = O extends string ? O : { [C in keyof O]: O[C] extends C ? C : never }[keyof O]

type Clash<L, R, O> = Exclude<keyof L & keyof R & string, Same<O>>
type NoClash<L, R, O, As, H> = [As] extends [never]
  ? H extends 'semi' | 'anti'
    ? unknown
    : [Clash<L, R, O>] extends [never]
      ? unknown
      : { readonly collision: `both sides have a column '${Clash<L, R, O>}': nest the right row with as: 'name'` }
  : unknown

/** Options of every join. */
export type JoinOptions<L, S, O, As, H> = {
  readonly on: O & KnownLeft<L, O>
  /** Nests the right row under this name. Without it its columns stand beside the left ones. */
  readonly as?: As
  readonly how?: H
} & NoClash<L, RowIn<S>, O, As, H>

/** The right row's time may lie this far before and after the left row's. */
export interface Within {
  readonly before?: Duration
  readonly after?: Duration
}

/**
 * How long rows wait for a match. Two streams must say one: `within` (times of both lie close), `window` (both lie in
 * the same window), `keep` (so long after arrival, or `'forever'`).
 */
export type JoinTime<S, Keep> = S extends { readonly '~kind': 'stream' }
  ? { readonly within: Within | Duration } | { readonly window: Window<TimeSpan> } | { readonly keep: Keep }
  : TableJoinTime<Keep>

/** With a table on either side rows are kept as long as the tables keep them, unless this says less. */
export interface TableJoinTime<Keep> {
  readonly within?: Within | Duration
  readonly keep?: Keep
}

type LeftRow<L, H> = H extends 'right' | 'full' ? Nullable<L> : L
type RightRow<R, H> = H extends 'left' | 'full' ? Nullable<R> : R

/** The row of a join's result. */
export type Joined<L, R, O, As, H> = H extends 'semi' | 'anti'
  ? L
  : [As] extends [never]
    ? Flatten<LeftRow<L, H> & RightRow<Dropped<R, Same<O>>, H>>
    : Flatten<LeftRow<L, H> & { [K in As & string]: H extends 'left' | 'full' ? R | null : R }>

/** Whether a join's result changes: joins of rows that never change only add, unless a missing match is filled in later. */
export type JoinMode<M, S, H> = [M | ModeIn<S>] extends ['final']
  ? H extends 'inner' | 'semi'
    ? 'final'
    : 'updates'
  : 'updates'

/** Columns of the right side that `on` names. */
type RightOn<O> = O extends string ? O : { [C in keyof O]: O[C] }[keyof O]

/** A left row keeps its key when it meets at most one right row: when `on` names the whole key of the right table. */
export type JoinKey<K, S, O, H> = H extends 'semi' | 'anti'
  ? K
  : H extends 'inner' | 'left'
    ? [KeyIn<S>] extends [never]
      ? never
      : [KeyIn<S>] extends [RightOn<O>]
        ? K
        : never
    : never

/** @internal */
export interface JoinRequest {
  readonly on: unknown
  readonly as?: string
  readonly how?: How
  readonly within?: Within | Duration
  readonly window?: Window<TimeSpan>
  readonly keep?: Duration | 'forever'
}

/** @internal */
export function joinDraft(left: Drafted, right: RelationOf<unknown> & Drafted, request: JoinRequest): JoinRelation {
  return {
    is: 'join',
    left: left['~draft'],
    right: draftGiven('join', right),
    on: onPairs(objectGiven('join() wants its options, { on }', request).on),
    ...(request.as === undefined ? {} : { as: request.as }),
    how: request.how ?? 'inner',
    ...timeDraft(request),
    place: callerPlace(),
  }
}

/** @internal */
export function onPairs(on: unknown): JoinRelation['on'] {
  if (typeof on === 'string') return [{ left: on, right: on }]
  return Object.entries(on ?? {}).map(([left, right]) => ({
    left,
    right: textGiven('on wants names of columns', right),
  }))
}

function timeDraft({ within, window, keep }: JoinRequest): Pick<JoinRelation, 'time'> {
  if (window !== undefined) return { time: { is: 'window', windowing: window.draft } }
  if (within !== undefined) {
    const bounds = typeof within === 'string' ? { before: within, after: within } : within
    return {
      time: {
        is: 'within',
        beforeMicros: durationMicros(bounds.before ?? '0s'),
        afterMicros: durationMicros(bounds.after ?? '0s'),
      },
    }
  }
  if (keep !== undefined) return { time: { is: 'keep', micros: keep === 'forever' ? 'forever' : durationMicros(keep) } }
  return {}
}
