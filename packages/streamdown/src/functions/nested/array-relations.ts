import { failures } from '../../errors/table.ts'
import { compareValues } from '../../types/compare-values.ts'
import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { js, jsOrNull } from '../define.ts'
import { type Coerce, RowError, type ScalarFunction } from '../definition.ts'
import { asArray, asText } from '../values.ts'
import { arrayAndElement, boolean, define } from './shared.ts'
import { sortKey } from './sort-key.ts'

const relations: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '<>': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
}

/** `found` where an element decides, else NULL where one is unknown, else the opposite. */
function related(
  args: readonly Value[],
  decides: (relation: (order: number) => boolean, order: number) => boolean,
  found: boolean,
): Value {
  const relation = relations[asText(args[0])]
  if (relation === undefined) throw new RowError(failures.argument, `${asText(args[0])} is no relation`)
  const value = args[1] ?? null
  let unknown = false
  for (const element of asArray(args[2])) {
    if (element === null) unknown = true
    else if (decides(relation, compareValues(value, element))) return found
  }
  return unknown ? null : !found
}

const relationAndValues: Coerce = ([relation, value, array], rules) => {
  const types = value === undefined || array === undefined ? undefined : arrayAndElement(false)([value, array], rules)
  return relation === undefined || types === undefined ? undefined : [relation.type, ...types]
}

/** Comparisons with and of arrays: what the binder makes of ANY, ALL and ORDER BY. */
export const arrayRelationFunctions: readonly ScalarFunction[] = [
  define(
    'array_any',
    'Whether a value stands in a relation (<>, <, <=, >, >=) to any element: NULL where that is unknown.',
    [["ARRAY_ANY('<', 2, ARRAY[1, 3])", 'TRUE']],
    [
      jsOrNull(
        ['string', 'each', 'array'],
        boolean,
        args => related(args, (relation, order) => relation(order), true),
        {
          coerce: relationAndValues,
        },
      ),
    ],
  ),
  define(
    'array_all',
    'Whether a value stands in a relation (=, <, <=, >, >=) to every element: NULL where that is unknown.',
    [["ARRAY_ALL('<', 2, ARRAY[1, 3])", 'FALSE']],
    [
      jsOrNull(
        ['string', 'each', 'array'],
        boolean,
        args => related(args, (relation, order) => !relation(order), false),
        {
          coerce: relationAndValues,
        },
      ),
    ],
  ),
  define(
    'sort_key',
    'Bytes that sort as the nested value does.',
    [['SORT_KEY(ARRAY[1, 3]) < SORT_KEY(ARRAY[2])', 'TRUE']],
    [js(['each'], types.bytes, (args, { types: all }) => sortKey(args[0] ?? null, all[0] ?? types.null))],
  ),
]
