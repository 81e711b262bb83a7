import { failures } from '../../errors/table.ts'
import { type BreachRule, canBreach } from '../../functions/system/type-breach.ts'
import { type DataType, type Field, types } from '../../types/data-type.ts'
import { all, any, column, literal, not, test } from '../expressions/build.ts'
import type { CallExpression, ColumnExpression, Expression } from '../expressions/expression.ts'
import { FilterNode, type PlanNode, ProjectNode, type SinkNode } from '../nodes/node.ts'
import type { SinkConstraints } from '../nodes/sink-node.ts'

/** Row error bytes, see `errors/table.ts`. */
const NULL_REFUSED = 6

/** A reason not to write a value, and its opposite. */
interface Breach {
  readonly when: Expression
  readonly unless: Expression
  readonly message: Expression
  readonly code: number
}

/**
 * The input of a sink with its constraints as expressions: rows that break one are left out, or fail where the value
 * is made. Columns that cannot break any stay as they are.
 */
export function constrained({ input, relation, constraints, name }: SinkNode): PlanNode {
  if (constraints === undefined) return input
  const padded = constraints.length === 'error' && !constraints.exactLength
  const dropped = constraints.notNull === 'drop'
  const plan = dropped ? withoutNulls(input, relation.schema, constraints) : input
  const { schema } = plan
  const breaches = schema.map((_, i) => {
    const target = relation.schema[i]
    if (target === undefined) return []
    const value = column(schema, i)
    return [...(dropped ? [] : nullBreaches(value, target, constraints)), ...lengthBreaches(value, target, constraints)]
  })
  if (breaches.every(of => of.length === 0)) return plan
  return ProjectNode.create(
    plan,
    schema.map((field, i) => {
      const value = column(schema, i)
      const fitting = padded ? fitted(value, relation.schema[i]?.type ?? value.type) : value
      return { name: field.name, value: guarded(value, fitting, breaches[i] ?? [], name) }
    }),
  )
}

function withoutNulls(input: PlanNode, targets: readonly Field[], constraints: SinkConstraints): PlanNode {
  const conditions = input.schema.flatMap((_, i) => {
    const target = targets[i]
    return target === undefined ? [] : nullBreaches(column(input.schema, i), target, constraints)
  })
  return conditions.length === 0 ? input : FilterNode.create(input, all(conditions.map(({ unless }) => unless)))
}

/** A text that is not too long as the declared type has it: without blanks behind its length, CHAR padded. */
function fitted(value: Expression, type: DataType): Expression {
  if (type.is !== 'string' || type.length === undefined || value.type.is !== 'string') return value
  return { is: 'cast', input: value, attempt: false, rule: 'postgres', type, nullable: value.nullable }
}

/** The value as it is written, or the error of the first breach. */
function guarded(
  { name }: ColumnExpression,
  fitting: Expression,
  breaches: readonly Breach[],
  sink: string,
): Expression {
  if (breaches.length === 0) return fitting
  const place = literal(`Column "${name}" of "${sink}": ${name}`, types.string)
  return {
    is: 'case',
    branches: breaches.map(({ when, message, code }) => ({
      when,
      then: call('error', types.null, call('concat', types.string, place, message), literal(code, types.int)),
    })),
    otherwise: fitting,
    type: fitting.type,
    nullable: fitting.nullable,
  }
}

function nullBreaches(value: Expression, target: Field, { nested }: SinkConstraints): readonly Breach[] {
  const own: Breach = {
    when: test('is_null', value),
    unless: test('is_not_null', value),
    message: literal(' is NULL, but the column is NOT NULL', types.string),
    code: NULL_REFUSED,
  }
  return [
    ...(!target.nullable && value.nullable ? [own] : []),
    ...(canBreach(target.type, 'null', nested) ? [breachOf(value, target.type, 'null', nested, NULL_REFUSED)] : []),
  ]
}

function lengthBreaches(value: Expression, { type }: Field, constraints: SinkConstraints): readonly Breach[] {
  const { length, exactLength, nested } = constraints
  const rule = exactLength ? 'exact length' : 'length'
  if (length === 'ignore' || !canBreach(type, rule, nested)) return []
  const breach = breachOf(value, type, rule, nested, failures.cast)
  if ((type.is !== 'string' && type.is !== 'bytes') || type.length === undefined) return [breach]
  // The length alone is compared in emitted code: most rows end here.
  const actual = call(type.is === 'string' ? 'char_length' : 'octet_length', types.int, value)
  const differs = test(exactLength && type.fixed === true ? '<>' : '>', actual, literal(type.length, types.int))
  return [{ ...breach, when: all([differs, breach.when]), unless: any([not(differs), breach.unless]) }]
}

function breachOf(
  value: Expression,
  type: DataType,
  rule: BreachRule,
  depth: SinkConstraints['nested'],
  code: number,
): Breach {
  const message = call(
    'type_breach',
    types.string,
    value,
    literal(null, type),
    literal(rule, types.string),
    literal(depth, types.string),
  )
  return { when: test('is_not_null', message), unless: test('is_null', message), message, code }
}

const call = (name: string, type: DataType, ...args: readonly Expression[]): CallExpression => ({
  is: 'call',
  name,
  args,
  type,
  nullable: true,
})
