import type { Relation } from '../../plan/nodes/node.ts'
import type { CreateSink, Query, QueryBody } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { bindInsert } from './insert.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { bindQuery } from './query.ts'
import type { BoundInsert, BoundStatement } from './statement.ts'
import { optionsOf } from './table-plan.ts'

/** RisingWave's CREATE SINK: a program under that name, which writes to a connector or INTO a table. */
export function bindCreateSink(context: BindContext, syntax: CreateSink): BoundStatement {
  const { names, catalog } = context
  const name = names.fold(lastPart(syntax.name))
  if (catalog.findSink(name) !== undefined && !syntax.ifNotExists && !syntax.orReplace)
    fail('DSD2008', `There is already a sink "${name}".`, syntax.name.at)
  if (catalog.freeStoredName(name) !== name)
    fail(
      'DSD2008',
      `What was renamed from "${name}" still runs under that name. Give the sink another.`,
      syntax.name.at,
    )
  const insert = syntax.into === undefined ? intoConnector(context, name, syntax) : intoTable(context, syntax)
  const uses = [...context.reads, ...(syntax.into === undefined ? [] : [insert.table.name])]
  return { is: 'createSink', sink: { is: 'sink', name, uses }, insert, ifNotExists: syntax.ifNotExists }
}

/** An INSERT that goes on: rows that the query takes back are deleted, unless deletes are to be ignored. */
function intoTable(context: BindContext, syntax: CreateSink): BoundInsert {
  const { at } = syntax
  const insert = bindInsert(context, {
    is: 'insert',
    with: undefined,
    overwrite: false,
    table: syntax.into ?? syntax.name,
    hints: [],
    columns: syntax.columns.map(column => ({ is: 'name', parts: [column], at: column.at })),
    partition: [],
    source: sourceOf(syntax),
    onConflict: undefined,
    returning: [],
    at,
  })
  const options = optionsOf(syntax)
  const ignores = (options['ignore_delete'] ?? options['force_append_only'] ?? 'false') === 'true'
  return ignores ? { ...insert, ignoresDeletes: true } : insert
}

function sourceOf({ from, as, at }: CreateSink): Query {
  if (as !== undefined) return as
  const table = from ?? fail('DSD2006', 'CREATE SINK takes FROM name or AS query.', at)
  const body: QueryBody = { is: 'tableQuery', table, at: table.at }
  return {
    is: 'query',
    with: undefined,
    body,
    orderBy: [],
    limit: undefined,
    offset: undefined,
    withTies: false,
    emit: undefined,
    at: table.at,
  }
}

function intoConnector(context: BindContext, name: string, syntax: CreateSink): BoundInsert {
  const plan = bindQuery(context, sourceOf(syntax), 'insert')
  const options = optionsOf(syntax)
  const relation: Relation = {
    name,
    schema: plan.schema,
    connector: options['connector'] ?? 'blackhole',
    options,
    primaryKey: (options['primary_key'] ?? '')
      .split(',')
      .map(c => plan.schema.findIndex(f => f.name === c.trim()))
      .filter(i => i >= 0),
    changes: 'append',
  }
  const columns = plan.schema.map((field, stored) => ({
    ...field,
    kind: 'physical' as const,
    stored,
    computed: undefined,
    default: undefined,
  }))
  return {
    is: 'insert',
    table: {
      is: 'table',
      name,
      relation,
      columns,
      plan,
      conflict: { action: 'overwrite', versions: [] },
      unique: [],
      checks: [],
      open: false,
      partitionKeys: [],
    },
    plan,
    sink: { is: 'sink', name, input: plan, relation },
    overwrite: false,
    literal: false,
    conflict: { action: 'overwrite', versions: [] },
    returning: undefined,
  }
}
