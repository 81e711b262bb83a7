import { compareValues } from '../../compile/emit-comparison.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { textOf } from '../cast.ts'
import { commonOfArguments, commonType, isInteger } from '../common-type.ts'
import { decimalText } from '../decimal.ts'
import {
  type BoundArgument,
  definer,
  type FunctionContext,
  type FunctionRules,
  firstType,
  js,
  jsOrNull,
} from '../define.ts'
import { type Coerce, RowError, type ScalarFunction, type Signature } from '../definition.ts'
import { isJsonArray, isJsonObject, parseJson, writeJson } from '../json/json.ts'
import { asArray, asCount, asText } from '../values.ts'

const define = definer('nested')
const { string, int, bigint, boolean } = types

const elementOf = (type: DataType | undefined): DataType => (type?.is === 'array' ? type.element : types.null)
const keyOf = (type: DataType | undefined): DataType => (type?.is === 'map' ? type.key : types.null)
const itemOf = (type: DataType | undefined): DataType => (type?.is === 'map' ? type.value : types.null)

const same = (a: Value | undefined, b: Value | undefined, type: DataType): boolean => {
  if (a === undefined || b === undefined || a === null || b === null) return (a ?? null) === (b ?? null)
  return compareValues(a, b, type) === 0
}

const has = (list: readonly Value[], item: Value | undefined, type: DataType): boolean =>
  list.some(other => same(other, item, type))

function unique(list: readonly Value[], type: DataType): Value[] {
  const kept: Value[] = []
  for (const item of list) if (!has(kept, item, type)) kept.push(item)
  return kept
}

/** An array and something of its element type. */
const arrayAndElement =
  (arrayFirst: boolean): Coerce =>
  (args, rules) => {
    const [array, item] = arrayFirst ? args : [args[1], args[0]]
    if (array === undefined || item === undefined || args.length !== 2) return undefined
    if (array.type.is !== 'array') return undefined
    const element =
      array.type.element.is === 'null'
        ? item.type
        : commonOfArguments([{ type: array.type.element, nullable: true }, item], rules)
    if (element === undefined) return undefined
    const list = types.array(element)
    return arrayFirst ? [list, element] : [element, list]
  }

/** Arrays of one type. */
const sameArrays: Coerce = (args, rules) => {
  let common: DataType | undefined = types.null
  for (const { type } of args) {
    if (type.is !== 'array' && type.is !== 'null') return undefined
    common = common === undefined ? undefined : commonType(common, type, rules)
  }
  const type = common
  return type === undefined || type.is === 'null' ? undefined : args.map(() => type)
}

const sameMaps: Coerce = (args, rules) => {
  let common: DataType | undefined = types.null
  for (const { type } of args) {
    if (type.is !== 'map' && type.is !== 'null') return undefined
    common = common === undefined ? undefined : commonType(common, type, rules)
  }
  const type = common
  return type === undefined || type.is === 'null' ? undefined : args.map(() => type)
}

/** The first argument as it is, integers behind it. */
const firstThenIntegers =
  (first: 'array' | 'map', bounds: DataType = bigint): Coerce =>
  args => {
    const [head, ...rest] = args
    const number = ({ type, literal }: BoundArgument): boolean =>
      isInteger(type) || type.is === 'null' || (type.is === 'string' && literal !== undefined)
    if (head?.type.is !== first || !rest.every(number)) return undefined
    return [head.type, ...rest.map(() => bounds)]
  }

const onlyArray: Coerce = args => (args[0]?.type.is === 'array' ? args.map(arg => arg.type) : undefined)
const onlyMap: Coerce = args => (args[0]?.type.is === 'map' ? args.map(arg => arg.type) : undefined)

const mapAndKey: Coerce = ([map, key], rules) => {
  if (map?.type.is !== 'map' || key === undefined) return undefined
  const type = commonOfArguments([{ type: map.type.key, nullable: false }, key], rules)
  return type === undefined ? undefined : [types.map(type, map.type.value), type]
}

