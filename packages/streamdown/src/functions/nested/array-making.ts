import { failures } from '../../errors/table.ts'
import { types } from '../../types/data-type.ts'
import { commonOfArguments } from '../common-type.ts'
import { firstType, js, jsOrNull } from '../define.ts'
import { RowError, type ScalarFunction } from '../definition.ts'
import { asArray, asCount, asText } from '../values.ts'

import {
  arrayAndElement,
  arrayAndTexts,
  bigint,
  binary,
  boolean,
  define,
  elementOf,
  firstThenIntegers,
  has,
  int,
  joinText,
  onlyArray,
  same,
  sameArrays,
  slice,
  sortValues,
  string,
  unique,
} from './shared.ts'

/** Arrays made from others, or from text. */
export const arrayMakingFunctions: readonly ScalarFunction[] = [
  define(
    'array_append',
    'The array with an element at its end.',
    [['ARRAY_APPEND(ARRAY[1], 2)', '[1, 2]']],
    [
      js(['array', 'each'], firstType, args => (args[0] === null ? null : [...asArray(args[0]), args[1] ?? null]), {
        coerce: arrayAndElement(true),
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { strict: false, insteadIn: { functions: 'postgres', name: 'array_append_postgres' } },
  ),
  define(
    'array_append_postgres',
    'ARRAY_APPEND that takes NULL for an empty array.',
    [['array_append_postgres(CAST(NULL AS ARRAY<INT>), 2)', '[2]']],
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
      js(['array', 'each'], firstType, args => (args[0] === null ? null : [args[1] ?? null, ...asArray(args[0])]), {
        coerce: arrayAndElement(true),
        nullable: args => args[0]?.nullable ?? true,
      }),
    ],
    { strict: false, insteadIn: { functions: 'postgres', name: 'array_prepend_postgres' } },
  ),
  define(
    'array_prepend_postgres',
    'ARRAY_PREPEND that takes NULL for an empty array, and the element before the array.',
    [['array_prepend_postgres(1, ARRAY[2])', '[1, 2]']],
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
        ['array', 'array', 'array'],
        firstType,
        args => {
          const lists = args.filter(list => list !== null)
          return lists.length === 0 ? null : lists.flatMap(list => asArray(list))
        },
        { coerce: sameArrays, variadic: true },
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
      js(['array'], firstType, args => unique(asArray(args[0])), {
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
        args => (args[0] === null ? null : asArray(args[0]).filter(item => !same(item, args[1]))),
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
        args =>
          args[0] === null ? null : asArray(args[0]).map(item => (same(item, args[1]) ? (args[2] ?? null) : item)),
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
    'The elements from one position to another, both counted from 1 (0 is 1; negative: from the end).',
    [['ARRAY_SLICE(ARRAY[1, 2, 3], 2, 3)', '[2, 3]']],
    [
      js(['array', 'int', 'int'], firstType, args => slice(args, true), {
        optional: 1,
        coerce: firstThenIntegers('array'),
      }),
    ],
    { insteadIn: { functions: 'postgres', name: 'array_range' } },
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
        args =>
          sortValues(asArray(args[0]), args[1] === false, args[2] === undefined ? args[1] !== false : args[2] === true),
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
    [js(['array'], firstType, args => sortValues(asArray(args[0]), false, false), { coerce: onlyArray })],
  ),
  binary(
    'array_union',
    'The elements of both arrays, each once.',
    'ARRAY_UNION(ARRAY[1, 2], ARRAY[2, 3])',
    '[1, 2, 3]',
    (a, b) => unique([...a, ...b]),
  ),
  binary(
    'array_except',
    'The elements of the first array that the second has not, each once.',
    'ARRAY_EXCEPT(ARRAY[1, 2], ARRAY[2])',
    '[1]',
    (a, b) => unique(a.filter(item => !has(b, item))),
  ),
  binary(
    'array_intersect',
    'The elements that both arrays have, each once.',
    'ARRAY_INTERSECT(ARRAY[1, 2], ARRAY[2])',
    '[2]',
    (a, b) => unique(a.filter(item => has(b, item))),
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
            throw new RowError(failures.argument, `the number of elements to trim must be between 0 and ${list.length}`)
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
          if (step === 0n) throw new RowError(failures.argument, 'the step must not be 0')
          const list: bigint[] = []
          for (let i = from; step > 0n ? i <= to : i >= to; i += step) {
            if (list.push(i) > 1_000_000) throw new RowError(failures.argument, 'the sequence is too long')
          }
          return list
        },
        { optional: 1 },
      ),
    ],
  ),
]
