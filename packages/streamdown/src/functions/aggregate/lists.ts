import { type DataType, types } from '../../types/data-type.ts'
import { type AggregateFunction, example, isComparable } from './definition.ts'

const one = (name: string, aliases: readonly string[], summary: string, gives: string): AggregateFunction => ({
  name,
  aliases,
  summary,
  usage: `${name}(value [ORDER BY ...])`,
  examples: [example(`${name}(x)`, '(3), (1), (2)', gives)],
  ordered: true,
  resolve: ([argument, ...more]) => (argument === undefined || more.length > 0 ? undefined : { type: argument.type }),
})

const argument = (name: string, alias: string, word: string, gives: string): AggregateFunction => ({
  name,
  aliases: [alias],
  summary: `The value of the row in which the second argument is ${word}; of equal rows the first in ORDER BY, else the first that arrived.`,
  usage: `${name}(value, by [ORDER BY ...])`,
  examples: [example(`${name}(x, y)`, "('a', 1), ('b', 3), ('c', 2)", gives, 'x, y')],
  ordered: true,
  nullOfRows: true,
  resolve: ([value, by, ...more]) =>
    value === undefined || by === undefined || more.length > 0 || !isComparable(by.type)
      ? undefined
      : { type: value.type },
})

const text = (type: DataType): boolean => type.is === 'string' || type.is === 'bytes' || type.is === 'null'

/** A name and a value. */
const pairs: AggregateFunction['resolve'] = ([name, value, ...more]) =>
  name === undefined || value === undefined || more.length > 0 || !text(name.type)
    ? undefined
    : { type: types.json, casts: [types.string, value.type] }

export const listAggregates: readonly AggregateFunction[] = [
  one('first_value', ['first'], 'The value of the first row, by ORDER BY, else by arrival.', '3'),
  one('last_value', ['last'], 'The value of the last row, by ORDER BY, else by arrival.', '2'),
  one('any_value', [], 'The first value that is not NULL.', '3'),
  argument('arg_min', 'min_by', 'smallest', 'a'),
  argument('arg_max', 'max_by', 'largest', 'b'),
  {
    name: 'string_agg',
    aliases: ['listagg', 'group_concat'],
    summary: 'The values that are not NULL, one after the other with the separator (`,` when left out) between them.',
    usage: 'string_agg([DISTINCT] text [, separator] [ORDER BY ...])',
    examples: [
      example("string_agg(x, '-')", "('a'), ('b'), (NULL)", 'a-b'),
      example("string_agg(x, ',' ORDER BY x DESC)", "('a'), ('b')", 'b,a'),
    ],
    ordered: true,
    resolve: ([value, separator, ...more]) =>
      value === undefined || more.length > 0 || !text(value.type) || (separator !== undefined && !text(separator.type))
        ? undefined
        : {
            type: value.type.is === 'bytes' ? types.bytes : types.string,
            casts: [value.type, separator?.type]
              .filter(type => type !== undefined)
              .map(type => (type.is === 'null' ? types.string : type)),
          },
  },
  {
    name: 'array_agg',
    summary: 'All values, NULLs too, as an array.',
    usage: 'array_agg([DISTINCT] value [ORDER BY ...])',
    examples: [example('array_agg(x ORDER BY x)', '(3), (1), (2)', '{1,2,3}')],
    ordered: true,
    resolve: ([value, ...more]) =>
      value === undefined || more.length > 0 ? undefined : { type: types.array(value.type) },
  },
  {
    name: 'collect',
    summary: 'How often each value is there, as a map; NULLs do not count.',
    usage: 'collect([DISTINCT] value)',
    examples: [example('collect(x)', "('a'), ('b'), ('a')", '{a=2, b=1}')],
    ordered: true,
    resolve: ([value, ...more]) =>
      value === undefined || more.length > 0 || !isComparable(value.type)
        ? undefined
        : { type: types.map(value.type, types.int) },
  },
  {
    name: 'jsonb_agg',
    aliases: ['json_agg'],
    summary: 'All values, NULLs too, as a JSON array.',
    usage: 'jsonb_agg(value [ORDER BY ...])',
    examples: [example('jsonb_agg(x ORDER BY x)', '(3), (1), (2)', '[1, 2, 3]')],
    ordered: true,
    resolve: ([value, ...more]) => (value === undefined || more.length > 0 ? undefined : { type: types.json }),
  },
  {
    name: 'jsonb_agg_strict',
    aliases: ['json_agg_strict', 'json_arrayagg'],
    summary:
      'All values but NULLs as a JSON array. JSON_ARRAYAGG(value NULL ON NULL) keeps NULLs; in the flink dialect it is text.',
    usage: 'json_arrayagg(value [ORDER BY ...] [NULL | ABSENT ON NULL])',
    examples: [example('jsonb_agg_strict(x ORDER BY x)', '(3), (NULL), (2)', '[2, 3]')],
    ordered: true,
    resolve: ([value, ...more]) => (value === undefined || more.length > 0 ? undefined : { type: types.json }),
  },
  {
    name: 'jsonb_object_agg_strict',
    aliases: ['json_object_agg_strict'],
    summary: 'The pairs whose value is not NULL as a JSON object; of equal names the last one counts.',
    usage: 'jsonb_object_agg_strict(name, value [ORDER BY ...])',
    examples: [example('jsonb_object_agg_strict(x, y)', "('a', 1), ('b', NULL)", '{"a": 1}', 'x, y')],
    ordered: true,
    resolve: pairs,
  },
  {
    name: 'jsonb_object_agg',
    aliases: ['json_object_agg', 'json_objectagg'],
    summary: 'The pairs as a JSON object; of equal names the last one counts. A NULL name is an error of the group.',
    usage: 'jsonb_object_agg(name, value [ORDER BY ...])',
    examples: [example('jsonb_object_agg(x, y)', "('a', 1), ('b', 2)", '{"a": 1, "b": 2}', 'x, y')],
    ordered: true,
    resolve: pairs,
  },
]
