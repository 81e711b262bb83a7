import { StreamdownError } from '../errors/error.ts'
import { Aggregate, OverColumn, type ResultOf } from './aggregates.ts'
import type { AggregateDraft } from './draft/expression-draft.ts'
import type { AggregateRelation, OverRelation } from './draft/relation-draft.ts'
import { objectGiven } from './given.ts'

/** The aggregates of a group, by the names of their columns; names in `Taken` are the key's and the window's. */
export type Aggregates<R, Taken extends PropertyKey> = { readonly [column: string]: Aggregate<unknown, R> } & {
  readonly [C in Taken]?: `'${C & string}' is already the name of a key or window column`
}

/** Columns computed over the rows around each row. */
export type OverColumns<R> = { readonly [column: string]: OverColumn<unknown, R> }

/** The columns that aggregates give. */
export type Results<A> = { -readonly [C in keyof A]: ResultOf<A[C]> }

/** @internal */
export function namedAggregates(aggregates: Readonly<Record<string, unknown>>): AggregateRelation['aggregates'] {
  return Object.entries(objectGiven('aggregate() wants columns by their names, { n: count() }', aggregates)).map(
    ([name, aggregate]) => ({ name, aggregate: draftOf(name, aggregate) }),
  )
}

function draftOf(name: string, aggregate: unknown): AggregateDraft {
  if (aggregate instanceof Aggregate) return aggregate.draft
  throw new StreamdownError(
    'DSD5007',
    `Column '${name}' wants an aggregate: count(), sum('column'), fold(type, initial, step).`,
  )
}

/** @internal */
export function namedOverColumns(columns: Readonly<Record<string, unknown>>): OverRelation['columns'] {
  return Object.entries(objectGiven("over() wants columns by their names, { before: lag('x') }", columns)).map(
    ([name, column]) => {
      if (column instanceof OverColumn) return { name, value: column.draft }
      throw new StreamdownError('DSD5007', `Column '${name}' wants an aggregate or lag('column').`)
    },
  )
}
