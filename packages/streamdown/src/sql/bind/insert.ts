import { column, literal } from '../../plan/expressions/build.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import { replaceColumns } from '../../plan/expressions/walk.ts'
import { type PlanNode, ProjectNode, type Relation, type SinkNode } from '../../plan/nodes/node.ts'
import type { SinkConstraints } from '../../plan/nodes/sink-node.ts'
import { constrained } from '../../plan/optimise/sink-constraints.ts'
import { nodesOf } from '../../plan/visitor/transform.ts'
import type { Field } from '../../types/data-type.ts'
import type { TableEntry } from '../catalog.ts'
import type { Insert, OnConflict, Span, Expression as Syntax, Values } from '../parse/ast.ts'
import { assignTo } from './cast.ts'
import { withTables } from './common-tables.ts'
import type { BindContext } from './context.ts'
import { ExpressionBinder } from './expressions.ts'
import { fail, notYet } from './problem.ts'
import { bindQuery, bindValues } from './query.ts'
import { type Scope, tableScope } from './scope.ts'
import type { BoundInsert, ConflictAction } from './statement.ts'
import { conjunctsOf } from './syntax.ts'
import { hinted } from './table-options.ts'
import { opened, overStored } from './table-plan.ts'
import { assignedValues, bindReturning, position, tableOf } from './target-table.ts'

export function bindInsert(outer: BindContext, insert: Insert): BoundInsert {
  const context = insert.with === undefined ? outer : withTables(outer, insert.with)
  const declared = hinted(context, tableOf(context, insert.table), insert.hints)
  const source = insert.source
  const query = declared.open && source !== undefined ? bindQuery(context, source, 'insert') : undefined
  const table = query === undefined ? declared : opened(context, declared, query.schema)
  const targets = targetColumns(context, table, insert)
  const given = query ?? sourcePlan(context, table, targets, insert)
  const sink: SinkNode = {
    is: 'sink',
    name: table.relation.name,
    input: arranged(context, table, targets, given, insert),
    relation: table.relation,
    constraints: constraintsOf(context, insert.at),
  }
  const plan = constrained(sink)
  return {
    is: 'insert',
    table,
    plan,
    sink,
    overwrite: insert.overwrite,
    literal: nodesOf([plan]).every(node => node.is !== 'scan' || hasRows(node.relation)),
    conflict: insert.onConflict === undefined ? table.conflict : conflictAction(context, table, insert.onConflict),
    returning: bindReturning(context, table, insert.returning),
  }
}

/** Positions (among the table's columns) that the source's columns are for; partition constants are apart. */
function targetColumns(context: BindContext, table: TableEntry, insert: Insert): readonly number[] {
  const { names } = context
  if (insert.columns.length > 0) {
    const positions = insert.columns.map(name => position(context, table, name))
    for (const [i, at] of positions.entries()) {
      if (positions.indexOf(at) !== i)
        fail('DSD2008', `Column "${table.columns[at]!.name}" is named twice.`, insert.columns[i]!.at)
      if (table.columns[at]!.stored === undefined)
        fail('DSD2006', `Column "${table.columns[at]!.name}" is computed; it takes no values.`, insert.columns[i]!.at)
    }
    return positions
  }
  const fixed = insert.partition.filter(p => p.value !== undefined).map(p => names.fold(p.column))
  if (context.settings.insert_computed === 'count') return table.columns.map((_, i) => i)
  return table.columns.flatMap((c, i) =>
    c.stored === undefined || fixed.some(name => names.same(name, c.name)) ? [] : [i],
  )
}

function sourcePlan(context: BindContext, table: TableEntry, targets: readonly number[], insert: Insert): PlanNode {
  const { source } = insert
  if (source === undefined) {
    const row = targets.map((): Syntax => ({ is: 'default', at: insert.at }))
    return valuesPlan(context, table, targets, { is: 'values', rows: [row], at: insert.at })
  }
  const isPlain =
    source.with === undefined &&
    source.orderBy.length === 0 &&
    source.limit === undefined &&
    source.offset === undefined
  if (source.body.is === 'values' && isPlain) return valuesPlan(context, table, targets, source.body)
  return bindQuery(context, source, 'insert')
}

