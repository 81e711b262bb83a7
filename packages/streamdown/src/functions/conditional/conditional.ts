import { types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { commonOfArguments } from '../common-type.ts'
import { type BoundArgument, definer, type FunctionRules, firstType, inline, js } from '../define.ts'
import type { ScalarFunction } from '../definition.ts'

const define = definer('conditional')

/** The first argument is a BOOLEAN, the others have one type in common. */
function conditionAndValues(args: readonly BoundArgument[], rules: FunctionRules) {
  const [condition, ...values] = args
  const common = commonOfArguments(values, rules)
  if (condition === undefined || common === undefined) return undefined
  if (condition.type.is !== 'boolean' && condition.type.is !== 'null') return undefined
  return [types.boolean, ...values.map(() => common)]
}

const extreme = (
  name: string,
  postgres: string,
  summary: string,
  sql: string,
  gives: string,
): readonly ScalarFunction[] => [
  define(
    name,
    `${summary}; NULL when one is NULL.`,
    [[sql, gives]],
    [inline(['comparable', 'comparable'], firstType, { variadic: true })],
    {
      insteadIn: { functions: 'postgres', name: postgres },
    },
  ),
  define(
    postgres,
    `${summary} that is not NULL.`,
    [[`${postgres}(NULL, 2)`, '2']],
    [
      inline(['comparable', 'comparable'], firstType, {
        variadic: true,
        nullable: args => args.every(arg => arg.nullable),
      }),
    ],
    { strict: false },
  ),
]

const counting = (name: string, summary: string, sql: string, gives: string, counts: (value: Value) => boolean) =>
  define(
    name,
    summary,
    [[sql, gives]],
    [js(['each', 'each'], types.int, args => args.filter(counts).length, { variadic: true, nullable: false })],
    { strict: false },
  )

export const conditionalFunctions: readonly ScalarFunction[] = [
  define(
    'coalesce',
    'The first argument that is not NULL; later ones are not evaluated.',
    [['COALESCE(NULL, 2, 3)', '2']],
    [inline(['any', 'any'], firstType, { variadic: true, nullable: args => args.every(arg => arg.nullable) })],
    { aliases: ['ifnull', 'nvl'], strict: false },
  ),
  counting('num_nulls', 'How many of the arguments are NULL.', 'NUM_NULLS(1, NULL, 2)', '1', value => value === null),
  counting(
    'num_nonnulls',
    'How many of the arguments are not NULL.',
    'NUM_NONNULLS(1, NULL, 2)',
    '2',
    value => value !== null,
  ),
  define(
    'nullif',
    'NULL when both are equal, else the first.',
    [
      ['NULLIF(1, 1)', 'NULL'],
      ['NULLIF(1, 2)', '1'],
    ],
    [inline(['comparable', 'comparable'], firstType, { nullable: true })],
    { strict: false },
  ),
  define(
    'if',
    'The second argument when the first is TRUE, else the third.',
    [["IF(1 < 2, 'yes', 'no')", 'yes']],
    [
      inline(['boolean', 'any', 'any'], args => args[1]?.type ?? types.null, {
        coerce: conditionAndValues,
        nullable: args => args.slice(1).some(arg => arg.nullable),
      }),
    ],
    { aliases: ['iif'], strict: false },
  ),
  ...extreme('greatest', 'greatest_known', 'The largest argument', 'GREATEST(1, 3, 2)', '3'),
  ...extreme('least', 'least_known', 'The smallest argument', 'LEAST(2, 1, 3)', '1'),
]