const pairsOf = (value: Value | undefined): readonly (readonly [Value, Value])[] =>
  asArray(value).map(pair => [
    Array.isArray(pair) ? (pair[0] ?? null) : null,
    Array.isArray(pair) ? (pair[1] ?? null) : null,
  ])

/** Later entries replace earlier ones of their key, at the earlier one's place. */
function mapFrom(pairs: Iterable<readonly [Value, Value]>, key: DataType): Value {
  const kept: [Value, Value][] = []
  for (const [k, v] of pairs) {
    if (k === null) throw new RowError(5, 'a key of a map must not be NULL')
    const known = kept.find(([other]) => same(other, k, key))
    if (known === undefined) kept.push([k, v])
    else known[1] = v
  }
  return kept
}

function sortValues(list: readonly Value[], type: DataType, descending: boolean, nullsFirst: boolean): Value[] {
  return [...list].sort((a, b) => {
    if (a === null || b === null) return a === b ? 0 : (a === null) === nullsFirst ? -1 : 1
    return compareValues(a, b, type) * (descending ? -1 : 1)
  })
}

function slice(args: readonly Value[], fromEnd: boolean): Value {
  const list = asArray(args[0])
  const at = (value: Value | undefined, otherwise: number): number => {
    if (value === undefined || value === null) return otherwise
    const index = asCount(value)
    return index < 0 && fromEnd ? list.length + index + 1 : index
  }
  return list.slice(Math.max(0, at(args[1], 1) - 1), Math.max(0, at(args[2], list.length)))
}

const sumType = (type: DataType): DataType => {
  if (type.is === 'bigint') return types.decimal(38, 0)
  if (isInteger(type)) return bigint
  return type.is === 'decimal' ? types.decimal(38, type.scale) : type
}

function sum(args: readonly Value[], { returns }: FunctionContext): Value {
  let total: number | bigint | undefined
  for (const value of asArray(args[0])) {
    if (value === null) continue
    if (returns.is === 'double' || returns.is === 'real') total = Number(total ?? 0) + Number(value)
    else if (typeof value === 'bigint' || typeof value === 'number') total = BigInt(total ?? 0) + BigInt(value)
  }
  return total ?? null
}

const joinText = (args: readonly Value[], { types: all, timeZone }: FunctionContext): Value => {
  const element = elementOf(all[0])
  const filler = args[2]
  const texts = (list: readonly Value[], type: DataType): string[] =>
    list.flatMap(value => {
      if (type.is === 'array' && Array.isArray(value)) return texts(value, type.element)
      if (value === null) return filler === undefined || filler === null ? [] : [asText(filler)]
      return [
        type.is === 'decimal' && typeof value === 'bigint'
          ? decimalText(value, type.scale)
          : textOf(value, type, 'postgres', timeZone),
      ]
    })
  return texts(asArray(args[0]), element).join(asText(args[1]))
}

const arrayAndTexts: Coerce = args =>
  args[0]?.type.is === 'array' ? args.map((arg, i) => (i === 0 ? arg.type : string)) : undefined

const depthOf = (type: DataType): number => (type.is === 'array' ? 1 + depthOf(type.element) : 0)

function dimensions(value: Value, type: DataType): readonly number[] {
  if (type.is !== 'array' || !Array.isArray(value) || value.length === 0) return []
  return [value.length, ...dimensions(value[0] ?? null, type.element)]
}

