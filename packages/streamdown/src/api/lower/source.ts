import { fixedSchema } from '../../connect/registry.ts'
import { type Relation, ScanNode } from '../../plan/nodes/node.ts'
import { endsByItself } from '../../sql/bind/context.ts'
import { fail } from '../../sql/bind/problem.ts'
import type { Schema } from '../../types/data-type.ts'
import type { ColumnDraft, SourceRelation } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import type { LowerContext } from './context.ts'
import type { Lowered } from './lowered.ts'

/** A source's scan, and what the catalog would know of it. */
export function lowerSource(context: LowerContext, draft: SourceRelation): Lowered {
  const columns = columnsOfSource(context, draft)
  const indexOf = (name: string): number => {
    const index = columns.findIndex(column => column.name === name)
    return index >= 0
      ? index
      : fail('DSD2002', `There is no column '${name}'. Columns: ${columns.map(column => column.name).join(', ')}.`)
  }
  const relation: Relation = {
    name: `${draft.source.connector}_${context.relations.size + 1}`,
    schema: schemaOf(columns),
    connector: draft.source.connector,
    options: context.inferred.get(draft)?.options ?? draft.source.options,
    ...(draft.time === undefined ? {} : { eventTime: { column: indexOf(draft.time), delay: draft.latenessMicros } }),
    primaryKey: draft.key.map(indexOf),
    changes: draft.kind === 'stream' ? 'append' : 'upsert',
    appendOnly: draft.kind === 'stream',
    ...(draft.source.handle === undefined ? {} : { handle: draft.source.handle }),
  }
  const bounded = context.inferred.get(draft)?.bounded ?? endsByItself(relation)
  const whole: Relation = { ...relation, bounded }
  context.relations.set(draft, whole)
  return {
    node: ScanNode.create(whole),
    columns: columns.map(({ name, type }, index) => ({ name, index, type })),
    key: draft.key,
  }
}

const schemaOf = (columns: readonly ColumnDraft[]): Schema =>
  columns.map(({ name, type: { type, nullable } }) => ({ name, type, nullable }))

/** Said by the program, known of the connector, or found in what the source holds. */
export function columnsOfSource(context: LowerContext, draft: SourceRelation): readonly ColumnDraft[] {
  if (draft.columns !== undefined) return draft.columns
  const schema = context.inferred.get(draft)?.schema ?? fixedSchema(draft.source.connector)
  if (schema === undefined)
    return fail(
      'DSD5004',
      `What columns ${draft.source.connector} holds is not known here: say it, { schema: t.row({ ... }) }.`,
    )
  return schema.map(({ name, type, nullable }) => ({ name, type: new ColumnType(type, { nullable }) }))
}
