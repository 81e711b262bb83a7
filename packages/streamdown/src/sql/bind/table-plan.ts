import type { Expression } from '../../plan/expressions/expression.ts'
import { type EventTime, type PlanNode, ProjectNode, type Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Field } from '../../types/data-type.ts'
import type { TableColumn, TableEntry } from '../catalog.ts'
import type { CreateTable } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { fail } from './problem.ts'

export function optionsOf(syntax: Pick<CreateTable, 'options' | 'format'>): Readonly<Record<string, string>> {
  const options: Record<string, string> = {}
  for (const { key, text } of syntax.options) options[key] = text
  if (syntax.format !== undefined) {
    options['format'] ??= syntax.format.encode.toLowerCase()
    for (const { key, text } of syntax.format.options) options[`${options['format']}.${key}`] = text
  }
  return options
}

/** The stored column, or the computed one's expression over stored ones. */
export function overStored(columns: readonly TableColumn[], index: number): Expression {
  const { computed, stored, name, type, nullable } = columns[index]!
  return computed ?? { is: 'column', index: stored!, name, type, nullable }
}

/** Scan, then the declared order with computed columns; a computed event time starts here. */
export function readPlan(relation: Relation, columns: readonly TableColumn[], time: EventTime | undefined): PlanNode {
  const scan = ScanNode.create(relation)
  const plain = columns.every((c, i) => c.stored === i) && columns.length === relation.schema.length
  if (plain) return scan
  return ProjectNode.create(
    scan,
    columns.map((c, i) => ({ name: c.name, value: overStored(columns, i) })),
    time,
  )
}

/** A table over a changed relation; a computed event time stays that of its column. */
export function rebuilt(table: TableEntry, relation: Relation): TableEntry {
  const { plan } = table
  const watermark = plan.is === 'project' ? plan.watermark : undefined
  if (watermark === undefined) return { ...table, relation, plan: readPlan(relation, table.columns, undefined) }
  const name = plan.schema[watermark.column]?.name
  const column = table.columns.findIndex(c => c.name === name)
  if (column < 0) fail('DSD2013', `Column "${name}" is the event time of "${table.name}".`)
  return { ...table, relation, plan: readPlan(relation, table.columns, { ...watermark, column }) }
}

/** The table of an INSERT into one that was declared without columns. */
export function opened(context: BindContext, table: TableEntry, schema: readonly Field[]): TableEntry {
  const columns = schema.map(
    ({ name, type }, i): TableColumn => ({
      name,
      type,
      nullable: true,
      kind: 'physical',
      stored: i,
      computed: undefined,
      default: undefined,
    }),
  )
  const time = context.settings.implicit_event_time === 'none' ? -1 : columns.findIndex(c => c.type.is === 'timestamp')
  const relation: Relation = {
    ...table.relation,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    ...(time < 0 || table.relation.connector === 'memory' ? {} : { eventTime: { column: time, delay: 0n } }),
  }
  return { ...table, relation, columns, plan: ScanNode.create(relation), open: false }
}
