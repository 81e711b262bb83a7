/**
 * The small interfaces that operators take instead of whole classes: a stream or a table is recognised by these
 * properties alone, so that hovers and errors stay short. The properties exist for the type checker only, except
 * `~draft`.
 */
import type { RelationDraft } from '../draft/relation-draft.ts'

/** `'final'`: a row is never taken back. `'updates'`: it may be changed or deleted later. */
export type Mode = 'final' | 'updates'

/** Anything with rows. */
export interface RelationOf<R> {
  readonly '~row': R
}

/** A relation that the program has, not one looked up outside. */
export interface Drafted {
  readonly '~draft': RelationDraft
}

/** What takes a stream of rows like `R` asks for this. */
export interface StreamOf<R> extends RelationOf<R>, Drafted {
  readonly '~kind': 'stream'
}

/** What takes a table of rows like `R` asks for this. `K` are the columns that name a row, `M` whether rows change. */
export interface TableOf<R, K = unknown, M = Mode> extends RelationOf<R>, Drafted {
  readonly '~kind': 'table'
  readonly '~key': K
  readonly '~mode': M
}

/** The row of a stream or table. */
export type RowIn<S> = S extends RelationOf<infer R> ? R : never

/** Columns that name a row of a table; never, for a stream. */
export type KeyIn<S> = S extends TableOf<unknown, infer K> ? K : never

/** Whether rows are ever taken back; a stream's are not. */
export type ModeIn<S> = S extends TableOf<unknown, unknown, infer M> ? M : 'final'