/** VALUES of an INSERT: cells take the types of their columns, DEFAULT stands for the column's default. */
function valuesPlan(context: BindContext, table: TableEntry, targets: readonly number[], values: Values): PlanNode {
  const width = values.rows[0]?.length ?? 0
  if (width > targets.length)
    fail(
      'DSD2010',
      `${width} values are given for ${targets.length} columns of "${table.name}".`,
      values.rows[0]?.[targets.length]?.at ?? values.at,
    )
  const marked = values.rows.map(row => row.map(cell => (cell.is === 'default' ? undefined : cell)))
  if (marked.every(row => row.every(cell => cell !== undefined))) return typedValues(context, table, targets, values)
  const binder = new ExpressionBinder(context, tableScope([], undefined, undefined))
  const rows = marked.map(row =>
    row.map((cell, i) => {
      const target = table.columns[targets[i]!]!
      if (cell === undefined) return target.default ?? literal(null, target.type)
      return assignTo(binder.bind(cell), target.type, target.name, context.settings, cell.at)
    }),
  )
  const schema = targets.slice(0, width).map((at): Field => ({ ...fieldOf(table, at), nullable: true }))
  return { is: 'values', rows, schema }
}

const fieldOf = (table: TableEntry, at: number): Field => {
  const { name, type, nullable } = table.columns[at]!
  return { name, type, nullable }
}

/** Literals take the column's type; other cells their own, and INSERT casts them. */
function typedValues(context: BindContext, table: TableEntry, targets: readonly number[], values: Values): PlanNode {
  const binder = new ExpressionBinder(context, tableScope([], undefined, undefined))
  const plain = values.rows.every(row => row.length === values.rows[0]!.length)
  if (!plain || values.rows.some(row => row.some(hasQuery))) return bindValues(context, values)
  const rows = values.rows.map(row =>
    row.map((cell, i) => {
      const target = table.columns[targets[i]!]!
      return assignTo(binder.bind(cell), target.type, target.name, context.settings, cell.at)
    }),
  )
  const schema = targets.slice(0, rows[0]?.length ?? 0).map((at, i): Field => {
    const { name } = table.columns[at]!
    return { name, type: rows[0]![i]!.type, nullable: rows.some(row => row[i]!.nullable) }
  })
  return { is: 'values', rows, schema }
}

const hasQuery = (e: Syntax): boolean => conjunctsOf(e).some(part => part.is === 'scalarQuery')

/** The relation's columns in order: given ones cast, others their default, computed ones none. */
function arranged(
  context: BindContext,
  table: TableEntry,
  targets: readonly number[],
  given: PlanNode,
  insert: Insert,
): PlanNode {
  const { settings } = context
  const count = given.schema.length
  if (count > targets.length)
    fail(
      'DSD2010',
      `The query has ${count} columns, "${table.name}" takes ${targets.length}.`,
      insert.source?.at ?? insert.at,
    )
  const explicit = insert.columns.length > 0
  const taking = targets.filter(target => table.columns[target]!.stored !== undefined).length
  if (count < taking && (explicit || settings.insert_short === 'error'))
    fail(
      'DSD2010',
      `The query has ${count} columns, ${explicit ? 'the column list' : `"${table.name}"`} has ${targets.length}.`,
      insert.source?.at ?? insert.at,
    )
  for (const target of targets.slice(0, count))
    if (table.columns[target]!.stored === undefined)
      fail(
        'DSD2006',
        `Column "${table.columns[target]!.name}" is computed; it takes no values.`,
        insert.source?.at ?? insert.at,
      )
  const place = new Map(targets.slice(0, count).map((target, i) => [target, i]))
  const fixed = partitionValues(context, table, insert)
  const outputs = table.columns.flatMap((c, at) => {
    if (c.stored === undefined) return []
    const from = place.get(at)
    const value =
      from === undefined
        ? (fixed.get(at) ?? c.default ?? literal(null, c.type))
        : assignTo(column(given.schema, from), c.type, c.name, settings, insert.source?.at)
    return [{ stored: c.stored, name: c.name, value }]
  })
  const byPlace = new Map(outputs.map(output => [output.stored, output]))
  return ProjectNode.create(
    given,
    // The place of a dropped column has no value.
    table.relation.schema.map(({ name, type }, at) => byPlace.get(at) ?? { name, value: literal(null, type) }),
  )
}

