import { type DataType, types } from '../../types/data-type.ts'
import { type AggregateFunction, type AggregateRules, example, isComparable, isFloat, isInteger } from './definition.ts'

function sumType(type: DataType, rules: AggregateRules): DataType | undefined {
  if (isInteger(type)) {
    if (rules.sumType === 'flink') return type
    return type.is === 'bigint' && rules.sumType === 'postgres' ? types.decimal(38, 0) : types.bigint
  }
  if (isFloat(type) || type.is === 'interval') return type
  if (type.is === 'decimal') return types.decimal(38, type.scale)
  if (type.is === 'numeric') return type
  if (type.is === 'null') return types.bigint
  return undefined
}

/** Digits after the point of an average of exact numbers where NUMERIC has no declared scale. */
const averageScale = 16

function avgType(type: DataType, rules: AggregateRules): DataType | undefined {
  if (isInteger(type)) {
    switch (rules.avgType) {
      case 'same_integer':
        return type
      case 'double':
        return types.double
      case 'decimal':
        return types.decimal(38, averageScale)
    }
  }
  if (type.is === 'real') return rules.avgType === 'same_integer' ? type : types.double
  if (type.is === 'double' || type.is === 'interval' || type.is === 'numeric') return type
  if (type.is === 'decimal')
    return types.decimal(38, Math.max(type.scale, rules.avgType === 'decimal' ? averageScale : 6))
  if (type.is === 'null') return types.double
  return undefined
}

const extreme = (name: 'min' | 'max', word: string, gives: string): AggregateFunction => ({
  name,
  summary: `The ${word} value that is not NULL; strings compare by code point, NaN is the largest number.`,
  usage: `${name}(value)`,
  examples: [example(`${name}(x)`, '(2), (7), (NULL), (4)', gives)],
  resolve: ([argument, ...more]) =>
    argument === undefined || more.length > 0 || !isComparable(argument.type) ? undefined : { type: argument.type },
})

export const numberAggregates: readonly AggregateFunction[] = [
  {
    name: 'count',
    summary:
      'The number of rows; with an argument, of rows in which it is not NULL; with DISTINCT, of different values.',
    usage: 'count(*) | count([DISTINCT] value)',
    examples: [
      example('count(*)', '(1), (NULL), (1)', '3'),
      example('count(x)', '(1), (NULL), (1)', '2'),
      example('count(DISTINCT x)', '(1), (NULL), (1)', '1'),
    ],
    ofNothing: 'zero',
    resolve: () => ({ type: types.bigint }),
  },
  {
    name: 'approx_count_distinct',
    aliases: ['approx_distinct'],
    summary:
      'About the number of different values that are not NULL: exact up to some 1000 and over rows that may be taken back, else by HyperLogLog with a standard error of 1.6 %, in 4 KiB a group.',
    usage: 'approx_count_distinct(value)',
    examples: [example('approx_count_distinct(x)', '(1), (2), (1)', '2')],
    ofNothing: 'zero',
    resolve: args => (args.length === 1 ? { type: types.bigint } : undefined),
  },
  {
    name: 'sum',
    summary: 'The sum of the values that are not NULL, exact for integers and DECIMAL, compensated for doubles.',
    usage: 'sum([DISTINCT] numeric | interval)',
    examples: [example('sum(x)', '(1), (2), (NULL)', '3'), example('sum(x)', '(1.25), (2.50)', '3.75')],
    resolve([argument, ...more], rules) {
      const type = argument === undefined || more.length > 0 ? undefined : sumType(argument.type, rules)
      return type === undefined ? undefined : { type }
    },
  },
  {
    name: 'sum0',
    aliases: ['$sum0'],
    summary: 'Like SUM, and 0 over no rows.',
    usage: 'sum0([DISTINCT] numeric)',
    examples: [],
    ofNothing: 'zero',
    resolve([argument, ...more], rules) {
      const type = argument === undefined || more.length > 0 ? undefined : sumType(argument.type, rules)
      return type === undefined || type.is === 'interval' ? undefined : { type }
    },
  },
  {
    name: 'avg',
    aliases: ['mean'],
    summary: 'The mean of the values that are not NULL; the setting avg_type says of which type for integers.',
    usage: 'avg([DISTINCT] numeric | interval)',
    examples: [example('avg(x)', '(1e0), (2e0), (NULL)', '1.5')],
    resolve([argument, ...more], rules) {
      const type = argument === undefined || more.length > 0 ? undefined : avgType(argument.type, rules)
      return type === undefined ? undefined : { type }
    },
  },
  extreme('min', 'smallest', '2'),
  extreme('max', 'largest', '7'),
]
