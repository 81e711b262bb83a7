import type { MemoryOptions } from '../../../batch/linear-memory.ts'
import { aggregateFunction } from '../../../functions/aggregates.ts'
import type { AggregateCall } from '../../../plan/expressions/aggregate-call.ts'
import type { Expression } from '../../../plan/expressions/expression.ts'
import type { AggregateNode, PlanNode, Relation } from '../../../plan/nodes/node.ts'
import { type Field, field, type Schema, types } from '../../../types/data-type.ts'
import type { Operator } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { OperatorHarness } from '../operator-harness.fixture.ts'
import { aggregateInput } from './aggregate-input.ts'
import { createGroupAggregate } from './group-aggregate.ts'
import { createSessionAggregate } from './session-aggregate.ts'
import { createWindowAggregate } from './window-aggregate.ts'

/** For tests: a plan node that only has a schema. */
export function inputNode(schema: Schema): PlanNode {
  const relation: Relation = {
    name: 'input',
    schema,
    connector: 'memory',
    options: {},
    primaryKey: [],
    changes: 'retract',
  }
  return { is: 'scan', relation, schema, columns: schema.map((_, column) => ({ column, path: [] })) }
}

/** A call over columns by name: `call(schema, 'sum', ['v'])`, typed as the binder types it. */
export function call(
  schema: Schema,
  name: string,
  args: readonly string[],
  options: { readonly distinct?: boolean; readonly filter?: string; readonly orderBy?: readonly string[] } = {},
): AggregateCall {
  const column = (columnName: string): Expression => {
    const index = schema.findIndex(each => each.name === columnName)
    const found = schema[index]
    if (found === undefined) throw new RangeError(`no column ${columnName}`)
    return { is: 'column', index, ...found }
  }
  const expressions = args.map(column)
  const resolved = aggregateFunction(name)?.resolve(expressions, { avgType: 'double', sumType: 'postgres' })
  if (resolved === undefined) throw new RangeError(`no aggregate ${name}`)
  return {
    name,
    args: expressions,
    distinct: options.distinct ?? false,
    ...(options.filter === undefined ? {} : { filter: column(options.filter) }),
    ...(options.orderBy === undefined
      ? {}
      : { orderBy: options.orderBy.map(by => ({ by: column(by), descending: false, nullsFirst: false })) }),
    type: resolved.type,
    nullable: true,
  }
}

export function aggregateNode(
  input: PlanNode,
  keys: readonly number[],
  calls: readonly AggregateCall[],
  window?: AggregateNode['window'],
): AggregateNode {
  const keyFields = keys.map((column): Field => input.schema[column] ?? field('?', types.int))
  return {
    is: 'aggregate',
    input,
    keys,
    calls,
    schema: [...keyFields, ...calls.map((each, i) => field(`a${i}`, each.type))],
    ...(window === undefined ? {} : { window }),
  }
}

/** Memories that show what plain ones hide. */
export const memoryModes: Readonly<Record<string, MemoryOptions>> = {
  'that grows at every allocation': { growAlways: true },
  'with a heap above 2 GiB': { heapStart: 2 ** 31 },
}

/** The operator of an aggregate node on a harness whose rows are those that the operator reads. */
export function harnessOf(
  node: AggregateNode,
  appendOnly: boolean,
  workers = 1,
  memory: MemoryOptions = {},
): OperatorHarness {
  const session = node.input.is === 'window' && node.input.windowing.kind === 'session' ? node.input : undefined
  const below = session === undefined ? node.input.schema : session.input.schema
  const input = aggregateInput(node, below)
  const shape = { schema: input.schema, appendOnly }
  const create = (context: OperatorContext): Operator => {
    if (session !== undefined) return createSessionAggregate(node, session, input, context, shape)
    return (node.window === undefined ? createGroupAggregate : createWindowAggregate)(node, input, context, shape)
  }
  return new OperatorHarness(create, [{ schema: input.schema, routeBy: input.keys }], workers, memory)
}
