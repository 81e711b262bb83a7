import type { DataType } from '../types/data-type.ts'
import { conditionAggregates } from './aggregate/conditions.ts'
import type { AggregateFunction, AggregateRules } from './aggregate/definition.ts'
import { listAggregates } from './aggregate/lists.ts'
import { numberAggregates } from './aggregate/numbers.ts'
import { statisticsAggregates } from './aggregate/statistics.ts'
import type { BoundArgument } from './definition.ts'

export type { AggregateFunction, AggregateRules } from './aggregate/definition.ts'

/** Every aggregate function, in the order of the documentation. */
export const aggregateFunctions: readonly AggregateFunction[] = [
  ...numberAggregates,
  ...conditionAggregates,
  ...listAggregates,
  ...statisticsAggregates,
]

const byName = new Map<string, AggregateFunction>(
  aggregateFunctions.flatMap(definition =>
    [definition.name, ...(definition.aliases ?? [])].map(name => [name, definition] as const),
  ),
)

/** The definition of an aggregate by its name or alias, in any case; undefined: no aggregate has this name. */
export const aggregateFunction = (name: string): AggregateFunction | undefined => byName.get(name.toLowerCase())

export const isAggregate = (name: string): boolean => byName.has(name.toLowerCase())

/** What the binder puts into an `AggregateCall`. */
export interface ResolvedAggregate {
  /** The name in the registry: aliases are resolved. */
  readonly name: string
  /** The type that each argument is cast to; its own where no cast is needed. */
  readonly casts: readonly DataType[]
  readonly type: DataType
  /** Whether the result can be NULL for a group that has at least one row (all rows of it, when a FILTER is given, may be skipped). */
  readonly nullable: boolean
}

/**
 * Resolves a call of an aggregate. COUNT(*) is `count` without arguments. Of an ordered-set aggregate (percentile_cont,
 * percentile_disc, mode) the expression of WITHIN GROUP (ORDER BY ...) comes last in `args`, and also in the call's
 * `args` and `orderBy`.
 *
 * `everyGroupHasRows`: there are group keys and no FILTER, so that an aggregate over arguments that are never NULL is
 * never NULL. Undefined: no such aggregate, or none that takes these arguments; `aggregateFunction(name)` tells which.
 */
export function resolveAggregate(
  name: string,
  args: readonly BoundArgument[],
  distinct: boolean,
  rules: AggregateRules,
  everyGroupHasRows = false,
): ResolvedAggregate | undefined {
  const definition = aggregateFunction(name)
  if (definition === undefined) return undefined
  if (distinct && args.length === 0) return undefined
  const resolved = definition.resolve(args, rules)
  if (resolved === undefined) return undefined
  const mayBeNull = definition.ofNothing === 'null' || definition.ofNothing === undefined
  return {
    name: definition.name,
    casts: resolved.casts ?? args.map(argument => argument.type),
    type: resolved.type,
    nullable:
      mayBeNull && (definition.nullOfRows === true || !everyGroupHasRows || args.some(argument => argument.nullable)),
  }
}
