import { failures } from '../../errors/table.ts'
import { all, column, literal, not, test } from '../../plan/expressions/build.ts'
import type { CallExpression, Expression } from '../../plan/expressions/expression.ts'
import { type DataType, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { valueOfType } from '../../values/from-javascript.ts'
import type { ColumnDraft } from '../draft/relation-draft.ts'
import { type Lowered, passed, projected } from './lowered.ts'

/** What must hold of a value, and how it is said. */
interface Rule {
  readonly holds: Expression
  readonly wanted: string
}

/**
 * The rows of a source, its columns held to what their types say beside the SQL type: enumerated texts, bounds, lengths.
 * Rows that break it fail where the value is read; NULL breaks nothing.
 */
export function columnChecks(input: Lowered, columns: readonly ColumnDraft[]): Lowered {
  const rules = columns.map((one, index) => rulesOf(one, column(input.node.schema, index)))
  if (rules.every(of => of.length === 0)) return input
  const outputs = input.columns.map((one, i) => {
    const whole = passed(input, one)
    return { ...whole, value: guarded(one.name, whole.value, rules[i] ?? []) }
  })
  return projected(input, outputs, input.key)
}

function rulesOf({ type: { type, facts } }: ColumnDraft, value: Expression): readonly Rule[] {
  const { values, atLeast, atMost, above, below, shortest, longest } = facts
  const rules: Rule[] = []
  if (values !== undefined)
    rules.push({
      holds: test('in', value, ...values.map(one => literal(one, types.string))),
      wanted: `one of ${values.map(one => `'${one}'`).join(', ')}`,
    })
  const bound = (name: '<' | '<=' | '>' | '>=', limit: number | undefined, said: string): void => {
    if (limit === undefined) return
    rules.push({ holds: test(name, value, literal(numberOf(type, limit), type)), wanted: `${said} ${limit}` })
  }
  bound('>=', atLeast, 'at least')
  bound('<=', atMost, 'at most')
  bound('>', above, 'more than')
  bound('<', below, 'less than')
  const length = call('char_length', types.int, value)
  if (shortest !== undefined && type.is === 'string')
    rules.push({ holds: test('>=', length, literal(shortest, types.int)), wanted: `at least ${shortest} characters` })
  if (longest !== undefined && type.is === 'string')
    rules.push({ holds: test('<=', length, literal(longest, types.int)), wanted: `at most ${longest} characters` })
  return rules
}

/** Bounds stand on columns of numbers; a whole column's are whole. */
const numberOf = (type: DataType, limit: number): Value =>
  valueOfType(type, false, type.is === 'bigint' ? BigInt(Math.trunc(limit)) : limit, 'bound')

function guarded(name: string, value: Expression, rules: readonly Rule[]): Expression {
  if (rules.length === 0) return value
  const text: Expression = {
    is: 'cast',
    input: value,
    attempt: false,
    rule: 'flink',
    type: types.string,
    nullable: true,
  }
  return {
    is: 'case',
    branches: rules.map(({ holds, wanted }) => ({
      when: not(all([holds])),
      then: call(
        'error',
        types.null,
        call(
          'concat',
          types.string,
          literal(`Column '${name}' wants ${wanted}, not `, types.string),
          value.type.is === 'string' ? value : text,
          literal('.', types.string),
        ),
        literal(failures.misfit, types.int),
      ),
    })),
    otherwise: value,
    type: value.type,
    nullable: value.nullable,
  }
}

const call = (name: string, type: DataType, ...args: readonly Expression[]): CallExpression => ({
  is: 'call',
  name,
  args,
  type,
  nullable: true,
})
