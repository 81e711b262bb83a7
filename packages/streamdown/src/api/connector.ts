import type { SourceDraft } from './draft/source-draft.ts'
import type { Mode } from './types/brand.ts'

/** What delivery a sink can promise. */
export type Guarantee = 'at-least-once' | 'exactly-once'

/** Where rows come from. `R` is their type when the source knows it by itself, else unknown. */
export interface SourceOf<out R> {
  readonly '~reads': R
  readonly '~connector': SourceDraft
}

/** Where rows go: rows like `R`, of relations that change as `T` says, with at most guarantee `G`. */
export interface SinkOf<in R, in T = Mode, out G = Guarantee> {
  readonly '~writes': (row: R, mode: T) => void
  readonly '~guarantee': G
  readonly '~connector': SourceDraft
}

/** A source. */
export class Source<out R> implements SourceOf<R> {
  declare readonly '~reads': R
  readonly '~connector': SourceDraft

  constructor(connector: SourceDraft) {
    this['~connector'] = connector
  }
}

/** A sink. */
export class Sink<in R, in T = Mode, out G = Guarantee> implements SinkOf<R, T, G> {
  declare readonly '~writes': (row: R, mode: T) => void
  declare readonly '~guarantee': G
  readonly '~connector': SourceDraft

  constructor(connector: SourceDraft) {
    this['~connector'] = connector
  }
}

/** What can be read and written alike. */
export class SourceAndSink<out R, in W, in T, out G> implements SourceOf<R>, SinkOf<W, T, G> {
  declare readonly '~reads': R
  declare readonly '~writes': (row: W, mode: T) => void
  declare readonly '~guarantee': G
  readonly '~connector': SourceDraft

  constructor(connector: SourceDraft) {
    this['~connector'] = connector
  }
}

/** An error where rows change and the sink only adds. */
export type TakesChanges<M, T> = [M] extends [T]
  ? unknown
  : {
      readonly changes: 'rows of this table may change, and the sink only adds: close its windows without emit and keepOpen, or write .changelog()'
    }
