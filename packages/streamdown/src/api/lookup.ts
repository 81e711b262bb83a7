import type { Duration } from './duration.ts'
import { objectGiven } from './given.ts'
import type { Schema } from './schema/schema.ts'
import type { RelationOf } from './types/brand.ts'

/** An outside system that is asked by key: its answers are asked for in batches, cached, and kept with the row. */
export class Lookup<out R, out K extends string> implements RelationOf<R> {
  declare readonly '~row': R
  declare readonly '~kind': 'lookup'
  readonly key: K
  /** @internal */
  readonly get: (keys: never) => Promise<readonly R[]>
  /** @internal */
  readonly schema: Schema | undefined
  readonly cache: Duration | undefined

  /** @internal */
  constructor(given: {
    readonly key: K
    readonly get: (keys: never) => Promise<readonly R[]>
    readonly schema?: Schema
    readonly cache?: Duration
  }) {
    const options = objectGiven('lookup() wants its options, { key, get }', given)
    this.key = options.key
    this.get = options.get
    this.schema = options.schema
    this.cache = options.cache
  }
}

/** Options of a lookup. `get` is given each key once a batch; keys that it gives no row for have no match. */
export interface LookupOptions<R, K extends string, V> {
  readonly key: K
  readonly get: (keys: V[]) => Promise<readonly R[]>
  /**
   * The columns of its rows. May be left out where the source of `get` tells them: `keys => keys.map(key => ({ ... }))`.
   */
  readonly schema?: Schema
  /** How long an answer may be used again. */
  readonly cache?: Duration
}

/** An outside system to `enrich` from. */
export function lookup<const K extends string, V, R extends { readonly [P in K]: V }>(
  options: LookupOptions<R, K, V>,
): Lookup<R, K> {
  return new Lookup<R, K>(options)
}
