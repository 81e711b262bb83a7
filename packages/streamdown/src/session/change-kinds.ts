import type { WeightedRow } from '../connect/memory.ts'
import type { PlanNode } from '../plan/nodes/node.ts'
import { derive } from '../plan/properties.ts'
import { rowKey } from '../types/value-key.ts'
import type { ChangeRow } from './session.ts'

/**
 * The changes of a step with their kinds: the old and the new row of a key, which stand side by side, are -U and +U;
 * any other is -D or +I. Without a key there are no updates.
 */
export function changeKinds(changes: readonly WeightedRow[], key: readonly number[] | undefined): readonly ChangeRow[] {
  const names = key === undefined ? [] : changes.map(({ values }) => rowKey(key.map(column => values[column] ?? null)))
  const isPair = (old: number): boolean =>
    names[old] !== undefined &&
    names[old] === names[old + 1] &&
    changes[old]?.weight === -1 &&
    changes[old + 1]?.weight === 1
  return changes.map(({ values, weight }, at) => {
    const op = weight < 0 ? (isPair(at) ? '-U' : '-D') : isPair(at - 1) ? '+U' : '+I'
    return { op, values, weight }
  })
}

/** The key by which the rows of an output are one: that of its table, else one that the query is known to have. */
export function outputKey(primaryKey: readonly number[], input: PlanNode): readonly number[] | undefined {
  return primaryKey.length > 0 ? primaryKey : derive(input).keys[0]
}