/** Flink's PARTITION (b = 2). */
function partitionValues(context: BindContext, table: TableEntry, insert: Insert): ReadonlyMap<number, Expression> {
  const binder = new ExpressionBinder(context, tableScope([], undefined, undefined))
  return new Map(
    insert.partition.flatMap(({ column: id, value }) => {
      if (value === undefined) return []
      const at = position(context, table, { is: 'name', parts: [id], at: id.at })
      const { type, name } = table.columns[at]!
      return [[at, assignTo(binder.bind(value), type, name, context.settings, value.at)] as const]
    }),
  )
}

/** Its rows are there, or end by themselves. */
const hasRows = ({ connector, bounded }: Relation): boolean => connector === 'memory' || bounded === true

/** What a sink demands of its rows, as the settings say. */
export function constraintsOf({ settings }: BindContext, at: Span | undefined): SinkConstraints {
  if (settings.sink_length === 'trim_pad' && settings.sink_nested_not_null === 'rows_and_collections')
    fail(
      'DSD2006',
      'Text in arrays and maps is not cut or padded: SET sink_length = error or ignore, or sink_nested_not_null = rows.',
      at,
    )
  return {
    notNull: settings.sink_not_null,
    length: settings.sink_length === 'error' ? 'error' : 'ignore',
    exactLength: settings.cast_rule === 'flink',
    nested: settings.sink_nested_not_null,
  }
}

function conflictAction(context: BindContext, table: TableEntry, conflict: OnConflict): ConflictAction {
  if (conflict.action === 'NOTHING') return { action: 'nothing', versions: [] }
  if (conflict.action === 'UPDATE IF NOT NULL') return { action: 'update if not null', versions: [] }
  if (conflict.action === 'UPDATE FULL' || conflict.assignments.length === 0)
    return { action: 'overwrite', versions: [] }
  const own = tableScope(table.plan.schema, table.name, undefined)
  const width = table.columns.length
  const scope: Scope = {
    columns: [
      ...own.columns,
      ...own.columns.map(c => ({ ...c, table: 'excluded', index: c.index + width, plain: false })),
    ],
    schema: [...table.plan.schema, ...table.plan.schema],
    outer: undefined,
  }
  const binder = new ExpressionBinder(context, scope)
  const stored = table.relation.schema.length
  const overBoth = (e: Expression) =>
    replaceColumns(e, index =>
      index < width ? overStored(table.columns, index) : shift(overStored(table.columns, index - width), stored),
    )
  const changed = assignedValues(context, table, binder, conflict.assignments, (_, __, at) =>
    notYet('ON CONFLICT with (SELECT …)', 'Take the values from EXCLUDED.', at),
  )
  return {
    action: 'update',
    columns: changed.map(change => change.stored),
    values: changed.map(change => overBoth(change.value)),
    where: conflict.where === undefined ? undefined : overBoth(binder.condition(conflict.where, 'WHERE')),
  }
}

const shift = (e: Expression, by: number): Expression =>
  replaceColumns(e, index => ({ is: 'column', index: index + by, name: '', type: e.type, nullable: e.nullable }))