const anySubscript: readonly Signature[] = [
  jsOrNull(
    ['array', 'bigint'],
    args => elementOf(args[0]?.type),
    args => {
      const index = asCount(args[1])
      return index < 1 ? null : (asArray(args[0])[index - 1] ?? null)
    },
    { coerce: firstThenIntegers('array') },
  ),
  jsOrNull(
    ['map', 'each'],
    args => itemOf(args[0]?.type),
    (args, { types: all }) => pairsOf(args[0]).find(([key]) => same(key, args[1], keyOf(all[0])))?.[1] ?? null,
    { coerce: mapAndKey },
  ),
  jsOrNull(
    ['json', 'each'],
    types.json,
    args => {
      const value = parseJson(asText(args[0]))
      const key = args[1]
      const found =
        value === undefined
          ? undefined
          : typeof key === 'string' && isJsonObject(value)
            ? value.get(key)
            : isJsonArray(value) && key !== undefined && key !== null
              ? value.at(Number(key))
              : undefined
      return found === undefined ? null : writeJson(found)
    },
    {
      coerce: ([value, key]) =>
        value?.type.is === 'json' && key !== undefined
          ? [types.json, key.type.is === 'string' ? string : bigint]
          : undefined,
    },
  ),
]

const binary = (
  name: string,
  summary: string,
  sql: string,
  gives: string,
  call: (a: readonly Value[], b: readonly Value[], type: DataType) => Value,
  aliases?: readonly string[],
): ScalarFunction =>
  define(
    name,
    summary,
    [[sql, gives]],
    [
      js(
        ['array', 'array'],
        firstType,
        (args, { types: all }) => call(asArray(args[0]), asArray(args[1]), elementOf(all[0])),
        { coerce: sameArrays },
      ),
    ],
    aliases === undefined ? {} : { aliases },
  )

const constructed = (args: readonly BoundArgument[], rules: FunctionRules): readonly DataType[] | undefined => {
  const common = commonOfArguments(args, rules)
  return common === undefined ? undefined : args.map(() => common)
}

const mapEntries: Coerce = (args, rules) => {
  if (args.length % 2 !== 0) return undefined
  const key = commonOfArguments(
    args.filter((_, i) => i % 2 === 0),
    rules,
  )
  const value = commonOfArguments(
    args.filter((_, i) => i % 2 === 1),
    rules,
  )
  return key === undefined || value === undefined ? undefined : args.map((_, i) => (i % 2 === 0 ? key : value))
}

/** Nested arrays as PostgreSQL concatenates them: arrays, or an array and an element on either side. */
export const arrayConcat: readonly Signature[] = [
  js(
    ['array', 'array'],
    firstType,
    args => [...(args[0] === null ? [] : asArray(args[0])), ...(args[1] === null ? [] : asArray(args[1]))],
    { coerce: sameArrays },
  ),
  js(['array', 'each'], firstType, args => [...asArray(args[0]), args[1] ?? null], { coerce: arrayAndElement(true) }),
  js(
    ['each', 'array'],
    args => args[1]?.type ?? types.null,
    args => [args[0] ?? null, ...asArray(args[1])],
    { coerce: arrayAndElement(false) },
  ),
]

