import type { ElementsOperation, Expression } from '../../plan/expressions/expression.ts'
import { type DataType, type Field, field, types } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Call, Lambda, Expression as Syntax } from '../parse/ast.ts'
import { ExpressionBinder } from './expressions.ts'
import { fail, notYet } from './problem.ts'
import { findColumn, tableScope } from './scope.ts'
import { callName } from './syntax.ts'

/** Functions that take a lambda, by their names; those of maps give it the key and the value. */
const operations: Readonly<Record<string, ElementsOperation>> = {
  ARRAY_TRANSFORM: 'transform',
  LIST_TRANSFORM: 'transform',
  TRANSFORM: 'transform',
  ARRAY_FILTER: 'filter',
  LIST_FILTER: 'filter',
  FILTER: 'filter',
  ARRAY_ANY_MATCH: 'any_match',
  ANY_MATCH: 'any_match',
  ARRAY_EXISTS: 'any_match',
  ARRAY_ALL_MATCH: 'all_match',
  ALL_MATCH: 'all_match',
  NONE_MATCH: 'none_match',
  TRANSFORM_KEYS: 'transform_keys',
  TRANSFORM_VALUES: 'transform_values',
}

/** RisingWave's, in PostgreSQL's rules, gives NULL for a map without entries. */
const mapFilter = ({ context }: ExpressionBinder): ElementsOperation =>
  context.functionRules.functions === 'postgres' ? 'map_filter_or_null' : 'map_filter'

/** Those whose lambda is a condition. */
const tests: ReadonlySet<ElementsOperation> = new Set([
  'filter',
  'any_match',
  'all_match',
  'none_match',
  'map_filter',
  'map_filter_or_null',
])

/** A call with a lambda: `array_transform(list, |x| x + 1)`. The lambda may use columns of the row around it. */
export function elementsCall(binder: ExpressionBinder, call: Call): Expression {
  const name = callName(call)
  const operation = name === 'MAP_FILTER' ? mapFilter(binder) : operations[name]
  const [first, second, ...more] = call.args.map(({ value }) => value)
  if (operation === undefined) return notYet(`A lambda as an argument of ${name}`, 'Use UNNEST.', call.at)
  if (first === undefined || second === undefined || more.length > 0 || second.is !== 'lambda' || !isExpression(first))
    return fail('DSD2004', `${name} takes a value and a lambda, as in ${name}(x, |e| e > 1).`, call.at)
  const input = binder.bind(first)
  const parameters = parametersOf(name, operation, input.type, second)
  const captured: Expression[] = []
  const body = bodyBinder(binder, parameters, captured)
  const value = tests.has(operation) ? body.condition(second.body, `The lambda of ${name}`) : body.bind(second.body)
  return {
    is: 'elements',
    operation,
    input,
    captured,
    parameters,
    body: value,
    type: resultType(operation, input.type, value.type),
    nullable: true,
    at: call.at,
  }
}

const isExpression = (e: Call['args'][number]['value']): e is Syntax =>
  e.is !== 'tableArgument' && e.is !== 'descriptor'

function parametersOf(name: string, operation: ElementsOperation, type: DataType, lambda: Lambda): readonly Field[] {
  const overMap = operation.startsWith('map_') || operation.startsWith('transform_')
  if (type.is !== (overMap ? 'map' : 'array'))
    fail('DSD2004', `${name} takes ${overMap ? 'a MAP' : 'an ARRAY'}, this is ${typeText(type)}.`, lambda.at)
  const values = type.is === 'map' ? [field('', type.key, false), field('', type.value)] : [field('', elementOf(type))]
  if (lambda.parameters.length !== values.length)
    fail(
      'DSD2004',
      `The lambda of ${name} takes ${overMap ? 'two parameters, a key and a value' : 'one parameter'}.`,
      lambda.at,
    )
  return values.map((each, i) => ({ ...each, name: lambda.parameters[i]!.text }))
}

const elementOf = (type: DataType): DataType => (type.is === 'array' ? type.element : types.null)

/** Binds the body: names of parameters first, all others are values around it. */
function bodyBinder(around: ExpressionBinder, parameters: readonly Field[], captured: Expression[]): ExpressionBinder {
  const { context } = around
  const scope = tableScope(parameters, undefined, undefined)
  return new ExpressionBinder(context, scope, e => {
    if (e.is !== 'column' || findColumn(scope, e.parts, context.names) !== undefined) return undefined
    const value = around.bind(e)
    const index = parameters.length + captured.push(value) - 1
    return { is: 'column', index, name: e.parts.at(-1)?.text ?? '', type: value.type, nullable: value.nullable }
  })
}

function resultType(operation: ElementsOperation, input: DataType, body: DataType): DataType {
  switch (operation) {
    case 'transform':
      return types.array(body)
    case 'filter':
    case 'map_filter':
    case 'map_filter_or_null':
      return input
    case 'transform_keys':
      return types.map(body, input.is === 'map' ? input.value : types.null)
    case 'transform_values':
      return types.map(input.is === 'map' ? input.key : types.null, body)
    default:
      return types.boolean
  }
}
