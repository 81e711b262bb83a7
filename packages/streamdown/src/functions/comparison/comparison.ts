import { type DataType, types } from '../../types/data-type.ts'
import { commonOfArguments, operandType } from '../common-type.ts'
import { decimalOf } from '../decimal-types.ts'
import { js } from '../define.ts'
import type { Coerce, ScalarFunction } from '../definition.ts'

/** A time of day beside an interval is the interval since midnight. */
const timesAsIntervals: Coerce = args =>
  args.some(({ type }) => type.is === 'interval') &&
  args.every(({ type }) => type.is === 'interval' || type.is === 'time')
    ? args.map(() => types.interval)
    : undefined

/** One type for all; exact numbers keep their own digits, since a common DECIMAL could have room for fewer. */
const comparable: Coerce = (args, rules) => {
  const exact = args.map(({ type }) => decimalOf(type))
  if (args.some(({ type }) => type.is === 'decimal') && exact.every(shape => shape !== undefined)) {
    return exact.map((shape): DataType => types.decimal(shape?.precision ?? 1, shape?.scale ?? 0))
  }
  const common = operandType(args, rules)
  return common === undefined ? timesAsIntervals(args, rules) : args.map(() => common)
}

/** IN compares in the one type that the values would have in a column, as PostgreSQL does. */
const elements: Coerce = (args, rules) => {
  const common = commonOfArguments(args, rules)
  return common?.is === 'real' ? args.map(() => common) : comparable(args, rules)
}

const comparison = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'comparison',
  signatures: [
    {
      parameters: ['comparable', 'comparable'],
      coerce: comparable,
      returns: types.boolean,
      implementation: { is: 'inline' },
    },
  ],
})

const nullTest = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'comparison',
  strict: false,
  signatures: [{ parameters: ['each'], returns: types.boolean, nullable: false, implementation: { is: 'inline' } }],
})

const distinctTest = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'comparison',
  strict: false,
  signatures: [
    {
      parameters: ['comparable', 'comparable'],
      coerce: comparable,
      returns: types.boolean,
      nullable: false,
      implementation: { is: 'inline' },
    },
  ],
})

/** Numbers by value, strings by their UTF-8 bytes (code point order), false before true, NaN equal to itself and last. */
export const comparisonFunctions: readonly ScalarFunction[] = [
  {
    name: 'booleq',
    summary: 'Whether two truth values are equal.',
    examples: [{ sql: 'BOOLEQ(TRUE, FALSE)', gives: 'FALSE' }],
    category: 'comparison',
    signatures: [js(['boolean', 'boolean'], types.boolean, ([a, b]) => a === b)],
  },
  {
    name: 'boolne',
    summary: 'Whether two truth values differ.',
    examples: [{ sql: 'BOOLNE(TRUE, FALSE)', gives: 'TRUE' }],
    category: 'comparison',
    signatures: [js(['boolean', 'boolean'], types.boolean, ([a, b]) => a !== b)],
  },
  comparison('=', 'Equal; NULL when either is NULL.', "'a' = 'a'", 'TRUE'),
  comparison('<>', 'Not equal.', '1 <> 2', 'TRUE'),
  comparison('<', 'Less.', "'abc' < 'abd'", 'TRUE'),
  comparison('<=', 'Less or equal.', '2 <= 1', 'FALSE'),
  comparison('>', 'Greater.', '1.5 > 1', 'TRUE'),
  comparison('>=', 'Greater or equal.', "DATE '2024-01-02' >= DATE '2024-01-01'", 'TRUE'),
  {
    name: 'between',
    summary: 'At least the second and at most the third.',
    examples: [{ sql: '2 BETWEEN 1 AND 3', gives: 'TRUE' }],
    category: 'comparison',
    strict: false,
    signatures: [
      {
        parameters: ['comparable', 'comparable', 'comparable'],
        coerce: comparable,
        returns: types.boolean,
        nullable: args => args.some(arg => arg.nullable),
        implementation: { is: 'inline' },
      },
    ],
  },
  {
    name: 'in',
    summary: 'Equal to one of the list; NULL when it is not but a NULL stands there.',
    examples: [
      { sql: '2 IN (1, 2, 3)', gives: 'TRUE' },
      { sql: '2 IN (1, NULL)', gives: 'NULL' },
    ],
    category: 'comparison',
    strict: false,
    signatures: [
      {
        parameters: ['comparable', 'comparable'],
        coerce: elements,
        variadic: true,
        returns: types.boolean,
        nullable: args => args.some(arg => arg.nullable),
        implementation: { is: 'inline' },
      },
    ],
  },
  nullTest('is_null', 'Whether the value is NULL.', 'NULL IS NULL', 'TRUE'),
  nullTest('is_not_null', 'Whether the value is not NULL.', '1 IS NOT NULL', 'TRUE'),
  distinctTest('is_distinct_from', 'Not equal, where NULL equals NULL.', '1 IS DISTINCT FROM NULL', 'TRUE'),
  distinctTest('is_not_distinct_from', 'Equal, where NULL equals NULL.', '1 IS NOT DISTINCT FROM 1', 'TRUE'),
]
