import type { Cube, GroupBy, GroupItem, GroupingSets, Rollup, Expression as Syntax } from '../parse/ast.ts'
import { fail } from './problem.ts'
import type { Rows } from './rows.ts'
import { findColumn } from './scope.ts'
import { hasAggregate } from './syntax.ts'

export interface Item {
  readonly syntax: Syntax
  readonly name: string
}

export type Sets = readonly (readonly Syntax[])[]

/** All grouping sets: those of items side by side are combined. */
export function expandGroups(groupBy: GroupBy, items: readonly Item[]): Sets {
  if (groupBy.all) return [items.filter(item => !hasAggregate(item.syntax)).map(item => item.syntax)]
  let sets: Sets = [[]]
  for (const item of groupBy.items) {
    const more = setsOf(item)
    sets = sets.flatMap(set => more.map(other => [...set, ...other]))
  }
  return sets
}

function setsOf(item: GroupItem | GroupingSets | Rollup | Cube): Sets {
  switch (item.is) {
    case 'groupingSets':
      return item.sets.flatMap(set => (set.is === 'groupingSet' ? [set.items] : setsOf(set)))
    case 'rollup':
      return [...item.sets.map((_, i) => item.sets.slice(0, item.sets.length - i).flatMap(set => set.items)), []]
    case 'cube': {
      const count = 1 << item.sets.length
      return Array.from({ length: count }, (_, mask) =>
        item.sets.filter((_set, i) => ((count - 1 - mask) >> (item.sets.length - 1 - i)) & 1).flatMap(set => set.items),
      )
    }
    case 'row':
      return item.explicit ? [[item]] : [item.elements]
    default:
      return [[item]]
  }
}

/** A position, an alias of the select list, or the expression itself. Columns of the input go before aliases. */
export function resolveItem(rows: Rows, e: Syntax, items: readonly Item[]): Syntax {
  if (e.is === 'number' && /^\d+$/.test(e.text)) {
    const item = items[Number(e.text) - 1]
    if (item === undefined) fail('DSD2010', `GROUP BY ${e.text}: the select list has ${items.length} columns.`, e.at)
    if (hasAggregate(item.syntax)) fail('DSD2009', `GROUP BY ${e.text} is an aggregate.`, e.at)
    return item.syntax
  }
  if (e.is !== 'column' || e.parts.length !== 1) return e
  const { names } = rows.context
  if (findColumn({ ...rows.scope, outer: undefined }, e.parts, names) !== undefined) return e
  const name = names.fold(e.parts[0]!)
  const item = items.find(other => names.same(other.name, name) && !hasAggregate(other.syntax))
  return item?.syntax ?? e
}
