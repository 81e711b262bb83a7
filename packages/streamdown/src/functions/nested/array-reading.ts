import { failures } from '../../errors/table.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { firstType, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asArray, asCount } from '../values.ts'

import {
  anySubscript,
  arrayAndElement,
  boolean,
  constructed,
  define,
  depthOf,
  dimensions,
  elementOf,
  firstThenIntegers,
  has,
  int,
  onlyArray,
  onlyMap,
  same,
  sameArrays,
  sortValues,
  string,
  sum,
  sumType,
} from './shared.ts'

/** Construction of arrays and rows, and what is asked of them. */
export const arrayReadingFunctions: readonly ScalarFunction[] = [
  define(
    'array',
    'An array of the values.',
    [['ARRAY[1, 2]', '[1, 2]']],
    [
      js(
        ['any'],
        args => types.array(firstType(args)),
        args => [...args],
        { variadic: true, nullable: false, coerce: constructed },
      ),
    ],
    { strict: false },
  ),
  define(
    'row',
    'A row of the values.',
    [["ROW(1, 'a')", '(1, a)']],
    [
      js(
        ['each'],
        args => types.row(args.map((arg, i) => ({ name: `f${i}`, type: arg.type, nullable: arg.nullable }))),
        args => [...args],
        { variadic: true, nullable: false },
      ),
    ],
    { strict: false },
  ),
  define(
    'element_at',
    'The element at a position (from 1), or the value of a key; NULL where there is none.',
    [
      ['ELEMENT_AT(ARRAY[5, 6], 2)', '6'],
      ["MAP['a', 1]['a']", '1'],
    ],
    anySubscript,
    { aliases: ['map_access', 'list_element'] },
  ),
  define(
    'element',
    'The only element of an array; NULL when it is empty.',
    [['ELEMENT(ARRAY[7])', '7']],
    [
      jsOrNull(
        ['array'],
        args => elementOf(args[0]?.type),
        args => {
          const list = asArray(args[0])
          if (list.length > 1) throw new RowError(failures.argument, 'the array has more than one element')
          return list[0] ?? null
        },
        { coerce: onlyArray },
      ),
    ],
  ),
  define(
    'cardinality',
    'The number of elements or entries.',
    [['CARDINALITY(ARRAY[1, 2, 3])', '3']],
    [
      js(['array'], int, args => asArray(args[0]).length, { coerce: onlyArray }),
      js(['map'], int, args => asArray(args[0]).length, { coerce: onlyMap }),
    ],
    {
      aliases: ['array_size', 'map_length', 'list_length'],
      insteadIn: { functions: 'postgres', name: 'cardinality_deep' },
    },
  ),
  define(
    'cardinality_deep',
    'CARDINALITY that counts the elements of nested arrays.',
    [['cardinality_deep(ARRAY[ARRAY[1, 2], ARRAY[3]])', '3']],
    [
      js(
        ['array'],
        int,
        (args, { types: all }) => {
          const count = (value: Value, type: DataType): number =>
            type.is === 'array' && Array.isArray(value)
              ? value.reduce((n, item) => n + (type.element.is === 'array' ? count(item, type.element) : 1), 0)
              : 0
          return count(args[0] ?? null, all[0] ?? types.null)
        },
        { coerce: onlyArray },
      ),
      js(['map'], int, args => asArray(args[0]).length, { coerce: onlyMap }),
    ],
  ),
  define(
    'array_length',
    'The number of elements, of a dimension from 1; NULL when it is empty.',
    [['ARRAY_LENGTH(ARRAY[1, 2], 1)', '2']],
    [
      jsOrNull(
        ['array', 'int'],
        int,
        (args, { types: all }) =>
          dimensions(args[0] ?? null, all[0] ?? types.null)[args[1] === undefined ? 0 : asCount(args[1]) - 1] ?? null,
        { optional: 1, coerce: firstThenIntegers('array') },
      ),
    ],
  ),
  define(
    'array_ndims',
    'How deep arrays are nested in the type.',
    [['ARRAY_NDIMS(ARRAY[ARRAY[1], ARRAY[2]])', '2']],
    [js(['array'], int, (_, { types: all }) => depthOf(all[0] ?? types.null), { coerce: onlyArray, nullable: false })],
    { strict: false },
  ),
  define(
    'array_subscripts',
    'The indexes of a dimension of an array, or these backwards; GENERATE_SUBSCRIPTS gives them as rows.',
    [
      ['array_subscripts(ARRAY[5, 6], 1)', '[1, 2]'],
      ['array_subscripts(ARRAY[5, 6], 1, TRUE)', '[2, 1]'],
    ],
    [
      js(
        ['array', 'int', 'boolean'],
        types.array(int),
        (args, { types: all }) => {
          const size = dimensions(args[0] ?? null, all[0] ?? types.null)[asCount(args[1]) - 1] ?? 0
          return Array.from({ length: size }, (_, i) => (args[2] === true ? size - i : i + 1))
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'array_dims',
    'The bounds of each dimension, as text.',
    [['ARRAY_DIMS(ARRAY[1, 2])', '[1:2]']],
    [
      jsOrNull(
        ['array'],
        string,
        (args, { types: all }) =>
          dimensions(args[0] ?? null, all[0] ?? types.null)
            .map(n => `[1:${n}]`)
            .join('') || null,
        { coerce: onlyArray },
      ),
    ],
  ),
  define(
    'array_lower',
    'The first index of a dimension: 1; NULL when it is empty.',
    [['ARRAY_LOWER(ARRAY[5], 1)', '1']],
    [
      jsOrNull(
        ['array', 'int'],
        int,
        (args, { types: all }) =>
          dimensions(args[0] ?? null, all[0] ?? types.null)[asCount(args[1]) - 1] === undefined ? null : 1,
        { coerce: firstThenIntegers('array') },
      ),
    ],
  ),
  define(
    'array_upper',
    'The last index of a dimension; NULL when it is empty.',
    [['ARRAY_UPPER(ARRAY[5, 6], 1)', '2']],
    [
      jsOrNull(
        ['array', 'int'],
        int,
        (args, { types: all }) => {
          if (asCount(args[1]) > 1)
            throw new RowError(failures.argument, 'nested arrays may differ in length: ask an element for its own')
          return dimensions(args[0] ?? null, all[0] ?? types.null)[asCount(args[1]) - 1] ?? null
        },
        { coerce: firstThenIntegers('array') },
      ),
    ],
  ),
  define(
    'array_contains',
    'Whether the array has the element.',
    [['ARRAY_CONTAINS(ARRAY[1, 2], 2)', 'TRUE']],
    [
      js(['array', 'each'], boolean, args => (args[0] === null ? null : has(asArray(args[0]), args[1])), {
        coerce: arrayAndElement(true),
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { aliases: ['list_contains', 'array_has'], strict: false },
  ),
  define(
    'array_position',
    'Where the element stands first, from 1; 0 (PostgreSQL: NULL) where it is not.',
    [['ARRAY_POSITION(ARRAY[5, 6], 6)', '2']],
    [
      js(['array', 'each'], int, args => asArray(args[0]).findIndex(item => same(item, args[1])) + 1, {
        coerce: arrayAndElement(true),
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'array_position_or_null' } },
  ),
  define(
    'array_position_or_null',
    'ARRAY_POSITION that gives NULL where the element is not.',
    [['array_position_or_null(ARRAY[5, 6], 7)', 'NULL']],
    [
      jsOrNull(
        ['array', 'each'],
        int,
        args => (args[0] === null ? null : asArray(args[0]).findIndex(item => same(item, args[1])) + 1 || null),
        { coerce: arrayAndElement(true) },
      ),
      jsOrNull(
        ['array', 'each', 'int'],
        int,
        args => {
          if (args[0] === null) return null
          const from = asCount(args[2])
          return asArray(args[0]).findIndex((item, i) => i >= from - 1 && same(item, args[1])) + 1 || null
        },
        {
          coerce: (args, rules) => {
            const pair = arrayAndElement(true)(args.slice(0, 2), rules)
            return args.length === 3 && pair !== undefined ? [...pair, int] : undefined
          },
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_positions',
    'Where the element stands, all places from 1.',
    [['ARRAY_POSITIONS(ARRAY[1, 2, 1], 1)', '[1, 3]']],
    [
      jsOrNull(
        ['array', 'each'],
        types.array(int),
        args => (args[0] === null ? null : asArray(args[0]).flatMap((item, i) => (same(item, args[1]) ? [i + 1] : []))),
        { coerce: arrayAndElement(true) },
      ),
    ],
    { strict: false },
  ),
  define(
    '&&',
    'Whether two arrays have an element in common.',
    [['ARRAY[1, 2] && ARRAY[2, 3]', 'TRUE']],
    [
      js(
        ['array', 'array'],
        boolean,
        args => asArray(args[0]).some(item => item !== null && has(asArray(args[1]), item)),
        { coerce: sameArrays },
      ),
    ],
    { aliases: ['array_overlaps', 'array_is_overlap', 'array_is_intersect', 'arrays_overlap'] },
  ),
  define(
    'array_max',
    'The largest element.',
    [['ARRAY_MAX(ARRAY[1, 3, 2])', '3']],
    [
      jsOrNull(
        ['array'],
        args => elementOf(args[0]?.type),
        args =>
          sortValues(
            asArray(args[0]).filter(item => item !== null),
            true,
            false,
          )[0] ?? null,
        { coerce: onlyArray },
      ),
    ],
  ),
  define(
    'array_min',
    'The smallest element.',
    [['ARRAY_MIN(ARRAY[2, 1])', '1']],
    [
      jsOrNull(
        ['array'],
        args => elementOf(args[0]?.type),
        args =>
          sortValues(
            asArray(args[0]).filter(item => item !== null),
            false,
            false,
          )[0] ?? null,
        { coerce: onlyArray },
      ),
    ],
  ),
  define(
    'array_sum',
    'The sum of the elements.',
    [['ARRAY_SUM(ARRAY[1, 2])', '3']],
    [jsOrNull(['array'], args => sumType(elementOf(args[0]?.type)), sum, { coerce: onlyArray })],
  ),
]
