import { fixedSchema } from '../../connect/registry.ts'
import { StreamdownError } from '../../errors/error.ts'
import { type EventTime, type Relation, ScanNode } from '../../plan/nodes/node.ts'
import { endsByItself } from '../../sql/bind/context.ts'
import { fail } from '../../sql/bind/problem.ts'
import { type Schema as PlanSchema, types } from '../../types/data-type.ts'
import type { ColumnDraft, SourceRelation } from '../draft/relation-draft.ts'
import { ColumnType } from '../schema/column-type.ts'
import type { Schema } from '../schema/schema.ts'
import { rowInput } from '../values/row-codec.ts'
import { lambda } from './arrows.ts'
import { columnChecks } from './column-checks.ts'
import type { LowerContext } from './context.ts'
import { fieldsOf, type Lowered, projected } from './lowered.ts'

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
    ...(draft.time === undefined ? {} : { eventTime: eventTimeOf(draft, indexOf(draft.time)) }),
    primaryKey: draft.key.map(indexOf),
    changes: draft.kind === 'stream' ? 'append' : 'upsert',
    appendOnly: draft.kind === 'stream',
    ...(draft.source.handle === undefined ? {} : { handle: draft.source.handle }),
  }
  const bounded = context.inferred.get(draft)?.bounded ?? endsByItself(relation)
  const whole: Relation = { ...relation, bounded }
  context.relations.set(draft, whole)
  const scanned = checked(
    context,
    {
      node: ScanNode.create(whole),
      columns: columns.map(({ name, type }, index) => ({ name, index, type })),
      key: draft.key,
    },
    columns,
  )
  return draft.validate === undefined ? scanned : validated(context, scanned, columns, draft.validate, draft)
}

const checked = ({ enforces }: LowerContext, scanned: Lowered, columns: readonly ColumnDraft[]): Lowered =>
  enforces ? columnChecks(scanned, columns) : scanned

const eventTimeOf = (
  { latenessMicros, idleTimeoutMicros, maxDriftMicros }: SourceRelation,
  column: number,
): EventTime => ({
  column,
  delay: latenessMicros,
  ...(idleTimeoutMicros === undefined ? {} : { idleTimeout: idleTimeoutMicros }),
  ...(maxDriftMicros === undefined ? {} : { drift: { group: '', most: maxDriftMicros } }),
})

/** Every row through the schema's own checks and changes; what fails them is a dead letter. */
function validated(
  context: LowerContext,
  input: Lowered,
  columns: readonly ColumnDraft[],
  schema: Schema,
  { place, key }: SourceRelation,
): Lowered {
  const check = (row: unknown): unknown => {
    const result = schema['~standard'].validate(row)
    if (result instanceof Promise) throw new StreamdownError('DSD5007', 'A schema that waits cannot check rows.')
    if (result.issues === undefined) return result.value
    const [issue] = result.issues
    const at = issue?.path?.map(part => (typeof part === 'object' ? part.key : part)).join('.')
    throw new StreamdownError(
      'DSD5008',
      `${at === undefined ? '' : `Column '${at}': `}${issue?.message ?? 'not valid'}`,
    )
  }
  const source = { source: 'schema', body: undefined, parameters: [], reads: undefined, outside: [] }
  const type = types.row(schemaOf(columns))
  const row = lambda(
    context,
    input,
    { is: 'arrow', arrow: check, place },
    source,
    { type, nullable: false, whole: 'row' },
    result => rowInput(columns, typeof result === 'object' && result !== null ? result : {}),
  )
  const whole = projected(input, [{ name: '$row', value: row, type: new ColumnType(type) }], [])
  return projected(whole, fieldsOf(whole, columns), key)
}

const schemaOf = (columns: readonly ColumnDraft[]): PlanSchema =>
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