export const nestedFunctions: readonly ScalarFunction[] = [
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
    'map',
    'A map of keys and values in turn.',
    [["MAP['a', 1]", '{a=1}']],
    [
      js(
        ['each'],
        args => types.map(firstType(args), args[1]?.type ?? types.null),
        (args, { types: all }) => {
          const pairs: [Value, Value][] = []
          for (let i = 0; i < args.length; i += 2) pairs.push([args[i] ?? null, args[i + 1] ?? null])
          return mapFrom(pairs, all[0] ?? types.null)
        },
        { variadic: true, nullable: false, coerce: mapEntries },
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
          if (list.length > 1) throw new RowError(5, 'the array has more than one element')
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
            throw new RowError(5, 'nested arrays may differ in length: ask an element for its own')
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
      js(
        ['array', 'each'],
        boolean,
        (args, { types: all }) => (args[0] === null ? null : has(asArray(args[0]), args[1], elementOf(all[0]))),
        { coerce: arrayAndElement(true), nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { aliases: ['list_contains', 'array_has'], strict: false },
  ),
  define(
    'array_position',
    'Where the element stands first, from 1; 0 (PostgreSQL: NULL) where it is not.',
    [['ARRAY_POSITION(ARRAY[5, 6], 6)', '2']],
    [
      js(
        ['array', 'each'],
        int,
        (args, { types: all }) =>
          args[0] === null ? null : asArray(args[0]).findIndex(item => same(item, args[1], elementOf(all[0]))) + 1,
        { coerce: arrayAndElement(true), nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { strict: false, insteadIn: { functions: 'postgres', name: 'array_position_or_null' } },
  ),
  define(
    'array_position_or_null',
    'ARRAY_POSITION that gives NULL where the element is not.',
    [['array_position_or_null(ARRAY[5, 6], 7)', 'NULL']],
    [
      jsOrNull(
        ['array', 'each'],
        int,
        (args, { types: all }) =>
          args[0] === null
            ? null
            : asArray(args[0]).findIndex(item => same(item, args[1], elementOf(all[0]))) + 1 || null,
        { coerce: arrayAndElement(true) },
      ),
      jsOrNull(
        ['array', 'each', 'int'],
        int,
        (args, { types: all }) => {
          if (args[0] === null) return null
          const from = asCount(args[2])
          return (
            asArray(args[0]).findIndex((item, i) => i >= from - 1 && same(item, args[1], elementOf(all[0]))) + 1 || null
          )
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
        (args, { types: all }) =>
          args[0] === null
            ? null
            : asArray(args[0]).flatMap((item, i) => (same(item, args[1], elementOf(all[0])) ? [i + 1] : [])),
        { coerce: arrayAndElement(true) },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_append',
    'The array with an element at its end.',
    [['ARRAY_APPEND(ARRAY[1], 2)', '[1, 2]']],
    [
      js(['array', 'each'], firstType, args => [...(args[0] === null ? [] : asArray(args[0])), args[1] ?? null], {
        coerce: arrayAndElement(true),
        nullable: false,
      }),
    ],
    { strict: false },
  ),
  define(
    'array_prepend',
    'The array with an element at its start.',
    [['ARRAY_PREPEND(ARRAY[2], 1)', '[1, 2]']],
    [
      js(['array', 'each'], firstType, args => [args[1] ?? null, ...(args[0] === null ? [] : asArray(args[0]))], {
        coerce: arrayAndElement(true),
        nullable: false,
      }),
      js(
        ['each', 'array'],
        args => args[1]?.type ?? types.null,
        args => [args[0] ?? null, ...(args[1] === null ? [] : asArray(args[1]))],
        { coerce: arrayAndElement(false), nullable: false },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_concat',
    'The elements of all arrays.',
    [['ARRAY_CONCAT(ARRAY[1], ARRAY[2])', '[1, 2]']],
    [js(['array'], firstType, args => args.flatMap(list => asArray(list)), { variadic: true, coerce: sameArrays })],
    { insteadIn: { functions: 'postgres', name: 'array_cat' } },
  ),
  define(
    'array_cat',
    'ARRAY_CONCAT in which a NULL array counts as empty; also of arrays and elements.',
    [['ARRAY_CAT(ARRAY[1], ARRAY[2])', '[1, 2]']],
    [
      jsOrNull(
        ['array', 'array'],
        firstType,
        args =>
          args[0] === null
            ? (args[1] ?? null)
            : args[1] === null
              ? (args[0] ?? null)
              : [...asArray(args[0]), ...asArray(args[1])],
        { coerce: sameArrays },
      ),
      jsOrNull(
        ['array', 'array'],
        firstType,
        args => (args[0] === null ? [args[1] ?? null] : [...asArray(args[0]), args[1] ?? null]),
        { coerce: arrayAndElement(true) },
      ),
      jsOrNull(
        ['array', 'array'],
        args => args[1]?.type ?? types.null,
        args => (args[1] === null ? [args[0] ?? null] : [args[0] ?? null, ...asArray(args[1])]),
        { coerce: arrayAndElement(false) },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_distinct',
    'The array without repeated elements.',
    [['ARRAY_DISTINCT(ARRAY[1, 2, 1])', '[1, 2]']],
    [
      js(['array'], firstType, (args, { types: all }) => unique(asArray(args[0]), elementOf(all[0])), {
        coerce: onlyArray,
      }),
    ],
  ),
  define(
    'array_remove',
    'The array without the elements equal to a value.',
    [['ARRAY_REMOVE(ARRAY[1, 2, 1], 1)', '[2]']],
    [
      js(
        ['array', 'each'],
        firstType,
        (args, { types: all }) =>
          args[0] === null ? null : asArray(args[0]).filter(item => !same(item, args[1], elementOf(all[0]))),
        { coerce: arrayAndElement(true), nullable: args => args[0]?.nullable ?? true },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_replace',
    'The array with the elements equal to one value replaced by another.',
    [['ARRAY_REPLACE(ARRAY[1, 2], 2, 3)', '[1, 3]']],
    [
      js(
        ['array', 'each', 'each'],
        firstType,
        (args, { types: all }) =>
          args[0] === null
            ? null
            : asArray(args[0]).map(item => (same(item, args[1], elementOf(all[0])) ? (args[2] ?? null) : item)),
        {
          nullable: args => args[0]?.nullable ?? true,
          coerce: (args, rules) => {
            const array = args[0]?.type
            if (array?.is !== 'array' || args.length !== 3) return undefined
            const element = commonOfArguments([{ type: array.element, nullable: true }, ...args.slice(1)], rules)
            return element === undefined ? undefined : [types.array(element), element, element]
          },
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'array_reverse',
    'The elements in opposite order.',
    [['ARRAY_REVERSE(ARRAY[1, 2])', '[2, 1]']],
    [js(['array'], firstType, args => [...asArray(args[0])].reverse(), { coerce: onlyArray })],
  ),
  define(
    'array_slice',
    'The elements from one position to another, both counted from 1 (negative: from the end).',
    [['ARRAY_SLICE(ARRAY[1, 2, 3], 2, 3)', '[2, 3]']],
    [
      js(['array', 'int', 'int'], firstType, args => (args[0] === null ? null : slice(args, true)), {
        optional: 1,
        coerce: firstThenIntegers('array'),
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { strict: false, insteadIn: { functions: 'postgres', name: 'array_range' } },
  ),
  define(
    'array_range',
    'The elements within bounds, counted from 1; bounds beyond the array are its ends.',
    [['array_range(ARRAY[1, 2, 3], -1, 2)', '[1, 2]']],
    [
      js(['array', 'int', 'int'], firstType, args => (args[0] === null ? null : slice(args, false)), {
        optional: 1,
        coerce: firstThenIntegers('array', int),
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { strict: false },
  ),
  define(
    'array_sort',
    'The elements sorted; descending and NULL placement as asked.',
    [['ARRAY_SORT(ARRAY[3, 1, 2])', '[1, 2, 3]']],
    [
      js(
        ['array', 'boolean', 'boolean'],
        firstType,
        (args, { types: all }) =>
          sortValues(
            asArray(args[0]),
            elementOf(all[0]),
            args[1] === false,
            args[2] === undefined ? args[1] !== false : args[2] === true,
          ),
        {
          optional: 2,
          coerce: args =>
            args[0]?.type.is === 'array' ? args.map((arg, i) => (i === 0 ? arg.type : boolean)) : undefined,
        },
      ),
    ],
    { insteadIn: { functions: 'postgres', name: 'array_sort_nulls_last' } },
  ),
  define(
    'array_sort_nulls_last',
    'ARRAY_SORT with NULL at the end.',
    [['array_sort_nulls_last(ARRAY[3, NULL, 1])', '[1, 3, NULL]']],
    [
      js(
        ['array'],
        firstType,
        (args, { types: all }) => sortValues(asArray(args[0]), elementOf(all[0]), false, false),
        { coerce: onlyArray },
      ),
    ],
  ),
  binary(
    'array_union',
    'The elements of both arrays, each once.',
    'ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])',
    '[1, 2, 3]',
    (a, b, type) => unique([...a, ...b], type),
  ),
  binary(
    'array_except',
    'The elements of the first array that the second has not, each once.',
    'ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2])',
    '[1]',
    (a, b, type) =>
      unique(
        a.filter(item => !has(b, item, type)),
        type,
      ),
  ),
  binary(
    'array_intersect',
    'The elements that both arrays have, each once.',
    'ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2])',
    '[2]',
    (a, b, type) =>
      unique(
        a.filter(item => has(b, item, type)),
        type,
      ),
  ),
  define(
    '&&',
    'Whether two arrays have an element in common.',
    [['ARRAY[1, 2] && ARRAY[2, 3]', 'TRUE']],
    [
      js(
        ['array', 'array'],
        boolean,
        (args, { types: all }) =>
          asArray(args[0]).some(item => item !== null && has(asArray(args[1]), item, elementOf(all[0]))),
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
        (args, { types: all }) =>
          sortValues(
            asArray(args[0]).filter(item => item !== null),
            elementOf(all[0]),
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
        (args, { types: all }) =>
          sortValues(
            asArray(args[0]).filter(item => item !== null),
            elementOf(all[0]),
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
  define(
    'array_join',
    'The elements as one text, with a separator; NULL left out, or as a text of its own.',
    [["ARRAY_JOIN(ARRAY['a', 'b'], '-')", 'a-b']],
    [
      js(['array', 'text', 'text'], string, joinText, {
        optional: 1,
        coerce: arrayAndTexts,
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { aliases: ['array_to_string'] },
  ),
  define(
    'string_to_array',
    'A text cut at a separator (NULL: into characters); parts equal to the third text become NULL.',
    [["STRING_TO_ARRAY('a,b', ',')", '[a, b]']],
    [
      jsOrNull(
        ['text', 'text', 'text'],
        types.array(string),
        args => {
          const [text, separator, nothing] = args
          if (typeof text !== 'string') return null
          const cut =
            text === ''
              ? []
              : typeof separator === 'string'
                ? separator === ''
                  ? [text]
                  : text.split(separator)
                : Array.from(text)
          return cut.map(part => (part === nothing ? null : part))
        },
        { optional: 1 },
      ),
    ],
    { strict: false },
  ),
  define(
    'split',
    'A text cut at a separator.',
    [["SPLIT('a,b', ',')", '[a, b]']],
    [js(['text', 'text'], types.array(string), args => asText(args[0]).split(asText(args[1])))],
  ),
  define(
    'trim_array',
    'The array without its last n elements.',
    [['TRIM_ARRAY(ARRAY[1, 2, 3], 1)', '[1, 2]']],
    [
      js(
        ['array', 'int'],
        firstType,
        args => {
          const list = asArray(args[0])
          const count = asCount(args[1])
          if (count < 0 || count > list.length)
            throw new RowError(5, `the number of elements to trim must be between 0 and ${list.length}`)
          return list.slice(0, list.length - count)
        },
        { coerce: firstThenIntegers('array') },
      ),
    ],
  ),
  define(
    'array_flatten',
    'The elements of the arrays in an array.',
    [['ARRAY_FLATTEN(ARRAY[ARRAY[1], ARRAY[2, 3]])', '[1, 2, 3]']],
    [
      js(
        ['array'],
        args => elementOf(args[0]?.type),
        args => asArray(args[0]).flatMap(list => (list === null ? [] : asArray(list))),
        {
          coerce: ([array]) =>
            array?.type.is === 'array' && array.type.element.is === 'array' ? [array.type] : undefined,
        },
      ),
    ],
    { aliases: ['flatten'] },
  ),
  define(
    'sequence',
    'The integers from one to another.',
    [['SEQUENCE(1, 3)', '[1, 2, 3]']],
    [
      js(
        ['bigint', 'bigint', 'bigint'],
        types.array(bigint),
        args => {
          const [from, to, step] = [
            BigInt(asCount(args[0])),
            BigInt(asCount(args[1])),
            args[2] === undefined ? 1n : BigInt(asCount(args[2])),
          ]
          if (step === 0n) throw new RowError(5, 'the step must not be 0')
          const list: bigint[] = []
          for (let i = from; step > 0n ? i <= to : i >= to; i += step) {
            if (list.push(i) > 1_000_000) throw new RowError(5, 'the sequence is too long')
          }
          return list
        },
        { optional: 1 },
      ),
    ],
  ),
  define(
    'map_keys',
    'The keys of a map.',
    [["MAP_KEYS(MAP['a', 1])", '[a]']],
    [
      js(
        ['map'],
        args => types.array(keyOf(args[0]?.type)),
        args => pairsOf(args[0]).map(([key]) => key),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_values',
    'The values of a map.',
    [["MAP_VALUES(MAP['a', 1])", '[1]']],
    [
      js(
        ['map'],
        args => types.array(itemOf(args[0]?.type)),
        args => pairsOf(args[0]).map(([, value]) => value),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_entries',
    'The entries of a map as rows of key and value.',
    [["MAP_ENTRIES(MAP['a', 1])", '[(a, 1)]']],
    [
      js(
        ['map'],
        args =>
          types.array(
            types.row([
              { name: 'key', type: keyOf(args[0]?.type), nullable: false },
              { name: 'value', type: itemOf(args[0]?.type), nullable: true },
            ]),
          ),
        args => pairsOf(args[0]).map(([key, value]) => [key, value]),
        { coerce: onlyMap },
      ),
    ],
  ),
  define(
    'map_from_arrays',
    'A map of an array of keys and one of values.',
    [["MAP_FROM_ARRAYS(ARRAY['a'], ARRAY[1])", '{a=1}']],
    [
      js(
        ['array', 'array'],
        args => types.map(elementOf(args[0]?.type), elementOf(args[1]?.type)),
        (args, { types: all }) => {
          const [keys, values] = [asArray(args[0]), asArray(args[1])]
          if (keys.length !== values.length) throw new RowError(5, 'a map needs as many values as keys')
          return mapFrom(
            keys.map((key, i): readonly [Value, Value] => [key, values[i] ?? null]),
            elementOf(all[0]),
          )
        },
        { coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(arg => arg.type) : undefined) },
      ),
    ],
  ),
  define(
    'map_from_key_values',
    'A map of an array of keys, each another, and one of values.',
    [["MAP_FROM_KEY_VALUES(ARRAY['a'], ARRAY[1])", '{a=1}']],
    [
      js(
        ['array', 'array'],
        args => types.map(elementOf(args[0]?.type), elementOf(args[1]?.type)),
        (args, { types: all }) => {
          const [keys, values] = [asArray(args[0]), asArray(args[1])]
          if (keys.length !== values.length) throw new RowError(5, 'a map needs as many values as keys')
          if (unique(keys, elementOf(all[0])).length !== keys.length)
            throw new RowError(5, 'the keys of a map must be unique')
          return mapFrom(
            keys.map((key, i): readonly [Value, Value] => [key, values[i] ?? null]),
            elementOf(all[0]),
          )
        },
        { coerce: args => (args.every(arg => arg.type.is === 'array') ? args.map(arg => arg.type) : undefined) },
      ),
    ],
  ),
  define(
    'map_from_entries',
    'A map of an array of rows of key and value.',
    [["MAP_FROM_ENTRIES(ARRAY[ROW('a', 1)])", '{a=1}']],
    [
      js(
        ['array'],
        args => {
          const entry = elementOf(args[0]?.type)
          return entry.is === 'row'
            ? types.map(entry.fields[0]?.type ?? types.null, entry.fields[1]?.type ?? types.null)
            : types.map(types.null, types.null)
        },
        (args, { returns }) =>
          mapFrom(
            asArray(args[0]).map((entry): readonly [Value, Value] => [
              Array.isArray(entry) ? (entry[0] ?? null) : null,
              Array.isArray(entry) ? (entry[1] ?? null) : null,
            ]),
            keyOf(returns),
          ),
        {
          coerce: ([array]) =>
            array?.type.is === 'array' && array.type.element.is === 'row' && array.type.element.fields.length === 2
              ? [array.type]
              : undefined,
        },
      ),
    ],
  ),
  define(
    'map_union',
    'The entries of all maps; of equal keys the last.',
    [["MAP_UNION(MAP['a', 1], MAP['b', 2])", '{a=1, b=2}']],
    [
      js(
        ['map'],
        firstType,
        (args, { types: all }) =>
          mapFrom(
            args.flatMap(map => pairsOf(map)),
            keyOf(all[0]),
          ),
        { variadic: true, coerce: sameMaps },
      ),
    ],
    { aliases: ['map_cat', 'map_concat'] },
  ),
  define(
    'map_contains',
    'Whether the map has the key.',
    [["MAP_CONTAINS(MAP['a', 1], 'a')", 'TRUE']],
    [
      js(
        ['map', 'each'],
        boolean,
        (args, { types: all }) => pairsOf(args[0]).some(([key]) => same(key, args[1], keyOf(all[0]))),
        { coerce: mapAndKey },
      ),
    ],
    { aliases: ['map_contains_key'] },
  ),
  define(
    'map_insert',
    'The map with an entry added or replaced.',
    [["MAP_INSERT(MAP['a', 1], 'b', 2)", '{a=1, b=2}']],
    [
      js(
        ['map', 'each', 'each'],
        firstType,
        (args, { types: all }) =>
          args[0] === null ? null : mapFrom([...pairsOf(args[0]), [args[1] ?? null, args[2] ?? null]], keyOf(all[0])),
        {
          nullable: args => args[0]?.nullable ?? true,
          coerce: ([map, key, value], rules) => {
            if (map?.type.is !== 'map' || key === undefined || value === undefined) return undefined
            const k = commonOfArguments([{ type: map.type.key, nullable: false }, key], rules)
            const v = commonOfArguments([{ type: map.type.value, nullable: true }, value], rules)
            return k === undefined || v === undefined ? undefined : [types.map(k, v), k, v]
          },
        },
      ),
    ],
    { strict: false },
  ),
  define(
    'map_delete',
    'The map without a key.',
    [["MAP_DELETE(MAP['a', 1, 'b', 2], 'a')", '{b=2}']],
    [
      js(
        ['map', 'each'],
        firstType,
        (args, { types: all }) =>
          pairsOf(args[0])
            .filter(([key]) => !same(key, args[1], keyOf(all[0])))
            .map(([key, value]) => [key, value]),
        { coerce: mapAndKey },
      ),
    ],
  ),
  define(
    'str_to_map',
    'A map of a text of entries.',
    [["STR_TO_MAP('a=1,b=2')", '{a=1, b=2}']],
    [
      js(
        ['text', 'text', 'text'],
        types.map(string, string),
        args => {
          const [entries, key] = [
            args[1] === undefined ? ',' : asText(args[1]),
            args[2] === undefined ? '=' : asText(args[2]),
          ]
          return mapFrom(
            asText(args[0])
              .split(entries)
              .map((entry): readonly [Value, Value] => {
                const at = entry.indexOf(key)
                return at < 0 ? [entry, null] : [entry.slice(0, at), entry.slice(at + key.length)]
              }),
            string,
          )
        },
        { optional: 2 },
      ),
    ],
  ),
]
