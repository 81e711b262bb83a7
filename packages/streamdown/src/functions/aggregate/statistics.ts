import { types } from '../../types/data-type.ts'
import { type AggregateFunction, example, isComparable, isNumeric } from './definition.ts'

/** A fraction and a value, in either order. */
const twoNumbers: AggregateFunction['resolve'] = ([first, second, ...more]) =>
  first === undefined || second === undefined || more.length > 0 || !isNumeric(first.type) || !isNumeric(second.type)
    ? undefined
    : { type: types.double, casts: [types.double, types.double] }

const one = (
  name: string,
  aliases: readonly string[],
  summary: string,
  gives: string,
  nullOfRows = false,
): AggregateFunction => ({
  name,
  aliases,
  summary,
  usage: `${name}([DISTINCT] numeric)`,
  examples: [example(`${name}(x)`, '(2), (4), (6)', gives)],
  nullOfRows,
  resolve: ([argument, ...more]) =>
    argument === undefined || more.length > 0 || !isNumeric(argument.type)
      ? undefined
      : { type: argument.type.is === 'numeric' ? types.numeric : types.double },
})

const two = (name: string, summary: string, gives: string): AggregateFunction => ({
  name,
  summary: `${summary}; rows in which y or x is NULL do not count.`,
  usage: `${name}(y, x)`,
  examples: [example(`${name}(y, x)`, '(1e0, 1e0), (3e0, 2e0), (5e0, 3e0)', gives, 'y, x')],
  nullOfRows: true,
  resolve: ([y, x, ...more]) =>
    y === undefined || x === undefined || more.length > 0 || !isNumeric(y.type) || !isNumeric(x.type)
      ? undefined
      : { type: types.double, casts: [types.double, types.double] },
})

export const statisticsAggregates: readonly AggregateFunction[] = [
  one('stddev_samp', ['stddev'], 'The sample standard deviation; NULL for fewer than two values.', '2', true),
  one('stddev_pop', [], 'The population standard deviation.', '1.632993161855452'),
  one('var_samp', ['variance', 'var'], 'The sample variance; NULL for fewer than two values.', '4', true),
  one('var_pop', [], 'The population variance.', '2.6666666666666665'),
  two('corr', 'The correlation coefficient', '1'),
  two('covar_pop', 'The population covariance', '1.3333333333333333'),
  two('covar_samp', 'The sample covariance', '2'),
  two('regr_slope', 'The slope of the least-squares line', '2'),
  two('regr_intercept', 'Where the least-squares line meets x = 0', '-1'),
  two('regr_r2', 'The square of the correlation coefficient', '1'),
  two('regr_avgx', 'The mean of x', '2'),
  two('regr_avgy', 'The mean of y', '3'),
  two('regr_sxx', 'The sum of squares of x around its mean', '2'),
  two('regr_syy', 'The sum of squares of y around its mean', '8'),
  two('regr_sxy', 'The sum of products of x and y around their means', '4'),
  {
    ...two('regr_count', 'The number of pairs', '3'),
    ofNothing: 'zero',
    resolve: args => (args.length === 2 ? { type: types.bigint, casts: [types.double, types.double] } : undefined),
  },
  {
    ...one('median', ['approx_median'], 'The middle value; between the two middle ones for an even number.', '4'),
    resolve: ([argument, ...more]) =>
      argument === undefined || more.length > 0 || !isNumeric(argument.type)
        ? undefined
        : { type: types.double, casts: [types.double] },
  },
  {
    name: 'percentile_cont',
    aliases: ['approx_percentile_cont', 'quantile_cont'],
    summary: 'The value at a fraction (0 to 1) of the ordered values, between two of them where none stands there.',
    usage: 'percentile_cont(fraction) WITHIN GROUP (ORDER BY numeric)',
    examples: [
      {
        sql: 'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1e0), (3e0), (5e0), (7e0)) AS t(x)',
        gives: '4',
      },
    ],
    nullOfRows: true,
    resolve: twoNumbers,
  },
  {
    name: 'percentile',
    summary: "Flink's spelling of percentile_cont(fraction) WITHIN GROUP (ORDER BY value).",
    usage: 'percentile(numeric, fraction)',
    examples: [example('percentile(x, 0.5)', '(1e0), (3e0), (5e0), (7e0)', '4')],
    nullOfRows: true,
    resolve: twoNumbers,
  },
  {
    name: 'percentile_disc',
    aliases: ['quantile_disc'],
    summary: 'The first of the ordered values at or after a fraction (0 to 1).',
    usage: 'percentile_disc(fraction) WITHIN GROUP (ORDER BY value)',
    examples: [
      {
        sql: 'SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (3), (5), (7)) AS t(x)',
        gives: '3',
      },
    ],
    nullOfRows: true,
    resolve: ([fraction, value, ...more]) =>
      fraction === undefined ||
      value === undefined ||
      more.length > 0 ||
      !isNumeric(fraction.type) ||
      !isComparable(value.type)
        ? undefined
        : { type: value.type, casts: [types.double, value.type] },
  },
  {
    name: 'approx_percentile',
    summary:
      'PERCENTILE_DISC to within a relative error (0.01 if it is not given), by a sketch (DDSketch) that keeps a count for each order of magnitude of that width. Fraction and error are constants.',
    usage: 'approx_percentile(fraction [, error]) WITHIN GROUP (ORDER BY numeric)',
    examples: [
      {
        sql: 'SELECT approx_percentile(0.5, 0.001) WITHIN GROUP (ORDER BY x) BETWEEN 2.997 AND 3.003 FROM (VALUES (1), (3), (5), (7)) AS t(x)',
        gives: 'true',
      },
    ],
    resolve: ([value, ...more]) =>
      value === undefined || more.length > 0 || !isNumeric(value.type)
        ? undefined
        : { type: types.double, casts: [types.double] },
  },
  {
    name: 'mode',
    summary: 'The most frequent value; of equally frequent ones the smallest.',
    usage: 'mode() WITHIN GROUP (ORDER BY value) | mode(value)',
    examples: [{ sql: 'SELECT mode(x) FROM (VALUES (1), (3), (3)) AS t(x)', gives: '3' }],
    resolve: ([value, ...more]) =>
      value === undefined || more.length > 0 || !isComparable(value.type) ? undefined : { type: value.type },
  },
]
