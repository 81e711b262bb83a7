import { types } from '../../types/data-type.ts'
import { type AggregateFunction, example, isInteger } from './definition.ts'

const bits = (name: string, summary: string, gives: string): AggregateFunction => ({
  name,
  summary,
  usage: `${name}([DISTINCT] integer)`,
  examples: [example(`${name}(x)`, '(12), (10), (NULL)', gives)],
  resolve: ([argument, ...more]) =>
    argument === undefined || more.length > 0 || !(isInteger(argument.type) || argument.type.is === 'null')
      ? undefined
      : { type: argument.type.is === 'null' ? types.int : argument.type },
})

const boolean = (name: string, alias: string, summary: string, gives: string): AggregateFunction => ({
  name,
  aliases: [alias],
  summary,
  usage: `${name}(boolean)`,
  examples: [example(`${name}(x)`, '(true), (false), (NULL)', gives)],
  resolve: ([argument, ...more]) =>
    argument === undefined || more.length > 0 || !(argument.type.is === 'boolean' || argument.type.is === 'null')
      ? undefined
      : { type: types.boolean, casts: [types.boolean] },
})

export const conditionAggregates: readonly AggregateFunction[] = [
  boolean('bool_and', 'every', 'TRUE when no value that is not NULL is FALSE.', 'false'),
  boolean('bool_or', 'some', 'TRUE when one value is TRUE.', 'true'),
  bits('bit_and', 'The bits that all values have.', '8'),
  bits('bit_or', 'The bits that at least one value has.', '14'),
  bits('bit_xor', 'The bits that an odd number of values have.', '6'),
]
