import { types } from '../../types/data-type.ts'
import type { ScalarFunction } from '../definition.ts'

const junction = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'logic',
  strict: false,
  signatures: [
    {
      parameters: ['boolean', 'boolean'],
      variadic: true,
      returns: types.boolean,
      nullable: args => args.some(arg => arg.nullable),
      implementation: { is: 'inline' },
    },
  ],
})

const truthTest = (name: string, summary: string, sql: string, gives: string): ScalarFunction => ({
  name,
  summary,
  examples: [{ sql, gives }],
  category: 'logic',
  strict: false,
  signatures: [{ parameters: ['boolean'], returns: types.boolean, nullable: false, implementation: { is: 'inline' } }],
})

/** Three-valued logic. AND and OR evaluate from the left, as far as needed. */
export const logicFunctions: readonly ScalarFunction[] = [
  junction('and', 'FALSE when one is FALSE, else NULL when one is NULL.', 'TRUE AND NULL', 'NULL'),
  junction('or', 'TRUE when one is TRUE, else NULL when one is NULL.', 'TRUE OR NULL', 'TRUE'),
  {
    name: 'not',
    summary: 'The opposite; NULL stays NULL.',
    examples: [{ sql: 'NOT FALSE', gives: 'TRUE' }],
    category: 'logic',
    signatures: [{ parameters: ['boolean'], returns: types.boolean, implementation: { is: 'inline' } }],
  },
  truthTest('is_true', 'Whether the value is TRUE.', 'CAST(NULL AS BOOLEAN) IS TRUE', 'FALSE'),
  truthTest('is_not_true', 'Whether the value is FALSE or NULL.', 'CAST(NULL AS BOOLEAN) IS NOT TRUE', 'TRUE'),
  truthTest('is_false', 'Whether the value is FALSE.', '(1 = 2) IS FALSE', 'TRUE'),
  truthTest('is_not_false', 'Whether the value is TRUE or NULL.', '(1 = 2) IS NOT FALSE', 'FALSE'),
  truthTest('is_unknown', 'Whether the value is NULL.', 'CAST(NULL AS BOOLEAN) IS UNKNOWN', 'TRUE'),
  truthTest('is_not_unknown', 'Whether the value is not NULL.', '(1 = 2) IS NOT UNKNOWN', 'TRUE'),
]
