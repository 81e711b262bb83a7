import type { Timestamp } from '../values/timestamp.ts'
import type { WindowingDraft } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { objectGiven } from './given.ts'

declare const adds: unique symbol

/** How rows are put into windows. `W` are the columns that a window adds to what is computed over it. */
export class Window<out W> {
  declare readonly [adds]: W
  /** @internal */
  readonly draft: WindowingDraft

  /** @internal */
  constructor(draft: WindowingDraft) {
    this.draft = draft
  }
}

/** A window of time: from its start to just before its end. */
export interface TimeSpan {
  window_start: Timestamp
  window_end: Timestamp
}

/** A window of counted rows. */
export interface RowSpan {
  window_number: number
}

/** Windows start at the epoch plus `offset`: `'-2 hours'` for days of another zone. */
export interface Offset {
  readonly offset?: Duration
}

/** Windows of one length, one after the other. */
export function tumble(size: Duration, options: Offset = {}): Window<TimeSpan> {
  return new Window({ is: 'tumble', size: durationMicros(size), offset: offsetMicros(options) })
}

/** Windows of one length, a new one every `every`; a row is in each that covers it. */
export function hop(size: Duration, options: Offset & { readonly every: Duration }): Window<TimeSpan> {
  return new Window({
    is: 'hop',
    size: durationMicros(size),
    slide: durationMicros(options.every),
    offset: offsetMicros(options),
  })
}

/** Windows that start together and grow by `every` until they are `max` long: the day so far, every hour. */
export function cumulate(max: Duration, options: Offset & { readonly every: Duration }): Window<TimeSpan> {
  return new Window({
    is: 'cumulate',
    size: durationMicros(max),
    step: durationMicros(options.every),
    offset: offsetMicros(options),
  })
}

/** Rows of a key belong together until nothing comes for `gap`. */
export function session(gap: Duration): Window<TimeSpan> {
  return new Window({ is: 'session', gap: durationMicros(gap) })
}

/** Every `every` rows of a key the last `size` of them, in arrival order; windows are numbered from 1. */
export function rows(size: number, options: { readonly every?: number } = {}): Window<RowSpan> {
  const { every = size } = objectGiven('The options of rows() are an object', options)
  return new Window({ is: 'rows', size, every })
}

const offsetMicros = ({ offset }: Offset): bigint => (offset === undefined ? 0n : durationMicros(offset))

/** When a window's results are written before it closes. */
export type Emit = { readonly every: Duration } | 'changes'

/** `keepOpen`: corrections by rows that come late; `emit`: early results. Either makes the results change. */
export interface WindowOptions<E, L> {
  readonly emit?: E
  readonly keepOpen?: L
}

/** Without early results and late corrections a window's results are final. */
export type WindowMode<E, L> = [E | L] extends [never] ? 'final' : 'updates'
